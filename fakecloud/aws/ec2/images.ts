import type {
  DeregisterImageRequest,
  DescribeImagesRequest,
  DescribeImagesResult,
  Image as WireImage,
  RegisterImageRequest,
  RegisterImageResult,
} from "@aws-sdk/client-ec2";
import { formatTime } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { required } from "./errors.ts";
import type { FilterTable } from "./filters.ts";
import { ensurePublishedImages } from "./image-catalogue.ts";
import type { Image } from "./records.ts";
import { imagePaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

const filters: FilterTable<Image> = {
  architecture: (image) => image.architecture,
  "block-device-mapping.snapshot-id": (image) => image.snapshotId,
  "block-device-mapping.volume-size": (image) => image.sizeGiB,
  "creation-date": (image) => image.createdAt,
  description: (image) => image.description,
  "ena-support": (image) => image.own?.EnaSupport ?? true,
  hypervisor: () => "xen",
  "image-id": (image) => image.imageId,
  "image-type": () => "machine",
  "is-public": (image) => image.isPublic,
  name: (image) => image.name,
  "owner-alias": (image) => ownerAlias(image),
  "owner-id": (image) => image.ownerId,
  platform: () => undefined,
  "root-device-name": (image) => image.rootDeviceName,
  "root-device-type": () => "ebs",
  state: () => "available",
  "virtualization-type": () => "hvm",
};

function ownerAlias(image: Image): string | undefined {
  return image.ownerId === "137112412989" ? "amazon" : undefined;
}

export function describeImages(
  region: Ec2Region,
  input: DescribeImagesRequest,
): DescribeImagesResult {
  for (const filter of input.Filters ?? []) {
    if (filter.Name !== "name") continue;
    for (const pattern of filter.Values ?? []) ensurePublishedImages(region, pattern);
  }
  const { items, ...token } = describe(
    region.images,
    {
      ids: input.ImageIds,
      filters: input.Filters,
      wire: { show: toWire, paths: imagePaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    filters,
    { min: 1, max: 1000 },
  );
  const owners = input.Owners ?? [];
  const users = input.ExecutableUsers ?? [];
  const owned = items.filter(
    (image) =>
      (owners.length === 0 || isOwnedBy(region, image, owners)) &&
      // Permission is given to everybody or, as nobody shares images here, to nobody.
      (users.length === 0 || (users.includes("all") && image.isPublic)),
  );
  return { Images: owned.map(toWire), ...token };
}

function isOwnedBy(region: Ec2Region, image: Image, owners: readonly string[]): boolean {
  return owners.some(
    (owner) =>
      owner === image.ownerId ||
      owner === ownerAlias(image) ||
      (owner === "self" && image.ownerId === region.accountId),
  );
}

function partOf(image: Image, name: "BootMode" | "ImdsSupport" | "TpmSupport"): Partial<WireImage> {
  const value = image.own?.[name];
  return value === undefined ? {} : { [name]: value };
}

function toWire(image: Image): WireImage {
  const alias = ownerAlias(image);
  return {
    ImageId: image.imageId,
    Name: image.name,
    Description: image.description,
    OwnerId: image.ownerId,
    ...(alias === undefined ? {} : { ImageOwnerAlias: alias }),
    ImageLocation: `${image.ownerId}/${image.name}`,
    ImageType: "machine",
    Architecture: image.architecture as "x86_64",
    CreationDate: image.createdAt,
    State: "available",
    Public: image.isPublic,
    Hypervisor: "xen",
    VirtualizationType: "hvm",
    RootDeviceName: image.rootDeviceName,
    RootDeviceType: "ebs",
    EnaSupport: image.own?.EnaSupport ?? true,
    SriovNetSupport: image.own?.SriovNetSupport ?? "simple",
    ...partOf(image, "BootMode"),
    ...partOf(image, "ImdsSupport"),
    ...partOf(image, "TpmSupport"),
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    BlockDeviceMappings: image.own?.BlockDeviceMappings ?? [
      {
        DeviceName: image.rootDeviceName,
        Ebs: {
          SnapshotId: image.snapshotId,
          VolumeSize: image.sizeGiB,
          VolumeType: "gp3",
          DeleteOnTermination: true,
          Encrypted: false,
        },
      },
    ],
    Tags: tagsToWire(image.tags),
  };
}

export function registerImage(region: Ec2Region, input: RegisterImageRequest): RegisterImageResult {
  const name = required(input.Name, "name");
  const imageId = region.newId("ami", name);
  const mappings = input.BlockDeviceMappings;
  const rootDeviceName = input.RootDeviceName ?? "/dev/sda1";
  const root = (mappings?.find((one) => one.DeviceName === rootDeviceName) ?? mappings?.[0])?.Ebs;
  region.images.add(imageId, {
    imageId,
    name,
    description: input.Description ?? "",
    ownerId: region.accountId,
    architecture: input.Architecture ?? "x86_64",
    createdAt: formatTime(region.now()).replace("Z", ".000Z"),
    rootDeviceName,
    snapshotId: root?.SnapshotId ?? region.newId("snap", name),
    sizeGiB: root?.VolumeSize ?? 8,
    isPublic: false,
    own: ownOf(input),
    tags: tagsFor(input.TagSpecifications, "image"),
  });
  return { ImageId: imageId };
}

function ownOf(input: RegisterImageRequest): NonNullable<Image["own"]> {
  const { BootMode, ImdsSupport, TpmSupport, BlockDeviceMappings } = input;
  const said = { BootMode, ImdsSupport, TpmSupport, BlockDeviceMappings };
  return {
    EnaSupport: input.EnaSupport ?? false,
    SriovNetSupport: input.SriovNetSupport ?? "simple",
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  };
}

export function deregisterImage(region: Ec2Region, input: DeregisterImageRequest) {
  const image = region.images.require(required(input.ImageId, "imageId"));
  withdrawImage(region, image.imageId);
  return { Return: true };
}

/** The catalogue would bring a published one back. */
export function withdrawImage(region: Ec2Region, imageId: string): void {
  region.images.delete(imageId);
  region.withdrawnImages.add(imageId);
}

import { hash } from "node:crypto";
import type { Ec2Region } from "./ec2-region.ts";
import type { Image } from "./records.ts";
import { baseImages } from "./tables/base-images.ts";

/** The account that publishes images for Cluster API, and the systems that it publishes them for. */
const clusterApiPublisher = "819546954734";
const managedKubernetesPublisher = "602401143452";
const publishedSystems = [
  "amazon-2",
  "flatcar-stable",
  "rhel-8",
  "ubuntu-20.04",
  "ubuntu-22.04",
  "ubuntu-24.04",
];
const oldestMinor = 20;
const newestMinor = 40;
const rootSizeGiB = 8;

/** Image ids depend on nothing but region and name: catalogues are the same in every run. */
function stableId(prefix: string, region: string, name: string): string {
  return `${prefix}-${hash("sha256", `${region}/${name}`, "hex").slice(0, 17)}`;
}

function add(
  region: Ec2Region,
  image: Omit<Image, "imageId" | "isPublic" | "sizeGiB" | "snapshotId" | "tags">,
): void {
  const name = `${image.name}/${image.architecture}`;
  const imageId = stableId("ami", region.region, name);
  if (region.images.peek(imageId) !== undefined || region.withdrawnImages.has(imageId)) return;
  region.images.add(imageId, {
    ...image,
    imageId,
    snapshotId: stableId("snap", region.region, name),
    sizeGiB: rootSizeGiB,
    isPublic: true,
    tags: new Map(),
  });
}

export function seedImages(region: Ec2Region): void {
  for (const image of baseImages) add(region, image);
}

/**
 * Cluster API's images exist for every patch release and system. Thousands of them would slow every look-up, so those of
 * a version come into being when somebody asks for their name.
 */
export function ensurePublishedImages(region: Ec2Region, namePattern: string): void {
  const match = /^capa-ami-([a-z0-9.-]+?)-[?v]?(1\.(\d+)\.\d+)(?:-.*)?$/.exec(namePattern);
  const [, system = "", version = "", minor = ""] = match ?? [];
  if (!publishedSystems.includes(system)) return;
  if (Number(minor) < oldestMinor || Number(minor) > newestMinor) return;
  for (const architecture of ["x86_64", "arm64"]) {
    add(region, {
      name: `capa-ami-${system}-v${version}-${architecture === "arm64" ? "1736064001" : "1736064000"}`,
      description: `Cluster API AMI for ${system} (Kubernetes v${version})`,
      ownerId: clusterApiPublisher,
      architecture,
      createdAt: "2026-01-05T08:00:00.000Z",
      rootDeviceName: "/dev/sda1",
    });
  }
}

/** The image that AWS publishes under a name; those of the managed Kubernetes service exist for every minor version. */
export function publishedImageId(region: Ec2Region, name: string): string | undefined {
  const managed = /^amazon-eks-(?:node-al2023-)?(arm64|x86_64)?/.exec(name);
  if (managed !== null) {
    add(region, {
      name,
      description: `EKS-optimized Kubernetes node image, ${name}`,
      ownerId: managedKubernetesPublisher,
      architecture: managed[1] ?? "x86_64",
      createdAt: "2026-01-05T08:00:00.000Z",
      rootDeviceName: "/dev/xvda",
    });
  }
  const [found] = region.images.filter((image) => image.isPublic && image.name === name);
  return found?.imageId;
}

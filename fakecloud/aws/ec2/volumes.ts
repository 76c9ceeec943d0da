import type {
  AttachVolumeRequest,
  CreateVolumeRequest,
  DeleteVolumeRequest,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  DetachVolumeRequest,
  Volume as WireVolume,
  VolumeAttachment,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { FilterTable } from "./filters.ts";
import type { InstanceRecord, Volume } from "./records.ts";
import { volumePaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function createVolume(region: Ec2Region, input: CreateVolumeRequest): WireVolume {
  const zone = required(input.AvailabilityZone, "availabilityZone");
  if (!region.zones.some((one) => one.zoneName === zone)) {
    throw ec2Error("InvalidZone.NotFound", `The zone '${zone}' does not exist.`);
  }
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateVolume", token, asked, () => {
    const tags = tagsFor(input.TagSpecifications, "volume");
    const volumeId = region.newId("vol", tags.get("Name"));
    region.volumes.add(volumeId, {
      volumeId,
      zone,
      sizeGiB: input.Size ?? region.snapshots.peek(input.SnapshotId ?? "")?.sizeGiB ?? 8,
      volumeType: input.VolumeType ?? "gp2",
      iops: input.Iops,
      throughput: input.Throughput,
      encrypted: input.Encrypted ?? region.encryptsByDefault,
      kmsKeyId: input.KmsKeyId,
      snapshotId: input.SnapshotId ?? "",
      createdAtMs: region.now(),
      state: "available",
      attachment: undefined,
      tags,
    });
    return volumeId;
  });
  return { ...toWire(region.volumes.own(id)), State: "creating" };
}

export function volumesOf(region: Ec2Region, instance: InstanceRecord): readonly Volume[] {
  return instance.volumeIds
    .map((id) => region.volumes.peek(id))
    .filter((volume) => volume !== undefined);
}

function toWire(volume: Volume): WireVolume {
  return {
    VolumeId: volume.volumeId,
    AvailabilityZone: volume.zone,
    Size: volume.sizeGiB,
    VolumeType: volume.volumeType as "gp3",
    ...(volume.iops === undefined ? {} : { Iops: volume.iops }),
    ...(volume.throughput === undefined ? {} : { Throughput: volume.throughput }),
    Encrypted: volume.encrypted,
    ...(volume.kmsKeyId === undefined ? {} : { KmsKeyId: volume.kmsKeyId }),
    SnapshotId: volume.snapshotId,
    CreateTime: toDate(volume.createdAtMs),
    State: volume.state,
    MultiAttachEnabled: false,
    Attachments: volume.attachment === undefined ? [] : [attachmentToWire(volume, "attached")],
    Tags: tagsToWire(volume.tags),
  };
}

function attachmentToWire(volume: Volume, state: "attached" | "attaching" | "detaching") {
  const { attachment } = volume;
  return {
    VolumeId: volume.volumeId,
    InstanceId: attachment?.instanceId,
    Device: attachment?.device,
    DeleteOnTermination: attachment?.deleteOnTermination,
    AttachTime: toDate(attachment?.attachedAtMs ?? 0),
    State: state,
  };
}

const filters: FilterTable<Volume> = {
  "attachment.delete-on-termination": (volume) => volume.attachment?.deleteOnTermination,
  "attachment.device": (volume) => volume.attachment?.device,
  "attachment.instance-id": (volume) => volume.attachment?.instanceId,
  "attachment.status": (volume) => (volume.attachment === undefined ? undefined : "attached"),
  "availability-zone": (volume) => volume.zone,
  encrypted: (volume) => volume.encrypted,
  size: (volume) => volume.sizeGiB,
  "snapshot-id": (volume) => volume.snapshotId,
  status: (volume) => volume.state,
  "volume-id": (volume) => volume.volumeId,
  "volume-type": (volume) => volume.volumeType,
};

export function describeVolumes(
  region: Ec2Region,
  input: DescribeVolumesRequest,
): DescribeVolumesResult {
  const { items, ...token } = describe(
    region.volumes,
    {
      ids: input.VolumeIds,
      filters: input.Filters,
      wire: { show: toWire, paths: volumePaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    filters,
  );
  return { Volumes: items.map(toWire), ...token };
}

export function deleteVolume(region: Ec2Region, input: DeleteVolumeRequest) {
  const volume = region.volumes.require(required(input.VolumeId, "volumeId"));
  const { attachment } = volume;
  if (attachment !== undefined) {
    const message = `Volume ${volume.volumeId} is currently attached to ${attachment.instanceId}`;
    throw ec2Error("VolumeInUse", message);
  }
  region.volumes.delete(volume.volumeId);
  return {};
}

export function attachVolume(region: Ec2Region, input: AttachVolumeRequest): VolumeAttachment {
  const volume = region.volumes.require(required(input.VolumeId, "volumeId"));
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const device = required(input.Device, "device");
  if (volume.attachment !== undefined) {
    throw ec2Error("VolumeInUse", `${volume.volumeId} is already attached to an instance`);
  }
  if (volume.zone !== instance.zone) {
    const message = `The volume '${volume.volumeId}' is not in the same availability zone as instance '${instance.instanceId}'`;
    throw ec2Error("InvalidVolume.ZoneMismatch", message);
  }
  if (instance.state !== "running" && instance.state !== "stopped") {
    throw ec2Error("IncorrectState", `Instance '${instance.instanceId}' is not 'running'.`);
  }
  const { instanceId } = instance;
  volume.attachment = {
    instanceId,
    device,
    deleteOnTermination: false,
    attachedAtMs: region.now(),
  };
  volume.state = "in-use";
  instance.volumeIds = [...instance.volumeIds, volume.volumeId];
  return attachmentToWire(volume, "attaching");
}

export function detachVolume(region: Ec2Region, input: DetachVolumeRequest): VolumeAttachment {
  const volume = region.volumes.require(required(input.VolumeId, "volumeId"));
  if (volume.attachment === undefined) {
    throw ec2Error("IncorrectState", `Volume '${volume.volumeId}' is in the 'available' state.`);
  }
  if (input.InstanceId !== undefined && input.InstanceId !== volume.attachment.instanceId) {
    throw invalidParameter(`Volume ${volume.volumeId} is not attached to ${input.InstanceId}`);
  }
  if (input.Device !== undefined && input.Device !== volume.attachment.device) {
    throw invalidParameter(`Volume ${volume.volumeId} is not attached as ${input.Device}`);
  }
  const answer = attachmentToWire(volume, "detaching");
  const instance = region.instances.peek(volume.attachment.instanceId);
  if (instance !== undefined) {
    instance.volumeIds = instance.volumeIds.filter((id) => id !== volume.volumeId);
  }
  volume.attachment = undefined;
  volume.state = "available";
  return answer;
}

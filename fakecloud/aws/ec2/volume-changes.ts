import type {
  DescribeVolumesModificationsRequest,
  DescribeVolumesModificationsResult,
  DescribeVolumeStatusRequest,
  DescribeVolumeStatusResult,
  ModifyVolumeRequest,
  ModifyVolumeResult,
  VolumeModification,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { Volume } from "./records.ts";

const restMs = 6 * 3_600_000;

/** A volume grows and never shrinks, and rests for six hours after each change. */
export function modifyVolume(region: Ec2Region, input: ModifyVolumeRequest): ModifyVolumeResult {
  const volume = region.volumes.require(required(input.VolumeId, "volumeId"));
  const { change } = volume;
  if (change !== undefined && region.now() - change.atMs < restMs) {
    const message =
      "You've reached the maximum modification rate per volume limit. Wait at least 6 hours between modifications per EBS volume.";
    throw ec2Error("VolumeModificationRateExceeded", message);
  }
  if (input.Size !== undefined && input.Size < volume.sizeGiB) {
    throw invalidParameter("New size cannot be smaller than existing size");
  }
  volume.change = {
    atMs: region.now(),
    sizeGiB: volume.sizeGiB,
    volumeType: volume.volumeType,
    iops: volume.iops,
    throughput: volume.throughput,
  };
  volume.sizeGiB = input.Size ?? volume.sizeGiB;
  volume.volumeType = input.VolumeType ?? volume.volumeType;
  volume.iops = input.Iops ?? volume.iops;
  volume.throughput = input.Throughput ?? volume.throughput;
  return {
    VolumeModification: { ...changeToWire(volume), ModificationState: "modifying", Progress: 0 },
  };
}

function changeToWire(volume: Volume): VolumeModification {
  const { change } = volume;
  return {
    VolumeId: volume.volumeId,
    ModificationState: "completed",
    Progress: 100,
    TargetSize: volume.sizeGiB,
    TargetVolumeType: volume.volumeType as "gp3",
    ...(volume.iops === undefined ? {} : { TargetIops: volume.iops }),
    ...(volume.throughput === undefined ? {} : { TargetThroughput: volume.throughput }),
    ...(change === undefined
      ? {}
      : {
          OriginalSize: change.sizeGiB,
          OriginalVolumeType: change.volumeType as "gp3",
          ...(change.iops === undefined ? {} : { OriginalIops: change.iops }),
          ...(change.throughput === undefined ? {} : { OriginalThroughput: change.throughput }),
          StartTime: toDate(change.atMs),
          EndTime: toDate(change.atMs),
        }),
  };
}

export function describeVolumesModifications(
  region: Ec2Region,
  input: DescribeVolumesModificationsRequest,
): DescribeVolumesModificationsResult {
  const { items, ...token } = describe(
    region.volumes,
    {
      ids: input.VolumeIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "modification-state": ({ change }) => (change === undefined ? undefined : "completed"),
      "target-size": ({ sizeGiB }) => sizeGiB,
      "target-volume-type": ({ volumeType }) => volumeType,
      "volume-id": ({ volumeId }) => volumeId,
    },
    { min: 1, max: 500 },
  );
  const changed = items.filter(({ change }) => change !== undefined);
  return { VolumesModifications: changed.map(changeToWire), ...token };
}

export function describeVolumeStatus(
  region: Ec2Region,
  input: DescribeVolumeStatusRequest,
): DescribeVolumeStatusResult {
  const { items, ...token } = describe(
    region.volumes,
    {
      ids: input.VolumeIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "availability-zone": ({ zone }) => zone,
      "volume-status.status": () => "ok",
    },
  );
  return {
    VolumeStatuses: items.map(({ volumeId, zone }) => ({
      VolumeId: volumeId,
      AvailabilityZone: zone,
      VolumeStatus: {
        Status: "ok",
        Details: [{ Name: "io-enabled", Status: "passed" }],
      },
      Actions: [],
      Events: [],
    })),
    ...token,
  };
}

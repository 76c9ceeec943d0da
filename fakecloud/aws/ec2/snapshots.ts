import type {
  CreateSnapshotRequest,
  DeleteSnapshotRequest,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  Snapshot as WireSnapshot,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, required } from "./errors.ts";
import type { Snapshot } from "./records.ts";
import { snapshotPaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function createSnapshot(region: Ec2Region, input: CreateSnapshotRequest): WireSnapshot {
  const volume = region.volumes.require(required(input.VolumeId, "volumeId"));
  const tags = tagsFor(input.TagSpecifications, "snapshot");
  const snapshotId = region.newId("snap", tags.get("Name") ?? volume.volumeId);
  const snapshot: Snapshot = {
    snapshotId,
    volumeId: volume.volumeId,
    sizeGiB: volume.sizeGiB,
    description: input.Description ?? "",
    encrypted: volume.encrypted,
    startedAtMs: region.now(),
    state: "pending",
    tags,
  };
  region.snapshots.add(snapshotId, snapshot);
  const answer = toWire(region, snapshot);
  const label = `snapshot ${snapshotId} completes`;
  region.after(region.settings.durations.snapshot, label, "snapshotCompletes", snapshotId);
  return answer;
}

export function snapshotCompletes(region: Ec2Region, id: string): void {
  const snapshot = region.snapshots.peek(id);
  if (snapshot !== undefined) snapshot.state = "completed";
}

function toWire(region: Ec2Region, snapshot: Snapshot): WireSnapshot {
  return {
    SnapshotId: snapshot.snapshotId,
    VolumeId: snapshot.volumeId,
    VolumeSize: snapshot.sizeGiB,
    Description: snapshot.description,
    Encrypted: snapshot.encrypted,
    StartTime: toDate(snapshot.startedAtMs),
    State: snapshot.state,
    Progress: snapshot.state === "completed" ? "100%" : "0%",
    OwnerId: region.accountId,
    StorageTier: "standard",
    Tags: tagsToWire(snapshot.tags),
  };
}

export function describeSnapshots(
  region: Ec2Region,
  input: DescribeSnapshotsRequest,
): DescribeSnapshotsResult {
  const { items, ...token } = describe(
    region.snapshots,
    {
      ids: input.SnapshotIds,
      filters: input.Filters,
      wire: { show: (one) => toWire(region, one), paths: snapshotPaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      description: (one) => one.description,
      encrypted: (one) => one.encrypted,
      "owner-id": () => region.accountId,
      "snapshot-id": (one) => one.snapshotId,
      "start-time": (one) => toDate(one.startedAtMs).toISOString(),
      status: (one) => one.state,
      "volume-id": (one) => one.volumeId,
      "volume-size": (one) => one.sizeGiB,
    },
  );
  const owners = input.OwnerIds ?? [];
  const isMine =
    owners.length === 0 || owners.some((one) => one === "self" || one === region.accountId);
  const users = input.RestorableByUserIds ?? [];
  // Nobody shares snapshots here: only their owner can make volumes of them.
  const isRestorable =
    users.length === 0 || users.some((one) => one === "self" || one === region.accountId);
  return {
    Snapshots: isMine && isRestorable ? items.map((one) => toWire(region, one)) : [],
    ...token,
  };
}

export function deleteSnapshot(region: Ec2Region, input: DeleteSnapshotRequest) {
  const snapshot = region.snapshots.require(required(input.SnapshotId, "snapshotId"));
  const [image] = region.images.filter((one) => one.snapshotId === snapshot.snapshotId);
  if (image !== undefined) {
    const message = `The snapshot ${snapshot.snapshotId} is currently in use by ${image.imageId}`;
    throw ec2Error("InvalidSnapshot.InUse", message);
  }
  region.snapshots.delete(snapshot.snapshotId);
  return {};
}

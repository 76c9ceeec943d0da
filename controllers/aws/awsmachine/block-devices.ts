import type { BlockDeviceMapping } from "@aws-sdk/client-ec2";
import type { AWSMachineSpec, NonRootVolume } from "../../api/generated/definitions.ts";

/** What the image says of its root device. */
export interface RootDevice {
  readonly name: string;
  /** GiB; undefined where the image has no snapshot that says so. */
  readonly snapshotSize?: number;
}

/** The volumes that the spec asks for; empty where the image decides. capa-behaviour 8.11. */
export function planBlockDevices(
  spec: Pick<AWSMachineSpec, "nonRootVolumes" | "rootVolume">,
  root: RootDevice | undefined,
): BlockDeviceMapping[] {
  const mappings = (spec.nonRootVolumes ?? []).map((volume) =>
    mapping(volume, volume.deviceName ?? ""),
  );
  const { rootVolume } = spec;
  if (rootVolume === undefined) return mappings;
  if (root === undefined) throw new Error("the root device of the image is not known");
  if (root.snapshotSize !== undefined && rootVolume.size < root.snapshotSize) {
    throw new Error(
      `root volume size (${rootVolume.size}) must be greater than or equal to snapshot size (${root.snapshotSize})`,
    );
  }
  return [mapping(rootVolume, root.name), ...mappings];
}

function mapping(volume: NonRootVolume, DeviceName: string): BlockDeviceMapping {
  const { size, type, iops, throughput, encrypted, encryptionKey } = volume;
  return {
    DeviceName,
    Ebs: {
      DeleteOnTermination: true,
      VolumeSize: size,
      ...(type === undefined || type === "" ? {} : { VolumeType: type as "gp3" }),
      ...(iops === undefined || iops === 0 ? {} : { Iops: iops }),
      ...(throughput === undefined ? {} : { Throughput: throughput }),
      ...(encrypted === undefined ? {} : { Encrypted: encrypted }),
      ...(encryptionKey === undefined || encryptionKey === ""
        ? {}
        : { Encrypted: true, KmsKeyId: encryptionKey }),
    },
  };
}

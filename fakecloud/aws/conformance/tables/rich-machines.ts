import { expect } from "vitest";
import { toDate } from "../../../kernel/clock.ts";
import type { ConformanceCase, Step } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const api = (operation: string) => `EC2 API reference, ${operation}`;
const VpcId = "{vpc.Vpc.VpcId}";
const SubnetId = "{subnet.Subnet.SubnetId}";
const tagged = (ResourceType: string) => [{ ResourceType, Tags: [{ Key: "k", Value: "v" }] }];
const makeSubnet: Step = {
  call: "CreateSubnet",
  input: { VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1a" },
  as: "subnet",
};
const one = { ImageId: "ami-12c6146b", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 };
const launch = (more: object = {}): Step => ({
  call: "RunInstances",
  input: { ...one, SubnetId, ...more },
  as: "run",
});
const InstanceId = "{run.Instances.0.InstanceId}";
const modify = (attribute: object): Step => ({
  call: "ModifyInstanceAttribute",
  input: { InstanceId, ...attribute },
});
const instanceHas = (gives: object): Step => ({
  call: "DescribeInstances",
  input: { InstanceIds: [InstanceId] },
  gives: { Reservations: [{ Instances: [gives] }] },
});
const disk = {
  DeviceName: "/dev/sdf",
  Ebs: {
    DeleteOnTermination: false,
    Encrypted: true,
    Iops: 3000,
    KmsKeyId: "alias/k",
    SnapshotId: "snap-0123456789abcdef0",
    Throughput: 125,
    VolumeSize: 9,
    VolumeType: "gp3",
  },
};

export const richMachines: readonly ConformanceCase[] = [
  {
    title: "what a launch says of processor, placement, recovery, names and disks is shown",
    source: api("RunInstances"),
    steps: [
      makeVpc,
      makeSubnet,
      launch({
        BlockDeviceMappings: [disk, { DeviceName: "/dev/sdg", NoDevice: "" }],
        CapacityReservationSpecification: { CapacityReservationPreference: "none" },
        CpuOptions: { CoreCount: 1, ThreadsPerCore: 1 },
        CreditSpecification: { CpuCredits: "standard" },
        MaintenanceOptions: { AutoRecovery: "disabled" },
        Monitoring: { Enabled: true },
        Placement: { AvailabilityZone: "eu-west-1a", Tenancy: "default", Affinity: "default" },
        PrivateDnsNameOptions: {
          HostnameType: "resource-name",
          EnableResourceNameDnsARecord: true,
          EnableResourceNameDnsAAAARecord: true,
        },
        PrivateIpAddress: "10.0.0.99",
        HibernationOptions: { Configured: false },
        EnclaveOptions: { Enabled: false },
      }),
      instanceHas({
        CapacityReservationSpecification: { CapacityReservationPreference: "none" },
        CpuOptions: { CoreCount: 1, ThreadsPerCore: 1 },
        MaintenanceOptions: { AutoRecovery: "disabled" },
        Monitoring: { State: "enabled" },
        Placement: { Affinity: "default" },
        PrivateDnsNameOptions: {
          HostnameType: "resource-name",
          EnableResourceNameDnsARecord: true,
        },
        PrivateIpAddress: "10.0.0.99",
      }),
      {
        call: "DescribeVolumes",
        input: { Filters: [{ Name: "attachment.device", Values: ["/dev/sdf"] }] },
        gives: {
          Volumes: [{ Size: 9, Encrypted: true, Iops: 3000, Throughput: 125, KmsKeyId: "alias/k" }],
        },
      },
    ],
  },
  {
    title: "nothing can be launched into reservations only, of which there are none",
    source: api("RunInstances"),
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "RunInstances",
        input: {
          ...one,
          SubnetId,
          CapacityReservationSpecification: {
            CapacityReservationPreference: "capacity-reservations-only",
          },
        },
        fails: "ReservationCapacityExceeded",
      },
    ],
  },
  {
    title: "a parameter that Seatrial does not honour is refused by name, nested ones too",
    source: "DESIGN §5: an unknown parameter is an error that names it",
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "RunInstances",
        input: { ...one, SubnetId, EnclaveOptions: { Enabled: true } },
        fails: "UnsupportedOperation",
        says: "EnclaveOptions.Enabled of RunInstances but as false",
      },
      {
        call: "RunInstances",
        input: { ...one, NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, EnaQueueCount: 2 }] },
        fails: "UnsupportedOperation",
        says: "NetworkInterfaces[0].EnaQueueCount of RunInstances",
      },
      {
        call: "CreateLaunchTemplate",
        input: {
          LaunchTemplateName: "enclave",
          LaunchTemplateData: { InstanceType: "t3.micro", KernelId: "aki-1" },
        },
        fails: "UnsupportedOperation",
        says: "LaunchTemplateData.KernelId of CreateLaunchTemplate",
      },
    ],
  },
  {
    title: "the interfaces of a launch have the addresses, names and fates that it says",
    source: api("RunInstances"),
    steps: [
      {
        call: "CreateVpc",
        input: { CidrBlock: "10.0.0.0/16", Ipv6CidrBlock: "2001:db8:1234:1a00::/56" },
        as: "vpc",
      },
      {
        call: "CreateSubnet",
        input: { VpcId, CidrBlock: "10.0.0.0/24", Ipv6CidrBlock: "2001:db8:1234:1a01::/64" },
        as: "subnet",
      },
      {
        call: "CreateSecurityGroup",
        input: { GroupName: "g", Description: "d", VpcId },
        as: "group",
      },
      {
        call: "RunInstances",
        input: {
          ...one,
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              SubnetId,
              AssociatePublicIpAddress: true,
              DeleteOnTermination: false,
              Description: "first",
              Groups: ["{group.GroupId}"],
              InterfaceType: "interface",
              PrivateIpAddress: "10.0.0.50",
              SecondaryPrivateIpAddressCount: 1,
              Ipv6AddressCount: 1,
            },
            {
              DeviceIndex: 1,
              SubnetId,
              Ipv6Addresses: [{ Ipv6Address: "2001:db8:1234:1a01::7" }],
              PrivateIpAddresses: [
                { PrivateIpAddress: "10.0.0.60", Primary: true },
                { PrivateIpAddress: "10.0.0.61" },
              ],
            },
          ],
        },
        gives: {
          Instances: [
            {
              PrivateIpAddress: "10.0.0.50",
              Ipv6Address: expect.stringMatching(/^2001:db8:1234:1a01:/),
              NetworkInterfaces: [
                {
                  Description: "first",
                  Attachment: { DeleteOnTermination: false },
                  PrivateIpAddresses: expect.toSatisfy((ips: unknown[]) => ips.length === 2),
                },
                {
                  Ipv6Addresses: [{ Ipv6Address: "2001:db8:1234:1a01::7" }],
                  PrivateIpAddresses: [
                    { PrivateIpAddress: "10.0.0.60" },
                    { PrivateIpAddress: "10.0.0.61" },
                  ],
                },
              ],
            },
          ],
        },
      },
      {
        call: "RunInstances",
        input: {
          ...one,
          SubnetId,
          Ipv6Addresses: [{ Ipv6Address: "2001:db8:1234:1a01::8" }],
          SecurityGroups: ["g"],
        },
        gives: {
          Instances: [
            {
              Ipv6Address: "2001:db8:1234:1a01::8",
              SecurityGroups: [{ GroupName: "g" }],
            },
          ],
        },
      },
      {
        call: "RunInstances",
        input: { ...one, SubnetId, SecurityGroups: ["nobody"] },
        fails: "InvalidGroup.NotFound",
      },
    ],
  },
  {
    title: "an instance in a partition group says its partition",
    source: "EC2 user guide, Placement groups",
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "CreatePlacementGroup",
        input: { GroupName: "p", Strategy: "partition", PartitionCount: 3 },
      },
      launch({ Placement: { GroupName: "p", PartitionNumber: 2 } }),
      instanceHas({ Placement: { GroupName: "p", PartitionNumber: 2 } }),
    ],
  },
  {
    title:
      "attributes of an instance are changed one at a time, some of them only while it is stopped",
    source: api("ModifyInstanceAttribute"),
    steps: [
      makeVpc,
      makeSubnet,
      launch({ BlockDeviceMappings: [disk], DisableApiStop: true }),
      { waitMs: 60_000 },
      {
        call: "StopInstances",
        input: { InstanceIds: [InstanceId] },
        fails: "OperationNotPermitted",
        says: "disableApiStop",
      },
      modify({ DisableApiStop: { Value: false } }),
      modify({
        BlockDeviceMappings: [{ DeviceName: "/dev/sdf", Ebs: { DeleteOnTermination: true } }],
      }),
      {
        call: "ModifyInstanceAttribute",
        input: {
          InstanceId,
          BlockDeviceMappings: [{ DeviceName: "/dev/sdz", Ebs: { DeleteOnTermination: true } }],
        },
        fails: "InvalidInstanceAttributeValue",
      },
      {
        call: "ModifyInstanceAttribute",
        input: { InstanceId, EbsOptimized: { Value: true } },
        fails: "IncorrectInstanceState",
      },
      { call: "StopInstances", input: { InstanceIds: [InstanceId], Force: true } },
      { waitMs: 60_000 },
      modify({ EbsOptimized: { Value: true } }),
      modify({ Attribute: "instanceType", Value: "t3.small" }),
      modify({ Attribute: "disableApiTermination", Value: "true" }),
      modify({
        EnaSupport: { Value: true },
        SriovNetSupport: { Value: "simple" },
        SourceDestCheck: { Value: false },
      }),
      {
        call: "ModifyInstanceAttribute",
        input: { InstanceId, Attribute: "kernel", Value: "x" },
        fails: "InvalidParameterValue",
      },
      instanceHas({
        EbsOptimized: true,
        InstanceType: "t3.small",
        SourceDestCheck: false,
        BlockDeviceMappings: expect.arrayContaining([
          expect.objectContaining({
            DeviceName: "/dev/sdf",
            Ebs: expect.objectContaining({ DeleteOnTermination: true }),
          }),
        ]),
      }),
    ],
  },
  {
    title: "volumes are attached and detached by device, and tell their status",
    source: api("DetachVolume"),
    steps: [
      makeVpc,
      makeSubnet,
      launch(),
      { waitMs: 60_000 },
      {
        call: "CreateVolume",
        input: { AvailabilityZone: "eu-west-1a", Size: 5, TagSpecifications: tagged("volume") },
        as: "volume",
      },
      {
        call: "AttachVolume",
        input: { VolumeId: "{volume.VolumeId}", InstanceId, Device: "/dev/sdh" },
      },
      {
        call: "DescribeVolumeStatus",
        input: {
          VolumeIds: ["{volume.VolumeId}"],
          Filters: [{ Name: "volume-status.status", Values: ["ok"] }],
        },
        gives: { VolumeStatuses: [{ VolumeId: "{volume.VolumeId}" }] },
      },
      {
        call: "DetachVolume",
        input: { VolumeId: "{volume.VolumeId}", InstanceId, Device: "/dev/sdi" },
        fails: "InvalidParameterValue",
      },
      {
        call: "DetachVolume",
        input: { VolumeId: "{volume.VolumeId}", InstanceId, Device: "/dev/sdh", Force: true },
      },
      {
        call: "CreateSnapshot",
        input: { VolumeId: "{volume.VolumeId}" },
        as: "snapshot",
      },
      {
        call: "DescribeSnapshots",
        input: { RestorableByUserIds: ["self"] },
        gives: { Snapshots: [{ SnapshotId: "{snapshot.SnapshotId}" }] },
      },
      {
        call: "DescribeSnapshots",
        input: { RestorableByUserIds: ["999999999999"] },
        gives: { Snapshots: [] },
      },
      { call: "DeleteSnapshot", input: { SnapshotId: "{snapshot.SnapshotId}" } },
    ],
  },
  {
    title:
      "a registered image is its owner's, has the disks that it says, and gives them to its instances",
    source: api("RegisterImage"),
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "RegisterImage",
        input: {
          Name: "own",
          Description: "mine",
          Architecture: "x86_64",
          BootMode: "uefi",
          EnaSupport: true,
          ImdsSupport: "v2.0",
          SriovNetSupport: "simple",
          TpmSupport: "v2.0",
          VirtualizationType: "hvm",
          RootDeviceName: "/dev/sda1",
          BlockDeviceMappings: [
            { DeviceName: "/dev/sda1", Ebs: { ...disk.Ebs, VolumeSize: 12 } },
            disk,
          ],
          TagSpecifications: tagged("image"),
        },
        as: "image",
      },
      {
        call: "DescribeImages",
        input: { ImageIds: ["{image.ImageId}"], IncludeDeprecated: true },
        gives: {
          Images: [
            {
              BootMode: "uefi",
              ImdsSupport: "v2.0",
              TpmSupport: "v2.0",
              BlockDeviceMappings: [
                { DeviceName: "/dev/sda1", Ebs: { VolumeSize: 12 } },
                { DeviceName: "/dev/sdf", Ebs: { VolumeSize: 9, Throughput: 125 } },
              ],
            },
          ],
        },
      },
      {
        call: "DescribeImages",
        input: { Owners: ["self"], ExecutableUsers: ["all"] },
        gives: { Images: [] },
      },
      launch({ ImageId: "{image.ImageId}" }),
      instanceHas({
        BlockDeviceMappings: [{ DeviceName: "/dev/sda1" }, { DeviceName: "/dev/sdf" }],
      }),
    ],
  },
  {
    title: "the present spot price is told for zones and products, and none for the future",
    source: api("DescribeSpotPriceHistory"),
    steps: [
      {
        call: "DescribeSpotPriceHistory",
        input: {
          InstanceTypes: ["t3.micro"],
          ProductDescriptions: ["Linux/UNIX"],
          AvailabilityZone: "eu-west-1a",
          StartTime: toDate(0),
        },
        gives: { SpotPriceHistory: [{ InstanceType: "t3.micro" }] },
      },
      {
        call: "DescribeSpotPriceHistory",
        input: { InstanceTypes: ["t3.micro"], ProductDescriptions: ["Windows"] },
        gives: { SpotPriceHistory: [] },
      },
      {
        call: "DescribeSpotPriceHistory",
        input: { StartTime: toDate(32_472_144_000_000) },
        gives: { SpotPriceHistory: [] },
      },
    ],
  },
  {
    title: "an instance shows its console, firmware data, password and launch template",
    source: api("GetConsoleOutput"),
    steps: [
      makeVpc,
      makeSubnet,
      launch(),
      { call: "GetConsoleOutput", input: { InstanceId, Latest: true }, gives: { InstanceId } },
      { call: "GetInstanceUefiData", input: { InstanceId }, gives: { InstanceId } },
      { call: "GetPasswordData", input: { InstanceId }, gives: { PasswordData: "" } },
      {
        call: "GetLaunchTemplateData",
        input: { InstanceId },
        gives: { LaunchTemplateData: { InstanceType: "t3.micro" } },
      },
    ],
  },
  {
    title: "launch templates are listed by id, name and filter, and deleted by either",
    source: api("DescribeLaunchTemplates"),
    steps: [
      ...["one", "two"].map((name) => ({
        call: "CreateLaunchTemplate",
        input: {
          LaunchTemplateName: name.padEnd(4, "-"),
          LaunchTemplateData: { InstanceType: "t3.micro" },
          TagSpecifications: tagged("launch-template"),
        },
        as: name,
      })),
      {
        call: "DescribeLaunchTemplates",
        input: { LaunchTemplateIds: ["{one.LaunchTemplate.LaunchTemplateId}"] },
        gives: { LaunchTemplates: [{ LaunchTemplateName: "one-" }] },
      },
      {
        call: "DescribeLaunchTemplates",
        input: { Filters: [{ Name: "launch-template-name", Values: ["two*"] }] },
        gives: { LaunchTemplates: [{ LaunchTemplateName: "two-" }] },
      },
      {
        call: "DeleteLaunchTemplate",
        input: { LaunchTemplateId: "{one.LaunchTemplate.LaunchTemplateId}" },
      },
      { call: "DeleteLaunchTemplate", input: { LaunchTemplateName: "two-" } },
    ],
  },
  {
    title: "key pairs are imported, and deleted by id",
    source: api("ImportKeyPair"),
    steps: [
      {
        call: "ImportKeyPair",
        input: {
          KeyName: "k",
          PublicKeyMaterial: Buffer.from(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8sKQ1XbkNzZFzI0yX2Jt0YV8d2bT0a9vX4yR7r4k9m k",
          ),
          TagSpecifications: tagged("key-pair"),
        },
        as: "key",
      },
      { call: "DeleteKeyPair", input: { KeyPairId: "{key.KeyPairId}" } },
      { call: "DescribeKeyPairs", gives: { KeyPairs: [] } },
    ],
  },
  {
    title: "an association with an instance profile is replaced",
    source: api("ReplaceIamInstanceProfileAssociation"),
    steps: [
      makeVpc,
      makeSubnet,
      ...["a", "b"].map((InstanceProfileName) => ({
        call: "iam:CreateInstanceProfile",
        input: { InstanceProfileName },
      })),
      launch({ IamInstanceProfile: { Name: "a" } }),
      { waitMs: 60_000 },
      {
        call: "DescribeIamInstanceProfileAssociations",
        input: { Filters: [{ Name: "instance-id", Values: [InstanceId] }] },
        as: "associations",
      },
      {
        call: "ReplaceIamInstanceProfileAssociation",
        input: {
          AssociationId: "{associations.IamInstanceProfileAssociations.0.AssociationId}",
          IamInstanceProfile: { Name: "b" },
        },
        gives: {
          IamInstanceProfileAssociation: {
            IamInstanceProfile: { Arn: expect.stringMatching(/instance-profile\/b$/) },
          },
        },
      },
    ],
  },
  {
    title: "dedicated hosts are found by filter",
    source: api("DescribeHosts"),
    steps: [
      {
        call: "AllocateHosts",
        input: {
          AvailabilityZone: "eu-west-1a",
          InstanceType: "m5.large",
          Quantity: 1,
          HostRecovery: "off",
        },
      },
      {
        call: "DescribeHosts",
        input: { Filter: [{ Name: "instance-type", Values: ["m5.large"] }] },
        gives: { Hosts: [{ AvailabilityZone: "eu-west-1a" }] },
      },
    ],
  },
];

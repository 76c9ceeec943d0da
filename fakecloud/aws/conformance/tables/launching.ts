import { expect } from "vitest";
import type { Call, ConformanceCase, Step } from "../case.ts";

const api = (operation: string) => `EC2 API reference, ${operation}`;
const findImage: Step = {
  call: "DescribeImages",
  input: {
    Filters: [
      { Name: "name", Values: ["capa-ami-ubuntu-24.04-v1.34.0-*"] },
      { Name: "architecture", Values: ["x86_64"] },
    ],
  },
  as: "images",
};
const ImageId = "{images.Images.0.ImageId}";
const LaunchTemplateName = "nodes";
const template: Call = {
  call: "CreateLaunchTemplate",
  input: {
    LaunchTemplateName,
    LaunchTemplateData: {
      ImageId,
      InstanceType: "t3.small",
      UserData: Buffer.from("#cloud-config\n").toString("base64"),
      TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "from", Value: "template" }] }],
    },
  },
  as: "template",
};
const LaunchTemplateId = "{template.LaunchTemplate.LaunchTemplateId}";
const versions = (input: object, more: object): Call => ({
  call: "DescribeLaunchTemplateVersions",
  input,
  ...more,
});
const launch = (input: object, more: object = {}): Call => ({
  call: "RunInstances",
  input: { MinCount: 1, MaxCount: 1, ...input },
  as: "run",
  ...more,
});
const InstanceId = "{run.Instances.0.InstanceId}";
const spot: Call = launch({
  ImageId,
  InstanceType: "t3.large",
  InstanceMarketOptions: { MarketType: "spot", SpotOptions: { MaxPrice: "0.2" } },
  TagSpecifications: [{ ResourceType: "spot-instances-request", Tags: [{ Key: "a", Value: "1" }] }],
});
const makeVolume: Call = {
  call: "CreateVolume",
  input: { AvailabilityZone: "eu-west-1a", Size: 10, VolumeType: "gp3" },
  as: "volume",
};

const templates: readonly ConformanceCase[] = [
  {
    title: "a launch template begins with version 1, which is the default",
    source: api("CreateLaunchTemplate"),
    steps: [
      findImage,
      {
        ...template,
        gives: { LaunchTemplate: { DefaultVersionNumber: 1, LatestVersionNumber: 1 } },
      },
      versions(
        { LaunchTemplateName },
        {
          gives: {
            LaunchTemplateVersions: [
              {
                VersionNumber: 1,
                DefaultVersion: true,
                LaunchTemplateData: { ImageId, InstanceType: "t3.small" },
              },
            ],
          },
        },
      ),
    ],
  },
  {
    title: "the name of a launch template is taken once",
    source: api("CreateLaunchTemplate"),
    steps: [
      findImage,
      template,
      { ...template, fails: "InvalidLaunchTemplateName.AlreadyExistsException" },
    ],
  },
  {
    title: "a launch template that is not there is told by its name or id",
    source: api("DescribeLaunchTemplateVersions"),
    steps: [
      versions(
        { LaunchTemplateName: "nobody" },
        { fails: "InvalidLaunchTemplateName.NotFoundException" },
      ),
      versions(
        { LaunchTemplateId: "lt-0123456789abcdef0" },
        { fails: "InvalidLaunchTemplateId.NotFound" },
      ),
    ],
  },
  {
    title: "a new version takes over what its source says, and $Latest finds it",
    source: api("CreateLaunchTemplateVersion"),
    steps: [
      findImage,
      template,
      {
        call: "CreateLaunchTemplateVersion",
        input: {
          LaunchTemplateId,
          SourceVersion: "1",
          LaunchTemplateData: { InstanceType: "t3.large" },
        },
        gives: { LaunchTemplateVersion: { VersionNumber: 2, DefaultVersion: false } },
      },
      versions(
        { LaunchTemplateId, Versions: ["$Latest"] },
        {
          gives: {
            LaunchTemplateVersions: [
              { VersionNumber: 2, LaunchTemplateData: { ImageId, InstanceType: "t3.large" } },
            ],
          },
        },
      ),
      versions(
        { LaunchTemplateId, Versions: ["9"] },
        { fails: "InvalidLaunchTemplateId.VersionNotFound" },
      ),
    ],
  },
  {
    title: "versions go, but for the default one",
    source: api("DeleteLaunchTemplateVersions"),
    steps: [
      findImage,
      template,
      {
        call: "CreateLaunchTemplateVersion",
        input: { LaunchTemplateId, LaunchTemplateData: { ImageId } },
      },
      {
        call: "DeleteLaunchTemplateVersions",
        input: { LaunchTemplateId, Versions: ["1", "2", "7"] },
        gives: {
          SuccessfullyDeletedLaunchTemplateVersions: [{ VersionNumber: 2 }],
          UnsuccessfullyDeletedLaunchTemplateVersions: [
            { VersionNumber: 1 },
            {
              VersionNumber: 7,
              ResponseError: { Code: "launchTemplateVersionDoesNotExist" },
            },
          ],
        },
      },
    ],
  },
  {
    title: "another default version is used by launches that name none",
    source: api("ModifyLaunchTemplate"),
    steps: [
      findImage,
      template,
      {
        call: "CreateLaunchTemplateVersion",
        input: { LaunchTemplateId, LaunchTemplateData: { ImageId, InstanceType: "t3.large" } },
      },
      {
        call: "ModifyLaunchTemplate",
        input: { LaunchTemplateId, DefaultVersion: "2" },
        gives: { LaunchTemplate: { DefaultVersionNumber: 2 } },
      },
      launch(
        { LaunchTemplate: { LaunchTemplateId } },
        { gives: { Instances: [{ InstanceType: "t3.large" }] } },
      ),
    ],
  },
  {
    title: "an instance of a template has what the template says where the launch says nothing",
    source: "EC2 user guide, Launch instances from a launch template",
    steps: [
      findImage,
      template,
      launch(
        { LaunchTemplate: { LaunchTemplateName }, InstanceType: "t3.medium" },
        { gives: { Instances: [{ ImageId, InstanceType: "t3.medium" }] } },
      ),
      {
        call: "DescribeTags",
        input: { Filters: [{ Name: "resource-id", Values: [InstanceId] }] },
        gives: {
          Tags: [
            { Key: "from", Value: "template" },
            { Key: "aws:ec2launchtemplate:id", Value: LaunchTemplateId },
            { Key: "aws:ec2launchtemplate:version", Value: "1" },
          ],
        },
      },
    ],
  },
  {
    title: "a launch from a template that is not there fails",
    source: api("RunInstances"),
    steps: [
      launch(
        { LaunchTemplate: { LaunchTemplateName: "nobody" } },
        { fails: "InvalidLaunchTemplateName.NotFoundException" },
      ),
    ],
  },
  {
    title: "interfaces and a subnet of the instance cannot be combined",
    source: api("RunInstances"),
    steps: [
      findImage,
      {
        call: "DescribeSubnets",
        input: { Filters: [{ Name: "default-for-az", Values: ["true"] }] },
        as: "subnets",
      },
      launch(
        {
          ImageId,
          InstanceType: "t3.large",
          SubnetId: "{subnets.Subnets.0.SubnetId}",
          NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: "{subnets.Subnets.0.SubnetId}" }],
        },
        { fails: "InvalidParameterCombination", says: "instance-level subnet ID" },
      ),
    ],
  },
  {
    title: "a launch takes no more instances than the subnet has addresses for",
    source: api("RunInstances"),
    steps: [
      findImage,
      { call: "CreateVpc", input: { CidrBlock: "10.0.0.0/16" }, as: "vpc" },
      {
        call: "CreateSubnet",
        input: { VpcId: "{vpc.Vpc.VpcId}", CidrBlock: "10.0.0.0/28" },
        as: "subnet",
      },
      launch(
        {
          ImageId,
          InstanceType: "t3.large",
          SubnetId: "{subnet.Subnet.SubnetId}",
          MinCount: 12,
          MaxCount: 12,
        },
        { fails: "InsufficientFreeAddressesInSubnet" },
      ),
      launch(
        {
          ImageId,
          InstanceType: "t3.large",
          SubnetId: "{subnet.Subnet.SubnetId}",
          MinCount: 1,
          MaxCount: 12,
        },
        { gives: { Instances: Array.from({ length: 11 }, () => ({})) } },
      ),
    ],
  },
];

const spots: readonly ConformanceCase[] = [
  {
    title: "a spot launch belongs to a request that is fulfilled",
    source: api("RunInstances, InstanceMarketOptions"),
    steps: [
      findImage,
      { ...spot, gives: { Instances: [{ InstanceLifecycle: "spot" }] } },
      {
        call: "DescribeSpotInstanceRequests",
        input: { Filters: [{ Name: "instance-id", Values: [InstanceId] }] },
        gives: {
          SpotInstanceRequests: [
            {
              State: "active",
              Status: { Code: "fulfilled" },
              SpotPrice: "0.2",
              Tags: [{ Key: "a", Value: "1" }],
            },
          ],
        },
      },
    ],
  },
  {
    title: "a spot instance that its owner terminates closes the request",
    source: "EC2 user guide, Spot request status",
    steps: [
      findImage,
      spot,
      { call: "TerminateInstances", input: { InstanceIds: [InstanceId] } },
      {
        call: "DescribeSpotInstanceRequests",
        gives: {
          SpotInstanceRequests: [
            { State: "closed", Status: { Code: "instance-terminated-by-user" } },
          ],
        },
      },
    ],
  },
  {
    title: "cancelling a spot request leaves its instance running",
    source: api("CancelSpotInstanceRequests"),
    steps: [
      findImage,
      spot,
      { call: "DescribeSpotInstanceRequests", as: "requests" },
      {
        call: "CancelSpotInstanceRequests",
        input: {
          SpotInstanceRequestIds: ["{requests.SpotInstanceRequests.0.SpotInstanceRequestId}"],
        },
        gives: { CancelledSpotInstanceRequests: [{ State: "cancelled" }] },
      },
      {
        call: "DescribeInstances",
        input: { InstanceIds: [InstanceId] },
        gives: { Reservations: [{ Instances: [{ State: { Name: "running" } }] }] },
      },
      {
        call: "DescribeSpotInstanceRequests",
        gives: {
          SpotInstanceRequests: [{ Status: { Code: "request-canceled-and-instance-running" } }],
        },
      },
    ],
  },
  {
    title: "a spot request is open until its instance is launched",
    source: api("RequestSpotInstances"),
    profile: "faithful",
    steps: [
      findImage,
      {
        call: "RequestSpotInstances",
        input: { LaunchSpecification: { ImageId, InstanceType: "t3.large" } },
        gives: {
          SpotInstanceRequests: [{ State: "open", Status: { Code: "pending-evaluation" } }],
        },
      },
      { waitMs: 15_000 },
      {
        call: "DescribeSpotInstanceRequests",
        gives: {
          SpotInstanceRequests: [{ State: "active", InstanceId: expect.stringMatching(/^i-/) }],
        },
      },
    ],
  },
  {
    title: "a spot request with wrong parameters fails when it is evaluated",
    source: "EC2 user guide, Spot request status, bad-parameters",
    steps: [
      findImage,
      {
        call: "RequestSpotInstances",
        input: { LaunchSpecification: { ImageId, InstanceType: "t99.huge" } },
      },
      {
        call: "DescribeSpotInstanceRequests",
        gives: { SpotInstanceRequests: [{ State: "failed", Status: { Code: "bad-parameters" } }] },
      },
    ],
  },
  {
    title: "a spot price must be a positive number",
    source: api("RequestSpotInstances"),
    steps: [
      {
        call: "RequestSpotInstances",
        input: { SpotPrice: "cheap", LaunchSpecification: { ImageId: "ami-0123456789abcdef0" } },
        fails: "InvalidParameterValue",
      },
    ],
  },
  {
    title: "spot prices are told by type and zone",
    source: api("DescribeSpotPriceHistory"),
    steps: [
      {
        call: "DescribeSpotPriceHistory",
        input: { InstanceTypes: ["m5.large"], AvailabilityZone: "eu-west-1a" },
        gives: {
          SpotPriceHistory: [
            { InstanceType: "m5.large", SpotPrice: expect.stringMatching(/^0\.\d+$/) },
          ],
        },
      },
    ],
  },
];

const others: readonly ConformanceCase[] = [
  {
    title: "a placement group in use cannot be deleted",
    source: api("DeletePlacementGroup"),
    steps: [
      findImage,
      { call: "CreatePlacementGroup", input: { GroupName: "pg", Strategy: "spread" } },
      launch({ ImageId, InstanceType: "m5.large", Placement: { GroupName: "pg" } }),
      {
        call: "DeletePlacementGroup",
        input: { GroupName: "pg" },
        fails: "InvalidPlacementGroup.InUse",
      },
      { call: "TerminateInstances", input: { InstanceIds: [InstanceId] } },
      { call: "DeletePlacementGroup", input: { GroupName: "pg" } },
      {
        call: "DescribePlacementGroups",
        input: { GroupNames: ["pg"] },
        fails: "InvalidPlacementGroup.Unknown",
      },
    ],
  },
  {
    title: "a launch into a placement group that is not there fails",
    source: api("RunInstances"),
    steps: [
      findImage,
      launch(
        { ImageId, InstanceType: "m5.large", Placement: { GroupName: "nobody" } },
        { fails: "InvalidPlacementGroup.Unknown" },
      ),
    ],
  },
  {
    title: "a name of a placement group is taken once",
    source: api("CreatePlacementGroup"),
    steps: [
      { call: "CreatePlacementGroup", input: { GroupName: "pg" } },
      {
        call: "CreatePlacementGroup",
        input: { GroupName: "pg" },
        fails: "InvalidPlacementGroup.Duplicate",
      },
    ],
  },
  {
    title: "a spread placement group takes seven instances in a zone",
    source: "EC2 user guide, Placement groups, rules and limitations",
    steps: [
      findImage,
      { call: "CreatePlacementGroup", input: { GroupName: "pg", Strategy: "spread" } },
      launch({
        ImageId,
        InstanceType: "m5.large",
        Placement: { GroupName: "pg" },
        MinCount: 7,
        MaxCount: 7,
      }),
      launch(
        { ImageId, InstanceType: "m5.large", Placement: { GroupName: "pg" } },
        { fails: "InstanceLimitExceeded" },
      ),
    ],
  },
  {
    title: "a snapshot completes after a while",
    source: api("CreateSnapshot"),
    profile: "faithful",
    steps: [
      makeVolume,
      {
        call: "CreateSnapshot",
        input: { VolumeId: "{volume.VolumeId}", Description: "d" },
        gives: { State: "pending", VolumeSize: 10 },
        as: "snapshot",
      },
      { waitMs: 180_000 },
      {
        call: "DescribeSnapshots",
        input: { SnapshotIds: ["{snapshot.SnapshotId}"] },
        gives: { Snapshots: [{ State: "completed", Progress: "100%" }] },
      },
    ],
  },
  {
    title: "a volume of a snapshot has its size",
    source: api("CreateVolume, SnapshotId"),
    steps: [
      makeVolume,
      { call: "CreateSnapshot", input: { VolumeId: "{volume.VolumeId}" }, as: "snapshot" },
      {
        call: "CreateVolume",
        input: { AvailabilityZone: "eu-west-1a", SnapshotId: "{snapshot.SnapshotId}" },
        gives: { Size: 10 },
      },
    ],
  },
  {
    title: "a volume grows, never shrinks, and rests between two changes",
    source: api("ModifyVolume"),
    steps: [
      makeVolume,
      {
        call: "ModifyVolume",
        input: { VolumeId: "{volume.VolumeId}", Size: 5 },
        fails: "InvalidParameterValue",
        says: "smaller",
      },
      {
        call: "ModifyVolume",
        input: { VolumeId: "{volume.VolumeId}", Size: 20 },
        gives: { VolumeModification: { OriginalSize: 10, TargetSize: 20 } },
      },
      {
        call: "ModifyVolume",
        input: { VolumeId: "{volume.VolumeId}", Size: 30 },
        fails: "VolumeModificationRateExceeded",
      },
      {
        call: "DescribeVolumesModifications",
        input: { VolumeIds: ["{volume.VolumeId}"] },
        gives: { VolumesModifications: [{ ModificationState: "completed" }] },
      },
    ],
  },
  {
    title: "new volumes are encrypted when the account says so",
    source: api("EnableEbsEncryptionByDefault"),
    steps: [
      { call: "EnableEbsEncryptionByDefault", gives: { EbsEncryptionByDefault: true } },
      { ...makeVolume, gives: { Encrypted: true } },
      { call: "DisableEbsEncryptionByDefault" },
      { ...makeVolume, gives: { Encrypted: false } },
    ],
  },
  {
    title: "burstable instances have their credits, T3 unlimited by itself",
    source: api("DescribeInstanceCreditSpecifications"),
    steps: [
      findImage,
      launch({ ImageId, InstanceType: "t3.small" }),
      {
        call: "DescribeInstanceCreditSpecifications",
        input: { InstanceIds: [InstanceId] },
        gives: { InstanceCreditSpecifications: [{ CpuCredits: "unlimited" }] },
      },
      {
        call: "ModifyInstanceCreditSpecification",
        input: { InstanceCreditSpecifications: [{ InstanceId, CpuCredits: "standard" }] },
      },
      {
        call: "DescribeInstanceCreditSpecifications",
        input: { InstanceIds: [InstanceId] },
        gives: { InstanceCreditSpecifications: [{ CpuCredits: "standard" }] },
      },
    ],
  },
  {
    title: "an instance is given another profile while it runs",
    source: api("AssociateIamInstanceProfile"),
    steps: [
      findImage,
      { call: "iam:CreateInstanceProfile", input: { InstanceProfileName: "p" } },
      launch({ ImageId, InstanceType: "t3.small" }),
      {
        call: "AssociateIamInstanceProfile",
        input: { InstanceId, IamInstanceProfile: { Name: "p" } },
        gives: { IamInstanceProfileAssociation: { State: "associating" } },
        as: "association",
      },
      {
        call: "DescribeIamInstanceProfileAssociations",
        input: { Filters: [{ Name: "instance-id", Values: [InstanceId] }] },
        gives: {
          IamInstanceProfileAssociations: [
            {
              State: "associated",
              IamInstanceProfile: { Arn: expect.stringMatching(/instance-profile\/p$/) },
            },
          ],
        },
      },
      {
        call: "DisassociateIamInstanceProfile",
        input: { AssociationId: "{association.IamInstanceProfileAssociation.AssociationId}" },
      },
      {
        call: "DescribeIamInstanceProfileAssociations",
        gives: { IamInstanceProfileAssociations: [] },
      },
    ],
  },
  {
    title: "detailed monitoring is switched on and off",
    source: api("MonitorInstances"),
    steps: [
      findImage,
      launch({ ImageId, InstanceType: "t3.small" }),
      {
        call: "MonitorInstances",
        input: { InstanceIds: [InstanceId] },
        gives: { InstanceMonitorings: [{ Monitoring: { State: "pending" } }] },
      },
      {
        call: "DescribeInstances",
        input: { InstanceIds: [InstanceId] },
        gives: { Reservations: [{ Instances: [{ Monitoring: { State: "enabled" } }] }] },
      },
      {
        call: "UnmonitorInstances",
        input: { InstanceIds: [InstanceId] },
        gives: { InstanceMonitorings: [{ Monitoring: { State: "disabling" } }] },
      },
    ],
  },
  {
    title: "a dedicated host with an instance on it cannot be released",
    source: api("ReleaseHosts"),
    steps: [
      findImage,
      {
        call: "AllocateHosts",
        input: { AvailabilityZone: "eu-west-1a", InstanceType: "m5.large", Quantity: 1 },
        as: "hosts",
      },
      launch({
        ImageId,
        InstanceType: "m5.large",
        Placement: {
          HostId: "{hosts.HostIds.0}",
          Tenancy: "host",
          AvailabilityZone: "eu-west-1a",
        },
      }),
      {
        call: "ReleaseHosts",
        input: { HostIds: ["{hosts.HostIds.0}"] },
        gives: { Unsuccessful: [{ ResourceId: "{hosts.HostIds.0}" }] },
      },
      {
        call: "DescribeHosts",
        input: { HostIds: ["{hosts.HostIds.0}"] },
        gives: { Hosts: [{ State: "available", Instances: [{ InstanceId }] }] },
      },
      { call: "TerminateInstances", input: { InstanceIds: [InstanceId] } },
      {
        call: "ReleaseHosts",
        input: { HostIds: ["{hosts.HostIds.0}"] },
        gives: { Successful: ["{hosts.HostIds.0}"] },
      },
    ],
  },
  {
    title: "an account knows its default VPC and its limits",
    source: api("DescribeAccountAttributes"),
    steps: [
      {
        call: "DescribeAccountAttributes",
        input: { AttributeNames: ["default-vpc", "supported-platforms"] },
        gives: {
          AccountAttributes: [
            { AttributeValues: [{ AttributeValue: expect.stringMatching(/^vpc-/) }] },
            { AttributeValues: [{ AttributeValue: "VPC" }] },
          ],
        },
      },
    ],
  },
  {
    title: "pools of public addresses that nobody brought are not there",
    source: api("DescribePublicIpv4Pools"),
    steps: [
      { call: "DescribePublicIpv4Pools", gives: { PublicIpv4Pools: [] } },
      {
        call: "DescribePublicIpv4Pools",
        input: { PoolIds: ["ipv4pool-ec2-0123456789abcdef0"] },
        fails: "InvalidPublicIpv4PoolID.NotFound",
      },
      {
        call: "DescribeIpamPools",
        input: { Filters: [{ Name: "tag:Name", Values: ["p"] }] },
        gives: { IpamPools: [] },
      },
    ],
  },
  {
    title: "a rule of a security group is changed and keeps its id",
    source: api("ModifySecurityGroupRules"),
    steps: [
      { call: "CreateVpc", input: { CidrBlock: "10.0.0.0/16" }, as: "vpc" },
      {
        call: "CreateSecurityGroup",
        input: { VpcId: "{vpc.Vpc.VpcId}", GroupName: "g", Description: "d" },
        as: "group",
      },
      {
        call: "AuthorizeSecurityGroupIngress",
        input: {
          GroupId: "{group.GroupId}",
          IpPermissions: [
            { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
          ],
        },
        as: "rules",
      },
      {
        call: "ModifySecurityGroupRules",
        input: {
          GroupId: "{group.GroupId}",
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: "{rules.SecurityGroupRules.0.SecurityGroupRuleId}",
              SecurityGroupRule: {
                IpProtocol: "tcp",
                FromPort: 23,
                ToPort: 23,
                CidrIpv4: "10.1.0.0/16",
              },
            },
          ],
        },
        gives: { Return: true },
      },
      {
        call: "DescribeSecurityGroupRules",
        input: {
          SecurityGroupRuleIds: ["{rules.SecurityGroupRules.0.SecurityGroupRuleId}"],
        },
        gives: { SecurityGroupRules: [{ FromPort: 23, CidrIpv4: "10.1.0.0/16" }] },
      },
    ],
  },
];

export const launching: readonly ConformanceCase[] = [...templates, ...spots, ...others];

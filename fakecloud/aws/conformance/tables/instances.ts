import { expect } from "vitest";
import type { ConformanceCase, Step } from "../case.ts";

const api = (operation: string) => `EC2 API reference, ${operation}`;
const lifecycle = "EC2 user guide, Instance lifecycle";
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
const base = { ImageId, InstanceType: "t3.large", MinCount: 1, MaxCount: 1 };
const run = (input: object = {}, more: object = {}): Step => ({
  call: "RunInstances",
  input: { ...base, ...input },
  as: "run",
  ...more,
});
const InstanceId = "{run.Instances.0.InstanceId}";
const InstanceIds = [InstanceId];
const seen = (instance: object): Step => ({
  call: "DescribeInstances",
  input: { InstanceIds },
  gives: { Reservations: [{ Instances: [instance] }] },
});
const state = (Name: string) => seen({ State: { Name } });
const running: readonly Step[] = [findImage, run(), { waitMs: 20_000 }];
const faithful = "faithful" as const;

const refused: readonly (readonly [string, object, string])[] = [
  ["MinCount of 0", { MinCount: 0 }, "InvalidParameterValue"],
  ["MinCount above MaxCount", { MinCount: 2 }, "InvalidParameterCombination"],
  ["an unknown instance type", { InstanceType: "t99.huge" }, "InvalidParameterValue"],
  ["an image of another architecture", { InstanceType: "t4g.large" }, "InvalidParameterValue"],
  ["an unknown subnet", { SubnetId: "subnet-0123456789abcdef0" }, "InvalidSubnetID.NotFound"],
  [
    "an unknown security group",
    { SecurityGroupIds: ["sg-0123456789abcdef0"] },
    "InvalidGroup.NotFound",
  ],
  ["an unknown key pair", { KeyName: "nobody" }, "InvalidKeyPair.NotFound"],
  [
    "an unknown instance profile",
    { IamInstanceProfile: { Name: "nobody" } },
    "InvalidParameterValue",
  ],
  ["user data that is not base64", { UserData: "!!!" }, "InvalidUserData.Malformed"],
  [
    "more than 16 KB of user data",
    { UserData: Buffer.alloc(16_385).toString("base64") },
    "InvalidParameterValue",
  ],
  [
    "tags of another resource type",
    { TagSpecifications: [{ ResourceType: "vpc", Tags: [] }] },
    "InvalidParameterValue",
  ],
  ["an unknown image", { ImageId: "ami-0123456789abcdef0" }, "InvalidAMIID.NotFound"],
  ["a malformed image id", { ImageId: "ami-nonsense" }, "InvalidAMIID.Malformed"],
];

const refusals: readonly ConformanceCase[] = refused.map(([what, input, fails]) => ({
  title: `a launch with ${what} fails with ${fails} and leaves nothing`,
  source: api("RunInstances"),
  profile: faithful,
  steps: [
    findImage,
    { ...run(input), fails },
    { call: "DescribeInstances", gives: { Reservations: [] } },
    { call: "DescribeVolumes", gives: { Volumes: [] } },
    { call: "DescribeNetworkInterfaces", gives: { NetworkInterfaces: [] } },
  ],
}));

export const instances: readonly ConformanceCase[] = [
  ...refusals,
  {
    title:
      "an instance is pending, then running, then shutting down, then terminated, and gone an hour later",
    source: lifecycle,
    profile: faithful,
    steps: [
      findImage,
      run(
        {},
        {
          gives: {
            Instances: [
              {
                State: { Name: "pending", Code: 0 },
                InstanceId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
                InstanceType: "t3.large",
                ImageId,
              },
            ],
          },
        },
      ),
      state("pending"),
      { waitMs: 20_000 },
      seen({
        State: { Name: "running", Code: 16 },
        PublicIpAddress: expect.stringMatching(/^\d+\./),
      }),
      {
        call: "TerminateInstances",
        input: { InstanceIds },
        gives: {
          TerminatingInstances: [
            {
              PreviousState: { Name: "running" },
              CurrentState: { Name: "shutting-down", Code: 32 },
            },
          ],
        },
      },
      { waitMs: 70_000 },
      seen({
        State: { Name: "terminated", Code: 48 },
        StateReason: { Code: "Client.UserInitiatedShutdown" },
      }),
      {
        call: "TerminateInstances",
        input: { InstanceIds },
        gives: {
          TerminatingInstances: [
            { PreviousState: { Name: "terminated" }, CurrentState: { Name: "terminated" } },
          ],
        },
      },
      { call: "DescribeVolumes", gives: { Volumes: [] } },
      { call: "DescribeNetworkInterfaces", gives: { NetworkInterfaces: [] } },
      { waitMs: 3_700_000 },
      { call: "DescribeInstances", input: { InstanceIds }, fails: "InvalidInstanceID.NotFound" },
    ],
  },
  {
    title: "in the lenient profile an instance is running for whoever asks next",
    source: "moto documentation, EC2: what suites for other emulators expect",
    steps: [
      findImage,
      run({}, { gives: { Instances: [{ State: { Name: "pending" } }] } }),
      state("running"),
    ],
  },
  {
    title:
      "an instance stops and starts again; its drawn public address goes, its private one stays",
    source: "EC2 user guide, Stop and start your instance",
    profile: faithful,
    steps: [
      ...running,
      { ...seen({ State: { Name: "running" } }), as: "before" },
      {
        call: "StopInstances",
        input: { InstanceIds },
        gives: { StoppingInstances: [{ CurrentState: { Name: "stopping", Code: 64 } }] },
      },
      { waitMs: 45_000 },
      seen({
        State: { Name: "stopped", Code: 80 },
        PrivateIpAddress: "{before.Reservations.0.Instances.0.PrivateIpAddress}",
      }),
      { call: "RebootInstances", input: { InstanceIds }, fails: "IncorrectInstanceState" },
      {
        call: "StartInstances",
        input: { InstanceIds },
        gives: { StartingInstances: [{ CurrentState: { Name: "pending" } }] },
      },
      { waitMs: 20_000 },
      state("running"),
    ],
  },
  {
    title: "an instance that never ran cannot be stopped",
    source: api("StopInstances"),
    profile: faithful,
    steps: [
      findImage,
      run(),
      {
        call: "StopInstances",
        input: { InstanceIds },
        fails: "IncorrectInstanceState",
        says: "it has never reached the 'running' state",
      },
    ],
  },
  {
    title: "a terminated instance cannot be started",
    source: lifecycle,
    steps: [
      findImage,
      run(),
      { call: "TerminateInstances", input: { InstanceIds } },
      { call: "StartInstances", input: { InstanceIds }, fails: "IncorrectInstanceState" },
    ],
  },
  {
    title: "one client token launches one instance, whose present state the repetition shows",
    source: "EC2 developer guide, Ensuring idempotency",
    profile: faithful,
    steps: [
      findImage,
      run({ ClientToken: "token" }),
      { waitMs: 20_000 },
      {
        call: "RunInstances",
        input: { ...base, ClientToken: "token" },
        gives: {
          ReservationId: "{run.ReservationId}",
          Instances: [{ InstanceId, State: { Name: "running" } }],
        },
      },
      {
        call: "RunInstances",
        input: { ...base, InstanceType: "t3.medium", ClientToken: "token" },
        fails: "IdempotentParameterMismatch",
      },
      { call: "TerminateInstances", input: { InstanceIds } },
      { waitMs: 70_000 },
      {
        call: "RunInstances",
        input: { ...base, ClientToken: "token" },
        fails: "IdempotentInstanceTerminated",
      },
    ],
  },
  {
    title: "several instances of one call share a reservation",
    source: api("RunInstances"),
    steps: [
      findImage,
      run(
        { MinCount: 2, MaxCount: 3 },
        {
          gives: {
            Instances: [{ AmiLaunchIndex: 0 }, { AmiLaunchIndex: 1 }, { AmiLaunchIndex: 2 }],
          },
        },
      ),
      {
        call: "DescribeInstances",
        gives: {
          Reservations: [{ ReservationId: "{run.ReservationId}", Instances: [{}, {}, {}] }],
        },
      },
    ],
  },
  {
    title: "one unknown id among several terminates none",
    source: api("TerminateInstances"),
    steps: [
      findImage,
      run(),
      {
        call: "TerminateInstances",
        input: { InstanceIds: [InstanceId, "i-0123456789abcdef0"] },
        fails: "InvalidInstanceID.NotFound",
      },
      state("running"),
    ],
  },
  {
    title: "a protected instance is not terminated until its protection is lifted",
    source: "EC2 user guide, Enable termination protection",
    steps: [
      findImage,
      run({ DisableApiTermination: true }),
      {
        call: "TerminateInstances",
        input: { InstanceIds },
        fails: "OperationNotPermitted",
        says: "disableApiTermination",
      },
      {
        call: "ModifyInstanceAttribute",
        input: { InstanceId, DisableApiTermination: { Value: false } },
      },
      { call: "TerminateInstances", input: { InstanceIds } },
    ],
  },
  {
    title: "tags of a launch are on the instance, its volume and its interface",
    source: api("RunInstances"),
    steps: [
      findImage,
      run({
        TagSpecifications: ["instance", "volume", "network-interface"].map((ResourceType) => ({
          ResourceType,
          Tags: [{ Key: "Name", Value: ResourceType }],
        })),
      }),
      seen({ Tags: [{ Key: "Name", Value: "instance" }] }),
      {
        call: "DescribeVolumes",
        gives: {
          Volumes: [
            {
              Tags: [{ Key: "Name", Value: "volume" }],
              State: "in-use",
              Attachments: [{ InstanceId, DeleteOnTermination: true }],
            },
          ],
        },
      },
      {
        call: "DescribeNetworkInterfaces",
        gives: {
          NetworkInterfaces: [
            {
              TagSet: [{ Key: "Name", Value: "network-interface" }],
              Status: "in-use",
              Attachment: { InstanceId, DeviceIndex: 0 },
            },
          ],
        },
      },
    ],
  },
  {
    title: "user data comes back as it was given",
    source: api("DescribeInstanceAttribute"),
    steps: [
      findImage,
      run({ UserData: Buffer.from("#cloud-config\n").toString("base64") }),
      {
        call: "DescribeInstanceAttribute",
        input: { InstanceId, Attribute: "userData" },
        gives: { UserData: { Value: Buffer.from("#cloud-config\n").toString("base64") } },
      },
    ],
  },
  {
    title: "metadata options are kept and can be changed",
    source: api("ModifyInstanceMetadataOptions"),
    steps: [
      findImage,
      run({ MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 } }),
      seen({
        MetadataOptions: {
          HttpTokens: "required",
          HttpPutResponseHopLimit: 2,
          HttpEndpoint: "enabled",
        },
      }),
      { call: "ModifyInstanceMetadataOptions", input: { InstanceId, HttpTokens: "optional" } },
      seen({ MetadataOptions: { HttpTokens: "optional", HttpPutResponseHopLimit: 2 } }),
    ],
  },
  {
    title: "the type of an instance changes only while it is stopped",
    source: "EC2 user guide, Change the instance type",
    steps: [
      findImage,
      run(),
      {
        call: "ModifyInstanceAttribute",
        input: { InstanceId, InstanceType: { Value: "t3.xlarge" } },
        fails: "IncorrectInstanceState",
      },
      { call: "StopInstances", input: { InstanceIds } },
      {
        call: "ModifyInstanceAttribute",
        input: { InstanceId, InstanceType: { Value: "t3.xlarge" } },
      },
      seen({ InstanceType: "t3.xlarge" }),
    ],
  },
  {
    title: "a launch beyond the vCPU quota is refused, and fits as far as MinCount allows",
    source: "EC2 user guide, On-Demand Instance quotas",
    profile: faithful,
    steps: [
      findImage,
      {
        ...run({ InstanceType: "m5.24xlarge", MinCount: 3, MaxCount: 3 }),
        fails: "VcpuLimitExceeded",
        says: "You have requested more vCPU capacity than your current vCPU limit",
      },
      run(
        { InstanceType: "m5.24xlarge", MinCount: 1, MaxCount: 3 },
        { gives: { Instances: [{}, {}] } },
      ),
    ],
  },
  {
    title: "the security group of an instance cannot be deleted while it lives",
    source: api("DeleteSecurityGroup"),
    steps: [
      findImage,
      { call: "CreateSecurityGroup", input: { GroupName: "g", Description: "d" }, as: "group" },
      run({ SecurityGroupIds: ["{group.GroupId}"] }),
      seen({ SecurityGroups: [{ GroupId: "{group.GroupId}", GroupName: "g" }] }),
      {
        call: "DeleteSecurityGroup",
        input: { GroupId: "{group.GroupId}" },
        fails: "DependencyViolation",
      },
      { call: "TerminateInstances", input: { InstanceIds } },
      { call: "DeleteSecurityGroup", input: { GroupId: "{group.GroupId}" } },
    ],
  },
  {
    title: "status checks are initializing first, then ok",
    source: "EC2 user guide, Status checks for your instances",
    profile: faithful,
    steps: [
      ...running,
      {
        call: "DescribeInstanceStatus",
        input: { InstanceIds },
        gives: { InstanceStatuses: [{ InstanceStatus: { Status: "initializing" } }] },
      },
      { waitMs: 160_000 },
      {
        call: "DescribeInstanceStatus",
        input: { InstanceIds },
        gives: {
          InstanceStatuses: [{ InstanceStatus: { Status: "ok" }, SystemStatus: { Status: "ok" } }],
        },
      },
    ],
  },
  {
    title: "RunInstances beyond its bucket of five is throttled, and goes on later",
    source: "EC2 developer guide, Request throttling",
    profile: faithful,
    steps: [
      findImage,
      ...[1, 2, 3, 4, 5].map(() => run({ InstanceType: "t3.medium" })),
      { ...run(), fails: "RequestLimitExceeded", status: 503 },
      { waitMs: 1000 },
      run({ InstanceType: "t3.medium" }),
    ],
  },
  {
    title: "an attached volume cannot be deleted",
    source: api("DeleteVolume"),
    steps: [
      findImage,
      run(),
      { call: "DescribeVolumes", as: "volumes" },
      {
        call: "DeleteVolume",
        input: { VolumeId: "{volumes.Volumes.0.VolumeId}" },
        fails: "VolumeInUse",
      },
    ],
  },
  {
    title: "published Cluster API images are found by owner and name",
    source: "Cluster API Provider AWS book, Published AMIs",
    steps: [
      {
        call: "DescribeImages",
        input: {
          Filters: [
            { Name: "owner-id", Values: ["819546954734"] },
            { Name: "name", Values: ["capa-ami-ubuntu-24.04-?1.33.4-*"] },
            { Name: "state", Values: ["available"] },
            { Name: "architecture", Values: ["x86_64"] },
          ],
        },
        gives: {
          Images: [{ State: "available", VirtualizationType: "hvm", OwnerId: "819546954734" }],
        },
      },
    ],
  },
  {
    title: "instance types have true figures",
    source: "EC2 instance types documentation",
    steps: [
      {
        call: "DescribeInstanceTypes",
        input: { InstanceTypes: ["t3.large"] },
        gives: {
          InstanceTypes: [
            {
              VCpuInfo: { DefaultVCpus: 2 },
              MemoryInfo: { SizeInMiB: 8192 },
              ProcessorInfo: { SupportedArchitectures: ["x86_64"] },
            },
          ],
        },
      },
      {
        call: "DescribeInstanceTypes",
        input: { InstanceTypes: ["t99.huge"] },
        fails: "InvalidInstanceType",
      },
    ],
  },
  {
    title: "a key pair has a name of its own and is found by it",
    source: api("CreateKeyPair"),
    steps: [
      {
        call: "CreateKeyPair",
        input: { KeyName: "k" },
        gives: { KeyName: "k", KeyMaterial: expect.stringContaining("PRIVATE KEY") },
      },
      { call: "CreateKeyPair", input: { KeyName: "k" }, fails: "InvalidKeyPair.Duplicate" },
      {
        call: "DescribeKeyPairs",
        input: { KeyNames: ["k"] },
        gives: { KeyPairs: [{ KeyName: "k" }] },
      },
      { call: "DescribeKeyPairs", input: { KeyNames: ["l"] }, fails: "InvalidKeyPair.NotFound" },
      { call: "DeleteKeyPair", input: { KeyName: "k" } },
      { call: "DeleteKeyPair", input: { KeyName: "k" } },
    ],
  },
];

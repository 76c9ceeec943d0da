import { expect } from "vitest";
import type { ConformanceCase, Step } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const VpcId = "{vpc.Vpc.VpcId}";
const SubnetId = "{subnet.Subnet.SubnetId}";
const v1 = (operation: string) => `Classic Load Balancer API reference, ${operation}`;
const v2 = (operation: string) => `ELBv2 API reference, ${operation}`;
const place: readonly Step[] = [
  makeVpc,
  { call: "CreateInternetGateway", as: "igw" },
  {
    call: "AttachInternetGateway",
    input: { InternetGatewayId: "{igw.InternetGateway.InternetGatewayId}", VpcId },
  },
  {
    call: "CreateSubnet",
    input: { VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1a" },
    as: "subnet",
  },
];
const Listeners = [
  { Protocol: "TCP", LoadBalancerPort: 6443, InstanceProtocol: "TCP", InstancePort: 6443 },
];
const classic: Step = {
  call: "elb:CreateLoadBalancer",
  input: { LoadBalancerName: "lb", Listeners, Subnets: [SubnetId] },
  as: "lb",
};
const network: Step = {
  call: "elbv2:CreateLoadBalancer",
  input: { Name: "lb", Type: "network", Subnets: [SubnetId] },
  as: "lb",
};
const group: Step = {
  call: "elbv2:CreateTargetGroup",
  input: { Name: "tg", Protocol: "TCP", Port: 6443, VpcId },
  as: "tg",
};
const LoadBalancerArn = "{lb.LoadBalancers.0.LoadBalancerArn}";
const TargetGroupArn = "{tg.TargetGroups.0.TargetGroupArn}";
const listen: Step = {
  call: "elbv2:CreateListener",
  input: {
    LoadBalancerArn,
    Protocol: "TCP",
    Port: 6443,
    DefaultActions: [{ Type: "forward", TargetGroupArn }],
  },
  as: "listener",
};
const gone = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";

const unknownV2: readonly (readonly [string, object, string])[] = [
  ["DescribeLoadBalancers", { Names: ["none"] }, "LoadBalancerNotFound"],
  [
    "DescribeLoadBalancers",
    { LoadBalancerArns: [`${gone}loadbalancer/net/none/0123456789abcdef`] },
    "LoadBalancerNotFound",
  ],
  ["DescribeTargetGroups", { Names: ["none"] }, "TargetGroupNotFound"],
  [
    "DescribeTargetHealth",
    { TargetGroupArn: `${gone}targetgroup/none/0123456789abcdef` },
    "TargetGroupNotFound",
  ],
  [
    "RegisterTargets",
    {
      TargetGroupArn: `${gone}targetgroup/none/0123456789abcdef`,
      Targets: [{ Id: "i-0123456789abcdef0" }],
    },
    "TargetGroupNotFound",
  ],
  [
    "DescribeListeners",
    { ListenerArns: [`${gone}listener/net/none/0123456789abcdef/0123456789abcdef`] },
    "ListenerNotFound",
  ],
  [
    "DeleteListener",
    { ListenerArn: `${gone}listener/net/none/0123456789abcdef/0123456789abcdef` },
    "ListenerNotFound",
  ],
  [
    "DescribeTags",
    { ResourceArns: [`${gone}loadbalancer/net/none/0123456789abcdef`] },
    "LoadBalancerNotFound",
  ],
  [
    "SetSecurityGroups",
    { LoadBalancerArn: `${gone}loadbalancer/net/none/0123456789abcdef`, SecurityGroups: ["sg-1"] },
    "LoadBalancerNotFound",
  ],
];

const badHealthChecks: readonly (readonly [string, object])[] = [
  ["an interval of 4 s", { HealthCheckIntervalSeconds: 4 }],
  ["an interval of 301 s", { HealthCheckIntervalSeconds: 301 }],
  ["a timeout of 121 s", { HealthCheckTimeoutSeconds: 121, HealthCheckIntervalSeconds: 200 }],
  [
    "a timeout above the interval",
    { HealthCheckTimeoutSeconds: 20, HealthCheckIntervalSeconds: 10 },
  ],
  ["a threshold of 1", { HealthyThresholdCount: 1 }],
  ["a threshold of 11", { UnhealthyThresholdCount: 11 }],
  ["a name with an underscore", { Name: "a_b" }],
  ["a name of 33 characters", { Name: "n".repeat(33) }],
];

export const loadBalancers: readonly ConformanceCase[] = [
  ...unknownV2.map(([call, input, fails]) => ({
    title: `elbv2 ${call} of ${JSON.stringify(Object.keys(input)[0])} that is not there fails with ${fails}`,
    source: v2(call),
    steps: [{ call: `elbv2:${call}`, input, fails, status: 400 }],
  })),
  ...badHealthChecks.map(([what, input]) => ({
    title: `a target group with ${what} is refused`,
    source: v2("CreateTargetGroup"),
    steps: [
      makeVpc,
      {
        call: "elbv2:CreateTargetGroup",
        input: { Name: "tg", Protocol: "TCP", Port: 6443, VpcId, ...input },
        fails: "ValidationError",
      },
    ],
  })),
  {
    title: "a classic load balancer is made, described and deleted; deleting it twice succeeds",
    source: v1("DeleteLoadBalancer"),
    steps: [
      ...place,
      classic,
      {
        call: "elb:DescribeLoadBalancers",
        input: { LoadBalancerNames: ["lb"] },
        gives: {
          LoadBalancerDescriptions: [
            {
              DNSName: "{lb.DNSName}",
              Scheme: "internet-facing",
              VPCId: VpcId,
              Subnets: [SubnetId],
              HealthCheck: {
                Target: "TCP:6443",
                Interval: 30,
                Timeout: 5,
                HealthyThreshold: 10,
                UnhealthyThreshold: 2,
              },
            },
          ],
        },
      },
      { call: "elb:DeleteLoadBalancer", input: { LoadBalancerName: "lb" } },
      { call: "elb:DeleteLoadBalancer", input: { LoadBalancerName: "lb" } },
      {
        call: "elb:DescribeLoadBalancers",
        input: { LoadBalancerNames: ["lb"] },
        fails: "LoadBalancerNotFound",
        says: "There is no ACTIVE Load Balancer named 'lb'",
      },
    ],
  },
  {
    title: "a classic load balancer made twice with other settings is a duplicate",
    source: v1("CreateLoadBalancer"),
    steps: [
      ...place,
      classic,
      classic,
      {
        call: "elb:CreateLoadBalancer",
        input: { LoadBalancerName: "lb", Listeners, Subnets: [SubnetId], Scheme: "internal" },
        fails: "DuplicateLoadBalancerName",
      },
    ],
  },
  {
    title: "the interfaces of a classic load balancer hold its subnet for a while after it is gone",
    source:
      "Elastic Load Balancing user guide; kubernetes-sigs/cluster-api-provider-aws issue 1846",
    profile: "faithful",
    steps: [
      ...place,
      classic,
      {
        call: "DescribeNetworkInterfaces",
        gives: {
          NetworkInterfaces: [
            { Description: "ELB lb", RequesterId: "amazon-elb", RequesterManaged: true },
          ],
        },
      },
      { call: "elb:DeleteLoadBalancer", input: { LoadBalancerName: "lb" } },
      { call: "DeleteSubnet", input: { SubnetId }, fails: "DependencyViolation" },
      { waitMs: 190_000 },
      { call: "DeleteSubnet", input: { SubnetId } },
    ],
  },
  {
    title: "an internet-facing load balancer needs an internet gateway",
    source: v1("CreateLoadBalancer"),
    steps: [
      makeVpc,
      { call: "CreateSubnet", input: { VpcId, CidrBlock: "10.0.0.0/24" }, as: "subnet" },
      { ...classic, fails: "InvalidSubnet" },
      { ...network, fails: "InvalidSubnet" },
    ],
  },
  {
    title: "a network load balancer has an ARN, a name in DNS and its own defaults",
    source: v2("CreateLoadBalancer"),
    steps: [
      ...place,
      {
        ...network,
        gives: {
          LoadBalancers: [
            {
              LoadBalancerName: "lb",
              Type: "network",
              Scheme: "internet-facing",
              IpAddressType: "ipv4",
              VpcId,
              State: { Code: "provisioning" },
              LoadBalancerArn: expect.stringMatching(/:loadbalancer\/net\/lb\/[0-9a-f]{16}$/),
              DNSName: expect.stringMatching(/^lb-[0-9a-f]{16}\.elb\.eu-west-1\.amazonaws\.com$/),
            },
          ],
        },
      },
      {
        call: "elbv2:DescribeLoadBalancers",
        input: { Names: ["lb"] },
        gives: {
          LoadBalancers: [
            {
              State: { Code: "active" },
              AvailabilityZones: [{ ZoneName: "eu-west-1a", SubnetId }],
            },
          ],
        },
      },
      {
        call: "elbv2:DescribeLoadBalancerAttributes",
        input: { LoadBalancerArn },
        gives: {
          Attributes: expect.arrayContaining([
            { Key: "load_balancing.cross_zone.enabled", Value: "false" },
          ]),
        },
      },
    ],
  },
  {
    title: "an application load balancer needs two zones",
    source: v2("CreateLoadBalancer"),
    steps: [
      ...place,
      {
        call: "elbv2:CreateLoadBalancer",
        input: { Name: "lb", Subnets: [SubnetId] },
        fails: "ValidationError",
      },
    ],
  },
  {
    title: "a target group has the documented health check",
    source: v2("CreateTargetGroup"),
    steps: [
      makeVpc,
      {
        ...group,
        gives: {
          TargetGroups: [
            {
              Protocol: "TCP",
              Port: 6443,
              HealthCheckProtocol: "TCP",
              HealthCheckPort: "traffic-port",
              HealthCheckIntervalSeconds: 30,
              HealthCheckTimeoutSeconds: 10,
              HealthyThresholdCount: 5,
              UnhealthyThresholdCount: 2,
              TargetType: "instance",
              LoadBalancerArns: [],
            },
          ],
        },
      },
      { ...group },
      {
        call: "elbv2:CreateTargetGroup",
        input: { Name: "tg", Protocol: "TCP", Port: 6444, VpcId },
        fails: "DuplicateTargetGroupName",
      },
    ],
  },
  {
    title: "a target group in use cannot be deleted; it outlives its load balancer",
    source: v2("DeleteTargetGroup"),
    steps: [
      ...place,
      network,
      group,
      listen,
      {
        call: "elbv2:DescribeTargetGroups",
        input: { LoadBalancerArn },
        gives: { TargetGroups: [{ TargetGroupArn, LoadBalancerArns: [LoadBalancerArn] }] },
      },
      { call: "elbv2:DeleteTargetGroup", input: { TargetGroupArn }, fails: "ResourceInUse" },
      { call: "elbv2:DeleteLoadBalancer", input: { LoadBalancerArn } },
      { call: "elbv2:DeleteLoadBalancer", input: { LoadBalancerArn } },
      {
        call: "elbv2:DescribeTargetGroups",
        input: { Names: ["tg"] },
        gives: { TargetGroups: [{ LoadBalancerArns: [] }] },
      },
      { call: "elbv2:DeleteTargetGroup", input: { TargetGroupArn } },
    ],
  },
  {
    title: "one port has one listener, of a protocol that fits",
    source: v2("CreateListener"),
    steps: [
      ...place,
      network,
      group,
      {
        call: "elbv2:CreateListener",
        input: {
          LoadBalancerArn,
          Protocol: "HTTP",
          Port: 80,
          DefaultActions: [{ Type: "forward", TargetGroupArn }],
        },
        fails: "UnsupportedProtocol",
      },
      {
        call: "elbv2:CreateListener",
        input: {
          LoadBalancerArn,
          Protocol: "TLS",
          Port: 80,
          DefaultActions: [{ Type: "forward", TargetGroupArn }],
        },
        fails: "ValidationError",
      },
      listen,
      { ...listen, fails: "DuplicateListener" },
      {
        call: "elbv2:DescribeListeners",
        input: { LoadBalancerArn },
        gives: {
          Listeners: [
            { Port: 6443, Protocol: "TCP", DefaultActions: [{ Type: "forward", TargetGroupArn }] },
          ],
        },
      },
    ],
  },
  {
    title: "a target group serves one load balancer",
    source: v2("CreateListener"),
    steps: [
      ...place,
      network,
      group,
      listen,
      {
        call: "elbv2:CreateLoadBalancer",
        input: { Name: "other", Type: "network", Subnets: [SubnetId] },
        as: "lb",
      },
      { ...listen, fails: "TargetGroupAssociationLimit" },
    ],
  },
  {
    title: "what is no running instance of the VPC is no target",
    source: v2("RegisterTargets"),
    steps: [
      makeVpc,
      group,
      {
        call: "elbv2:RegisterTargets",
        input: { TargetGroupArn, Targets: [{ Id: "i-0123456789abcdef0" }] },
        fails: "InvalidTarget",
      },
      {
        call: "elbv2:DescribeTargetHealth",
        input: { TargetGroupArn, Targets: [{ Id: "i-0123456789abcdef0" }] },
        gives: {
          TargetHealthDescriptions: [
            { TargetHealth: { State: "unused", Reason: "Target.NotRegistered" } },
          ],
        },
      },
    ],
  },
  {
    title: "an attribute that there is not is refused, and changes nothing",
    source: v2("ModifyTargetGroupAttributes"),
    steps: [
      makeVpc,
      group,
      {
        call: "elbv2:ModifyTargetGroupAttributes",
        input: {
          TargetGroupArn,
          Attributes: [
            { Key: "deregistration_delay.timeout_seconds", Value: "5" },
            { Key: "no.such", Value: "1" },
          ],
        },
        fails: "ValidationError",
        says: "no.such",
      },
      {
        call: "elbv2:DescribeTargetGroupAttributes",
        input: { TargetGroupArn },
        gives: {
          Attributes: expect.arrayContaining([
            { Key: "deregistration_delay.timeout_seconds", Value: "300" },
            { Key: "preserve_client_ip.enabled", Value: "true" },
          ]),
        },
      },
    ],
  },
  {
    title: "tags of ELBv2 resources are added, listed and removed",
    source: v2("AddTags"),
    steps: [
      makeVpc,
      group,
      {
        call: "elbv2:AddTags",
        input: {
          ResourceArns: [TargetGroupArn],
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "b", Value: "2" },
          ],
        },
      },
      { call: "elbv2:RemoveTags", input: { ResourceArns: [TargetGroupArn], TagKeys: ["a"] } },
      {
        call: "elbv2:DescribeTags",
        input: { ResourceArns: [TargetGroupArn] },
        gives: {
          TagDescriptions: [{ ResourceArn: TargetGroupArn, Tags: [{ Key: "b", Value: "2" }] }],
        },
      },
    ],
  },
];

import { expect } from "vitest";
import type { Call, ConformanceCase, Step } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const v1 = (operation: string) => `Classic Load Balancer API reference, ${operation}`;
const v2 = (operation: string) => `ELBv2 API reference, ${operation}`;
const VpcId = "{vpc.Vpc.VpcId}";
const first = "{first.Subnet.SubnetId}";
const second = "{second.Subnet.SubnetId}";
const place: readonly Step[] = [
  makeVpc,
  { call: "CreateInternetGateway", as: "igw" },
  {
    call: "AttachInternetGateway",
    input: { InternetGatewayId: "{igw.InternetGateway.InternetGatewayId}", VpcId },
  },
  ...(["a", "b"] as const).map((zone, index) => ({
    call: "CreateSubnet",
    input: {
      VpcId,
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: `eu-west-1${zone}`,
    },
    as: index === 0 ? "first" : "second",
  })),
  {
    call: "CreateSecurityGroup",
    input: { GroupName: "g", Description: "d", VpcId },
    as: "group",
  },
];
const launch: Step = {
  call: "RunInstances",
  input: {
    ImageId: "ami-12c6146b",
    InstanceType: "t3.micro",
    MinCount: 1,
    MaxCount: 1,
    SubnetId: first,
  },
  as: "run",
};
const InstanceId = "{run.Instances.0.InstanceId}";
const LoadBalancerName = "lb";
const elb = (operation: string, input: object = {}, more: Partial<Call> = {}): Call => ({
  call: `elb:${operation}`,
  input: { LoadBalancerName, ...input },
  ...more,
});
const listener = {
  Protocol: "HTTP",
  LoadBalancerPort: 80,
  InstanceProtocol: "HTTP",
  InstancePort: 80,
};
const LoadBalancerArn = "{lb.LoadBalancers.0.LoadBalancerArn}";
const TargetGroupArn = "{tg.TargetGroups.0.TargetGroupArn}";
const ListenerArn = "{listener.Listeners.0.ListenerArn}";
const elbv2 = (operation: string, input: object, more: Partial<Call> = {}): Call => ({
  call: `elbv2:${operation}`,
  input,
  ...more,
});
const network = [
  ...place,
  elbv2(
    "CreateLoadBalancer",
    { Name: "lb", Type: "network", SubnetMappings: [{ SubnetId: first }] },
    { as: "lb" },
  ),
  elbv2(
    "CreateTargetGroup",
    {
      Name: "tg",
      Protocol: "TCP",
      Port: 80,
      VpcId,
      HealthCheckProtocol: "HTTP",
      HealthCheckPath: "/up",
      Matcher: { HttpCode: "200-299" },
    },
    { as: "tg" },
  ),
  elbv2(
    "CreateListener",
    {
      LoadBalancerArn,
      Protocol: "TCP",
      Port: 80,
      DefaultActions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
      Tags: [{ Key: "k", Value: "v" }],
    },
    { as: "listener" },
  ),
];

export const richBalancing: readonly ConformanceCase[] = [
  {
    title: "a classic load balancer is changed in every way, and shows it",
    source: v1("ModifyLoadBalancerAttributes"),
    steps: [
      ...place,
      launch,
      { waitMs: 60_000 },
      elb("CreateLoadBalancer", { Listeners: [listener], Subnets: [first] }),
      elb("AttachLoadBalancerToSubnets", { Subnets: [second] }),
      elb("DetachLoadBalancerFromSubnets", { Subnets: [second] }),
      elb("ApplySecurityGroupsToLoadBalancer", { SecurityGroups: ["{group.GroupId}"] }),
      elb("ConfigureHealthCheck", {
        HealthCheck: {
          Target: "TCP:80",
          Interval: 10,
          Timeout: 5,
          UnhealthyThreshold: 2,
          HealthyThreshold: 2,
        },
      }),
      elb("ModifyLoadBalancerAttributes", {
        LoadBalancerAttributes: {
          CrossZoneLoadBalancing: { Enabled: true },
          AccessLog: {
            Enabled: true,
            S3BucketName: "logs",
            S3BucketPrefix: "p",
            EmitInterval: 5,
          },
          ConnectionDraining: { Enabled: true, Timeout: 30 },
          ConnectionSettings: { IdleTimeout: 90 },
          AdditionalAttributes: [{ Key: "elb.http.desyncmitigationmode", Value: "strictest" }],
        },
      }),
      elb(
        "DescribeLoadBalancerAttributes",
        {},
        {
          gives: {
            LoadBalancerAttributes: {
              CrossZoneLoadBalancing: { Enabled: true },
              ConnectionDraining: { Enabled: true, Timeout: 30 },
              ConnectionSettings: { IdleTimeout: 90 },
            },
          },
        },
      ),
      elb("CreateLBCookieStickinessPolicy", { PolicyName: "lbc", CookieExpirationPeriod: 60 }),
      elb("CreateAppCookieStickinessPolicy", { PolicyName: "app", CookieName: "c" }),
      elb("CreateLoadBalancerPolicy", {
        PolicyName: "proxy",
        PolicyTypeName: "ProxyProtocolPolicyType",
        PolicyAttributes: [{ AttributeName: "ProxyProtocol", AttributeValue: "true" }],
      }),
      elb("SetLoadBalancerPoliciesOfListener", { LoadBalancerPort: 80, PolicyNames: ["lbc"] }),
      elb("SetLoadBalancerPoliciesForBackendServer", { InstancePort: 80, PolicyNames: ["proxy"] }),
      elb(
        "DescribeLoadBalancerPolicies",
        { PolicyNames: ["lbc"] },
        {
          gives: { PolicyDescriptions: [{ PolicyName: "lbc" }] },
        },
      ),
      {
        call: "elb:DescribeLoadBalancerPolicyTypes",
        input: { PolicyTypeNames: ["ProxyProtocolPolicyType"] },
      },
      elb("SetLoadBalancerPoliciesOfListener", { LoadBalancerPort: 80, PolicyNames: [] }),
      elb("SetLoadBalancerPoliciesForBackendServer", { InstancePort: 80, PolicyNames: [] }),
      elb("DeleteLoadBalancerPolicy", { PolicyName: "lbc" }),
      elb("CreateLoadBalancerListeners", {
        Listeners: [
          {
            Protocol: "HTTPS",
            LoadBalancerPort: 443,
            InstanceProtocol: "HTTP",
            InstancePort: 80,
            SSLCertificateId: "arn:aws:iam::123456789012:server-certificate/a",
          },
        ],
      }),
      elb("SetLoadBalancerListenerSSLCertificate", {
        LoadBalancerPort: 443,
        SSLCertificateId: "arn:aws:iam::123456789012:server-certificate/b",
      }),
      elb("DeleteLoadBalancerListeners", { LoadBalancerPorts: [443] }),
      elb("RegisterInstancesWithLoadBalancer", { Instances: [{ InstanceId }] }),
      elb(
        "DescribeInstanceHealth",
        { Instances: [{ InstanceId }] },
        {
          gives: { InstanceStates: [{ InstanceId }] },
        },
      ),
      elb("DeregisterInstancesFromLoadBalancer", { Instances: [{ InstanceId }] }),
      {
        call: "elb:AddTags",
        input: { LoadBalancerNames: ["lb"], Tags: [{ Key: "k", Value: "v" }] },
      },
      {
        call: "elb:DescribeTags",
        input: { LoadBalancerNames: ["lb"] },
        gives: { TagDescriptions: [{ Tags: [{ Key: "k", Value: "v" }] }] },
      },
      { call: "elb:RemoveTags", input: { LoadBalancerNames: ["lb"], Tags: [{ Key: "k" }] } },
      {
        call: "elb:DescribeAccountLimits",
        input: { PageSize: 1 },
        gives: { NextMarker: "classic-listeners" },
      },
    ],
  },
  {
    title: "a classic load balancer in a VPC takes its zones from its subnets",
    source: v1("EnableAvailabilityZonesForLoadBalancer"),
    steps: [
      ...place,
      elb("CreateLoadBalancer", { Listeners: [listener], Subnets: [first] }),
      elb(
        "EnableAvailabilityZonesForLoadBalancer",
        { AvailabilityZones: ["eu-west-1b"] },
        { fails: "InvalidConfigurationRequest" },
      ),
      elb("AttachLoadBalancerToSubnets", { Subnets: [second] }),
      elb(
        "DisableAvailabilityZonesForLoadBalancer",
        { AvailabilityZones: ["eu-west-1a"] },
        { gives: { AvailabilityZones: ["eu-west-1b"] } },
      ),
    ],
  },
  {
    title: "a network load balancer, its listener and its targets are changed in every way",
    source: v2("ModifyListener"),
    steps: [
      ...network,
      launch,
      { waitMs: 60_000 },
      elbv2("RegisterTargets", { TargetGroupArn, Targets: [{ Id: InstanceId, Port: 80 }] }),
      elbv2("DeregisterTargets", { TargetGroupArn, Targets: [{ Id: InstanceId, Port: 80 }] }),
      elbv2(
        "ModifyTargetGroup",
        {
          TargetGroupArn,
          HealthCheckEnabled: true,
          HealthCheckProtocol: "HTTP",
          HealthCheckPort: "81",
          HealthCheckPath: "/healthy",
          HealthCheckIntervalSeconds: 10,
          HealthCheckTimeoutSeconds: 5,
          HealthyThresholdCount: 3,
          UnhealthyThresholdCount: 3,
          Matcher: { HttpCode: "204" },
        },
        {
          gives: {
            TargetGroups: [
              { HealthCheckPath: "/healthy", HealthCheckPort: "81", Matcher: { HttpCode: "204" } },
            ],
          },
        },
      ),
      elbv2(
        "ModifyListener",
        {
          ListenerArn,
          Port: 443,
          Protocol: "TLS",
          SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
          AlpnPolicy: ["HTTP2Preferred"],
          Certificates: [{ CertificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/a" }],
          DefaultActions: [{ Type: "forward", TargetGroupArn }],
        },
        { gives: { Listeners: [{ Port: 443, Protocol: "TLS", AlpnPolicy: ["HTTP2Preferred"] }] } },
      ),
      elbv2("ModifyListener", {
        ListenerArn,
        DefaultActions: [
          { Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn, Weight: 1 }] } },
        ],
      }),
      elbv2(
        "DescribeListenerCertificates",
        { ListenerArn, PageSize: 5 },
        {
          gives: { Certificates: [{ IsDefault: true }] },
        },
      ),
      elbv2(
        "DescribeRules",
        { ListenerArn, PageSize: 5 },
        {
          gives: { Rules: [{ Priority: "default", IsDefault: true }] },
        },
      ),
      elbv2("ModifyListenerAttributes", {
        ListenerArn,
        Attributes: [{ Key: "tcp.idle_timeout.seconds", Value: "600" }],
      }),
      elbv2(
        "DescribeListenerAttributes",
        { ListenerArn },
        {
          gives: {
            Attributes: expect.arrayContaining([{ Key: "tcp.idle_timeout.seconds", Value: "600" }]),
          },
        },
      ),
      elbv2("ModifyLoadBalancerAttributes", {
        LoadBalancerArn,
        Attributes: [{ Key: "load_balancing.cross_zone.enabled", Value: "true" }],
      }),
      elbv2("SetSubnets", { LoadBalancerArn, Subnets: [first, second], IpAddressType: "ipv4" }),
      elbv2("SetSubnets", {
        LoadBalancerArn,
        SubnetMappings: [{ SubnetId: first }, { SubnetId: second }],
      }),
      elbv2(
        "SetIpAddressType",
        { LoadBalancerArn, IpAddressType: "dualstack" },
        {
          gives: { IpAddressType: "dualstack" },
        },
      ),
      elbv2(
        "SetSecurityGroups",
        { LoadBalancerArn, SecurityGroups: ["{group.GroupId}"] },
        { fails: "InvalidConfigurationRequest" },
      ),
      elbv2("DescribeCapacityReservation", { LoadBalancerArn }),
      elbv2(
        "DescribeAccountLimits",
        { PageSize: 2 },
        {
          gives: { Limits: expect.toSatisfy((limits: unknown[]) => limits.length === 2) },
        },
      ),
      elbv2(
        "DescribeSSLPolicies",
        {
          Names: ["ELBSecurityPolicy-2016-08"],
          LoadBalancerType: "network",
          PageSize: 5,
        },
        { gives: { SslPolicies: [{ Name: "ELBSecurityPolicy-2016-08" }] } },
      ),
    ],
  },
  {
    title: "an application load balancer redirects or answers by itself; a network one does not",
    source: v2("CreateListener"),
    steps: [
      ...place,
      elbv2("CreateLoadBalancer", { Name: "lb", Subnets: [first, second] }, { as: "lb" }),
      elbv2(
        "CreateListener",
        {
          LoadBalancerArn,
          Protocol: "HTTP",
          Port: 80,
          DefaultActions: [
            {
              Type: "redirect",
              RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" },
            },
          ],
        },
        { as: "listener" },
      ),
      elbv2(
        "DescribeListeners",
        { LoadBalancerArn },
        {
          gives: {
            Listeners: [
              {
                DefaultActions: [
                  {
                    Type: "redirect",
                    RedirectConfig: {
                      Protocol: "HTTPS",
                      Port: "443",
                      Host: expect.stringMatching(/^#.host/),
                      Path: expect.stringMatching(/^\/#.path/),
                      Query: expect.stringMatching(/^#.query/),
                      StatusCode: "HTTP_301",
                    },
                  },
                ],
              },
            ],
          },
        },
      ),
      elbv2("CreateListener", {
        LoadBalancerArn,
        Protocol: "HTTP",
        Port: 81,
        DefaultActions: [
          {
            Type: "fixed-response",
            FixedResponseConfig: {
              StatusCode: "503",
              ContentType: "text/plain",
              MessageBody: "no",
            },
          },
        ],
      }),
      elbv2("ModifyListener", {
        ListenerArn,
        DefaultActions: [
          {
            Type: "fixed-response",
            FixedResponseConfig: {
              StatusCode: "404",
              ContentType: "text/plain",
              MessageBody: "nothing here",
            },
          },
        ],
      }),
      elbv2(
        "DescribeRules",
        { ListenerArn },
        {
          gives: { Rules: [{ Actions: [{ Type: "fixed-response" }] }] },
        },
      ),
      elbv2(
        "ModifyListener",
        {
          ListenerArn,
          DefaultActions: [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_302" } }],
        },
        { fails: "InvalidLoadBalancerAction" },
      ),
      elbv2("CreateLoadBalancer", { Name: "net", Type: "network", Subnets: [first] }, { as: "lb" }),
      elbv2(
        "CreateListener",
        {
          LoadBalancerArn,
          Protocol: "TCP",
          Port: 80,
          DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
        },
        { fails: "InvalidLoadBalancerAction" },
      ),
    ],
  },
  {
    title: "a network load balancer takes an elastic address of its subnet",
    source: v2("CreateLoadBalancer"),
    steps: [
      ...place,
      { call: "AllocateAddress", as: "ip" },
      elbv2("CreateLoadBalancer", {
        Name: "fixed",
        Type: "network",
        SubnetMappings: [{ SubnetId: first, AllocationId: "{ip.AllocationId}" }],
      }),
    ],
  },
];

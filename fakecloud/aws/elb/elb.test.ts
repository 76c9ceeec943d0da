import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { faithfulTimings, LoadBalancing } from "../../network/load-balancing.ts";
import { clusterTopology } from "../../network/memory-topology.ts";
import { EnforcedNetwork } from "../../network/network.ts";
import type { AwsError } from "../aws-error.ts";
import { Transitions } from "../transitions.ts";
import { provisioned } from "./create-load-balancer.ts";
import { ElbRegion, type ElbSettings } from "./elb-region.ts";
import { elbHandlers } from "./handlers.ts";

const listener = {
  Protocol: "TCP",
  LoadBalancerPort: 6443,
  InstanceProtocol: "TCP",
  InstancePort: 6443,
};

/** What the AWS provider sends for the API server of a cluster. */
const request = {
  LoadBalancerName: "my-cluster-apiserver",
  Listeners: [listener],
  Scheme: "internet-facing",
  SecurityGroups: ["sg-lb"],
  Subnets: ["subnet-public-a", "subnet-public-b"],
  Tags: [{ Key: "sigs.k8s.io/cluster-api-provider-aws/role", Value: "apiserver" }],
};

function start(settings: Partial<ElbSettings> = {}) {
  const kernel = new Kernel({ seed: "1" });
  const topology = clusterTopology();
  const { clock, random } = kernel;
  const network = new EnforcedNetwork({ topology, clock, random });
  const transitions = new Transitions(clock);
  const balancing = new LoadBalancing({
    topology,
    network,
    clock,
    random,
    timings: faithfulTimings,
    transitions,
  });
  const elb = new ElbRegion("123456789012", "eu-west-1", { balancing, ...settings });
  transitions.define({
    "elb/provisioned": (_account, _region, name, at) => provisioned(elb, name, at),
  });
  return { kernel, topology, network, elb };
}

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as AwsError).code}: ${(error as AwsError).message}`;
  }
  throw new Error("the call succeeded");
}

const name = { LoadBalancerName: "my-cluster-apiserver" };

test("a load balancer is described as it was created, with a node and an interface in every subnet", () => {
  const { elb, topology } = start();
  const { DNSName } = elbHandlers.CreateLoadBalancer(elb, request);
  expect(DNSName).toMatch(/^my-cluster-apiserver-\d{9,10}\.eu-west-1\.elb\.amazonaws\.com$/);
  const [found] =
    elbHandlers.DescribeLoadBalancers(elb, { LoadBalancerNames: ["my-cluster-apiserver"] })
      .LoadBalancerDescriptions ?? [];
  expect(found).toMatchObject({
    DNSName,
    CanonicalHostedZoneNameID: "Z32O12XQLNTSW2",
    AvailabilityZones: ["eu-west-1a", "eu-west-1b"],
    Subnets: request.Subnets,
    VPCId: "vpc-1",
    SecurityGroups: ["sg-lb"],
    Scheme: "internet-facing",
    Instances: [],
    SourceSecurityGroup: { OwnerAlias: "123456789012", GroupName: "my-cluster-lb" },
    ListenerDescriptions: [{ Listener: listener, PolicyNames: [] }],
    HealthCheck: {
      Target: "TCP:6443",
      Interval: 30,
      Timeout: 5,
      UnhealthyThreshold: 2,
      HealthyThreshold: 10,
    },
  });
  const mine = [...topology.interfaces.values()].filter((node) => node.instanceId === undefined);
  expect(mine.map((node) => node.subnetId)).toEqual(request.Subnets);
});

test("creating twice with the same settings succeeds, with others it is a duplicate", () => {
  const { elb } = start();
  const first = elbHandlers.CreateLoadBalancer(elb, request);
  expect(elbHandlers.CreateLoadBalancer(elb, request)).toEqual(first);
  const other = { ...request, Scheme: "internal" };
  expect(failure(() => elbHandlers.CreateLoadBalancer(elb, other))).toBe(
    "DuplicateLoadBalancerName: Load Balancer named 'my-cluster-apiserver' already exists and it is configured with different parameters.",
  );
});

test("the first of several errors wins in the written order", () => {
  const { elb, topology } = start({ quotas: { loadBalancers: 0 } });
  const create = (changes: object) =>
    failure(() => elbHandlers.CreateLoadBalancer(elb, { ...request, ...changes }));
  topology.attachments.clear();
  const bad = {
    SecurityGroups: ["sg-none"],
    Subnets: ["subnet-none"],
    Scheme: "private",
    Listeners: [{ ...listener, Protocol: "UDP" }],
  };
  const steps: [object, string][] = [
    [{ ...bad, LoadBalancerName: "-x" }, "ValidationError"],
    [bad, "UnsupportedProtocol"],
    [{ ...bad, Listeners: [listener] }, "InvalidScheme"],
    [{ SecurityGroups: ["sg-none"], Subnets: ["subnet-none"] }, "SubnetNotFound"],
    [{ SecurityGroups: ["sg-none"] }, "InvalidSubnet: VPC vpc-1 has no internet gateway"],
    [{ SecurityGroups: ["sg-none"], Scheme: "internal" }, "InvalidSecurityGroup"],
    [{ Scheme: "internal" }, "TooManyLoadBalancers"],
  ];
  for (const [changes, expected] of steps) expect(create(changes)).toContain(expected);
});

test("two subnets of one zone are refused", () => {
  const { elb } = start();
  const Subnets = ["subnet-public-a", "subnet-private-a"];
  expect(failure(() => elbHandlers.CreateLoadBalancer(elb, { ...request, Subnets }))).toBe(
    "InvalidConfigurationRequest: ELB cannot be attached to multiple subnets in the same AZ.",
  );
});

test("its DNS name resolves once it is provisioned, and traffic flows once an instance is in service", async () => {
  const { elb, kernel, network } = start();
  const { DNSName: host = "" } = elbHandlers.CreateLoadBalancer(elb, request);
  elbHandlers.ConfigureHealthCheck(elb, {
    ...name,
    HealthCheck: {
      Target: "TCP:6443",
      Interval: 10,
      Timeout: 5,
      HealthyThreshold: 5,
      UnhealthyThreshold: 3,
    },
  });
  expect(network.resolve({ from: "internet" }, host)).toEqual([]);
  network.listen("i-cp", 6443, "api");
  const instances = [{ InstanceId: "i-cp" }];
  elbHandlers.RegisterInstancesWithLoadBalancer(elb, { ...name, Instances: instances });
  const health = () => elbHandlers.DescribeInstanceHealth(elb, name).InstanceStates?.[0];
  expect(health()).toEqual({
    InstanceId: "i-cp",
    State: "OutOfService",
    ReasonCode: "ELB",
    Description: "Instance registration is still in progress.",
  });
  // Nodes in both zones, but cross-zone is off: only the one in zone a has a target.
  await kernel.runFor(61_000);
  expect(health()).toMatchObject({ State: "InService", ReasonCode: "N/A" });
  expect(network.resolve({ from: "internet" }, host)).toHaveLength(2);
  const reach = network.canReach({ from: "instance", instanceId: "i-node" }, host, 6443);
  expect(reach).toMatchObject({ reachable: true, endpoint: { instanceId: "i-cp" } });
});

test("sending the same health check again does not restart the counting", async () => {
  const { elb, kernel, network } = start();
  elbHandlers.CreateLoadBalancer(elb, request);
  network.listen("i-cp", 6443, "api");
  elbHandlers.RegisterInstancesWithLoadBalancer(elb, {
    ...name,
    Instances: [{ InstanceId: "i-cp" }],
  });
  const check = {
    ...name,
    HealthCheck: {
      Target: "TCP:6443",
      Interval: 10,
      Timeout: 5,
      HealthyThreshold: 2,
      UnhealthyThreshold: 2,
    },
  };
  elbHandlers.ConfigureHealthCheck(elb, check);
  for (let round = 0; round < 5; round += 1) {
    await kernel.runFor(5000);
    elbHandlers.ConfigureHealthCheck(elb, check);
  }
  expect(elbHandlers.DescribeInstanceHealth(elb, name).InstanceStates?.[0]?.State).toBe(
    "InService",
  );
});

test("a second listener forwards to its own instance port under the health of the instance", async () => {
  const { elb, kernel, network, topology } = start();
  const { DNSName: host = "" } = elbHandlers.CreateLoadBalancer(elb, request);
  const second = { ...listener, LoadBalancerPort: 9443, InstancePort: 10250 };
  elbHandlers.CreateLoadBalancerListeners(elb, { ...name, Listeners: [second] });
  const conflicting = { ...second, InstancePort: 10251 };
  expect(
    failure(() =>
      elbHandlers.CreateLoadBalancerListeners(elb, { ...name, Listeners: [conflicting] }),
    ),
  ).toContain("DuplicateListener");
  network.listen("i-cp", 6443, "api");
  network.listen("i-cp", 10250, "kubelet");
  elbHandlers.RegisterInstancesWithLoadBalancer(elb, {
    ...name,
    Instances: [{ InstanceId: "i-cp" }],
  });
  const all = { egress: false, protocol: "tcp", cidr: "0.0.0.0/0" };
  for (const group of topology.securityGroups.values()) group.rules = [...group.rules, all];
  await kernel.runFor(301_000);
  expect(network.canReach({ from: "internet" }, host, 9443)).toMatchObject({
    reachable: true,
    endpoint: { instanceId: "i-cp", port: 10250, service: "kubelet" },
  });
});

test("only running instances of the load balancer's VPC can be registered", () => {
  const { elb, topology } = start();
  elbHandlers.CreateLoadBalancer(elb, request);
  const register = (InstanceId: string) =>
    failure(() =>
      elbHandlers.RegisterInstancesWithLoadBalancer(elb, { ...name, Instances: [{ InstanceId }] }),
    );
  expect(register("i-none")).toBe("InvalidInstance: Could not find EC2 instance i-none.");
  topology.setState("i-cp", "stopped");
  expect(register("i-cp")).toContain("it is stopped, not running");
});

test("deleting twice succeeds; the interfaces stay for a while", async () => {
  const { elb, kernel, topology } = start();
  elbHandlers.CreateLoadBalancer(elb, request);
  const count = () =>
    [...topology.interfaces.values()].filter((node) => node.instanceId === undefined).length;
  elbHandlers.DeleteLoadBalancer(elb, name);
  elbHandlers.DeleteLoadBalancer(elb, name);
  expect(
    failure(() =>
      elbHandlers.DescribeLoadBalancers(elb, { LoadBalancerNames: [request.LoadBalancerName] }),
    ),
  ).toBe("LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'my-cluster-apiserver'");
  expect(count()).toBe(2);
  await kernel.runFor(faithfulTimings.interfaceCleanup.max + 1);
  expect(count()).toBe(0);
  expect(kernel.clock.pendingTimers).toBe(0);
});

test("attributes that are not named keep their values", () => {
  const { elb } = start();
  elbHandlers.CreateLoadBalancer(elb, request);
  elbHandlers.ModifyLoadBalancerAttributes(elb, {
    ...name,
    LoadBalancerAttributes: { ConnectionSettings: { IdleTimeout: 600 } },
  });
  expect(
    elbHandlers.DescribeLoadBalancerAttributes(elb, name).LoadBalancerAttributes,
  ).toMatchObject({
    ConnectionSettings: { IdleTimeout: 600 },
    CrossZoneLoadBalancing: { Enabled: false },
    ConnectionDraining: { Enabled: false, Timeout: 300 },
  });
});

test("pages of load balancers follow each other without gaps", () => {
  const { elb } = start();
  for (const letter of ["c", "a", "b"]) {
    elbHandlers.CreateLoadBalancer(elb, { ...request, LoadBalancerName: letter });
  }
  const first = elbHandlers.DescribeLoadBalancers(elb, { PageSize: 2 });
  expect(first.LoadBalancerDescriptions?.map((one) => one.LoadBalancerName)).toEqual(["a", "b"]);
  expect(first.NextMarker).toBe("b");
  const second = elbHandlers.DescribeLoadBalancers(elb, { PageSize: 2, Marker: "b" });
  expect(second.LoadBalancerDescriptions?.map((one) => one.LoadBalancerName)).toEqual(["c"]);
  expect(second.NextMarker).toBeUndefined();
});

test("tags are added, replaced and removed, at most fifty", () => {
  const { elb } = start();
  elbHandlers.CreateLoadBalancer(elb, request);
  const names = { LoadBalancerNames: [request.LoadBalancerName] };
  elbHandlers.AddTags(elb, { ...names, Tags: [{ Key: "a", Value: "1" }] });
  elbHandlers.AddTags(elb, { ...names, Tags: [{ Key: "a", Value: "2" }] });
  elbHandlers.RemoveTags(elb, { ...names, Tags: [{ Key: request.Tags[0]!.Key }] });
  expect(elbHandlers.DescribeTags(elb, names).TagDescriptions).toEqual([
    { LoadBalancerName: request.LoadBalancerName, Tags: [{ Key: "a", Value: "2" }] },
  ]);
  const many = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: "" }));
  expect(failure(() => elbHandlers.AddTags(elb, { ...names, Tags: many }))).toContain(
    "TooManyTags",
  );
});

test("a policy in use cannot be deleted", () => {
  const { elb } = start();
  elbHandlers.CreateLoadBalancer(elb, request);
  const policy = { ...name, PolicyName: "proxy" };
  elbHandlers.CreateLoadBalancerPolicy(elb, {
    ...policy,
    PolicyTypeName: "ProxyProtocolPolicyType",
    PolicyAttributes: [{ AttributeName: "ProxyProtocol", AttributeValue: "true" }],
  });
  elbHandlers.SetLoadBalancerPoliciesForBackendServer(elb, {
    ...name,
    InstancePort: 6443,
    PolicyNames: ["proxy"],
  });
  expect(failure(() => elbHandlers.DeleteLoadBalancerPolicy(elb, policy))).toContain("in use");
  elbHandlers.SetLoadBalancerPoliciesForBackendServer(elb, {
    ...name,
    InstancePort: 6443,
    PolicyNames: [],
  });
  elbHandlers.DeleteLoadBalancerPolicy(elb, policy);
  expect(elbHandlers.DescribeLoadBalancerPolicies(elb, name)).toEqual({ PolicyDescriptions: [] });
});

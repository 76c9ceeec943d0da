import { expect, test } from "vitest";
import type { LoadBalancer, TargetPool } from "./load-balancer.ts";
import { clusterTopology } from "./memory-topology.ts";
import { controlPlane, internet, node, obstacle, start } from "./test-network.ts";

function addBalancer(
  { network, topology }: ReturnType<typeof start>,
  overrides: Partial<LoadBalancer> & { preserveClientIp?: boolean } = {},
) {
  const internal = overrides.internal ?? false;
  const pool: TargetPool = {
    id: "arn:targets",
    preserveClientIp: overrides.preserveClientIp ?? false,
    healthCheck: {
      protocol: "TCP",
      intervalMs: 10_000,
      timeoutMs: 5000,
      healthyThreshold: 3,
      unhealthyThreshold: 2,
    },
    targets: new Map(),
  };
  const nodes = ["a", "b"].map((zone) => {
    const subnetId = `subnet-public-${zone}`;
    const made = topology.createManagedInterface({
      subnetId,
      securityGroupIds: ["sg-lb"],
      description: "ELB api",
      requesterId: "amazon-elb",
      publicIp: !internal,
    });
    return {
      interfaceId: made.networkInterfaceId,
      subnetId,
      zone: `eu-west-1${zone}`,
      privateIp: made.privateIps[0] ?? "",
      ...(made.publicIp === undefined ? {} : { publicIp: made.publicIp }),
    };
  });
  const balancer: LoadBalancer = {
    id: "api",
    kind: "classic",
    name: "api",
    vpcId: "vpc-1",
    internal,
    dnsName: "api-1.eu-west-1.elb.amazonaws.com",
    active: true,
    crossZone: true,
    nodes,
    listeners: new Map([[6443, pool]]),
    ...overrides,
  };
  network.setBalancer(balancer);
  const register = (id: string, port = 6443) => {
    const target = {
      id,
      port,
      state: "initial",
      streak: 0,
      obstacle: undefined,
      checkFromMs: 0,
    } as const;
    pool.targets.set(`${id}:${port}`, { ...target });
    const made = pool.targets.get(`${id}:${port}`)!;
    network.healthChecks.watch(balancer, pool, made);
    return made;
  };
  return { balancer, pool, register };
}

test("a load balancer is followed to a target after enough checks have passed", async () => {
  const world = start();
  const { balancer, register } = addBalancer(world);
  const target = register("i-cp");
  const host = balancer.dnsName;
  world.network.listen("i-cp", 6443, "api");
  expect(obstacle(world.network, node, host, 6443).message).toBe(
    "no target of load balancer api is healthy: i-cp port 6443 is initial",
  );
  await world.kernel.runFor(29_990);
  expect(target.state).toBe("initial");
  await world.kernel.runFor(20);
  expect(target.state).toBe("healthy");
  for (const from of [node, internet]) {
    expect(world.network.canReach(from, host, 6443)).toMatchObject({
      reachable: true,
      endpoint: { instanceId: "i-cp", service: "api" },
    });
  }
});

test("a target whose process ends is unhealthy two checks later, and clients learn why", async () => {
  const world = start();
  const { balancer, register } = addBalancer(world);
  const target = register("i-cp");
  const process = world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(35_000);
  expect(target.state).toBe("healthy");
  process.close();
  await world.kernel.runFor(14_990);
  expect(target.state).toBe("healthy");
  await world.kernel.runFor(20);
  expect(target.state).toBe("unhealthy");
  expect(obstacle(world.network, node, balancer.dnsName, 6443)).toEqual({
    code: "NoHealthyTargets",
    message:
      "no target of load balancer api is healthy: i-cp port 6443 is unhealthy (nothing listens on port 6443 of instance i-cp (no port is open there))",
    resource: "arn:targets",
    silent: false,
  });
});

test("a missing rule between load balancer and target shows in its health, and mends itself with the rule", async () => {
  const topology = clusterTopology();
  const group = topology.securityGroups.get("sg-cp")!;
  const rules = group.rules;
  group.rules = rules.filter((rule) => rule.groupId !== "sg-lb");
  const world = start(topology);
  const { balancer, register } = addBalancer(world);
  const target = register("i-cp");
  world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(60_000);
  expect(target.state).toBe("unhealthy");
  const message = obstacle(world.network, node, balancer.dnsName, 6443).message;
  expect(message).toContain(
    "no inbound rule of sg-cp (my-cluster-cp) at instance i-cp allows tcp 6443",
  );
  expect(message).toContain("load balancer api in eu-west-1a");
  group.rules = rules;
  topology.touch();
  await world.kernel.runFor(40_000);
  expect(target.state).toBe("healthy");
});

test("settled targets set no timers", async () => {
  const world = start();
  const { register } = addBalancer(world);
  register("i-cp");
  world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(60_000);
  expect(world.kernel.clock.pendingTimers).toBe(0);
});

test("no target, no listener, no provisioning and no rule are told apart", () => {
  const world = start();
  const { balancer } = addBalancer(world);
  const { network, topology } = world;
  expect(obstacle(network, node, balancer.dnsName, 6443).message).toBe(
    "no target is registered with load balancer api",
  );
  topology.securityGroups.get("sg-lb")!.rules = [
    { egress: false, protocol: "-1", cidr: "0.0.0.0/0" },
  ];
  expect(obstacle(network, node, balancer.dnsName, 443)).toMatchObject({
    code: "NoListener",
    message: "load balancer api has no listener on port 443",
  });
  topology.securityGroups.get("sg-lb")!.rules = [];
  expect(obstacle(network, node, balancer.dnsName, 6443).code).toBe("SecurityGroupIngress");
  balancer.active = false;
  expect(obstacle(network, node, balancer.dnsName, 6443)).toMatchObject({
    code: "DnsNameNotFound",
    message:
      "the DNS name of load balancer api does not resolve yet: it is still being provisioned",
  });
});

test("an internet-facing load balancer sees a private node as its NAT gateway", async () => {
  const world = start();
  const { balancer, register } = addBalancer(world);
  register("i-cp");
  world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(60_000);
  const api = { egress: false, protocol: "tcp", fromPort: 6443, toPort: 6443 };
  const out = { egress: true, protocol: "-1", cidr: "0.0.0.0/0" };
  const group = world.topology.securityGroups.get("sg-lb")!;
  group.rules = [out, { ...api, groupId: "sg-node" }, { ...api, cidr: "10.0.0.0/16" }];
  expect(obstacle(world.network, node, balancer.dnsName, 6443).message).toContain("52.9.9.2");
  group.rules = [out, { ...api, cidr: "52.9.9.2/32" }];
  expect(world.network.canReach(node, balancer.dnsName, 6443).reachable).toBe(true);
  expect(world.network.canReach(internet, balancer.dnsName, 6443).reachable).toBe(false);
});

test("a network load balancer that preserves client addresses never sends an instance to itself", async () => {
  const world = start();
  const overrides = { kind: "network", internal: true, preserveClientIp: true } as const;
  const { balancer, register } = addBalancer(world, overrides);
  register("i-cp");
  world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(60_000);
  expect(obstacle(world.network, controlPlane, balancer.dnsName, 6443)).toMatchObject({
    code: "NlbHairpin",
    silent: true,
  });
  expect(world.network.canReach(node, balancer.dnsName, 6443).reachable).toBe(true);
});

test("a load balancer that stays within its zones does not use targets of another zone", async () => {
  const world = start();
  const { balancer, register } = addBalancer(world, { kind: "network", crossZone: false });
  register("i-cp");
  world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(60_000);
  // The address in zone b has no target, the client tries the one in zone a.
  expect(world.network.canReach(node, balancer.dnsName, 6443).reachable).toBe(true);
  balancer.nodes = balancer.nodes.filter(({ zone }) => zone === "eu-west-1b");
  expect(obstacle(world.network, node, balancer.dnsName, 6443).message).toContain(
    "has no target in eu-west-1b, and cross-zone load balancing is off",
  );
});

test("a network load balancer with only unhealthy targets uses them all the same", async () => {
  const world = start();
  const { balancer, register } = addBalancer(world, { kind: "network" });
  const target = register("i-cp");
  await world.kernel.runFor(60_000);
  expect(target.state).toBe("unhealthy");
  expect(obstacle(world.network, node, balancer.dnsName, 6443).code).toBe("ConnectionRefused");
  world.network.listen("i-cp", 6443, "api");
  expect(world.network.canReach(node, balancer.dnsName, 6443).reachable).toBe(true);
});

test("a load balancer may be known by an address of the user's choice", async () => {
  const world = start();
  const { register } = addBalancer(world, { dnsName: "127.0.0.2" });
  register("i-cp");
  world.network.listen("i-cp", 6443, "api");
  await world.kernel.runFor(60_000);
  expect(world.network.canReach(node, "127.0.0.2", 6443).reachable).toBe(true);
  expect(world.network.canReach(internet, "127.0.0.2", 6443).reachable).toBe(true);
});

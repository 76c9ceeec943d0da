import { expect, test } from "vitest";
import type { Origin } from "./contract.ts";
import { clusterTopology, type MemoryTopology } from "./memory-topology.ts";
import { controlPlane, internet, node, obstacle, start } from "./test-network.ts";

const bastion: Origin = { from: "instance", instanceId: "i-bastion" };

test("a node reaches the API port of a control plane in another subnet, and gets what listens there", () => {
  const { network } = start();
  const service = { name: "kube-apiserver" };
  network.listen("i-cp", 6443, service);
  expect(network.canReach(node, "10.0.2.10", 6443)).toEqual({
    reachable: true,
    endpoint: { instanceId: "i-cp", port: 6443, service },
  });
});

test("a closed port refuses at once and says which ports are open", () => {
  const { network } = start();
  const process = network.listen("i-cp", 2379, {});
  expect(obstacle(network, node, "10.0.2.10", 6443)).toEqual({
    code: "ConnectionRefused",
    message: "nothing listens on port 6443 of instance i-cp (open ports: 2379)",
    resource: "i-cp",
    silent: false,
  });
  process.close();
  process.close();
  expect(obstacle(network, node, "10.0.2.10", 6443).message).toContain("no port is open there");
});

test("an instance that stops closes its ports, and they stay closed when it starts again", () => {
  const { network, topology } = start();
  network.listen("i-cp", 6443, {});
  topology.setState("i-cp", "stopped");
  expect(obstacle(network, node, "10.0.2.10", 6443)).toMatchObject({
    code: "InstanceNotRunning",
    message: "instance i-cp is stopped",
    silent: true,
  });
  topology.setState("i-cp", "running");
  expect(obstacle(network, node, "10.0.2.10", 6443).code).toBe("ConnectionRefused");
});

test("an instance reaches its own ports whatever its groups say", () => {
  const { network } = start();
  network.listen("i-cp", 2381, "etcd");
  for (const host of ["127.0.0.1", "localhost", "10.0.2.10"]) {
    expect(network.canReach(controlPlane, host, 2381).reachable).toBe(true);
  }
});

test("nothing starts from an instance that is not running", () => {
  const { network, topology } = start();
  topology.setState("i-node", "stopping");
  expect(obstacle(network, node, "10.0.2.10", 6443)).toMatchObject({
    code: "InstanceNotRunning",
    message: "instance i-node, where the connection starts, is stopping",
  });
});

/** Each obstacle: a topology that has it, what is said, and the mend that makes the connection work. */
interface Case {
  readonly title: string;
  readonly from: Origin;
  readonly host: string;
  readonly port: number;
  readonly break: (topology: MemoryTopology) => void;
  readonly code: string;
  readonly message: string;
  readonly resource: string;
}

const open = { ruleNumber: 100, allow: true, protocol: "-1", cidrBlock: "0.0.0.0/0" };

const cases: readonly Case[] = [
  {
    title: "a security group without an inbound rule",
    from: node,
    host: "10.0.2.10",
    port: 6443,
    break: (topology) => {
      topology.securityGroups.get("sg-cp")!.rules = [];
    },
    code: "SecurityGroupIngress",
    message:
      "no inbound rule of sg-cp (my-cluster-cp) at instance i-cp allows tcp 6443 from instance i-node (10.0.3.20 with sg-node (my-cluster-node))",
    resource: "sg-cp",
  },
  {
    title: "a security group without an outbound rule",
    from: node,
    host: "10.0.2.10",
    port: 6443,
    break: (topology) => {
      topology.securityGroups.get("sg-node")!.rules = [];
    },
    code: "SecurityGroupEgress",
    message:
      "no outbound rule of sg-node (my-cluster-node) at instance i-node allows tcp 6443 to 10.0.2.10",
    resource: "sg-node",
  },
  {
    title: "a network ACL that denies the way in",
    from: node,
    host: "10.0.2.10",
    port: 6443,
    break: (topology) => {
      topology.networkAcls.set("subnet-private-a", {
        networkAclId: "acl-x",
        entries: [
          { ...open, egress: true },
          { ruleNumber: 90, egress: false, allow: false, protocol: "6", cidrBlock: "10.0.3.0/24" },
          { ...open, egress: false },
        ],
      });
    },
    code: "NetworkAclIngress",
    message: "network ACL acl-x of subnet-private-a does not allow inbound tcp 6443 from 10.0.3.20",
    resource: "acl-x",
  },
  {
    title: "a network ACL that forgets the answers",
    from: node,
    host: "10.0.2.10",
    port: 6443,
    break: (topology) => {
      topology.networkAcls.set("subnet-private-a", {
        networkAclId: "acl-x",
        entries: [
          { ...open, egress: false },
          { ...open, egress: true, protocol: "6", fromPort: 443, toPort: 443 },
        ],
      });
    },
    code: "NetworkAclEgress",
    message:
      "network ACL acl-x of subnet-private-a does not allow outbound tcp 1024-65535 (answers) to 10.0.3.20",
    resource: "acl-x",
  },
  {
    title: "a private subnet without a default route",
    from: node,
    host: "registry.k8s.io",
    port: 443,
    break: (topology) => {
      topology.routeTables.set("subnet-private-b", { routeTableId: "rtb-x", routes: [] });
    },
    code: "NoRoute",
    message: "route table rtb-x of subnet-private-b has no route to 203.0.113.80",
    resource: "rtb-x",
  },
  {
    title: "a route to a NAT gateway that was deleted",
    from: node,
    host: "registry.k8s.io",
    port: 443,
    break: (topology) => {
      topology.natGateways.get("nat-b")!.state = "deleted";
    },
    code: "NoRoute",
    message: "NAT gateway nat-b is deleted",
    resource: "nat-b",
  },
  {
    title: "a NAT gateway in a subnet that is not public",
    from: node,
    host: "registry.k8s.io",
    port: 443,
    break: (topology) => {
      topology.routeTables.delete("subnet-public-b");
    },
    code: "NoRoute",
    message: "route table vpc-1 of subnet-public-b has no route to 203.0.113.80",
    resource: "vpc-1",
  },
  {
    title: "an internet gateway that is not attached",
    from: node,
    host: "registry.k8s.io",
    port: 443,
    break: (topology) => {
      topology.attachments.delete("igw-1");
    },
    code: "NoInternetGateway",
    message: "internet gateway igw-1 is not attached to vpc-1",
    resource: "igw-1",
  },
  {
    title: "a public subnet and no public address",
    from: bastion,
    host: "registry.k8s.io",
    port: 443,
    break: (topology) => {
      delete (topology.interfaces.get("eni-i-bastion")! as { publicIp?: string }).publicIp;
    },
    code: "NoPublicIp",
    message:
      "instance i-bastion has no public address, so igw-1 drops its packets: give it one, or route subnet-public-a through a NAT gateway",
    resource: "subnet-public-a",
  },
];

for (const { title, from, host, port, break: breakIt, code, message, resource } of cases) {
  test(`${title} stops a connection, is named, and stops nothing once mended`, () => {
    const broken = clusterTopology();
    breakIt(broken);
    const { network } = start(broken);
    network.listen("i-cp", 6443, {});
    expect(obstacle(network, from, host, port)).toEqual({ code, message, resource, silent: true });
    const mended = start();
    mended.network.listen("i-cp", 6443, {});
    expect(mended.network.canReach(from, host, port).reachable).toBe(true);
  });
}

test("people outside reach a public address only where the subnet has a way back and the group a rule", () => {
  const { network, topology } = start();
  network.listen("i-bastion", 22, {});
  expect(obstacle(network, internet, "52.1.1.30", 22).code).toBe("SecurityGroupIngress");
  const group = topology.securityGroups.get("sg-node")!;
  const ssh = { egress: false, protocol: "tcp", fromPort: 22, toPort: 22, cidr: "0.0.0.0/0" };
  group.rules = [...group.rules, ssh];
  expect(network.canReach(internet, "52.1.1.30", 22).reachable).toBe(true);
  topology.routeTables.delete("subnet-public-a");
  expect(obstacle(network, internet, "52.1.1.30", 22).message).toContain(
    "has no route to an internet gateway, so instance i-bastion cannot answer 198.51.100.7",
  );
});

test("a rule that names a group does not match what arrives over the internet", () => {
  const { network, topology } = start();
  network.listen("i-bastion", 10250, {});
  const found = obstacle(network, controlPlane, "52.1.1.30", 10250);
  expect(found.code).toBe("SecurityGroupIngress");
  expect(found.message).toContain("from instance i-cp (52.9.9.1)");
  expect(found.message).toContain("rules that name security groups do not match it");
  expect(network.canReach(controlPlane, "10.0.0.30", 10250).reachable).toBe(true);
  expect(topology.natGateway("nat-a")?.publicIp).toBe("52.9.9.1");
});

test("names of instances resolve inside their VPC, public names to private addresses there", () => {
  const { network } = start();
  expect(network.resolve(node, "ip-10-0-2-10.eu-west-1.compute.internal")).toEqual(["10.0.2.10"]);
  expect(network.resolve(internet, "ip-10-0-2-10.eu-west-1.compute.internal")).toEqual([]);
  const publicName = "ec2-52-1-1-30.eu-west-1.compute.amazonaws.com";
  expect(network.resolve(node, publicName)).toEqual(["10.0.0.30"]);
  expect(network.resolve(internet, publicName)).toEqual(["52.1.1.30"]);
  expect(obstacle(network, node, "no-such.example", 443)).toMatchObject({
    code: "DnsNameNotFound",
    message: "the DNS name no-such.example does not exist",
    silent: false,
  });
});

test("without DNS support in the VPC nothing resolves, and that is said", () => {
  const { network, topology } = start();
  topology.vpcs.get("vpc-1")!.enableDnsSupport = false;
  expect(obstacle(network, node, "registry.k8s.io", 443).message).toBe(
    "nothing resolves in vpc-1: its attribute enableDnsSupport is false",
  );
});

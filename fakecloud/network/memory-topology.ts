import type {
  InstanceNode,
  InterfaceNode,
  ManagedInterfaceRequest,
  ManagedInterfaces,
  NatGatewayNode,
  NetworkAclNode,
  RouteTableNode,
  SecurityGroupNode,
  SubnetNode,
  Topology,
  VpcNode,
} from "./topology.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A topology that is nothing but data: for tests of the network without an EC2 around it. */
export class MemoryTopology implements Topology, ManagedInterfaces {
  readonly vpcs = new Map<string, Mutable<VpcNode>>();
  readonly subnets = new Map<string, SubnetNode>();
  readonly instances = new Map<string, Mutable<InstanceNode>>();
  readonly interfaces = new Map<string, Mutable<InterfaceNode>>();
  /** By subnet; "main" for the rest. */
  readonly routeTables = new Map<string, RouteTableNode>();
  readonly networkAcls = new Map<string, NetworkAclNode>();
  readonly securityGroups = new Map<string, Mutable<SecurityGroupNode>>();
  readonly natGateways = new Map<string, Mutable<NatGatewayNode>>();
  readonly attachments = new Map<string, readonly string[]>();
  readonly prefixLists = new Map<string, readonly string[]>();
  readonly #changed: (() => void)[] = [];
  readonly #transitions: ((instanceId: string, to: string) => void)[] = [];
  #created = 0;

  vpc(vpcId: string): VpcNode | undefined {
    return this.vpcs.get(vpcId);
  }

  subnet(subnetId: string): SubnetNode | undefined {
    return this.subnets.get(subnetId);
  }

  instance(instanceId: string): InstanceNode | undefined {
    return this.instances.get(instanceId);
  }

  interface(networkInterfaceId: string): InterfaceNode | undefined {
    return this.interfaces.get(networkInterfaceId);
  }

  interfaceByPrivateIp(vpcId: string, ip: string): InterfaceNode | undefined {
    return [...this.interfaces.values()].find(
      (node) => node.vpcId === vpcId && node.privateIps.includes(ip),
    );
  }

  interfaceByPublicIp(ip: string): InterfaceNode | undefined {
    return [...this.interfaces.values()].find((node) => node.publicIp === ip);
  }

  routeTableOf(subnetId: string): RouteTableNode | undefined {
    return this.routeTables.get(subnetId) ?? this.routeTables.get("main");
  }

  networkAclOf(subnetId: string): NetworkAclNode | undefined {
    return this.networkAcls.get(subnetId);
  }

  securityGroup(groupId: string): SecurityGroupNode | undefined {
    return this.securityGroups.get(groupId);
  }

  natGateway(natGatewayId: string): NatGatewayNode | undefined {
    return this.natGateways.get(natGatewayId);
  }

  internetGatewayVpcs(internetGatewayId: string): readonly string[] {
    return this.attachments.get(internetGatewayId) ?? [];
  }

  prefixList(prefixListId: string): readonly string[] | undefined {
    return this.prefixLists.get(prefixListId);
  }

  defaultSecurityGroup(vpcId: string): string | undefined {
    const groups = [...this.securityGroups.values()];
    return groups.find((group) => group.vpcId === vpcId && group.groupName === "default")?.groupId;
  }

  defaultSubnets(): readonly SubnetNode[] {
    return [];
  }

  internetGatewaysOf(vpcId: string): readonly string[] {
    return [...this.attachments].filter(([, vpcs]) => vpcs.includes(vpcId)).map(([id]) => id);
  }

  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  onInstanceTransition(listener: (instanceId: string, to: string) => void): void {
    this.#transitions.push(listener);
  }

  /** Tells the listeners, as EC2 does after each call. */
  touch(): void {
    for (const listener of this.#changed) listener();
  }

  setState(instanceId: string, state: string): void {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) throw new Error(`no instance ${instanceId}`);
    instance.state = state;
    for (const listener of this.#transitions) listener(instanceId, state);
    this.touch();
  }

  createManagedInterface(request: ManagedInterfaceRequest): InterfaceNode {
    const subnet = this.subnets.get(request.subnetId);
    if (subnet === undefined) throw new Error(`no subnet ${request.subnetId}`);
    this.#created += 1;
    const host = 200 + this.#created;
    const node: InterfaceNode = {
      networkInterfaceId: `eni-lb${this.#created}`,
      vpcId: subnet.vpcId,
      subnetId: subnet.subnetId,
      privateIps: [subnet.cidrBlock.replace(/\d+\/\d+$/, `${host}`)],
      ...(request.publicIp ? { publicIp: `52.0.0.${host}` } : {}),
      securityGroupIds: request.securityGroupIds,
    };
    this.interfaces.set(node.networkInterfaceId, node);
    this.touch();
    return node;
  }

  setManagedInterfaceGroups(networkInterfaceId: string, securityGroupIds: readonly string[]): void {
    const node = this.interfaces.get(networkInterfaceId);
    if (node !== undefined) node.securityGroupIds = securityGroupIds;
    this.touch();
  }

  deleteManagedInterface(networkInterfaceId: string): void {
    this.interfaces.delete(networkInterfaceId);
    this.touch();
  }
}

/**
 * One VPC as the AWS provider builds it: in zones a and b a public subnet (to igw-1) and a private one (to a NAT gateway),
 * a security group each for the load balancer, control plane and nodes, and one instance of each kind: i-cp (private),
 * i-node (private), i-bastion (public, with a public address).
 */
export function clusterTopology(): MemoryTopology {
  const topology = new MemoryTopology();
  topology.vpcs.set("vpc-1", {
    vpcId: "vpc-1",
    region: "eu-west-1",
    cidrBlocks: ["10.0.0.0/16"],
    enableDnsSupport: true,
    enableDnsHostnames: true,
  });
  topology.attachments.set("igw-1", ["vpc-1"]);
  for (const [index, zone] of ["a", "b"].entries()) addZone(topology, index, zone);
  addGroups(topology);
  addInstance(topology, "i-cp", { subnetId: "subnet-private-a", ip: "10.0.2.10", group: "sg-cp" });
  addInstance(topology, "i-node", {
    subnetId: "subnet-private-b",
    ip: "10.0.3.20",
    group: "sg-node",
  });
  addInstance(topology, "i-bastion", {
    subnetId: "subnet-public-a",
    ip: "10.0.0.30",
    group: "sg-node",
  });
  const bastion = topology.interfaces.get("eni-i-bastion");
  if (bastion !== undefined) bastion.publicIp = "52.1.1.30";
  return topology;
}

function addZone(topology: MemoryTopology, index: number, zone: string): void {
  const place = { vpcId: "vpc-1", zone: `eu-west-1${zone}` };
  const local = { destination: "10.0.0.0/16", state: "active", target: { kind: "local" } } as const;
  const publicId = `subnet-public-${zone}`;
  const privateId = `subnet-private-${zone}`;
  const natId = `nat-${zone}`;
  topology.subnets.set(publicId, { ...place, subnetId: publicId, cidrBlock: `10.0.${index}.0/24` });
  topology.subnets.set(privateId, {
    ...place,
    subnetId: privateId,
    cidrBlock: `10.0.${index + 2}.0/24`,
  });
  topology.routeTables.set(publicId, {
    routeTableId: `rtb-public-${zone}`,
    routes: [
      local,
      {
        destination: "0.0.0.0/0",
        state: "active",
        target: { kind: "internetGateway", id: "igw-1" },
      },
    ],
  });
  topology.routeTables.set(privateId, {
    routeTableId: `rtb-private-${zone}`,
    routes: [
      local,
      { destination: "0.0.0.0/0", state: "active", target: { kind: "natGateway", id: natId } },
    ],
  });
  topology.natGateways.set(natId, {
    natGatewayId: natId,
    state: "available",
    subnetId: publicId,
    connectivity: "public",
    privateIp: `10.0.${index}.4`,
    publicIp: `52.9.9.${index + 1}`,
  });
  for (const subnetId of [publicId, privateId]) {
    const open = { ruleNumber: 100, allow: true, protocol: "-1", cidrBlock: "0.0.0.0/0" };
    topology.networkAcls.set(subnetId, {
      networkAclId: `acl-${subnetId.slice(7)}`,
      entries: [
        { ...open, egress: true },
        { ...open, egress: false },
      ],
    });
  }
}

function addGroups(topology: MemoryTopology): void {
  const out = { egress: true, protocol: "-1", cidr: "0.0.0.0/0" };
  const api = { egress: false, protocol: "tcp", fromPort: 6443, toPort: 6443 };
  const rules = {
    "sg-lb": [{ ...api, cidr: "0.0.0.0/0" }],
    "sg-cp": ["sg-lb", "sg-cp", "sg-node"].map((groupId) => ({ ...api, groupId })),
    "sg-node": [
      { egress: false, protocol: "tcp", fromPort: 10250, toPort: 10250, groupId: "sg-cp" },
    ],
  };
  for (const [groupId, ingress] of Object.entries(rules)) {
    topology.securityGroups.set(groupId, {
      groupId,
      groupName: `my-cluster-${groupId.slice(3)}`,
      vpcId: "vpc-1",
      rules: [out, ...ingress],
    });
  }
}

export function addInstance(
  topology: MemoryTopology,
  instanceId: string,
  place: { readonly subnetId: string; readonly ip: string; readonly group: string },
): void {
  const networkInterfaceId = `eni-${instanceId}`;
  topology.instances.set(instanceId, {
    instanceId,
    state: "running",
    networkInterfaceIds: [networkInterfaceId],
  });
  topology.interfaces.set(networkInterfaceId, {
    networkInterfaceId,
    vpcId: "vpc-1",
    subnetId: place.subnetId,
    privateIps: [place.ip],
    securityGroupIds: [place.group],
    instanceId,
  });
}

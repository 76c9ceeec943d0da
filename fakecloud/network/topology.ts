/**
 * What the network reads of the cloud, afresh on every question. Identifiers are unique over all accounts and regions,
 * so one topology covers the whole fake cloud. EC2 implements it; tests build small ones by hand.
 */
export interface Topology {
  vpc(vpcId: string): VpcNode | undefined;
  subnet(subnetId: string): SubnetNode | undefined;
  instance(instanceId: string): InstanceNode | undefined;
  interface(networkInterfaceId: string): InterfaceNode | undefined;
  /** The interface that holds a private address in a VPC. */
  interfaceByPrivateIp(vpcId: string, ip: string): InterfaceNode | undefined;
  /** The interface that a public address (elastic or not) is mapped to. */
  interfaceByPublicIp(ip: string): InterfaceNode | undefined;
  /** The table of a subnet's explicit association, or the main table of its VPC. */
  routeTableOf(subnetId: string): RouteTableNode | undefined;
  networkAclOf(subnetId: string): NetworkAclNode | undefined;
  securityGroup(groupId: string): SecurityGroupNode | undefined;
  natGateway(natGatewayId: string): NatGatewayNode | undefined;
  /** Ids of the VPCs that an internet gateway is attached to (state available). */
  internetGatewayVpcs(internetGatewayId: string): readonly string[];
  prefixList(prefixListId: string): readonly string[] | undefined;
  /** Every VPC is born with one and keeps it. */
  defaultSecurityGroup(vpcId: string): string | undefined;
  /** Subnets of the account's default VPC, one per zone; empty if it was deleted. */
  defaultSubnets(accountId: string, region: string): readonly SubnetNode[];
  /** Ids of the internet gateways attached to a VPC. */
  internetGatewaysOf(vpcId: string): readonly string[];
  /**
   * Called after every change that could matter to a connection: after each call that is not a Describe, and after each
   * transition on the clock. Too often is harmless.
   */
  onChange(listener: () => void): void;
  onInstanceTransition(listener: (instanceId: string, to: string) => void): void;
}

export interface VpcNode {
  readonly vpcId: string;
  readonly region: string;
  /** IPv4 and IPv6, all associated. */
  readonly cidrBlocks: readonly string[];
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
}

export interface SubnetNode {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidrBlock: string;
}

export interface InstanceNode {
  readonly instanceId: string;
  readonly state: string;
  /** In the order of their device index; the first is the one that connections start from. */
  readonly networkInterfaceIds: readonly string[];
}

export interface InterfaceNode {
  readonly networkInterfaceId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  /** The primary one first; IPv6 addresses too. */
  readonly privateIps: readonly string[];
  readonly publicIp?: string;
  readonly securityGroupIds: readonly string[];
  readonly instanceId?: string;
  readonly natGatewayId?: string;
}

export interface RouteNode {
  /** IPv4 or IPv6 CIDR, or the id of a prefix list. */
  readonly destination: string;
  readonly state: "active" | "blackhole";
  readonly target:
    | { readonly kind: "local" }
    | { readonly kind: "internetGateway"; readonly id: string }
    | { readonly kind: "natGateway"; readonly id: string }
    | { readonly kind: "egressOnlyInternetGateway"; readonly id: string }
    | { readonly kind: "carrierGateway"; readonly id: string }
    | { readonly kind: "vpcPeeringConnection"; readonly id: string; readonly peerVpcId?: string }
    | { readonly kind: "networkInterface"; readonly id: string }
    | { readonly kind: "other"; readonly id: string };
}

export interface RouteTableNode {
  readonly routeTableId: string;
  readonly routes: readonly RouteNode[];
}

export interface NetworkAclEntryNode {
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly allow: boolean;
  /** "-1" for all, "6" for tcp. */
  readonly protocol: string;
  readonly cidrBlock: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  /** Which messages are meant, -1 for all, where the protocol is ICMP. */
  readonly icmp?: { readonly type: number; readonly code: number };
}

export interface NetworkAclNode {
  readonly networkAclId: string;
  readonly entries: readonly NetworkAclEntryNode[];
}

/** One rule with one source: a CIDR, a group or a prefix list. */
export interface SecurityGroupRuleNode {
  readonly egress: boolean;
  /** "-1" for all, "tcp" (or "6"), "udp", "icmp", a number as text. */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidr?: string;
  readonly groupId?: string;
  readonly prefixListId?: string;
}

export interface SecurityGroupNode {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
  readonly rules: readonly SecurityGroupRuleNode[];
}

export interface NatGatewayNode {
  readonly natGatewayId: string;
  readonly state: string;
  readonly subnetId: string;
  readonly connectivity: "private" | "public";
  readonly privateIp: string;
  readonly publicIp?: string;
}

/** What load balancers ask of EC2: interfaces of their own, as the real ones have them ("ELB app/NAME/ID"). */
export interface ManagedInterfaces {
  /** Takes an address of the subnet (InsufficientFreeAddressesInSubnet if none) and, if wanted, a public one. */
  createManagedInterface(request: ManagedInterfaceRequest): InterfaceNode;
  setManagedInterfaceGroups(networkInterfaceId: string, securityGroupIds: readonly string[]): void;
  /** Gives the addresses back; unknown ids are ignored. */
  deleteManagedInterface(networkInterfaceId: string): void;
}

export interface ManagedInterfaceRequest {
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly description: string;
  /** "amazon-elb". */
  readonly requesterId: string;
  readonly publicIp: boolean;
  /** An elastic address to associate instead of a drawn public one. */
  readonly allocationId?: string;
}

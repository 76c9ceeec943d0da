import type {
  Image as WireImage,
  Instance,
  InstanceMetadataOptionsResponse,
  RequestLaunchTemplateData,
  RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import type {
  InstanceNode,
  InterfaceNode,
  NatGatewayNode,
  NetworkAclEntryNode,
  NetworkAclNode,
  RouteNode,
  RouteTableNode,
  SecurityGroupNode,
  SecurityGroupRuleNode,
  SubnetNode,
  VpcNode,
} from "../../network/topology.ts";
import type { InstanceState } from "../contract.ts";
import type { Resource } from "./resource-table.ts";

/** Records are what the network reads, made changeable, plus what only the API shows. */
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface CidrAssociation {
  readonly associationId: string;
  readonly cidrBlock: string;
}

export interface Vpc extends Mutable<VpcNode>, Resource {
  state: "available" | "pending";
  readonly isDefault: boolean;
  readonly associations: CidrAssociation[];
  readonly ipv6Associations: CidrAssociation[];
  instanceTenancy: string;
  dhcpOptionsId: string;
  /** Whether the use of its addresses is metered. */
  usageMetrics?: boolean;
}

export interface Subnet extends Mutable<SubnetNode>, Resource {
  readonly arn: string;
  readonly zoneId: string;
  readonly isDefault: boolean;
  state: "available" | "pending";
  mapPublicIpOnLaunch: boolean;
  assignIpv6AddressOnCreation: boolean;
  enableDns64: boolean;
  privateDnsHostnameType: string;
  enableResourceNameDnsARecord: boolean;
  enableResourceNameDnsAAAARecord: boolean;
  ipv6Associations: CidrAssociation[];
  readonly ipv6Native: boolean;
  /** Addresses in use, as numbers. */
  readonly taken: Set<number>;
}

export interface InternetGateway extends Resource {
  readonly internetGatewayId: string;
  /** VPCs by id with the state of their attachment; EC2 allows one. */
  readonly attachments: Map<string, "available">;
  readonly isDefault: boolean;
}

export interface EgressOnlyGateway extends Resource {
  readonly id: string;
  readonly vpcId: string;
}

export interface CarrierGateway extends Resource {
  readonly id: string;
  readonly vpcId: string;
  state: "available" | "deleted" | "deleting" | "pending";
}

export interface NatGateway extends Mutable<NatGatewayNode>, Resource {
  state: "available" | "deleted" | "deleting" | "failed" | "pending";
  readonly vpcId: string;
  readonly networkInterfaceId: string;
  readonly allocationId: string | undefined;
  readonly createdAtMs: number;
  deletedAtMs: number | undefined;
  failureCode: string | undefined;
  failureMessage: string | undefined;
}

export interface Address extends Resource {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly publicIpv4Pool: string;
  associationId: string | undefined;
  networkInterfaceId: string | undefined;
  privateIp: string | undefined;
}

export interface Route extends RouteNode {
  readonly origin: "CreateRoute" | "CreateRouteTable";
}

export interface RouteTableAssociation {
  readonly associationId: string;
  readonly main: boolean;
  readonly subnetId: string | undefined;
}

export interface RouteTable extends Mutable<RouteTableNode>, Resource {
  readonly vpcId: string;
  routes: readonly Route[];
  associations: readonly RouteTableAssociation[];
}

export interface NetworkAcl extends Mutable<NetworkAclNode>, Resource {
  readonly vpcId: string;
  readonly isDefault: boolean;
  entries: readonly NetworkAclEntryNode[];
  /** Subnets by id with the id of their association. */
  readonly associations: Map<string, string>;
}

export interface SecurityGroupRule extends SecurityGroupRuleNode, Resource {
  readonly ruleId: string;
  readonly description: string | undefined;
}

export interface SecurityGroup extends Mutable<SecurityGroupNode>, Resource {
  readonly arn: string;
  readonly description: string;
  rules: readonly SecurityGroupRule[];
}

export interface NetworkInterface extends Mutable<InterfaceNode>, Resource {
  readonly zone: string;
  readonly macAddress: string;
  description: string;
  readonly interfaceType: string;
  readonly requesterId: string | undefined;
  readonly createdAtMs: number;
  ipv6Addresses: string[];
  sourceDestCheck: boolean;
  deleteOnTermination: boolean;
  attachmentId: string | undefined;
  deviceIndex: number | undefined;
  attachedAtMs: number | undefined;
  /** Set for elastic addresses; a drawn public address has none. */
  allocationId: string | undefined;
  associationId: string | undefined;
}

export interface InstanceRecord extends Mutable<InstanceNode>, Resource {
  state: InstanceState;
  readonly reservationId: string;
  readonly imageId: string;
  readonly imageName: string;
  instanceType: string;
  readonly architecture: string;
  readonly zone: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly privateDnsName: string;
  readonly launchIndex: number;
  readonly launchedAtMs: number;
  readonly keyName: string | undefined;
  readonly clientToken: string;
  instanceProfileArn: string | undefined;
  instanceProfileId: string | undefined;
  userData: string;
  metadataOptions: InstanceMetadataOptionsResponse;
  readonly spot: boolean;
  spotRequestId: string | undefined;
  monitoring: boolean;
  /** "standard" or "unlimited", of burstable types. */
  cpuCredits: string | undefined;
  readonly tenancy: string;
  ebsOptimized: boolean;
  disableApiTermination: boolean;
  disableApiStop: boolean;
  shutdownBehavior: string;
  stateReason: { readonly code: string; readonly message: string } | undefined;
  transitionReason: string;
  /** What is attached, in the order of its attachment. */
  volumeIds: readonly string[];
  readonly rootDeviceName: string;
  /** Since when it has been running: status checks pass a while later. */
  runningSinceMs: number | undefined;
  readonly extra: LaunchExtras;
}

/** What few launches say, and what is only shown. */
export type LaunchExtras = Pick<
  Instance,
  "CapacityReservationSpecification" | "CpuOptions" | "MaintenanceOptions" | "Placement"
> & { readonly PrivateDnsNameOptions?: Instance["PrivateDnsNameOptions"] };

export interface Volume extends Resource {
  readonly volumeId: string;
  readonly zone: string;
  sizeGiB: number;
  volumeType: string;
  iops: number | undefined;
  throughput: number | undefined;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly snapshotId: string;
  readonly createdAtMs: number;
  state: "available" | "creating" | "deleted" | "deleting" | "in-use";
  /** What it was before its last modification. */
  change?: {
    readonly atMs: number;
    readonly sizeGiB: number;
    readonly volumeType: string;
    readonly iops: number | undefined;
    readonly throughput: number | undefined;
  };
  attachment:
    | {
        readonly instanceId: string;
        readonly device: string;
        deleteOnTermination: boolean;
        readonly attachedAtMs: number;
      }
    | undefined;
}

export interface Image extends Resource {
  readonly imageId: string;
  readonly name: string;
  readonly description: string;
  readonly ownerId: string;
  readonly architecture: string;
  readonly createdAt: string;
  readonly rootDeviceName: string;
  readonly snapshotId: string;
  readonly sizeGiB: number;
  readonly isPublic: boolean;
  /** What a registered image says of its own, where published ones are all alike. */
  readonly own?: Pick<
    WireImage,
    | "BlockDeviceMappings"
    | "BootMode"
    | "EnaSupport"
    | "ImdsSupport"
    | "SriovNetSupport"
    | "TpmSupport"
  >;
}

export interface KeyPairRecord extends Resource {
  readonly keyPairId: string;
  readonly keyName: string;
  readonly fingerprint: string;
  readonly keyType: string;
  readonly publicKey: string;
  readonly createdAtMs: number;
}

export interface DhcpOptions extends Resource {
  readonly dhcpOptionsId: string;
  readonly configurations: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly isDefault: boolean;
}

export interface VpcEndpoint extends Resource {
  readonly vpcEndpointId: string;
  readonly vpcId: string;
  readonly serviceName: string;
  readonly type: "Gateway" | "Interface";
  readonly createdAtMs: number;
  state: "available" | "deleted" | "deleting" | "pending";
  routeTableIds: readonly string[];
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
  networkInterfaceIds: readonly string[];
  privateDnsEnabled: boolean;
  policy: string;
}

export interface PrefixList extends Resource {
  readonly prefixListId: string;
  name: string;
  readonly addressFamily: string;
  maxEntries: number;
  version: number;
  entries: readonly { readonly cidr: string; readonly description: string | undefined }[];
}

export interface LaunchTemplateVersion {
  readonly version: number;
  readonly description: string | undefined;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly data: RequestLaunchTemplateData;
}

export interface LaunchTemplate extends Resource {
  readonly launchTemplateId: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  defaultVersion: number;
  latestVersion: number;
  versions: readonly LaunchTemplateVersion[];
}

export interface SpotRequest extends Resource {
  readonly spotInstanceRequestId: string;
  readonly type: "one-time" | "persistent";
  readonly price: string | undefined;
  readonly createdAtMs: number;
  readonly launch: RunInstancesRequest;
  state: "active" | "cancelled" | "closed" | "failed" | "open";
  status: { readonly code: string; readonly message: string; readonly atMs: number };
  instanceId: string | undefined;
}

export interface PlacementGroup extends Resource {
  readonly placementGroupId: string;
  readonly name: string;
  readonly strategy: "cluster" | "partition" | "spread";
  readonly partitionCount: number | undefined;
  readonly spreadLevel: string | undefined;
}

export interface Snapshot extends Resource {
  readonly snapshotId: string;
  readonly volumeId: string;
  readonly sizeGiB: number;
  readonly description: string;
  readonly encrypted: boolean;
  readonly startedAtMs: number;
  state: "completed" | "pending";
}

export interface DedicatedHost extends Resource {
  readonly hostId: string;
  readonly zone: string;
  readonly instanceType: string | undefined;
  readonly instanceFamily: string | undefined;
  readonly autoPlacement: string;
  readonly allocatedAtMs: number;
}

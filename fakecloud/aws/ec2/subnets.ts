import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Subnet as WireSubnet,
} from "@aws-sdk/client-ec2";
import { cidrContains } from "../../network/ip.ts";
import { checkSubnetSize, contains, overlaps, parseCidr } from "./cidr.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import {
  dependencyViolation,
  ec2Error,
  invalidParameter,
  missingParameter,
  required,
} from "./errors.ts";
import type { FilterTable } from "./filters.ts";
import { associateWithDefaultAcl, dissociateFromAcls } from "./network-acls.ts";
import type { Subnet, Vpc } from "./records.ts";
import { dissociateSubnet } from "./route-tables.ts";
import type { ZoneFacts } from "./tables/zones.ts";
import { subnetPaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

/** When several errors apply, the first of these wins: VPC, block, range, conflict, zone, quota. */
export function createSubnet(region: Ec2Region, input: CreateSubnetRequest): CreateSubnetResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const cidrBlock = input.Ipv6Native === true ? "" : required(input.CidrBlock, "cidrBlock");
  const text = cidrBlock === "" ? "" : checkBlock(region, vpc, cidrBlock);
  const zone = findZone(region, input);
  const tags = tagsFor(input.TagSpecifications, "subnet");
  const count = region.subnets.inVpc(vpc.vpcId).length;
  const limit = region.settings.quotas?.subnetsPerVpc;
  const message = `The maximum number of subnets has been reached.`;
  region.checkQuota(count, limit, "SubnetLimitExceeded", message);
  const subnet = addSubnet(region, { vpc, cidrBlock: text, zone, isDefault: false, tags });
  if (input.Ipv6CidrBlock !== undefined) addIpv6(region, vpc, subnet, input.Ipv6CidrBlock);
  const wire = toWire(region, subnet);
  subnet.state = "available";
  return { Subnet: { ...wire, State: "available" } };
}

function checkBlock(region: Ec2Region, vpc: Vpc, cidrBlock: string): string {
  const cidr = checkSubnetSize(parseCidr(cidrBlock));
  const inside = vpc.associations.some((one) => contains(parseCidr(one.cidrBlock), cidr));
  if (!inside) throw ec2Error("InvalidSubnet.Range", `The CIDR '${cidr.text}' is invalid.`);
  const clash = region.subnets
    .inVpc(vpc.vpcId)
    .some((one) => one.cidrBlock !== "" && overlaps(parseCidr(one.cidrBlock), cidr));
  if (clash) {
    const message = `The CIDR '${cidr.text}' conflicts with another subnet`;
    throw ec2Error("InvalidSubnet.Conflict", message);
  }
  return cidr.text;
}

function findZone(region: Ec2Region, input: CreateSubnetRequest): ZoneFacts {
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  if (name === undefined && id === undefined) {
    const [first] = region.zones;
    if (first !== undefined) return first;
  }
  const zone = region.zones.find((one) => one.zoneName === name || one.zoneId === id);
  if (zone !== undefined) return zone;
  const known = region.zones
    .filter((one) => one.zoneType === "availability-zone")
    .map((one) => one.zoneName)
    .join(", ");
  const message = `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${known}.`;
  throw invalidParameter(message);
}

export function addSubnet(
  region: Ec2Region,
  options: {
    readonly vpc: Vpc;
    readonly cidrBlock: string;
    readonly zone: ZoneFacts;
    readonly isDefault: boolean;
    readonly tags: Map<string, string>;
  },
): Subnet {
  const { vpc, cidrBlock, zone, isDefault, tags } = options;
  const name = tags.get("Name") ?? `${isDefault ? "default" : vpc.vpcId}/${cidrBlock}`;
  const subnetId = region.newId("subnet", name);
  const subnet: Subnet = {
    subnetId,
    vpcId: vpc.vpcId,
    zone: zone.zoneName,
    zoneId: zone.zoneId,
    cidrBlock,
    arn: region.arn("subnet", subnetId),
    isDefault,
    state: "pending",
    mapPublicIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    enableDns64: false,
    privateDnsHostnameType: "ip-name",
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAAAARecord: false,
    ipv6Associations: [],
    ipv6Native: cidrBlock === "",
    taken: new Set(),
    tags,
  };
  region.subnets.add(subnetId, subnet);
  associateWithDefaultAcl(region, subnet);
  return subnet;
}

function addIpv6(region: Ec2Region, vpc: Vpc, subnet: Subnet, cidrBlock: string): void {
  const [address = "", bits] = cidrBlock.split("/");
  const inside = vpc.ipv6Associations.some((one) => cidrContains(one.cidrBlock, address));
  if (bits !== "64" || !inside) {
    throw ec2Error("InvalidSubnet.Range", `The CIDR '${cidrBlock}' is invalid.`);
  }
  const associationId = region.newId("subnet-cidr-assoc", cidrBlock);
  subnet.ipv6Associations = [{ associationId, cidrBlock }];
}

function toWire(region: Ec2Region, subnet: Subnet): WireSubnet {
  const size = subnet.cidrBlock === "" ? 0 : parseCidr(subnet.cidrBlock).size - 5;
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: subnet.arn,
    VpcId: subnet.vpcId,
    State: subnet.state,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: Math.max(0, size - subnet.taken.size),
    AvailabilityZone: subnet.zone,
    AvailabilityZoneId: subnet.zoneId,
    DefaultForAz: subnet.isDefault,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
    Ipv6CidrBlockAssociationSet: subnet.ipv6Associations.map((association) => ({
      AssociationId: association.associationId,
      Ipv6CidrBlock: association.cidrBlock,
      Ipv6CidrBlockState: { State: "associated" },
    })),
    EnableDns64: subnet.enableDns64,
    Ipv6Native: subnet.ipv6Native,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.privateDnsHostnameType as "ip-name",
      EnableResourceNameDnsARecord: subnet.enableResourceNameDnsARecord,
      EnableResourceNameDnsAAAARecord: subnet.enableResourceNameDnsAAAARecord,
    },
    OwnerId: region.accountId,
    Tags: tagsToWire(subnet.tags),
  };
}

const filters: FilterTable<Subnet> = {
  "availability-zone": (subnet) => subnet.zone,
  availabilityZone: (subnet) => subnet.zone,
  "availability-zone-id": (subnet) => subnet.zoneId,
  availabilityZoneId: (subnet) => subnet.zoneId,
  cidr: (subnet) => subnet.cidrBlock,
  "cidr-block": (subnet) => subnet.cidrBlock,
  cidrBlock: (subnet) => subnet.cidrBlock,
  "default-for-az": (subnet) => subnet.isDefault,
  defaultForAz: (subnet) => subnet.isDefault,
  "ipv6-cidr-block-association.ipv6-cidr-block": (subnet) =>
    subnet.ipv6Associations.map((one) => one.cidrBlock),
  "ipv6-native": (subnet) => subnet.ipv6Native,
  "map-public-ip-on-launch": (subnet) => subnet.mapPublicIpOnLaunch,
  state: (subnet) => subnet.state,
  "subnet-arn": (subnet) => subnet.arn,
  "subnet-id": (subnet) => subnet.subnetId,
  "vpc-id": (subnet) => subnet.vpcId,
};

export function describeSubnets(
  region: Ec2Region,
  input: DescribeSubnetsRequest,
): DescribeSubnetsResult {
  const { items, ...token } = describe(
    region.subnets,
    {
      ids: input.SubnetIds,
      filters: input.Filters,
      wire: { show: (subnet) => toWire(region, subnet), paths: subnetPaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    { ...filters, "owner-id": () => region.accountId },
  );
  return { Subnets: items.map((subnet) => toWire(region, subnet)), ...token };
}

/** Any interface in it, whoever owns it, keeps a subnet alive. */
export function deleteSubnet(region: Ec2Region, input: DeleteSubnetRequest) {
  const subnet = region.subnets.require(required(input.SubnetId, "subnetId"));
  const { subnetId } = subnet;
  const interfaces = region.networkInterfaces.inVpc(subnet.vpcId);
  if (interfaces.some((node) => node.subnetId === subnetId)) {
    throw dependencyViolation(`The subnet '${subnetId}' has dependencies and cannot be deleted.`);
  }
  dissociateSubnet(region, subnetId);
  dissociateFromAcls(region, subnetId);
  region.subnets.delete(subnetId);
  return {};
}

type SetFlag = (subnet: Subnet, flag: boolean) => void;

const flagSetters = {
  MapPublicIpOnLaunch: (subnet: Subnet, flag: boolean) => (subnet.mapPublicIpOnLaunch = flag),
  AssignIpv6AddressOnCreation: (subnet: Subnet, flag: boolean) => {
    if (flag && subnet.ipv6Associations.length === 0) {
      throw ec2Error(
        "InvalidParameterValue",
        `Invalid value 'true' for assignIpv6AddressOnCreation. The subnet '${subnet.subnetId}' does not have an IPv6 CIDR block.`,
      );
    }
    subnet.assignIpv6AddressOnCreation = flag;
  },
  EnableDns64: (subnet: Subnet, flag: boolean) => (subnet.enableDns64 = flag),
  EnableResourceNameDnsARecordOnLaunch: (subnet: Subnet, flag: boolean) =>
    (subnet.enableResourceNameDnsARecord = flag),
  EnableResourceNameDnsAAAARecordOnLaunch: (subnet: Subnet, flag: boolean) =>
    (subnet.enableResourceNameDnsAAAARecord = flag),
} satisfies Readonly<Record<string, SetFlag>>;

const flagNames = Object.keys(flagSetters) as (keyof typeof flagSetters)[];

/** One attribute in each call. */
export function modifySubnetAttribute(region: Ec2Region, input: ModifySubnetAttributeRequest) {
  const subnet = region.subnets.require(required(input.SubnetId, "subnetId"));
  const { PrivateDnsHostnameTypeOnLaunch: hostnameType } = input;
  const flags = flagNames.filter((name) => input[name] !== undefined);
  const count = flags.length + (hostnameType === undefined ? 0 : 1);
  if (count === 0) throw missingParameter("attribute");
  if (count > 1) {
    throw ec2Error("InvalidParameterCombination", "Fields for multiple attribute types specified");
  }
  for (const name of flags) flagSetters[name](subnet, input[name]?.Value === true);
  subnet.privateDnsHostnameType = hostnameType ?? subnet.privateDnsHostnameType;
  return {};
}

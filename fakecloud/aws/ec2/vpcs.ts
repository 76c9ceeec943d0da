import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
  ModifyVpcAttributeRequest,
  Vpc as WireVpc,
} from "@aws-sdk/client-ec2";
import { randomHex } from "../../kernel/random.ts";
import { checkVpcSize, overlaps, parseCidr } from "./cidr.ts";
import { describe } from "./describe.ts";
import { ensureDhcpOptions } from "./dhcp-options.ts";
import type { Ec2Region } from "./ec2-region.ts";
import {
  dependencyViolation,
  ec2Error,
  invalidParameter,
  missingParameter,
  required,
} from "./errors.ts";
import type { FilterTable } from "./filters.ts";
import { addDefaultNetworkAcl } from "./network-acls.ts";
import type { Vpc } from "./records.ts";
import { addLocalRoutes, addMainRouteTable, removeLocalRoute } from "./route-tables.ts";
import { addDefaultGroup } from "./security-groups.ts";
import { vpcPaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

/** When several errors apply, the first of these wins: parameters, range, quota. */
export function createVpc(region: Ec2Region, input: CreateVpcRequest): CreateVpcResult {
  if (input.CidrBlock === undefined) {
    if (input.Ipv4IpamPoolId !== undefined) {
      throw ec2Error(
        "InvalidIpamPoolId.NotFound",
        `The ipam pool ID '${input.Ipv4IpamPoolId}' does not exist`,
      );
    }
    throw missingParameter("cidrBlock");
  }
  const cidr = checkVpcSize(parseCidr(input.CidrBlock));
  const tags = tagsFor(input.TagSpecifications, "vpc");
  const limit = region.settings.quotas?.vpcs;
  const message = "The maximum number of VPCs has been reached.";
  region.checkQuota(region.vpcs.size, limit, "VpcLimitExceeded", message);
  const vpc = addVpc(region, { cidrBlock: cidr.text, isDefault: false, tags });
  vpc.instanceTenancy = input.InstanceTenancy ?? "default";
  if (input.AmazonProvidedIpv6CidrBlock === true || input.Ipv6CidrBlock !== undefined) {
    associateIpv6(region, vpc, input.Ipv6CidrBlock);
    addLocalRoutes(region, vpc);
  }
  const wire = toWire(region, vpc);
  // The answer still says pending; who asks next sees it available.
  vpc.state = "available";
  return { Vpc: wire };
}

export function createDefaultVpcAgain(
  region: Ec2Region,
  make: (region: Ec2Region) => string,
): CreateDefaultVpcResult {
  if (region.vpcs.some((vpc) => vpc.isDefault)) {
    const message = "A Default VPC already exists for this account in this region.";
    throw ec2Error("DefaultVpcAlreadyExists", message);
  }
  return { Vpc: toWire(region, region.vpcs.require(make(region))) };
}

export function addVpc(
  region: Ec2Region,
  options: {
    readonly cidrBlock: string;
    readonly isDefault: boolean;
    readonly tags: Map<string, string>;
  },
): Vpc {
  const { cidrBlock, isDefault, tags } = options;
  const name = tags.get("Name") ?? (isDefault ? "default" : cidrBlock);
  const vpcId = region.newId("vpc", name);
  const vpc: Vpc = {
    vpcId,
    region: region.region,
    cidrBlocks: [cidrBlock],
    enableDnsSupport: true,
    enableDnsHostnames: false,
    state: "pending",
    isDefault,
    associations: [{ associationId: region.newId("vpc-cidr-assoc", vpcId), cidrBlock }],
    ipv6Associations: [],
    instanceTenancy: "default",
    dhcpOptionsId: ensureDhcpOptions(region),
    tags,
  };
  region.vpcs.add(vpcId, vpc);
  addMainRouteTable(region, vpc);
  addDefaultNetworkAcl(region, vpc);
  addDefaultGroup(region, vpc);
  return vpc;
}

function associateIpv6(region: Ec2Region, vpc: Vpc, wanted?: string): void {
  const hex = randomHex(region.cloud.random, "ec2/ipv6", vpc.vpcId, 6);
  const cidrBlock = wanted ?? `2a05:d0${hex.slice(0, 2)}:${hex.slice(2, 6)}:100::/56`;
  vpc.ipv6Associations.push({
    associationId: region.newId("vpc-cidr-assoc", cidrBlock),
    cidrBlock,
  });
  setCidrBlocks(vpc);
}

function setCidrBlocks(vpc: Vpc): void {
  const all = [...vpc.associations, ...vpc.ipv6Associations];
  vpc.cidrBlocks = all.map((association) => association.cidrBlock);
}

function toWire(region: Ec2Region, vpc: Vpc): WireVpc {
  const ipv6 = vpc.ipv6Associations.map((association) => ({
    AssociationId: association.associationId,
    Ipv6CidrBlock: association.cidrBlock,
    Ipv6CidrBlockState: { State: "associated" as const },
    NetworkBorderGroup: region.region,
    Ipv6Pool: "Amazon",
  }));
  return {
    VpcId: vpc.vpcId,
    State: vpc.state,
    CidrBlock: vpc.associations[0]?.cidrBlock,
    CidrBlockAssociationSet: vpc.associations.map((association) => ({
      AssociationId: association.associationId,
      CidrBlock: association.cidrBlock,
      CidrBlockState: { State: "associated" },
    })),
    ...(ipv6.length === 0 ? {} : { Ipv6CidrBlockAssociationSet: ipv6 }),
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: vpc.instanceTenancy as "default",
    IsDefault: vpc.isDefault,
    OwnerId: region.accountId,
    Tags: tagsToWire(vpc.tags),
  };
}

const filters: FilterTable<Vpc> = {
  cidr: (vpc) => vpc.associations[0]?.cidrBlock,
  "cidr-block-association.association-id": (vpc) =>
    vpc.associations.map((one) => one.associationId),
  "cidr-block-association.cidr-block": (vpc) => vpc.associations.map((one) => one.cidrBlock),
  "cidr-block-association.state": () => "associated",
  "dhcp-options-id": (vpc) => vpc.dhcpOptionsId,
  "ipv6-cidr-block-association.ipv6-cidr-block": (vpc) =>
    vpc.ipv6Associations.map((one) => one.cidrBlock),
  "is-default": (vpc) => vpc.isDefault,
  isDefault: (vpc) => vpc.isDefault,
  state: (vpc) => vpc.state,
  "vpc-id": (vpc) => vpc.vpcId,
};

export function describeVpcs(region: Ec2Region, input: DescribeVpcsRequest): DescribeVpcsResult {
  const { items, ...token } = describe(
    region.vpcs,
    {
      ids: input.VpcIds,
      filters: input.Filters,
      wire: { show: (vpc) => toWire(region, vpc), paths: vpcPaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    { ...filters, "owner-id": () => region.accountId },
  );
  return { Vpcs: items.map((vpc) => toWire(region, vpc)), ...token };
}

/** Its default group, main route table and default network ACL go with it; everything else must be gone before. */
export function deleteVpc(region: Ec2Region, input: DeleteVpcRequest) {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { vpcId } = vpc;
  if (isInUse(region, vpcId)) {
    throw dependencyViolation(`The vpc '${vpcId}' has dependencies and cannot be deleted.`);
  }
  for (const table of region.routeTables.inVpc(vpcId)) {
    region.routeTables.delete(table.routeTableId);
  }
  for (const acl of region.networkAcls.inVpc(vpcId)) {
    region.networkAcls.delete(acl.networkAclId);
  }
  for (const group of region.securityGroups.inVpc(vpcId)) {
    region.securityGroups.delete(group.groupId);
  }
  region.vpcs.delete(vpcId);
  return {};
}

function isInUse(region: Ec2Region, vpcId: string): boolean {
  return (
    region.subnets.inVpc(vpcId).length > 0 ||
    region.networkInterfaces.inVpc(vpcId).length > 0 ||
    region.internetGateways.some((gateway) => gateway.attachments.has(vpcId)) ||
    region.egressOnlyGateways.inVpc(vpcId).length > 0 ||
    region.vpcEndpoints.inVpc(vpcId).some((one) => one.state !== "deleted") ||
    region.carrierGateways.inVpc(vpcId).some((gateway) => gateway.state !== "deleted") ||
    region.securityGroups.inVpc(vpcId).some((group) => group.groupName !== "default") ||
    region.networkAcls.inVpc(vpcId).some((acl) => !acl.isDefault) ||
    region.routeTables.inVpc(vpcId).some((table) => !table.associations.some(({ main }) => main))
  );
}

export function describeVpcAttribute(
  region: Ec2Region,
  input: DescribeVpcAttributeRequest,
): DescribeVpcAttributeResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const attribute: string = required(input.Attribute, "attribute");
  const VpcId = vpc.vpcId;
  switch (attribute) {
    case "enableDnsSupport":
      return { VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
    case "enableDnsHostnames":
      return { VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
    case "enableNetworkAddressUsageMetrics":
      return { VpcId, EnableNetworkAddressUsageMetrics: { Value: vpc.usageMetrics ?? false } };
    default:
      throw invalidParameter(
        `Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`,
      );
  }
}

/** One attribute in each call. */
export function modifyVpcAttribute(region: Ec2Region, input: ModifyVpcAttributeRequest) {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { EnableDnsSupport: support, EnableDnsHostnames: hostnames } = input;
  const metrics = input.EnableNetworkAddressUsageMetrics;
  const given = [support, hostnames, metrics].filter((one) => one !== undefined);
  if (given.length === 0) throw missingParameter("attribute");
  if (given.length > 1) {
    const message = "Fields for multiple attribute types specified";
    throw ec2Error("InvalidParameterCombination", message);
  }
  vpc.usageMetrics = metrics?.Value ?? vpc.usageMetrics ?? false;
  vpc.enableDnsSupport = support?.Value ?? vpc.enableDnsSupport;
  vpc.enableDnsHostnames = hostnames?.Value ?? vpc.enableDnsHostnames;
  return {};
}

const maxCidrs = 5;

export function associateVpcCidrBlock(
  region: Ec2Region,
  input: AssociateVpcCidrBlockRequest,
): AssociateVpcCidrBlockResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  if (input.AmazonProvidedIpv6CidrBlock === true) {
    associateIpv6(region, vpc);
    addLocalRoutes(region, vpc);
    const added = vpc.ipv6Associations.at(-1);
    return {
      VpcId: vpc.vpcId,
      Ipv6CidrBlockAssociation: {
        AssociationId: added?.associationId,
        Ipv6CidrBlock: added?.cidrBlock,
        Ipv6CidrBlockState: { State: "associating" },
      },
    };
  }
  const cidr = checkVpcSize(parseCidr(required(input.CidrBlock, "cidrBlock")));
  const clash = vpc.associations.some((one) => overlaps(parseCidr(one.cidrBlock), cidr));
  if (clash) {
    const message = `The CIDR '${cidr.text}' conflicts with another CIDR block of the VPC.`;
    throw ec2Error("InvalidVpc.Range", message);
  }
  region.checkQuota(
    vpc.associations.length,
    maxCidrs,
    "CidrLimitExceeded",
    `This network '${vpc.vpcId}' has met its maximum number of allowed CIDRs: ${maxCidrs}`,
  );
  const associationId = region.newId("vpc-cidr-assoc", `${vpc.vpcId}/${cidr.text}`);
  vpc.associations.push({ associationId, cidrBlock: cidr.text });
  setCidrBlocks(vpc);
  addLocalRoutes(region, vpc);
  return {
    VpcId: vpc.vpcId,
    CidrBlockAssociation: {
      AssociationId: associationId,
      CidrBlock: cidr.text,
      CidrBlockState: { State: "associating" },
    },
  };
}

export function disassociateVpcCidrBlock(
  region: Ec2Region,
  input: DisassociateVpcCidrBlockRequest,
): DisassociateVpcCidrBlockResult {
  const associationId = required(input.AssociationId, "associationId");
  const vpc = [...region.vpcs.values()].find((one) =>
    [...one.associations, ...one.ipv6Associations].some(
      (association) => association.associationId === associationId,
    ),
  );
  if (vpc === undefined) {
    const message = `The vpc CIDR block association ID '${associationId}' does not exist`;
    throw ec2Error("InvalidVpcCidrBlockAssociationID.NotFound", message);
  }
  const lists = [vpc.associations, vpc.ipv6Associations];
  const list = lists.find((one) => one.some((item) => item.associationId === associationId)) ?? [];
  const index = list.findIndex((one) => one.associationId === associationId);
  const cidrBlock = list[index]?.cidrBlock ?? "";
  if (list === vpc.associations && index === 0) {
    const message = `The vpc CIDR block with association ID ${associationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`;
    throw ec2Error("OperationNotPermitted", message);
  }
  const used = region.subnets
    .inVpc(vpc.vpcId)
    .some(
      (subnet) =>
        list === vpc.associations && overlaps(parseCidr(subnet.cidrBlock), parseCidr(cidrBlock)),
    );
  if (used) {
    const message = `The vpc ${vpc.vpcId} currently has a subnet within CIDR block ${cidrBlock}`;
    throw ec2Error("InvalidCidrBlock.InUse", message);
  }
  list.splice(index, 1);
  setCidrBlocks(vpc);
  removeLocalRoute(region, vpc, cidrBlock);
  return { VpcId: vpc.vpcId };
}

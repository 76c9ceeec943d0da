import type {
  CreateNetworkAclEntryRequest,
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclEntryRequest,
  DeleteNetworkAclRequest,
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl as WireAcl,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
  ReplaceNetworkAclEntryRequest,
} from "@aws-sdk/client-ec2";
import type { NetworkAclEntryNode } from "../../network/topology.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { dependencyViolation, ec2Error, required } from "./errors.ts";
import type { NetworkAcl, Subnet, Vpc } from "./records.ts";
import { networkAclPaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

const lastRule = 32_767;

/** What cannot be removed: everything that no rule has matched is denied. */
const denials: readonly NetworkAclEntryNode[] = [true, false].map((egress) => ({
  ruleNumber: lastRule,
  egress,
  allow: false,
  protocol: "-1",
  cidrBlock: "0.0.0.0/0",
}));

const allowances: readonly NetworkAclEntryNode[] = [true, false].map((egress) => ({
  ruleNumber: 100,
  egress,
  allow: true,
  protocol: "-1",
  cidrBlock: "0.0.0.0/0",
}));

export function addDefaultNetworkAcl(region: Ec2Region, vpc: Vpc): void {
  add(region, vpc.vpcId, {
    isDefault: true,
    entries: [...allowances, ...denials],
    tags: new Map(),
  });
}

function add(
  region: Ec2Region,
  vpcId: string,
  options: Pick<NetworkAcl, "entries" | "isDefault" | "tags">,
): NetworkAcl {
  const networkAclId = region.newId("acl", vpcId);
  const acl: NetworkAcl = { networkAclId, vpcId, associations: new Map(), ...options };
  return region.networkAcls.add(networkAclId, acl);
}

function defaultAcl(region: Ec2Region, vpcId: string): NetworkAcl | undefined {
  return region.networkAcls.inVpc(vpcId).find((acl) => acl.isDefault);
}

export function associateWithDefaultAcl(region: Ec2Region, subnet: Subnet): void {
  const associationId = region.newId("aclassoc", subnet.subnetId);
  defaultAcl(region, subnet.vpcId)?.associations.set(subnet.subnetId, associationId);
}

export function dissociateFromAcls(region: Ec2Region, subnetId: string): void {
  for (const acl of region.networkAcls.values()) acl.associations.delete(subnetId);
}

export function createNetworkAcl(
  region: Ec2Region,
  input: CreateNetworkAclRequest,
): CreateNetworkAclResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateNetworkAcl", token, asked, () => {
    const tags = tagsFor(input.TagSpecifications, "network-acl");
    return add(region, vpc.vpcId, { isDefault: false, entries: denials, tags }).networkAclId;
  });
  const acl = region.networkAcls.peek(id);
  return acl === undefined ? {} : { NetworkAcl: toWire(region, acl), ClientToken: token };
}

function toWire(region: Ec2Region, acl: NetworkAcl): WireAcl {
  return {
    NetworkAclId: acl.networkAclId,
    VpcId: acl.vpcId,
    IsDefault: acl.isDefault,
    OwnerId: region.accountId,
    Entries: acl.entries.map((entry) => ({
      RuleNumber: entry.ruleNumber,
      Egress: entry.egress,
      RuleAction: entry.allow ? "allow" : "deny",
      Protocol: entry.protocol,
      ...(entry.cidrBlock.includes(":")
        ? { Ipv6CidrBlock: entry.cidrBlock }
        : { CidrBlock: entry.cidrBlock }),
      ...(entry.fromPort === undefined
        ? {}
        : { PortRange: { From: entry.fromPort, To: entry.toPort } }),
      ...(entry.icmp === undefined
        ? {}
        : { IcmpTypeCode: { Type: entry.icmp.type, Code: entry.icmp.code } }),
    })),
    Associations: [...acl.associations].map(([SubnetId, NetworkAclAssociationId]) => ({
      SubnetId,
      NetworkAclAssociationId,
      NetworkAclId: acl.networkAclId,
    })),
    Tags: tagsToWire(acl.tags),
  };
}

export function describeNetworkAcls(
  region: Ec2Region,
  input: DescribeNetworkAclsRequest,
): DescribeNetworkAclsResult {
  const { items, ...token } = describe(
    region.networkAcls,
    {
      ids: input.NetworkAclIds,
      filters: input.Filters,
      wire: { show: (acl) => toWire(region, acl), paths: networkAclPaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "association.association-id": (acl) => [...acl.associations.values()],
      "association.network-acl-id": (acl) => acl.networkAclId,
      "association.subnet-id": (acl) => [...acl.associations.keys()],
      default: (acl) => acl.isDefault,
      "network-acl-id": (acl) => acl.networkAclId,
      "owner-id": () => region.accountId,
      "vpc-id": (acl) => acl.vpcId,
    },
  );
  return { NetworkAcls: items.map((acl) => toWire(region, acl)), ...token };
}

function entryOf(
  input: CreateNetworkAclEntryRequest | ReplaceNetworkAclEntryRequest,
): NetworkAclEntryNode {
  const ruleNumber = required(input.RuleNumber, "ruleNumber");
  if (ruleNumber < 1 || ruleNumber >= lastRule) {
    throw ec2Error(
      "InvalidParameterValue",
      `Value (${ruleNumber}) for parameter ruleNumber is invalid. Rule number must be between 1 and ${lastRule - 1}`,
    );
  }
  const cidrBlock = input.CidrBlock ?? input.Ipv6CidrBlock;
  const { IcmpTypeCode: icmp } = input;
  return {
    ruleNumber,
    egress: input.Egress ?? false,
    allow: input.RuleAction === "allow",
    protocol: required(input.Protocol, "protocol"),
    cidrBlock: required(cidrBlock, "cidrBlock"),
    ...(input.PortRange?.From === undefined ? {} : { fromPort: input.PortRange.From }),
    ...(input.PortRange?.To === undefined ? {} : { toPort: input.PortRange.To }),
    ...(icmp === undefined ? {} : { icmp: { type: icmp.Type ?? -1, code: icmp.Code ?? -1 } }),
  };
}

function sameRule(
  entry: NetworkAclEntryNode,
  other: { ruleNumber: number; egress: boolean },
): boolean {
  return entry.ruleNumber === other.ruleNumber && entry.egress === other.egress;
}

const maxRules = 40;

export function createNetworkAclEntry(region: Ec2Region, input: CreateNetworkAclEntryRequest) {
  const acl = region.networkAcls.require(required(input.NetworkAclId, "networkAclId"));
  const entry = entryOf(input);
  if (acl.entries.some((one) => sameRule(one, entry))) {
    const message = `EntryAlreadyExists: The network acl entry identified by ${entry.ruleNumber} already exists.`;
    throw ec2Error("NetworkAclEntryAlreadyExists", message);
  }
  region.checkQuota(
    acl.entries.length,
    maxRules + denials.length,
    "NetworkAclEntryLimitExceeded",
    "The maximum number of network acl entries has been reached.",
  );
  acl.entries = [...acl.entries, entry].toSorted(
    (left, right) => left.ruleNumber - right.ruleNumber,
  );
  return {};
}

export function replaceNetworkAclEntry(region: Ec2Region, input: ReplaceNetworkAclEntryRequest) {
  const acl = region.networkAcls.require(required(input.NetworkAclId, "networkAclId"));
  const entry = entryOf(input);
  requireEntry(acl, entry);
  acl.entries = acl.entries.map((one) => (sameRule(one, entry) ? entry : one));
  return {};
}

export function deleteNetworkAclEntry(region: Ec2Region, input: DeleteNetworkAclEntryRequest) {
  const acl = region.networkAcls.require(required(input.NetworkAclId, "networkAclId"));
  const rule = {
    ruleNumber: required(input.RuleNumber, "ruleNumber"),
    egress: input.Egress ?? false,
  };
  requireEntry(acl, rule);
  acl.entries = acl.entries.filter((one) => !sameRule(one, rule));
  return {};
}

function requireEntry(acl: NetworkAcl, rule: { ruleNumber: number; egress: boolean }): void {
  if (acl.entries.some((one) => sameRule(one, rule))) return;
  const message = `The network acl entry identified by ${rule.ruleNumber} does not exist.`;
  throw ec2Error("InvalidNetworkAclEntry.NotFound", message);
}

export function replaceNetworkAclAssociation(
  region: Ec2Region,
  input: ReplaceNetworkAclAssociationRequest,
): ReplaceNetworkAclAssociationResult {
  const acl = region.networkAcls.require(required(input.NetworkAclId, "networkAclId"));
  const associationId = required(input.AssociationId, "associationId");
  for (const old of region.networkAcls.values()) {
    for (const [subnetId, id] of old.associations) {
      if (id !== associationId) continue;
      old.associations.delete(subnetId);
      const made = region.newId("aclassoc", subnetId);
      acl.associations.set(subnetId, made);
      return { NewAssociationId: made };
    }
  }
  const message = `The association ID '${associationId}' does not exist`;
  throw ec2Error("InvalidAssociationID.NotFound", message);
}

export function deleteNetworkAcl(region: Ec2Region, input: DeleteNetworkAclRequest) {
  const acl = region.networkAcls.require(required(input.NetworkAclId, "networkAclId"));
  if (acl.isDefault) {
    throw ec2Error(
      "InvalidParameterValue",
      `cannot delete default network ACL ${acl.networkAclId}`,
    );
  }
  if (acl.associations.size > 0) {
    throw dependencyViolation(
      `The networkAcl '${acl.networkAclId}' has dependencies and cannot be deleted.`,
    );
  }
  region.networkAcls.delete(acl.networkAclId);
  return {};
}

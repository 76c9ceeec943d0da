import { DescribeSubnetsCommand, type Subnet } from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import { type MachineScope, specOf } from "../machine-scope.ts";
import { providerTag, tagMap } from "../tags.ts";

/**
 * Where the instance is to live: what the spec names, else a subnet of the failure domain, else the first one; private unless a
 * public address is wanted. Never outside of the cluster's VPC. capa-behaviour 8.5.
 */
export async function chooseSubnet(scope: MachineScope): Promise<string> {
  const { subnet } = specOf(scope);
  const asked = subnet?.id !== undefined || (subnet?.filters ?? []).length > 0;
  return asked ? bySpec(scope) : byZone(scope);
}

function clusterSubnets({ awsCluster }: MachineScope): readonly AWSClusterSpecNetworkSubnet[] {
  return awsCluster.spec?.network?.subnets ?? [];
}

/** Empty means unset. */
function zoneOf({ machine }: MachineScope): string {
  return machine.spec?.failureDomain ?? "";
}

function byZone(scope: MachineScope): string {
  const zone = zoneOf(scope);
  const wantsPublic = specOf(scope).publicIP === true;
  const found = clusterSubnets(scope).find(
    ({ isPublic, availabilityZone, tags, zoneType }) =>
      (isPublic === true) === wantsPublic &&
      (zone === "" || availabilityZone === zone) &&
      // Edge zones and secondary ranges are only used when somebody asks for them.
      (zone !== "" || zoneType === undefined || zoneType === "availability-zone") &&
      tags?.[`${providerTag}/association`] !== "secondary",
  );
  if (found === undefined) throw new Error(nothing(scope, zone));
  return found.resourceID ?? found.id;
}

function nothing(scope: MachineScope, zone: string): string {
  const which = specOf(scope).publicIP === true ? "public subnets" : "subnets";
  const where = zone === "" ? "" : ` in availability zone "${zone}"`;
  return `failed to run machine "${scope.draft.metadata.name}", no ${which} available${where}`;
}

async function bySpec(scope: MachineScope): Promise<string> {
  const { subnet } = specOf(scope);
  const known = clusterSubnets(scope).find(({ id }) => id === subnet?.id);
  const id = known?.resourceID ?? subnet?.id;
  const filters = [
    { Name: "state", Values: ["pending", "available"] },
    ...(id === undefined ? [] : [{ Name: "subnet-id", Values: [id] }]),
    ...(subnet?.filters ?? []).map(({ name, values }) => ({ Name: name, Values: values })),
  ];
  const { Subnets = [] } = await scope.aws.ec2.send(
    new DescribeSubnetsCommand({ Filters: filters }),
  );
  const name = scope.draft.metadata.name;
  if (Subnets.length === 0) {
    const criteria = JSON.stringify(
      filters.map(({ Name, Values }) => `${Name}=${Values.join(",")}`),
    );
    throw new Error(
      `failed to run machine "${name}", no subnets available matching criteria ${criteria}`,
    );
  }
  const rejected: string[] = [];
  const usable = Subnets.filter((candidate) => {
    const reason = unfit(scope, candidate);
    if (reason !== undefined) rejected.push(`${candidate.SubnetId} ${reason}`);
    return reason === undefined;
  });
  // Several may match: the ID decides, so that every pass finds the same one.
  const [first] = usable.toSorted((a, b) => ((a.SubnetId ?? "") < (b.SubnetId ?? "") ? -1 : 1));
  if (first?.SubnetId === undefined) {
    throw new Error(
      `failed to run machine "${name}", found ${Subnets.length} subnets matching criteria but post-filtering failed. ${rejected.join("; ")}`,
    );
  }
  return first.SubnetId;
}

/** Why a subnet that matches cannot be used. */
function unfit(scope: MachineScope, subnet: Subnet): string | undefined {
  const zone = zoneOf(scope);
  const vpcId = scope.awsCluster.spec?.network?.vpc?.id;
  if (vpcId !== undefined && subnet.VpcId !== vpcId) return `is not in VPC ${vpcId}`;
  if (zone !== "" && subnet.AvailabilityZone !== zone) return `is not in zone ${zone}`;
  const tags = tagMap(subnet.Tags);
  if (tags[`${providerTag}/association`] === "secondary") return "is a secondary subnet";
  return specOf(scope).publicIP === true && !isPublic(scope, subnet) ? "is not public" : undefined;
}

function isPublic(scope: MachineScope, { SubnetId, MapPublicIpOnLaunch }: Subnet): boolean {
  const known = clusterSubnets(scope).find(({ resourceID, id }) => (resourceID ?? id) === SubnetId);
  return known?.isPublic ?? MapPublicIpOnLaunch === true;
}

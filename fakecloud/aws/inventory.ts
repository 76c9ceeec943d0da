import type { Ec2Cloud } from "./ec2/ec2-cloud.ts";
import type { Ec2Region } from "./ec2/ec2-region.ts";
import type { ElbRegion } from "./elb/elb-region.ts";
import type { SecretStore } from "./secretsmanager/secret-store.ts";

export interface Holdings {
  readonly ec2: Ec2Cloud;
  readonly elb: readonly ElbRegion[];
  readonly secrets: readonly SecretStore[];
}

/** "type/id" of everything that somebody made and that still is there; what every account is born with is left out. */
export function inventoryOf(holdings: Holdings, accountId?: string): readonly string[] {
  const isWanted = (owner: { readonly accountId: string }) =>
    accountId === undefined || owner.accountId === accountId;
  return [
    ...holdings.ec2.regions().filter(isWanted).flatMap(ec2Lines),
    ...holdings.elb
      .filter(isWanted)
      .flatMap(({ balancers }) => [...balancers.keys()].map((name) => `load-balancer/${name}`)),
    ...holdings.secrets
      .filter(isWanted)
      .flatMap(({ secrets }) => [...secrets.keys()].map((name) => `secret/${name}`)),
  ].toSorted();
}

function ec2Lines(region: Ec2Region): readonly string[] {
  const defaultVpcs = new Set(
    [...region.vpcs.values()].filter(({ isDefault }) => isDefault).map(({ vpcId }) => vpcId),
  );
  const lines: string[] = [];
  const add = (type: string, id: string, vpcId?: string) => {
    if (vpcId === undefined || !defaultVpcs.has(vpcId)) lines.push(`${type}/${id}`);
  };
  for (const { vpcId } of region.vpcs.values()) add("vpc", vpcId, vpcId);
  for (const { subnetId, vpcId } of region.subnets.values()) add("subnet", subnetId, vpcId);
  for (const gateway of region.internetGateways.values()) {
    add("internet-gateway", gateway.internetGatewayId, gateway.attachments.keys().next().value);
  }
  for (const gateway of region.natGateways.values()) {
    if (gateway.state !== "deleted") add("natgateway", gateway.natGatewayId);
  }
  for (const { allocationId } of region.addresses.values()) add("elastic-ip", allocationId);
  for (const { routeTableId, vpcId } of region.routeTables.values()) {
    add("route-table", routeTableId, vpcId);
  }
  for (const { groupId, vpcId } of region.securityGroups.values()) {
    add("security-group", groupId, vpcId);
  }
  for (const { networkInterfaceId, vpcId } of region.networkInterfaces.values()) {
    add("network-interface", networkInterfaceId, vpcId);
  }
  for (const { instanceId, state } of region.instances.values()) {
    if (state !== "terminated") add("instance", instanceId);
  }
  for (const { volumeId } of region.volumes.values()) add("volume", volumeId);
  for (const { keyName } of region.keyPairs.values()) add("key-pair", keyName);
  return lines;
}

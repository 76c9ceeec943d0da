import type { Ec2Cloud } from "./ec2/ec2-cloud.ts";
import type { Ec2Region } from "./ec2/ec2-region.ts";
import type { ElbRegion } from "./elb/elb-region.ts";
import type { Elbv2Region } from "./elbv2/elbv2-region.ts";
import type { S3Store } from "./s3/s3-store.ts";
import type { SecretStore } from "./secretsmanager/secret-store.ts";
import type { PerRegion } from "./service.ts";
import type { ParameterStore } from "./ssm/parameter-store.ts";

export interface Holdings {
  readonly ec2: Ec2Cloud;
  readonly elb: PerRegion<ElbRegion>;
  readonly elbv2: PerRegion<Elbv2Region>;
  readonly secrets: PerRegion<SecretStore>;
  readonly parameters: PerRegion<ParameterStore>;
  readonly s3: S3Store;
}

/** "type/id" of everything that somebody made and that still is there; what every account is born with is left out. */
export function inventoryOf(holdings: Holdings, accountId?: string): readonly string[] {
  const isWanted = (owner: { readonly accountId: string }) =>
    accountId === undefined || owner.accountId === accountId;
  return [
    ...holdings.ec2.regions().filter(isWanted).flatMap(ec2Lines),
    ...holdings.elb
      .all()
      .filter(isWanted)
      .flatMap(({ balancers }) => [...balancers.keys()].map((name) => `load-balancer/${name}`)),
    ...holdings.elbv2
      .all()
      .filter(isWanted)
      .flatMap(({ balancers, targetGroups }) => [
        ...[...balancers.values()].map(({ name }) => `load-balancer/${name}`),
        ...[...targetGroups.values()].map(({ name }) => `target-group/${name}`),
      ]),
    ...holdings.secrets
      .all()
      .filter(isWanted)
      .flatMap(({ secrets }) => [...secrets.keys()].map((name) => `secret/${name}`)),
    ...holdings.parameters
      .all()
      .filter(isWanted)
      .flatMap(({ parameters }) => [...parameters.keys()].map((name) => `parameter/${name}`)),
    ...[...holdings.s3.buckets.values()]
      .filter(isWanted)
      .flatMap(({ name, objects }) => [
        `bucket/${name}`,
        ...[...objects.keys()].map((key) => `object/${name}/${key}`),
      ]),
  ].toSorted();
}

interface Holding {
  readonly type: string;
  readonly id: string;
  readonly vpcId?: string | undefined;
}

function ec2Lines(region: Ec2Region): readonly string[] {
  const defaultVpcs = new Set(
    [...region.vpcs.values()].filter(({ isDefault }) => isDefault).map(({ vpcId }) => vpcId),
  );
  return [...networkHoldings(region), ...machineHoldings(region)]
    .filter(({ vpcId }) => vpcId === undefined || !defaultVpcs.has(vpcId))
    .map(({ type, id }) => `${type}/${id}`);
}

function networkHoldings(region: Ec2Region): readonly Holding[] {
  return [
    ...[...region.vpcs.values()].map(({ vpcId }) => ({ type: "vpc", id: vpcId, vpcId })),
    ...[...region.subnets.values()].map(({ subnetId, vpcId }) => ({
      type: "subnet",
      id: subnetId,
      vpcId,
    })),
    ...[...region.internetGateways.values()].map(({ internetGatewayId, attachments }) => ({
      type: "internet-gateway",
      id: internetGatewayId,
      vpcId: attachments.keys().next().value,
    })),
    ...[...region.natGateways.values()]
      .filter(({ state }) => state !== "deleted")
      .map(({ natGatewayId }) => ({ type: "natgateway", id: natGatewayId })),
    ...[...region.addresses.values()].map(({ allocationId }) => ({
      type: "elastic-ip",
      id: allocationId,
    })),
    ...[...region.routeTables.values()].map(({ routeTableId, vpcId }) => ({
      type: "route-table",
      id: routeTableId,
      vpcId,
    })),
    ...[...region.securityGroups.values()].map(({ groupId, vpcId }) => ({
      type: "security-group",
      id: groupId,
      vpcId,
    })),
  ];
}

function machineHoldings(region: Ec2Region): readonly Holding[] {
  return [
    ...[...region.networkInterfaces.values()].map(({ networkInterfaceId, vpcId }) => ({
      type: "network-interface",
      id: networkInterfaceId,
      vpcId,
    })),
    ...[...region.instances.values()]
      .filter(({ state }) => state !== "terminated")
      .map(({ instanceId }) => ({ type: "instance", id: instanceId })),
    ...[...region.volumes.values()].map(({ volumeId }) => ({ type: "volume", id: volumeId })),
    ...[...region.vpcEndpoints.values()].map(({ vpcEndpointId, vpcId }) => ({
      type: "vpc-endpoint",
      id: vpcEndpointId,
      vpcId,
    })),
    ...[...region.prefixLists.values()].map((one) => ({
      type: "prefix-list",
      id: one.prefixListId,
    })),
    ...[...region.launchTemplates.values()].map(({ name }) => ({
      type: "launch-template",
      id: name,
    })),
    ...[...region.placementGroups.values()].map(({ name }) => ({
      type: "placement-group",
      id: name,
    })),
    ...[...region.snapshots.values()].map(({ snapshotId }) => ({
      type: "snapshot",
      id: snapshotId,
    })),
    ...[...region.hosts.values()].map(({ hostId }) => ({ type: "dedicated-host", id: hostId })),
    ...[...region.keyPairs.values()].map(({ keyName }) => ({ type: "key-pair", id: keyName })),
  ];
}

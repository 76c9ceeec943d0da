import {
  AllocateHostsCommand,
  DescribeHostsCommand,
  ReleaseHostsCommand,
} from "@aws-sdk/client-ec2";
import { clientToken } from "../client-token.ts";
import type { Wait } from "../cluster-scope.ts";
import { tagSpecification } from "../ec2/tags.ts";
import { instanceTags, type MachineScope, specOf, statusOf } from "../machine-scope.ts";
import { ownedTagKey } from "../tags.ts";

/** A host is free some time after its last instance has gone. */
const releaseRetryMs = 60_000;

/** The dedicated host that is allocated for this machine alone; undefined where the spec asks for none. capa-behaviour 8.13. */
export async function ensureDedicatedHost(
  scope: MachineScope,
  subnetId: string,
): Promise<string | undefined> {
  const { dynamicHostAllocation, instanceType } = specOf(scope);
  if (dynamicHostAllocation === undefined) return undefined;
  const status = statusOf(scope);
  if (status.dedicatedHost?.id !== undefined) return status.dedicatedHost.id;
  const tags = { ...instanceTags(scope), ...dynamicHostAllocation.tags };
  const { HostIds = [] } = await scope.aws.ec2.send(
    new AllocateHostsCommand({
      AvailabilityZone: zoneOf(scope, subnetId),
      InstanceType: instanceType,
      Quantity: 1,
      AutoPlacement: "off", // Only for the instance that names it.
      ClientToken: clientToken(scope.draft.metadata.uid ?? "", "dedicated-host", "0"),
      TagSpecifications: [tagSpecification("dedicated-host", tags)],
    }),
  );
  const [id] = HostIds;
  if (id === undefined) throw new Error("AWS has allocated no dedicated host");
  status.dedicatedHost = { id };
  await scope.persist();
  return id;
}

function zoneOf({ awsCluster, machine }: MachineScope, subnetId: string): string {
  const subnet = awsCluster.spec?.network?.subnets?.find(
    ({ resourceID, id }) => (resourceID ?? id) === subnetId,
  );
  const zone = subnet?.availabilityZone ?? machine.spec?.failureDomain;
  if (zone === undefined) throw new Error(`the zone of subnet ${subnetId} is not known`);
  return zone;
}

/** Gives the host back, found by its tags: its ID may never have been stored. Undefined once there is none. */
export async function releaseDedicatedHost(scope: MachineScope): Promise<Wait | undefined> {
  if (specOf(scope).dynamicHostAllocation === undefined) return undefined;
  const { namespace, name } = scope.machine.metadata;
  const { Hosts = [] } = await scope.aws.ec2.send(
    new DescribeHostsCommand({
      Filter: [
        { Name: `tag:${ownedTagKey(scope.cluster.metadata.name)}`, Values: ["owned"] },
        { Name: "tag:MachineName", Values: [`${namespace}/${name}`] },
      ],
    }),
  );
  const HostIds = Hosts.filter(({ State }) => State !== "released").flatMap(
    ({ HostId }) => HostId ?? [],
  );
  if (HostIds.length === 0) return undefined;
  const { Unsuccessful = [] } = await scope.aws.ec2.send(new ReleaseHostsCommand({ HostIds }));
  const [problem] = Unsuccessful.filter(({ Error: why }) => !why?.Code?.endsWith("NotFound"));
  if (problem === undefined) return undefined;
  const message = `dedicated host ${problem.ResourceId}: ${problem.Error?.Message}`;
  return { reason: "DedicatedHostReleaseFailed", message, requeueAfterMs: releaseRetryMs };
}

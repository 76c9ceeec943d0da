import { type Address, AssociateAddressCommand, type Instance } from "@aws-sdk/client-ec2";
import { allocateAddress, describeAddresses, releaseAddress } from "../ec2/allocate-address.ts";
import { type MachineScope, specOf } from "../machine-scope.ts";
import { elasticIpName } from "../names.ts";
import { buildTags, ownedTagKey, providerTag } from "../tags.ts";

/** Whether the public address comes from a pool instead of from the subnet. */
export function usesElasticIp(scope: MachineScope): boolean {
  const { elasticIpPool, publicIP } = specOf(scope);
  return elasticIpPool !== undefined && publicIP === true;
}

/** One address of the pool for the running instance: AWS gives none to one that is still pending (capa-bugs 11). */
export async function reconcileElasticIp(scope: MachineScope, instance: Instance): Promise<void> {
  if (!usesElasticIp(scope)) return;
  const { InstanceId = "" } = instance;
  const rank = ({ AssociationId, AllocationId = "" }: Address) =>
    `${AssociationId === undefined ? 1 : 0} ${AllocationId}`;
  // The one in use first: of two that a lost answer has left, the other goes.
  const [kept, ...surplus] = (await addressesOf(scope, InstanceId)).toSorted((a, b) =>
    rank(a) < rank(b) ? -1 : 1,
  );
  for (const address of surplus) await releaseAddress(scope.aws, address);
  if (kept?.AssociationId !== undefined) return;
  const AllocationId = kept?.AllocationId ?? (await allocate(scope, InstanceId));
  await scope.aws.ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
}

function roleOf(instanceId: string) {
  return `ec2-${instanceId}` as const;
}

function addressesOf({ aws, cluster }: MachineScope, instanceId: string) {
  return describeAddresses(aws, [
    { Name: `tag:${ownedTagKey(cluster.metadata.name)}`, Values: ["owned"] },
    { Name: `tag:${providerTag}/role`, Values: [roleOf(instanceId)] },
  ]);
}

function allocate(scope: MachineScope, instanceId: string): Promise<string> {
  const clusterName = scope.cluster.metadata.name;
  const role = roleOf(instanceId);
  const tags = buildTags({ clusterName, role, name: elasticIpName(clusterName, role) });
  return allocateAddress(scope.aws, tags, specOf(scope).elasticIpPool);
}

export async function releaseElasticIps(scope: MachineScope, instanceId: string): Promise<void> {
  if (!usesElasticIp(scope)) return;
  for (const address of await addressesOf(scope, instanceId)) {
    await releaseAddress(scope.aws, address);
  }
}

import { type ControlPlane, isDeleting } from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import type { EtcdAccess } from "./etcd-access.ts";
import { healthyNodes, orphanMembers } from "./etcd-health.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";
import type { EtcdObservation } from "./observe-etcd.ts";

/**
 * Removes one etcd member that belongs to no Machine and no Node: what a failed join or a lost instance leaves behind, and
 * what would keep every later machine from joining. While a machine is on its way the member may be its own.
 */
export async function removeOrphanMember(
  deps: ControlPlaneDeps,
  access: EtcdAccess,
  controlPlane: ControlPlane,
  { etcd, workload }: { readonly etcd: EtcdObservation; readonly workload: WorkloadObservation },
): Promise<boolean> {
  const orphan = orphanMembers(controlPlane, etcd, workload)[0];
  if (orphan === undefined || isJoining(controlPlane)) return false;
  const through = [...healthyNodes(controlPlane)].toSorted()[0];
  // Nobody to ask: the health conditions tell, and the next reconcile tries again.
  if (through === undefined) return false;
  await access.with(controlPlane.cluster, through, (client) => client.memberRemove(orphan.id));
  const name = orphan.name === "" ? orphan.id : orphan.name;
  const message = `Removed etcd member ${name}, which belongs to no Machine`;
  deps.recorder.event(controlPlane.kcp, "Normal", "EtcdMemberRemoved", message);
  return true;
}

function isJoining({ members }: ControlPlane): boolean {
  return members.some(
    (member) => member.machine.status?.nodeRef === undefined && !isDeleting(member),
  );
}

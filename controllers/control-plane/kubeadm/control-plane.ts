import type { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import type { Cluster, Machine } from "../../api/core/v1beta2.ts";
import type { UnstructuredObject } from "../../runtime/client.ts";
import { isConditionFalse, isConditionTrue } from "../../bootstrap/objects/conditions.ts";

/** A control-plane Machine with the two objects that belong to it, as far as they exist. */
export interface Member {
  readonly machine: Machine;
  readonly config?: KubeadmConfig;
  readonly infraMachine?: UnstructuredObject;
}

/** Everything that the planner looks at: plain data, read once per reconcile. */
export interface ControlPlane {
  readonly kcp: KubeadmControlPlane;
  readonly cluster: Cluster;
  /** Sorted by name. */
  readonly members: readonly Member[];
  readonly nowMs: number;
}

export function nameOf({ machine }: Member): string {
  return machine.metadata.name;
}

export function isDeleting({ machine }: Member): boolean {
  return machine.metadata.deletionTimestamp !== undefined;
}

/** A health check gave it up and left the rest to the control plane. */
export function isToBeRemediated({ machine }: Member): boolean {
  return (
    isConditionFalse(machine, "HealthCheckSucceeded") &&
    isConditionFalse(machine, "OwnerRemediated")
  );
}

export function isInitialized({ kcp }: ControlPlane): boolean {
  return kcp.status?.initialization?.controlPlaneInitialized === true;
}

export function isEtcdManaged({ kcp }: Pick<ControlPlane, "kcp">): boolean {
  return kcp.spec.kubeadmConfigSpec?.clusterConfiguration?.etcd?.external === undefined;
}

export function desiredReplicas({ kcp }: ControlPlane): number {
  return kcp.spec.replicas ?? 1;
}

/** What a machine must have before the next one is touched. */
export function healthConditionsOf(controlPlane: Pick<ControlPlane, "kcp">): readonly string[] {
  const components = ["APIServerPodHealthy", "ControllerManagerPodHealthy", "SchedulerPodHealthy"];
  return isEtcdManaged(controlPlane)
    ? [...components, "EtcdPodHealthy", "EtcdMemberHealthy"]
    : components;
}

/** False only if a condition says so; unknown is not unhealthy. */
export function hasUnhealthyComponent(controlPlane: ControlPlane, { machine }: Member): boolean {
  return healthConditionsOf(controlPlane).some((type) => isConditionFalse(machine, type));
}

export function hasHealthyComponents(controlPlane: ControlPlane, { machine }: Member): boolean {
  return healthConditionsOf(controlPlane).every((type) => isConditionTrue(machine, type));
}

/** Oldest first; of equal age the first name. */
export function byAge(left: Member, right: Member): number {
  const a = left.machine.metadata.creationTimestamp ?? "";
  const b = right.machine.metadata.creationTimestamp ?? "";
  if (a !== b) return a < b ? -1 : 1;
  return nameOf(left) < nameOf(right) ? -1 : 1;
}

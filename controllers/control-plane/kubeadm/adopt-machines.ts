import { ClusterNameLabel, MachineControlPlaneLabel } from "../../api/constants.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { type Cluster, Machine } from "../../api/core/v1beta2.ts";
import { requireVersion } from "../../bootstrap/kubeadm/kubernetes-version.ts";
import { controllerOf, ownerReferenceTo } from "../../bootstrap/objects/owners.ts";
import { persist } from "../../runtime/persist.ts";
import type { ControlPlaneDeps } from "./deps.ts";

/**
 * Takes over control-plane Machines of the cluster that nobody controls: a control plane that was made by hand, or that lost
 * its owner. Never next to Machines that somebody else controls, and never over a gap of versions that a rollout could
 * not bridge. True when something was adopted: the next reconcile sees it.
 */
export async function adoptMachines(
  deps: ControlPlaneDeps,
  kcp: KubeadmControlPlane,
  cluster: Cluster,
): Promise<boolean> {
  const selector = {
    namespace: kcp.metadata.namespace ?? "",
    labels: { [ClusterNameLabel]: cluster.metadata.name, [MachineControlPlaneLabel]: "" },
  };
  const isOrphan = (machine: Machine) =>
    controllerOf(machine) === undefined && machine.metadata.deletionTimestamp === undefined;
  const cached = await deps.client.list(Machine, selector);
  if (!cached.some(isOrphan)) return false;
  // Ownership decides who deletes what: only the server's word counts.
  const machines = await deps.apiReader.list(Machine, selector);
  const orphans = machines.filter(isOrphan);
  const problem = problemWith(kcp, machines, orphans);
  if (problem !== undefined) {
    deps.recorder.event(kcp, "Warning", "AdoptionFailed", problem);
    return false;
  }
  for (const machine of orphans) {
    const ownerReferences = [
      ...(machine.metadata.ownerReferences ?? []).filter(({ kind }) => kind !== "Cluster"),
      ownerReferenceTo(kcp, true),
    ];
    const metadata = { ...machine.metadata, ownerReferences };
    await persist(deps.client, Machine, machine, { ...machine, metadata });
  }
  return orphans.length > 0;
}

function problemWith(
  kcp: KubeadmControlPlane,
  machines: readonly Machine[],
  orphans: readonly Machine[],
): string | undefined {
  const foreign = machines.find((machine) => {
    const owner = controllerOf(machine);
    return owner !== undefined && owner.uid !== kcp.metadata.uid;
  });
  if (foreign !== undefined) {
    return `Machine ${foreign.metadata.name} is controlled by ${controllerOf(foreign)?.kind ?? ""}: control planes are not mixed`;
  }
  const { minor } = requireVersion(kcp.spec.version);
  const tooFar = orphans.find(({ spec }) => {
    const version = spec.version === undefined ? undefined : requireVersion(spec.version);
    return version === undefined || Math.abs(version.minor - minor) > 1;
  });
  return tooFar === undefined
    ? undefined
    : `Machine ${tooFar.metadata.name} of version ${tooFar.spec.version ?? "unknown"} is more than one minor from ${kcp.spec.version}`;
}

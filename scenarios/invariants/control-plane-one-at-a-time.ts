import type { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import type { KubeadmControlPlane } from "@seatrial/controllers/api/control-plane/v1beta2.ts";
import {
  asMachine,
  beginsDeletion,
  isAvailable,
  isControlPlane,
  isDeleting,
  isGoingAway,
  isPerson,
  list,
  tables,
} from "./facts.ts";
import type { Invariant, Scene, Write } from "./invariant.ts";

export const controlPlaneOneAtATime: Invariant = {
  id: "CPL-2",
  promise:
    "a control plane gains or loses one Machine at a time, and never has more than replicas + maxSurge",
  motivation: "kubernetes-sigs/cluster-api#14200: how many Machines a control plane may have",
  watch(scene) {
    return {
      writes: {
        [tables.machines]: (write: Write) => {
          const machine = asMachine(write.object);
          if (isPerson(write.author) || !isControlPlane(machine)) return undefined;
          if (write.type === "ADDED") return tooMany(scene, machine);
          if (!beginsDeletion(write) || isGoingAway(scene, machine)) return undefined;
          return tooFew(scene, machine, isAvailable(write.before as Machine | undefined));
        },
      },
    };
  },
};

function tooMany(scene: Scene, machine: Machine): string | undefined {
  const owner = ownerOf(scene, machine);
  if (owner === undefined) return undefined;
  const surge = Number(owner.spec.rollout?.strategy?.rollingUpdate?.maxSurge ?? 1);
  const most = (owner.spec.replicas ?? 1) + surge;
  const machines = machinesOf(scene, machine);
  if (machines.length > most) return `there are ${machines.length} Machines, ${most} are allowed`;
  const coming = machines.filter(
    (one) => !isDeleting(one) && one.status?.nodeRef === undefined,
  ).length;
  return coming > 1 ? `${coming} Machines are being added at a time` : undefined;
}

function tooFew(scene: Scene, machine: Machine, wasAvailable: boolean): string | undefined {
  const rest = machinesOf(scene, machine).filter((one) => !isDeleting(one));
  if (rest.length === 0) return "no control-plane Machine is left";
  const leaving = machinesOf(scene, machine).filter(isDeleting);
  if (leaving.length > 1 && wasAvailable) {
    return `${leaving.length} Machines are being removed at a time`;
  }
  return undefined;
}

function machinesOf(scene: Scene, { metadata, spec }: Machine): readonly Machine[] {
  return list<Machine>(scene.management, tables.machines).filter(
    (one) =>
      one.metadata.namespace === metadata.namespace &&
      one.spec.clusterName === spec.clusterName &&
      isControlPlane(one),
  );
}

function ownerOf(scene: Scene, { metadata }: Machine): KubeadmControlPlane | undefined {
  const uid = metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
  return list<KubeadmControlPlane>(scene.management, tables.controlPlanes).find(
    (one) => one.metadata.uid === uid,
  );
}

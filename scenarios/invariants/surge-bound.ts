import type { MachineDeployment } from "@seatrial/controllers/api/core/v1beta2.ts";
import { asMachine, deploymentOf, isDeleting, isPerson, list, tables } from "./facts.ts";
import type { Invariant, Write } from "./invariant.ts";
import { boundsOf, ReplicaWindow } from "./rollout-bounds.ts";

export const surgeBound: Invariant = {
  id: "REP-1",
  promise: "creating a Machine never takes a MachineDeployment above replicas + maxSurge",
  motivation: "kubernetes-sigs/cluster-api#13649: eight Machines for two replicas",
  watch(scene) {
    const wanted = new ReplicaWindow(scene);
    return {
      writes: {
        [tables.deployments]: (write) => wanted.note(write),
        [tables.machines]: (write: Write) => {
          if (write.type !== "ADDED" || isPerson(write.author)) return undefined;
          const machine = asMachine(write.object);
          const deployment = deploymentOf(scene, machine);
          if (deployment === undefined) return undefined;
          const { maxSurge } = boundsOf(deployment);
          const most = wanted.highest(deployment) + maxSurge;
          const count = countLive(list(scene.management, tables.machines), deployment);
          if (count <= most) return undefined;
          return `MachineDeployment ${deployment.metadata.name} now has ${count} Machines, ${most} are allowed`;
        },
      },
    };
  },
};

function countLive(
  machines: readonly ReturnType<typeof asMachine>[],
  { metadata }: MachineDeployment,
): number {
  return machines.filter(
    (machine) =>
      machine.metadata.namespace === metadata.namespace &&
      machine.metadata.labels?.["cluster.x-k8s.io/deployment-name"] === metadata.name &&
      !isDeleting(machine),
  ).length;
}

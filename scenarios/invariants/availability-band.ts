import type { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import {
  asMachine,
  beginsDeletion,
  deploymentOf,
  isAvailable,
  isDeleting,
  isGoingAway,
  isPerson,
  list,
  tables,
} from "./facts.ts";
import type { Invariant, Write } from "./invariant.ts";
import { boundsOf, ReplicaWindow } from "./rollout-bounds.ts";

export const availabilityBand: Invariant = {
  id: "REP-3",
  promise:
    "deleting a Machine never takes a MachineDeployment below replicas − maxUnavailable available ones",
  motivation: "kubernetes-sigs/cluster-api#13020: a rollout goes on although nothing new works",
  watch(scene) {
    const wanted = new ReplicaWindow(scene);
    return {
      writes: {
        [tables.deployments]: (write) => wanted.note(write),
        [tables.machines]: (write: Write) => {
          if (!beginsDeletion(write) || isPerson(write.author)) return undefined;
          // Only what was of use is missed: an unhealthy Machine may go at any time.
          if (!isAvailable(write.before as Machine | undefined)) return undefined;
          const machine = asMachine(write.object);
          const deployment = deploymentOf(scene, machine);
          if (deployment === undefined || isDeleting(deployment) || isGoingAway(scene, machine)) {
            return undefined;
          }
          const { maxUnavailable } = boundsOf(deployment);
          const least = wanted.lowest(deployment) - maxUnavailable;
          const { namespace, name } = deployment.metadata;
          const available = list<Machine>(scene.management, tables.machines).filter(
            (one) =>
              one.metadata.namespace === namespace &&
              one.metadata.labels?.["cluster.x-k8s.io/deployment-name"] === name &&
              !isDeleting(one) &&
              isAvailable(one),
          ).length;
          if (available >= least) return undefined;
          return `MachineDeployment ${name} is left with ${available} available Machines, ${least} have to be`;
        },
      },
    };
  },
};

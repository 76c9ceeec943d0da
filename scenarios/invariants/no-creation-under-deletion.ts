import type { AWSMachine } from "@seatrial/controllers/api/aws/v1beta2.ts";
import { parseTime } from "@seatrial/fakecloud/kernel/clock.ts";
import { asMachine, clusterOf, find, isPerson, machineNameOf, tables } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

/** How long a creator may not have seen the deletion yet; timestamps have whole seconds. */
const visibleMs = 11_000;

export const noCreationUnderDeletion: Invariant = {
  id: "REP-7",
  promise: "no Machine and no instance is created for something whose deletion could be seen",
  motivation: "kubernetes-sigs/cluster-api#9629: a scale-up during the deletion of the Cluster",
  watch(scene) {
    const isLong = (deletedAt: string | undefined, createdAt: string | undefined): boolean => {
      if (deletedAt === undefined || createdAt === undefined) return false;
      return (parseTime(createdAt) ?? 0) - (parseTime(deletedAt) ?? 0) > visibleMs;
    };
    return {
      writes: {
        [tables.machines]: (write) => {
          if (write.type !== "ADDED" || isPerson(write.author)) return undefined;
          const machine = asMachine(write.object);
          const createdAt = machine.metadata.creationTimestamp;
          const cluster = clusterOf(scene, machine);
          const deletedAt = cluster?.metadata.deletionTimestamp;
          if (cluster !== undefined && !isLong(deletedAt, createdAt)) return undefined;
          return `Cluster ${machine.spec.clusterName} is ${cluster === undefined ? "gone" : `being deleted since ${deletedAt}`}`;
        },
      },
      instance: ({ instance, from }) => {
        if (from !== undefined) return undefined;
        const [namespace = "", name = ""] = (machineNameOf(instance) ?? "").split("/");
        if (name === "") return undefined;
        const machine = find<AWSMachine>(scene.management, tables.awsMachines, namespace, name);
        if (machine === undefined) return `AWSMachine ${namespace}/${name} does not exist`;
        const deletedAt = machine.metadata.deletionTimestamp;
        const ageMs = instance.launchedAtMs - (parseTime(deletedAt ?? "") ?? instance.launchedAtMs);
        if (ageMs <= visibleMs) return undefined;
        return `AWSMachine ${namespace}/${name} is being deleted since ${deletedAt}`;
      },
    };
  },
};

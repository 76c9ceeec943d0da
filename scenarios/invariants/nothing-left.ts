import { clustersOf, isAlive, tables } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const nothingLeft: Invariant = {
  id: "DEL-1",
  promise: "when a Cluster is gone, the cloud holds nothing that was made for it",
  motivation: "kubernetes-sigs/cluster-api-provider-aws#3478, #3810, #2195: resources that leak",
  watch(scene) {
    return {
      writes: {
        [tables.clusters]: (write) => {
          if (write.type !== "DELETED") return undefined;
          const { name = "" } = write.object.metadata;
          const left = scene.aws
            .instances()
            .filter((instance) => isAlive(instance) && clustersOf(instance).includes(name));
          if (left.length === 0) return undefined;
          return `instances are left: ${left.map(({ instanceId }) => instanceId).join(", ")}`;
        },
      },
      end: () => {
        if (scene.management.table(tables.clusters).list().length > 0) return [];
        return scene.aws
          .inventory()
          .filter((line) => !scene.inventoryAtStart.has(line))
          .map((line) => `${line} is left in the account`);
      },
    };
  },
};

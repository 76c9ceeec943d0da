import { isAlive, machineNameOf } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const oneInstancePerMachine: Invariant = {
  id: "IDN-2",
  promise: "a Machine never has two instances, and never gets a second one after the first",
  motivation:
    "kubernetes-sigs/cluster-api-provider-aws#4629 (124 instances for two AWSMachines), #6131, #5794",
  watch(scene) {
    return {
      instance: ({ instance, from }) => {
        if (from !== undefined) return undefined;
        const name = machineNameOf(instance);
        if (name === undefined) return undefined;
        const owned = scene.aws.instances().filter((one) => machineNameOf(one) === name);
        if (owned.length <= 1) return undefined;
        const others = owned.filter(({ instanceId }) => instanceId !== instance.instanceId);
        const state = others.some(isAlive) ? "has" : "had";
        return `Machine ${name} ${state} ${others.map(({ instanceId }) => instanceId).join(", ")} already`;
      },
    };
  },
};

import { isAlive, machineNameOf } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const oneInstancePerMachine: Invariant = {
  id: "IDN-2",
  promise: "a Machine never has two instances, and never gets a second one after the first",
  motivation:
    "kubernetes-sigs/cluster-api-provider-aws#4629 (124 instances for two AWSMachines), #6131, #5794",
  watch(scene) {
    /** The ids of those that were launched for each Machine. */
    const launched = new Map<string, readonly string[]>();
    return {
      instance: ({ instance, from }) => {
        if (from !== undefined) return undefined;
        const name = machineNameOf(instance);
        if (name === undefined) return undefined;
        const others = (launched.get(name) ?? [])
          .map((id) => scene.aws.instance(id))
          .filter((one) => one !== undefined);
        launched.set(name, [...others.map(({ instanceId }) => instanceId), instance.instanceId]);
        if (others.length === 0) return undefined;
        const state = others.some(isAlive) ? "has" : "had";
        return `Machine ${name} ${state} ${others.map(({ instanceId }) => instanceId).join(", ")} already`;
      },
    };
  },
};

import type { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import { asMachine, list, tables } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const providerIdsAreUnique: Invariant = {
  id: "IDN-1",
  promise: "a provider ID belongs to one Machine and never changes once it is set",
  motivation: "kubernetes-sigs/cluster-api-provider-aws#2915: an instance replaced in place",
  watch(scene) {
    return {
      writes: {
        [tables.machines]: (write) => {
          const { providerID } = asMachine(write.object).spec;
          const before = (write.before as Machine | undefined)?.spec.providerID;
          if (before !== undefined && before !== providerID) {
            return `provider ID ${before} became ${providerID ?? "none"}`;
          }
          if (providerID === undefined || before === providerID) return undefined;
          const [other] = list<Machine>(scene.management, tables.machines).filter(
            ({ metadata, spec }) =>
              spec.providerID === providerID && metadata.uid !== write.object.metadata.uid,
          );
          return other && `provider ID ${providerID} is that of Machine ${other.metadata.name}`;
        },
      },
    };
  },
};

import type { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import { asMachine, tables } from "./facts.ts";
import type { Invariant, Verdict, Write } from "./invariant.ts";

export const providerIdsAreUnique: Invariant = {
  id: "IDN-1",
  promise: "a provider ID belongs to one Machine and never changes once it is set",
  motivation: "kubernetes-sigs/cluster-api-provider-aws#2915: an instance replaced in place",
  watch() {
    const owners = new Owners();
    return {
      writes: {
        [tables.machines]: (write) => {
          const machine = asMachine(write.object);
          if (write.type !== "DELETED") return owners.judge(machine, providerIdBefore(write));
          owners.forget(machine);
          return undefined;
        },
      },
    };
  },
};

const providerIdBefore = ({ before }: Write): string | undefined =>
  (before as Machine | undefined)?.spec.providerID;

/** Which Machine each provider ID is that of. */
class Owners {
  readonly #byProviderId = new Map<string, Machine["metadata"]>();

  judge({ metadata, spec: { providerID } }: Machine, before: string | undefined): Verdict {
    if (before === providerID) return undefined;
    if (before !== undefined) return `provider ID ${before} became ${providerID ?? "none"}`;
    if (providerID === undefined) return undefined;
    const owner = this.#byProviderId.get(providerID);
    this.#byProviderId.set(providerID, metadata);
    if (owner === undefined || owner.uid === metadata.uid) return undefined;
    return `provider ID ${providerID} is that of Machine ${owner.name}`;
  }

  forget({ metadata, spec: { providerID = "" } }: Machine): void {
    if (this.#byProviderId.get(providerID)?.uid === metadata.uid) {
      this.#byProviderId.delete(providerID);
    }
  }
}

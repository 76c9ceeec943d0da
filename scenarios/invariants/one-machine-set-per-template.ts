import type { MachineSet } from "@seatrial/controllers/api/core/v1beta2.ts";
import { isDeleting, list, tables } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const oneMachineSetPerTemplate: Invariant = {
  id: "REP-4",
  promise: "a MachineDeployment has at most one MachineSet per template",
  motivation: "kubernetes-sigs/cluster-api#13649, #12551: one to four sets for each restart",
  watch(scene) {
    return {
      writes: {
        [tables.machineSets]: (write) => {
          if (write.type !== "ADDED") return undefined;
          const owner = ownerOf(write.object as unknown as MachineSet);
          if (owner === undefined) return undefined;
          const template = templateOf(write.object as unknown as MachineSet);
          const same = list<MachineSet>(scene.management, tables.machineSets).filter(
            (set) => !isDeleting(set) && ownerOf(set) === owner && templateOf(set) === template,
          );
          if (same.length <= 1) return undefined;
          return `${same.map(({ metadata }) => metadata.name).join(" and ")} have one template`;
        },
      },
    };
  },
};

const ownerOf = ({ metadata }: MachineSet): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;

/** What makes a Machine; labels are left out, because each set adds its own. */
const templateOf = ({ spec }: MachineSet): string => JSON.stringify(spec.template.spec);

import type { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import { asMachine, compareVersions, isControlPlane, isPerson, list, tables } from "./facts.ts";
import type { Invariant, Write } from "./invariant.ts";

export const controlPlaneBeforeWorkers: Invariant = {
  id: "CPL-6b",
  promise: "no worker is made with a version that a control-plane Machine does not have yet",
  motivation: "capi-behaviour 4.10: the preflight checks of a MachineSet",
  watch(scene) {
    return {
      writes: {
        [tables.machines]: (write: Write) => {
          if (write.type !== "ADDED" || isPerson(write.author)) return undefined;
          const machine = asMachine(write.object);
          const { clusterName, version } = machine.spec;
          if (version === undefined || isControlPlane(machine)) return undefined;
          const older = list<Machine>(scene.management, tables.machines).find(
            (one) =>
              isControlPlane(one) &&
              one.metadata.namespace === machine.metadata.namespace &&
              one.spec.clusterName === clusterName &&
              compareVersions(one.spec.version ?? version, version) < 0,
          );
          return (
            older &&
            `it wants ${version}, control-plane Machine ${older.metadata.name} has ${older.spec.version}`
          );
        },
      },
    };
  },
};

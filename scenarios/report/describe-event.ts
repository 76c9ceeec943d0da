import { at, textAt } from "./fields.ts";
import type { Patch } from "./patch.ts";
import type { PlayedEvent } from "./playback.ts";

const verbs: Readonly<Record<string, string>> = {
  apply: "applied",
  create: "created",
  delete: "deleted",
  patch: "patched",
  update: "updated",
};

const outcomes: Readonly<Record<string, string>> = {
  success: "and needs nothing more",
  requeue: "and comes back later",
  error: "and failed; it is tried again",
  terminal: "and failed for good",
};

/** Who it was, as people call it: "machineset controller", "kubectl", "ec2". */
export function describeActor(actor: string): string {
  return actor.startsWith("seatrial-manager/") ? `${actor.slice(17)} controller` : actor;
}

/** One event as a short sentence: "machineset controller created machines/default/md-0-7x2". */
export function describeEvent(event: PlayedEvent): string {
  const { kind, actor, verb, object, detail, controller } = event;
  const tell: Readonly<Record<string, () => string>> = {
    "kube.write": () => {
      const sub = textAt(detail, "subresource");
      const part = sub === "" ? "" : ` (${sub})`;
      return `${describeActor(actor)} ${verbs[verb] ?? verb} ${object}${part}`;
    },
    "cloud.call": () => {
      const error = textAt(detail, "error");
      const on = object === "" ? "" : ` on ${object}`;
      const who = controller === "" ? actor : `${controller} controller`;
      return `${who} called ${verb}${on}${error === "" ? "" : ` and was refused: ${error}`}`;
    },
    "cloud.transition": () => `${object} is ${verb}`,
    machine: () => `${object}: ${verb}`,
    reconcile: () => `${actor} controller reconciled ${object} ${outcomes[verb] ?? verb}`,
    fault: () =>
      object.startsWith("fault/")
        ? `${object.slice(6)} ${verb}`
        : `fault: ${verb} strikes ${textAt(detail, "operation")} ${object}`.trimEnd(),
    invariant: () => `${object} is ${verb}`,
    step: () => `step ${object}: ${verb}`,
  };
  return tell[kind]?.() ?? `${actor} ${verb} ${object}`;
}

/** Anything that did not go as asked. */
export function isTrouble({ kind, verb, detail }: PlayedEvent): boolean {
  if (kind === "reconcile") return verb === "error" || verb === "terminal";
  return kind === "invariant" || kind === "fault" || at(detail, "error") !== undefined;
}

/** Which fields a write changed, shortened to what tells them apart: "status.replicas, status.conditions". */
export function describeChange(patch: Patch): string {
  const paths = [...(patch.set ?? []).map(([path]) => path), ...(patch.unset ?? [])];
  const names = paths.map((path) => {
    const end = path.findIndex((step) => typeof step === "number");
    return path.slice(0, Math.min(end === -1 ? path.length : end, 3)).join(".");
  });
  const fields = [...new Set(names)].filter(
    (name) => name !== "" && name !== "metadata.resourceVersion",
  );
  const shown = fields.slice(0, 3).join(", ");
  return fields.length > 3 ? `${shown} and ${fields.length - 3} more` : shown;
}

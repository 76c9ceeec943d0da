import type { LabelSelector, Version } from "../../api/generated/definitions.ts";
import type { Machine } from "../../api/core/v1beta2.ts";
import { type ConditionInput, isConditionTrue, setCondition } from "../../runtime/conditions.ts";
import {
  aggregateV1beta1,
  readyInV1beta1,
  recordV1beta1,
  type V1beta1Condition,
} from "../../runtime/v1beta1-conditions.ts";
import { machinesReady, machinesUpToDate, remediating } from "../machine-aggregates.ts";
import {
  deleting,
  missingText,
  type Scale,
  scalingDown,
  scalingUp,
} from "../scaling-conditions.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";

export function recordStatus(scope: MachineSetScope, nowMs: number): void {
  const { draft, machines, observed } = scope;
  const status = (draft.status ??= {});
  const count = (type: string) =>
    machines.filter((machine) => isConditionTrue(machine, type)).length;
  status.replicas = machines.length;
  status.readyReplicas = count("Ready");
  status.availableReplicas = count("Available");
  status.upToDateReplicas = count("UpToDate");
  status.selector = selectorText(observed.spec.selector);
  recordVersions(status, machines);
  for (const condition of conditionsOf(scope, nowMs)) setCondition(draft, condition, nowMs);
  const { readyReplicas, availableReplicas } = status;
  const fields = { fullyLabeledReplicas: machines.length, readyReplicas, availableReplicas };
  const conditions = [machinesCreated(scope), resized(scope), machinesReadyInV1beta1(machines)];
  const summarized = ["MachinesCreated", "Resized", "MachinesReady"];
  recordV1beta1(draft, { conditions, summarized, fields }, nowMs);
}

/** For the subresource `scale`. */
export function selectorText({ matchLabels = {} }: LabelSelector): string {
  return Object.entries(matchLabels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** How many Machines have which version, for the status of MachineSets and what is above them. The API allows no empty list. */
export function recordVersions(
  status: { versions?: Version[] },
  machines: readonly Machine[],
): void {
  const versions = versionsOf(machines);
  if (versions.length > 0) status.versions = versions;
  else delete status.versions;
}

function versionsOf(machines: readonly Machine[]): Version[] {
  const counts = new Map<string, number>();
  for (const { spec } of machines) {
    if (spec.version !== undefined) counts.set(spec.version, (counts.get(spec.version) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([version, replicas]) => ({ version, replicas }));
}

function conditionsOf(scope: MachineSetScope, nowMs: number): readonly ConditionInput[] {
  const { draft, machines } = scope;
  const scale = scaleOf(scope);
  const missing = missingText(scope.missingTemplates);
  return [
    machinesReady(machines),
    machinesUpToDate(machines, nowMs),
    scalingUp(scale, { missing, blocked: blockedText(scope, missing) }),
    scalingDown(scale, machines, nowMs),
    remediating(machines, " by MachineSet"),
    deleting(isDeleting(draft), machines, { nowMs }),
  ];
}

function scaleOf({ draft, machines }: MachineSetScope): Scale {
  return {
    desired: draft.spec.replicas,
    current: machines.length,
    isDeleting: isDeleting(draft),
  };
}

function blockedText({ blocked }: MachineSetScope, missing: string): string {
  const reasons = missing === "" ? blocked : [...blocked, missing];
  const lines = reasons.map((line) => `\n* ${line}`).join("");
  return lines === "" ? "" : ` is blocked because:${lines}`;
}

/** Undefined while it has no news: nothing in the way, but not as many Machines as there should be. */
function machinesCreated(scope: MachineSetScope): V1beta1Condition | undefined {
  const type = "MachinesCreated";
  const { draft, machines, blocked } = scope;
  if (blocked.length > 0) {
    const reason = "PreflightCheckFailed";
    const message = blocked.join("; ");
    return { type, status: "False", severity: "Error", reason, message };
  }
  return machines.length < (draft.spec.replicas ?? 1) ? undefined : { type, status: "True" };
}

/** It is done when the Machines are ready, not when the last object is made. */
function resized({ draft, machines }: MachineSetScope): V1beta1Condition | undefined {
  const type = "Resized";
  const actual = machines.length;
  const wanted = isDeleting(draft) ? 0 : (draft.spec.replicas ?? 1);
  if (actual !== wanted) {
    const [reason, verb] = actual < wanted ? ["ScalingUp", "up"] : ["ScalingDown", "down"];
    const message = `Scaling ${verb} MachineSet to ${wanted} replicas (actual ${actual})`;
    return { type, status: "False", severity: "Warning", reason, message };
  }
  return draft.status?.readyReplicas === actual ? { type, status: "True" } : undefined;
}

function machinesReadyInV1beta1(machines: readonly Machine[]): V1beta1Condition | undefined {
  const sources = machines.map((machine) => ({
    name: machine.metadata.name,
    ready: readyInV1beta1(machine),
  }));
  return aggregateV1beta1("MachinesReady", sources);
}

import type { Machine } from "../../api/core/v1beta2.ts";
import { formatTime, parseTime } from "../../runtime/clock.ts";
import { mirrorCondition, summarizeConditions } from "../../runtime/condition-merge.ts";
import { type ConditionInput, findCondition, setCondition } from "../../runtime/conditions.ts";
import { isUnreachable, messageOf } from "../../runtime/errors.ts";
import type { CoreDeps } from "../core-deps.ts";
import { conditionOf } from "../external/contract.ts";
import type { ExternalObject } from "../external/external-objects.ts";
import { v1beta1Conditions } from "../v1beta1-status.ts";
import { clusterKey, isDeleting, type MachineScope } from "./machine-scope.ts";
import { nodeHealthCondition, nodeReadyCondition } from "./node-health.ts";
import { upToDateCondition } from "./up-to-date.ts";

/** So long after the last sign of life the conditions of the Node are no longer believed. */
const connectionGraceMs = 300_000;
const staleDeletionMs = 900_000;

/** Sets all conditions of the Machine; returns ms until `Available` may change by itself. */
export async function recordConditions(
  deps: CoreDeps,
  scope: MachineScope,
): Promise<number | undefined> {
  const nowMs = deps.clock.now();
  const draft = scope.draft;
  const set = (condition: ConditionInput) => setCondition(draft, condition, nowMs);
  set(bootstrapReady(scope));
  set(infrastructureReady(scope));
  for (const condition of nodeConditions(deps, scope)) set(condition);
  const upToDate = await upToDateCondition(deps.client, scope.observed, nowMs);
  if (upToDate !== undefined) set(upToDate);
  set({ type: "Updating", status: "False", reason: "NotUpdating" });
  set(deleting(scope, nowMs));
  set(ready(scope));
  const { condition, waitMs } = available(draft, nowMs);
  set(condition);
  const status = (draft.status ??= {});
  const conditions = v1beta1Conditions(draft, oldNames, nowMs);
  status.deprecated = { v1beta1: { ...status.deprecated?.v1beta1, conditions } };
  return waitMs;
}

const oldNames = {
  BootstrapReady: "BootstrapConfigReady",
  InfrastructureReady: "InfrastructureReady",
  NodeHealthy: "NodeHealthy",
};

function bootstrapReady({ draft, bootstrap }: MachineScope): ConditionInput {
  const type = "BootstrapConfigReady";
  const { configRef } = draft.spec.bootstrap;
  if (configRef === undefined) return { type, status: "True", reason: "DataSecretProvided" };
  const created = draft.status?.initialization?.bootstrapDataSecretCreated === true;
  if (bootstrap === undefined) return gone(type, configRef, created);
  const message = created
    ? ""
    : `${configRef.kind} status.initialization.dataSecretCreated is false`;
  return mirrorReady(type, bootstrap, { holds: created, message });
}

function infrastructureReady({ draft, infrastructure }: MachineScope): ConditionInput {
  const type = "InfrastructureReady";
  const reference = draft.spec.infrastructureRef;
  const provisioned = draft.status?.initialization?.infrastructureProvisioned === true;
  if (infrastructure === undefined) return gone(type, reference, provisioned);
  const message = provisioned ? "" : `${reference.kind} status.initialization.provisioned is false`;
  return mirrorReady(type, infrastructure, { holds: provisioned, message });
}

export function mirrorReady(
  type: string,
  external: ExternalObject,
  fallback: { readonly holds: boolean; readonly message: string },
): ConditionInput {
  return mirrorCondition(type, conditionOf(external, "Ready"), {
    type,
    status: fallback.holds ? "True" : "False",
    reason: fallback.holds ? "Ready" : "NotReady",
    message: fallback.message,
  });
}

export function gone(
  type: string,
  reference: { readonly kind: string },
  existed: boolean,
): ConditionInput {
  return existed
    ? {
        type,
        status: "False",
        reason: "ObjectDeleted",
        message: `${reference.kind} has been deleted`,
      }
    : {
        type,
        status: "False",
        reason: "ObjectDoesNotExist",
        message: `${reference.kind} does not exist`,
      };
}

function nodeConditions(deps: CoreDeps, scope: MachineScope): readonly ConditionInput[] {
  const types = ["NodeHealthy", "NodeReady"] as const;
  const all = (fields: Omit<ConditionInput, "type">) => types.map((type) => ({ type, ...fields }));
  const { node, nodeError, draft } = scope;
  if (node !== undefined) return [nodeHealthCondition(node), nodeReadyCondition(node)];
  if (nodeError !== undefined && isUnreachable(nodeError)) return connectionDown(deps, scope, all);
  if (nodeError !== undefined) {
    const message = messageOf(nodeError).startsWith("no matching Node")
      ? "Node has been deleted while the machine still exists"
      : "Please check controller logs for errors";
    return all({ status: "Unknown", reason: "InternalError", message });
  }
  if (draft.status?.nodeRef !== undefined) {
    const message = `Node ${draft.status.nodeRef.name} has been deleted${isDeleting(scope) ? "" : " while the machine still exists"}`;
    return all({ status: isDeleting(scope) ? "Unknown" : "False", reason: "NodeDeleted", message });
  }
  const message =
    draft.spec.providerID === undefined
      ? `Waiting for ${draft.spec.infrastructureRef.kind} to report spec.providerID`
      : `Waiting for a Node with spec.providerID ${draft.spec.providerID} to exist`;
  return all({ status: "Unknown", reason: "InspectionFailed", message });
}

/** Until the grace is over, what was last seen stays. */
function connectionDown(
  deps: CoreDeps,
  scope: MachineScope,
  all: (fields: Omit<ConditionInput, "type">) => readonly ConditionInput[],
): readonly ConditionInput[] {
  const last = deps.workload.lastProbeSuccess(clusterKey(scope));
  const known = findCondition(scope.observed, "NodeHealthy") !== undefined;
  if (known && last !== undefined && deps.clock.now() - last < connectionGraceMs) return [];
  const message =
    last === undefined
      ? "Remote connection not established yet"
      : `Last successful probe at ${formatTime(last)}`;
  return all({ status: "Unknown", reason: "ConnectionDown", message });
}

function deleting(scope: MachineScope, nowMs: number): ConditionInput {
  const type = "Deleting";
  const { deletionTimestamp } = scope.observed.metadata;
  if (deletionTimestamp === undefined) return { type, status: "False", reason: "NotDeleting" };
  const { stage } = scope;
  if (stage === undefined) {
    const message = "Please check controller logs for errors";
    return { type, status: "True", reason: "InternalError", message };
  }
  const since = parseTime(deletionTimestamp) ?? nowMs;
  const isStale = nowMs - since > staleDeletionMs;
  const note = isStale ? `\nMachine is in deletion since more than 15m` : "";
  return { type, status: "True", reason: stage.reason, message: `${stage.message}${note}` };
}

/** Reasons that only say what a deletion brings with it. */
const expectedWhileDeleting = new Set([
  "NodeDeleted",
  "NodeDoesNotExist",
  "ObjectDeleted",
  "ObjectDoesNotExist",
  "InspectionFailed",
]);

function ready(scope: MachineScope): ConditionInput {
  const { draft } = scope;
  const gates = draft.spec.readinessGates ?? [];
  return summarizeConditions("Ready", draft.status?.conditions ?? [], {
    types: [
      "Deleting",
      "Updating",
      "BootstrapConfigReady",
      "InfrastructureReady",
      "NodeHealthy",
      "HealthCheckSucceeded",
      ...gates.map(({ conditionType }) => conditionType),
    ],
    negative: [
      "Deleting",
      "Updating",
      ...gates.filter(({ polarity }) => polarity === "Negative").map((gate) => gate.conditionType),
    ],
    ignoreIfMissing: ["HealthCheckSucceeded"],
    isInfo: ({ reason }) => isDeleting(scope) && expectedWhileDeleting.has(reason),
    reasons: { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" },
  });
}

function available(
  draft: Machine,
  nowMs: number,
): { readonly condition: ConditionInput; readonly waitMs?: number } {
  const type = "Available";
  const readiness = findCondition(draft, "Ready");
  if (readiness?.status !== "True") {
    return { condition: { type, status: "False", reason: "NotReady" } };
  }
  const minReadyMs = (draft.spec.minReadySeconds ?? 0) * 1000;
  const waitMs = (parseTime(readiness.lastTransitionTime) ?? nowMs) + minReadyMs - nowMs;
  if (minReadyMs === 0 || waitMs <= 0) {
    return { condition: { type, status: "True", reason: "Available" } };
  }
  return { condition: { type, status: "False", reason: "WaitingForMinReadySeconds" }, waitMs };
}

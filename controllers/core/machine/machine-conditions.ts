import type { Machine } from "../../api/core/v1beta2.ts";
import { parseTime } from "../../runtime/clock.ts";
import { type ConditionInput, findCondition, setCondition } from "../../runtime/conditions.ts";
import type { CoreDeps } from "../core-deps.ts";
import { mirrorExternal } from "../external/mirror-ready.ts";
import { recordMachineV1beta1 } from "./machine-v1beta1.ts";
import { clusterKey, isDeleting, type MachineScope } from "./machine-scope.ts";
import { nodeConditions } from "./node-conditions.ts";
import { readyCondition } from "./ready-condition.ts";
import { upToDateCondition } from "./up-to-date.ts";

/** Sets all conditions of the Machine; returns ms until `Available` may change by itself. */
export async function recordConditions(
  deps: CoreDeps,
  scope: MachineScope,
): Promise<number | undefined> {
  const nowMs = deps.clock.now();
  const { draft, cluster, node, nodeError } = scope;
  const set = (condition: ConditionInput) => setCondition(draft, condition, nowMs);
  set(bootstrapReady(scope));
  set(infrastructureReady(scope));
  const key = clusterKey(scope);
  const lastProbeMs = deps.workload.lastProbeSuccess(key);
  const probes = { lastProbeMs, failedProbes: deps.workload.failedProbes(key), nowMs };
  const view = { cluster, machine: draft, node, nodeError, ...probes };
  for (const condition of nodeConditions(view)) set(condition);
  const upToDate = await upToDateCondition(deps.client, scope.observed, nowMs);
  if (upToDate !== undefined) set(upToDate);
  set({ type: "Updating", status: "False", reason: "NotUpdating" });
  const going = deleting(scope);
  if (going !== undefined) set(going);
  set(readyCondition(draft, nowMs));
  const { condition, waitMs } = available(draft, nowMs);
  set(condition);
  recordMachineV1beta1(scope, nowMs);
  return waitMs;
}

export function bootstrapReady(scope: MachineScope): ConditionInput {
  const type = "BootstrapConfigReady";
  const { draft, bootstrap, missing } = scope;
  const { configRef } = draft.spec.bootstrap;
  if (configRef === undefined) return { type, status: "True", reason: "DataSecretProvided" };
  return mirrorExternal(type, "Ready", {
    kind: configRef.kind,
    object: bootstrap,
    isMissing: missing.has("bootstrap"),
    wasDone: draft.status?.initialization?.bootstrapDataSecretCreated === true,
    field: "dataSecretCreated",
    isOwnerDeleting: isDeleting(scope),
  });
}

export function infrastructureReady(scope: MachineScope): ConditionInput {
  const { draft, infrastructure, missing } = scope;
  return mirrorExternal("InfrastructureReady", "Ready", {
    kind: draft.spec.infrastructureRef.kind,
    object: infrastructure,
    isMissing: missing.has("infrastructure"),
    wasDone: draft.status?.initialization?.infrastructureProvisioned === true,
    field: "provisioned",
    isOwnerDeleting: isDeleting(scope),
    surprise: " while the Machine still exists",
  });
}

/** Undefined where the deletion has not come to say anything: what it said last stays. */
export function deleting(scope: MachineScope): ConditionInput | undefined {
  const type = "Deleting";
  if (!isDeleting(scope)) return { type, status: "False", reason: "NotDeleting" };
  const { stage, draft } = scope;
  if (stage !== undefined) return { type, status: "True", ...stage };
  if (findCondition(draft, type)?.status === "True") return undefined;
  const message = "Please check controller logs for errors";
  return { type, status: "True", reason: "InternalError", message };
}

export function available(
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

import { ClusterNameLabel } from "../../api/constants.ts";
import { Machine, type MachineHealthCheck } from "../../api/core/v1beta2.ts";
import { keyOf, type UnstructuredObject } from "../../runtime/client.ts";
import { findCondition, removeCondition, setCondition } from "../../runtime/conditions.ts";
import { isAlreadyExists } from "../../runtime/errors.ts";
import { draftOf } from "../../runtime/json.ts";
import { ownerReferenceTo } from "../../runtime/owner-references.ts";
import { persist } from "../../runtime/persist.ts";
import { recordV1beta1, type V1beta1Condition } from "../../runtime/v1beta1-conditions.ts";
import type { CoreDeps } from "../core-deps.ts";
import type { Verdict } from "./check-health.ts";

type Unhealthy = Extract<Verdict, { readonly health: "unhealthy" }>;

/** capi-behaviour 6.6, 6.7. */
export async function markUnhealthy(
  deps: CoreDeps,
  machine: Machine,
  context: {
    readonly check: MachineHealthCheck;
    readonly verdict: Unhealthy;
    readonly isAllowed: boolean;
  },
): Promise<void> {
  const { check, verdict, isAllowed } = context;
  const nowMs = deps.clock.now();
  const draft = draftOf(machine);
  const { reason, message } = verdict;
  const wasHealthy = findCondition(machine, "HealthCheckSucceeded")?.status !== "False";
  setCondition(draft, { type: "HealthCheckSucceeded", status: "False", reason, message }, nowMs);
  const type = "HealthCheckSucceeded";
  recordOld(draft, { type, status: "False", severity: "Warning", ...verdict.old }, nowMs);
  const error = isAllowed ? await requestRemediation(deps, draft, check) : undefined;
  await persist(deps.client, Machine, machine, draft);
  if (error !== undefined) throw error;
  if (wasHealthy) {
    const text = `Machine ${keyName(machine)} has been marked as unhealthy by ${check.metadata.name}: ${message}`;
    deps.recorder.event(machine, "Normal", "MachineMarkedUnhealthy", text);
  }
}

/** Why it could not be requested, undefined if it was: what the Machine says of it is written first. */
async function requestRemediation(
  deps: CoreDeps,
  draft: Machine,
  check: MachineHealthCheck,
): Promise<unknown> {
  const nowMs = deps.clock.now();
  if (check.spec.remediation?.templateRef !== undefined) {
    return requestExternally(deps, draft, check);
  }
  // The owner decides what becomes of it; what it has decided already is not touched.
  const isDeleting = draft.metadata.deletionTimestamp !== undefined;
  const known = findCondition(draft, "OwnerRemediated");
  if (isDeleting || (known !== undefined && known.status !== "True")) return undefined;
  const reason = "WaitingForRemediation";
  const message = "Waiting for remediation";
  setCondition(draft, { type: "OwnerRemediated", status: "False", reason, message }, nowMs);
  return undefined;
}

async function requestExternally(
  deps: CoreDeps,
  draft: Machine,
  check: MachineHealthCheck,
): Promise<unknown> {
  const reference = check.spec.remediation?.templateRef;
  if (reference === undefined) return undefined;
  const { namespace = "", name } = draft.metadata;
  const nowMs = deps.clock.now();
  const fail = (reason: string, message: string) =>
    setCondition(draft, { type: "ExternallyRemediated", status: "False", reason, message }, nowMs);
  const templateKind = await deps.client.kindFor(reference.apiVersion, reference.kind);
  const template = await deps.client.get(templateKind, { namespace, name: reference.name });
  if (template === undefined) {
    fail(
      "RemediationTemplateNotFound",
      `Error retrieving remediation template ${reference.kind} ${namespace}/${reference.name}`,
    );
    return undefined;
  }
  const kindName = reference.kind.replace(/Template$/, "");
  const kind = await deps.client.kindFor(reference.apiVersion, kindName);
  const content = (template.spec?.["template"] ?? {}) as Pick<UnstructuredObject, "spec">;
  try {
    await deps.client.create(kind, {
      apiVersion: reference.apiVersion,
      kind: kindName,
      metadata: {
        name,
        namespace,
        labels: { [ClusterNameLabel]: draft.spec.clusterName },
        ownerReferences: [ownerReferenceTo(draft)],
      },
      spec: content.spec ?? {},
    });
  } catch (error) {
    // A request that exists already is the one that was wanted; upstream forgets the other Machines here.
    if (!isAlreadyExists(error)) {
      fail("RemediationRequestCreationFailed", "Please check controller logs for errors");
      return error;
    }
  }
  if (findCondition(draft, "ExternallyRemediated") === undefined) fail("WaitingForRemediation", "");
  return undefined;
}

export async function markHealthy(
  deps: CoreDeps,
  machine: Machine,
  check: MachineHealthCheck,
): Promise<void> {
  const draft = draftOf(machine);
  const fields = { status: "True", reason: "HealthCheckSucceeded" } as const;
  const type = "HealthCheckSucceeded";
  setCondition(draft, { type, ...fields }, deps.clock.now());
  recordOld(draft, { type, status: "True" }, deps.clock.now());
  removeCondition(draft, "OwnerRemediated");
  const wasExternal = findCondition(machine, "ExternallyRemediated") !== undefined;
  removeCondition(draft, "ExternallyRemediated");
  await persist(deps.client, Machine, machine, draft);
  const reference = check.spec.remediation?.templateRef;
  if (!wasExternal || reference === undefined) return;
  const kindName = reference.kind.replace(/Template$/, "");
  const kind = await deps.client.kindFor(reference.apiVersion, kindName);
  await deps.client.delete(kind, keyOf(machine));
}

/** `Ready` is summed up by the controller of Machines. */
function recordOld(draft: Machine, said: V1beta1Condition, nowMs: number): void {
  type Old = NonNullable<NonNullable<NonNullable<Machine["status"]>["deprecated"]>["v1beta1"]>;
  recordV1beta1<Old>(draft, { conditions: [said], summarized: [] }, nowMs);
}

function keyName({ metadata }: Machine): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

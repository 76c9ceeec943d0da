import type { Machine } from "../../api/core/v1beta2.ts";
import type { Node } from "../../api/kubernetes.ts";
import {
  mirrorV1beta1,
  recordV1beta1,
  type V1beta1Condition,
} from "../../runtime/v1beta1-conditions.ts";
import { externalReadyInV1beta1 } from "../external/contract.ts";
import { fallbackInV1beta1 } from "../external/mirror-ready.ts";
import { isDeleting, type MachineScope } from "./machine-scope.ts";

/** `Ready` and what it is summed up from; the health of the Node is not part of it. */
export function recordMachineV1beta1(scope: MachineScope, nowMs: number): void {
  const { draft } = scope;
  const conditions = [bootstrapReady(scope), infrastructureReady(scope), nodeHealthy(scope)];
  const summarized = [
    "InfrastructureReady",
    "BootstrapReady",
    "HealthCheckSucceeded",
    "OwnerRemediated",
    "DrainingSucceeded",
  ];
  const isStarting = !isDeleting(scope) && draft.spec.providerID === undefined;
  const steps = ["BootstrapReady", "InfrastructureReady"];
  const report = { conditions, summarized, ...(isStarting ? { steps } : {}) };
  recordV1beta1<NonNullable<NonNullable<NonNullable<Machine["status"]>["deprecated"]>["v1beta1"]>>(
    draft,
    report,
    nowMs,
  );
}

function bootstrapReady({ draft, bootstrap }: MachineScope): V1beta1Condition | undefined {
  const type = "BootstrapReady";
  if (draft.spec.bootstrap.configRef === undefined) return { type, status: "True" };
  if (bootstrap === undefined) return undefined;
  const isDone = draft.status?.initialization?.bootstrapDataSecretCreated === true;
  const reason = "WaitingForDataSecret";
  return mirrorV1beta1(
    externalReadyInV1beta1(bootstrap),
    fallbackInV1beta1({ type, isDone, reason }),
  );
}

function infrastructureReady({ draft, infrastructure }: MachineScope) {
  const type = "InfrastructureReady";
  if (infrastructure === undefined) return undefined;
  const isDone = draft.status?.initialization?.infrastructureProvisioned === true;
  const reason =
    draft.metadata.deletionTimestamp === undefined ? "WaitingForInfrastructure" : "Deleting";
  return mirrorV1beta1(
    externalReadyInV1beta1(infrastructure),
    fallbackInV1beta1({ type, isDone, reason }),
  );
}

function nodeHealthy(scope: MachineScope): V1beta1Condition | undefined {
  const type = "NodeHealthy";
  const { draft, node, nodeError, infrastructure } = scope;
  if (draft.spec.providerID === undefined) {
    return { type, status: "False", severity: "Info", reason: "WaitingForNodeRef" };
  }
  if (nodeError !== undefined) {
    const message = "Failed to get the Node for this Machine by ProviderID";
    return { type, status: "Unknown", reason: "NodeInspectionFailed", message };
  }
  if (node === undefined) return isDeleting(scope) ? undefined : nodeMissing(draft);
  const isGoing = infrastructure?.object.metadata.deletionTimestamp !== undefined;
  if (infrastructure === undefined || isGoing) {
    return { type, status: "False", severity: "Info", reason: "Deleting" };
  }
  return healthOf(node);
}

function nodeMissing({ status }: Machine): V1beta1Condition {
  const type = "NodeHealthy";
  if (status?.nodeRef !== undefined) {
    return { type, status: "False", severity: "Error", reason: "NodeNotFound" };
  }
  const message = "Waiting for a node with matching ProviderID to exist";
  return { type, status: "False", severity: "Warning", reason: "NodeProvisioning", message };
}

const healthTypes = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/** Unknown only if nothing is known of it. */
function healthOf(node: Node): V1beta1Condition {
  const type = "NodeHealthy";
  const reason = "NodeConditionsFailed";
  const bad = (node.status?.conditions ?? []).filter(
    (each) =>
      healthTypes.includes(each.type) && each.status !== (each.type === "Ready" ? "True" : "False"),
  );
  const message = bad.map((each) => `Node condition ${each.type} is ${each.status}`).join(". ");
  if (bad.some(({ status }) => status !== "Unknown")) {
    return { type, status: "False", severity: "Warning", reason, message };
  }
  return bad.length < healthTypes.length
    ? { type, status: "True" }
    : { type, status: "Unknown", reason, message };
}

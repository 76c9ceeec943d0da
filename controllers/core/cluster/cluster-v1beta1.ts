import type { Cluster } from "../../api/core/v1beta2.ts";
import {
  mirrorV1beta1,
  recordV1beta1,
  type V1beta1Condition,
} from "../../runtime/v1beta1-conditions.ts";
import { externalReadyInV1beta1 } from "../external/contract.ts";
import type { ExternalObject } from "../external/external-objects.ts";
import { fallbackInV1beta1 } from "../external/mirror-ready.ts";
import { type ClusterScope, isDeleting } from "./cluster-scope.ts";

type Old = NonNullable<NonNullable<NonNullable<Cluster["status"]>["deprecated"]>["v1beta1"]>;

/** `Ready`: the control plane and the infrastructure are. */
export function recordClusterV1beta1(scope: ClusterScope, nowMs: number): void {
  const conditions = [
    infrastructureReady(scope),
    controlPlaneReady(scope),
    controlPlaneInitialized(scope),
  ];
  const summarized = ["ControlPlaneReady", "InfrastructureReady"];
  recordV1beta1<Old>(scope.draft, { conditions, summarized }, nowMs);
}

function infrastructureReady(scope: ClusterScope): V1beta1Condition | undefined {
  const type = "InfrastructureReady";
  const { draft, infrastructure } = scope;
  if (draft.spec.infrastructureRef === undefined) return { type, status: "True" };
  const isDone = draft.status?.initialization?.infrastructureProvisioned === true;
  return mirrored(scope, infrastructure, { type, isDone, reason: "WaitingForInfrastructure" });
}

function controlPlaneReady(scope: ClusterScope): V1beta1Condition | undefined {
  const isDone = scope.draft.status?.initialization?.controlPlaneInitialized === true;
  const reason = "WaitingForControlPlane";
  return mirrored(scope, scope.controlPlane, { type: "ControlPlaneReady", isDone, reason });
}

/** Undefined while nobody sees the object: what was said last stays. */
function mirrored(
  scope: ClusterScope,
  object: ExternalObject | undefined,
  given: { readonly type: string; readonly isDone: boolean; readonly reason: string },
): V1beta1Condition | undefined {
  if (object === undefined) return undefined;
  const going = { ...given, isDone: false, reason: "Deleting" };
  const fallback = fallbackInV1beta1(isDeleting(scope) ? going : given);
  return mirrorV1beta1(externalReadyInV1beta1(object), fallback);
}

/** Once it is, it stays. */
function controlPlaneInitialized({ draft }: ClusterScope): V1beta1Condition {
  const type = "ControlPlaneInitialized";
  if (draft.status?.initialization?.controlPlaneInitialized === true) {
    return { type, status: "True" };
  }
  const own = draft.spec.controlPlaneRef === undefined;
  const reason = own ? "MissingNodeRef" : "WaitingForControlPlaneProviderInitialized";
  const message = own
    ? "Waiting for the first control plane machine to have its status.nodeRef set"
    : "Waiting for control plane provider to indicate the control plane has been initialized";
  return { type, status: "False", severity: "Info", reason, message };
}

import type { Cluster } from "../api/core/v1beta2.ts";
import { PausedAnnotation } from "../api/constants.ts";
import type { KubeObject } from "../runtime/client.ts";
import { findCondition, type ObjectWithConditions, setCondition } from "../runtime/conditions.ts";

/** Any value of the annotation counts, even "false". */
export function isPaused(cluster: Cluster | undefined, object: KubeObject): boolean {
  return (
    cluster?.spec?.paused === true || object.metadata.annotations?.[PausedAnnotation] !== undefined
  );
}

/** Sets the condition `Paused`; true if that changes its status, which upstream writes before it does anything else. */
export function recordPaused(
  draft: KubeObject & ObjectWithConditions,
  cluster: Cluster | undefined,
  nowMs: number,
): boolean {
  const before = findCondition(draft, "Paused")?.status;
  const messages: string[] = [];
  if (cluster?.spec?.paused === true) messages.push("Cluster spec.paused is set to true");
  if (draft.metadata.annotations?.[PausedAnnotation] !== undefined) {
    messages.push(`${draft.kind} has the ${PausedAnnotation} annotation`);
  }
  const status = messages.length > 0 ? "True" : "False";
  const reason = messages.length > 0 ? "Paused" : "NotPaused";
  setCondition(draft, { type: "Paused", status, reason, message: messages.join(", ") }, nowMs);
  return before !== status;
}

import { PausedAnnotation } from "../../api/constants.ts";
import type { Cluster } from "../../api/core/v1beta2.ts";
import type { KubeObject } from "../../runtime/client.ts";
import type { ConditionValue } from "./conditions.ts";

/** Any value of the annotation pauses, even "false". */
export function pausedCondition(cluster: Cluster, object: KubeObject): ConditionValue {
  const reasons: string[] = [];
  if (cluster.spec.paused === true) reasons.push("Cluster spec.paused is set to true");
  if (object.metadata.annotations?.[PausedAnnotation] !== undefined) {
    reasons.push(`${object.kind} has the ${PausedAnnotation} annotation`);
  }
  return reasons.length === 0
    ? { type: "Paused", status: "False", reason: "NotPaused" }
    : { type: "Paused", status: "True", reason: "Paused", message: reasons.join(", ") };
}

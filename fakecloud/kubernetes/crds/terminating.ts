import { type KubeObject, withField, withMeta } from "../object.ts";
import { type Condition, conditionsOf, record } from "./definition.ts";

export const cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/** The object with a condition set; its transition time moves only when its status does. */
export function setCondition(object: KubeObject, condition: Condition, now: string): KubeObject {
  const conditions = conditionsOf(object);
  const before = conditions.find(({ type }) => type === condition.type);
  const lastTransitionTime =
    before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
  const { type, status, reason, message } = condition;
  const set = {
    type,
    status,
    lastTransitionTime,
    ...(reason === "" ? {} : { reason }),
    ...(message === "" ? {} : { message }),
  };
  const next =
    before === undefined
      ? [...conditions, set]
      : conditions.map((each) => (each.type === type ? set : each));
  return withField(object, "status", { ...record(object["status"]), conditions: next });
}

/** A definition on its way out: held by the cleanup finalizer, which is added when it is first deleted. */
export function markTerminating(
  live: KubeObject,
  now: string,
  condition: Omit<Condition, "lastTransitionTime" | "type">,
): KubeObject {
  const finalizers = live.metadata.finalizers ?? [];
  if (live.metadata.deletionTimestamp !== undefined) return live;
  const held = withMeta(live, {
    finalizers: finalizers.includes(cleanupFinalizer)
      ? finalizers
      : [...finalizers, cleanupFinalizer],
  });
  return setCondition(held, { type: "Terminating", ...condition }, now);
}

import type { Machine } from "../../api/core/v1beta2.ts";
import { type ConditionValue, setConditions } from "../../bootstrap/objects/conditions.ts";
import { type ControlPlane, isDeleting, type Member } from "./control-plane.ts";
import { rolloutReasons } from "./up-to-date.ts";

/** The Machine with the conditions that the control plane is responsible for. */
export function withMemberConditions(
  controlPlane: ControlPlane,
  member: Member,
  values: readonly ConditionValue[],
): Machine {
  const { machine } = member;
  const all = isDeleting(member) ? values : [...values, upToDate(controlPlane, member)];
  const conditions = setConditions(machine.status?.conditions, all, {
    nowMs: controlPlane.nowMs,
    generation: machine.metadata.generation,
  });
  return { ...machine, status: { ...machine.status, conditions } };
}

function upToDate(controlPlane: ControlPlane, member: Member): ConditionValue {
  const reasons = rolloutReasons(controlPlane, member);
  return reasons.length === 0
    ? { type: "UpToDate", status: "True", reason: "UpToDate" }
    : {
        type: "UpToDate",
        status: "False",
        reason: "NotUpToDate",
        message: reasons.map((reason) => `* ${reason}`).join("\n"),
      };
}

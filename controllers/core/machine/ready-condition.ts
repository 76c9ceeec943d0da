import type { Machine } from "../../api/core/v1beta2.ts";
import { summarizeConditions } from "../../runtime/condition-merge.ts";
import { type Condition, type ConditionInput, findCondition } from "../../runtime/conditions.ts";
import { isStaleDeletion, likelyCauses } from "../../runtime/stale-deletions.ts";

/** What a deletion brings with it: it makes no Machine less ready. */
const expectedWhileDeleting = new Set([
  "BootstrapConfigReady ObjectDeleted",
  "BootstrapConfigReady ObjectDoesNotExist",
  "InfrastructureReady ObjectDeleted",
  "InfrastructureReady ObjectDoesNotExist",
  "NodeHealthy NodeDeleted",
  "NodeHealthy NodeDoesNotExist",
]);

/** The condition Ready, from the other conditions of the Machine. capi-behaviour 3.13. */
export function readyCondition(machine: Machine, nowMs: number): ConditionInput {
  const gates = machine.spec.readinessGates ?? [];
  const isDeleting = machine.metadata.deletionTimestamp !== undefined;
  const conditions = machine.status?.conditions ?? [];
  return summarizeConditions("Ready", isDeleting ? withShort(machine, nowMs) : conditions, {
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
    isInfo: ({ type, reason }) => isDeleting && expectedWhileDeleting.has(`${type} ${reason}`),
    reword: groupComponents,
    reasons: { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" },
  });
}

/** With few texts for the deletion, so that many Machines can be told as one. */
function withShort(machine: Machine, nowMs: number): readonly Condition[] {
  const deleting = findCondition(machine, "Deleting");
  const isStale = isStaleDeletion(machine, nowMs);
  const stage = deleting === undefined ? "" : `, stage: ${deleting.reason}`;
  const causes = isStale ? likelyCauses([machine], nowMs) : "";
  const since = isStale ? " since more than 15m" : "";
  const short: Condition = {
    lastTransitionTime: "",
    type: "Deleting",
    status: "True",
    reason: "Deleting",
    message: `Machine deletion in progress${since}${stage}${causes}`,
  };
  const others = (machine.status?.conditions ?? []).filter(({ type }) => type !== "Deleting");
  return [short, ...others];
}

const component =
  /^\* (?:APIServer.*?|ControllerManager.*?|Scheduler.*?|EtcdPodHealthy):(?<text>.*)$/s;

/** What all components of the control plane say is told once. */
function groupComponents(lines: readonly string[]): readonly string[] {
  const texts = lines.map((line) => component.exec(line)?.groups?.["text"]);
  const said = new Set(texts.filter((text) => text !== undefined));
  const first = texts.findIndex((text) => text !== undefined);
  const count = texts.filter((text) => text !== undefined).length;
  if (count < 2 || said.size > 1) return lines;
  return lines.flatMap((line, index) => {
    if (texts[index] === undefined) return [line];
    return index === first ? [`* Control plane components:${texts[index] ?? ""}`] : [];
  });
}

import {
  aggregateConditions,
  type AggregateMember,
  summarizeConditions,
} from "../../runtime/condition-merge.ts";
import type { Condition, ConditionInput } from "../../runtime/conditions.ts";
import { isOwnedBy } from "../../runtime/owner-references.ts";
import { conditionOf } from "../external/contract.ts";
import { type ClusterScope, isDeleting } from "./cluster-scope.ts";

export function workersAvailable({ machineDeployments }: ClusterScope): ConditionInput {
  const type = "WorkersAvailable";
  if (machineDeployments.length === 0) return { type, status: "True", reason: "NoWorkers" };
  const members = membersOf(machineDeployments, "MachineDeployment", "Available");
  return aggregateConditions(type, members, {
    source: "Available",
    reasons: { issue: "NotAvailable", unknown: "AvailableUnknown", info: "Available" },
  });
}

interface Part {
  readonly metadata: { readonly name: string };
  readonly status?: { conditions?: Condition[] };
}

function membersOf(parts: readonly Part[], kind: string, type: string): AggregateMember[] {
  return parts.map(({ metadata, status }) => ({
    name: metadata.name,
    kind,
    condition: status?.conditions?.find((condition) => condition.type === type),
  }));
}

/** RollingOut, ScalingUp and ScalingDown hold for the Cluster as soon as they hold for one of its parts. */
export function fromParts(scope: ClusterScope, type: string): ConditionInput {
  const { machineDeployments, machineSets, observed } = scope;
  const alone = machineSets.filter((set) => isOwnedBy(set, observed));
  const members = [
    ...controlPlaneMember(scope, type),
    ...membersOf(machineDeployments, "MachineDeployment", type),
    ...(type === "RollingOut" ? [] : membersOf(alone, "MachineSet", type)),
  ];
  if (members.length === 0) return { type, status: "False", reason: `Not${type}` };
  return aggregateConditions(type, members, {
    source: type,
    negative: true,
    reasons: { issue: type, unknown: `${type}Unknown`, info: `Not${type}` },
  });
}

/** A control plane need not report conditions: one that doesn't is not waited for. */
function controlPlaneMember({ controlPlane }: ClusterScope, type: string): AggregateMember[] {
  if (controlPlane === undefined) return [];
  const reported = conditionOf(controlPlane, type);
  if (reported === undefined) return [];
  const { kind, metadata } = controlPlane.object;
  const condition = { lastTransitionTime: "", reason: "", message: "", ...reported } as Condition;
  return [{ name: metadata.name, kind, condition }];
}

const expectedWhileDeleting = new Set([
  "InfrastructureReady ObjectDeleted",
  "InfrastructureReady ObjectDoesNotExist",
  "ControlPlaneAvailable ObjectDeleted",
  "ControlPlaneAvailable ObjectDoesNotExist",
]);

export function availableCondition(scope: ClusterScope): ConditionInput {
  const { draft } = scope;
  const gates = draft.spec.availabilityGates ?? [];
  return summarizeConditions("Available", draft.status?.conditions ?? [], {
    types: [
      "Deleting",
      "RemoteConnectionProbe",
      "InfrastructureReady",
      "ControlPlaneAvailable",
      "WorkersAvailable",
      "TopologyReconciled",
      ...gates.map(({ conditionType }) => conditionType),
    ],
    negative: [
      "Deleting",
      ...gates.filter(({ polarity }) => polarity === "Negative").map((gate) => gate.conditionType),
    ],
    ignoreIfMissing: ["TopologyReconciled"],
    isInfo: ({ type, reason }) =>
      isDeleting(scope) && expectedWhileDeleting.has(`${type} ${reason}`),
    reasons: { issue: "NotAvailable", unknown: "AvailableUnknown", info: "Available" },
  });
}

import { formatTime } from "../../runtime/clock.ts";
import { keyOf } from "../../runtime/client.ts";
import {
  aggregateConditions,
  type AggregateMember,
  mirrorCondition,
  summarizeConditions,
} from "../../runtime/condition-merge.ts";
import {
  type Condition,
  type ConditionInput,
  findCondition,
  setCondition,
} from "../../runtime/conditions.ts";
import type { CoreDeps } from "../core-deps.ts";
import { conditionOf, isControlPlaneInitialized } from "../external/contract.ts";
import { gone, mirrorReady } from "../machine/machine-conditions.ts";
import { machinesReady, machinesUpToDate, remediating } from "../machine-set/machine-set-status.ts";
import { v1beta1Conditions } from "../v1beta1-status.ts";
import {
  type ClusterScope,
  controlPlaneMachines,
  isDeleting,
  workerMachines,
} from "./cluster-scope.ts";

const connectionGraceMs = 50_000;

/** Sets all conditions of the Cluster. capi-behaviour 2.12. */
export function recordConditions(deps: CoreDeps, scope: ClusterScope): void {
  const nowMs = deps.clock.now();
  const draft = scope.draft;
  const set = (condition: ConditionInput | undefined) => {
    if (condition !== undefined) setCondition(draft, condition, nowMs);
  };
  set(connectionProbe(deps, scope));
  set(infrastructureReady(scope));
  set(controlPlaneAvailable(scope));
  set(controlPlaneInitialized(scope));
  set(workersAvailable(scope));
  for (const [prefix, machines] of [
    ["ControlPlane", controlPlaneMachines(scope)],
    ["Worker", workerMachines(scope)],
  ] as const) {
    set({ ...machinesReady(machines), type: `${prefix}MachinesReady` });
    set({ ...machinesUpToDate(machines, nowMs), type: `${prefix}MachinesUpToDate` });
  }
  for (const type of ["RollingOut", "ScalingUp", "ScalingDown"]) set(fromParts(scope, type));
  set(remediating(scope.machines));
  set(deleting(scope));
  set(available(scope));
  const status = (draft.status ??= {});
  const conditions = v1beta1Conditions(draft, oldNames, nowMs);
  status.deprecated = { v1beta1: { ...status.deprecated?.v1beta1, conditions } };
}

const oldNames = {
  ControlPlaneInitialized: "ControlPlaneInitialized",
  ControlPlaneReady: "ControlPlaneAvailable",
  InfrastructureReady: "InfrastructureReady",
};

function connectionProbe(deps: CoreDeps, scope: ClusterScope): ConditionInput | undefined {
  const type = "RemoteConnectionProbe";
  const last = deps.workload.lastProbeSuccess(keyOf(scope.observed));
  if (last === undefined) {
    if (findCondition(scope.observed, type) !== undefined) return undefined;
    const message = "Remote connection not established yet";
    return { type, status: "False", reason: "ProbeFailed", message };
  }
  if (deps.clock.now() - last > connectionGraceMs) {
    const message = `Remote connection probe failed, probe last succeeded at ${formatTime(last)}`;
    return { type, status: "False", reason: "ProbeFailed", message };
  }
  return { type, status: "True", reason: "ProbeSucceeded" };
}

function infrastructureReady({ draft, infrastructure }: ClusterScope): ConditionInput {
  const type = "InfrastructureReady";
  const reference = draft.spec.infrastructureRef;
  const provisioned = draft.status?.initialization?.infrastructureProvisioned === true;
  if (reference === undefined) return { type, status: "True", reason: "Ready" };
  if (infrastructure === undefined) return gone(type, reference, provisioned);
  const message = provisioned ? "" : `${reference.kind} status.initialization.provisioned is false`;
  return mirrorReady(type, infrastructure, { holds: provisioned, message });
}

function controlPlaneAvailable({ draft, controlPlane }: ClusterScope): ConditionInput {
  const type = "ControlPlaneAvailable";
  const reference = draft.spec.controlPlaneRef;
  const initialized = draft.status?.initialization?.controlPlaneInitialized === true;
  const fallback: ConditionInput = {
    type,
    status: initialized ? "True" : "False",
    reason: initialized ? "Available" : "NotAvailable",
    message: initialized ? "" : "Control plane not yet initialized",
  };
  if (reference === undefined) return fallback;
  if (controlPlane === undefined) return gone(type, reference, initialized);
  const source = conditionOf(controlPlane, "Available") ?? conditionOf(controlPlane, "Ready");
  return mirrorCondition(type, source, fallback);
}

function controlPlaneInitialized({ draft, controlPlane }: ClusterScope): ConditionInput {
  const type = "ControlPlaneInitialized";
  const reference = draft.spec.controlPlaneRef;
  if (draft.status?.initialization?.controlPlaneInitialized === true) {
    return { type, status: "True", reason: "Initialized" };
  }
  // Upstream asks for the infrastructure here and so reports an internal error; the control plane is meant.
  if (reference !== undefined && controlPlane === undefined) return gone(type, reference, false);
  const waiting =
    controlPlane !== undefined && !isControlPlaneInitialized(controlPlane)
      ? "Control plane not yet initialized"
      : "Waiting for the first control plane machine to have status.nodeRef set";
  return { type, status: "False", reason: "NotInitialized", message: waiting };
}

function workersAvailable({ machineDeployments }: ClusterScope): ConditionInput {
  const type = "WorkersAvailable";
  if (machineDeployments.length === 0) return { type, status: "True", reason: "NoWorkers" };
  return aggregateConditions(
    type,
    membersOf(machineDeployments, "MachineDeployment", "Available"),
    {
      source: "Available",
      reasons: { issue: "NotAvailable", unknown: "AvailableUnknown", info: "Available" },
    },
  );
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
function fromParts(scope: ClusterScope, type: string): ConditionInput {
  const { controlPlane, machineDeployments, machineSets, observed } = scope;
  const members = membersOf(machineDeployments, "MachineDeployment", type);
  const alone = machineSets.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === observed.metadata.uid),
  );
  if (type !== "RollingOut") members.push(...membersOf(alone, "MachineSet", type));
  const reported = controlPlane === undefined ? undefined : conditionOf(controlPlane, type);
  if (controlPlane !== undefined && reported !== undefined) {
    members.unshift({
      name: controlPlane.object.metadata.name,
      kind: controlPlane.object.kind,
      isControlPlane: true,
      condition: { lastTransitionTime: "", reason: "", message: "", ...reported } as Condition,
    });
  }
  const affected = members.filter(({ condition }) => condition?.status === "True");
  if (affected.length === 0) return { type, status: "False", reason: `Not${type}` };
  const { message = "" } = aggregateConditions(type, affected, {
    source: type,
    negative: true,
    reasons: { issue: type, unknown: `${type}Unknown`, info: `Not${type}` },
  });
  return { type, status: "True", reason: type, message };
}

function deleting(scope: ClusterScope): ConditionInput {
  const type = "Deleting";
  if (!isDeleting(scope)) return { type, status: "False", reason: "NotDeleting" };
  return {
    type,
    status: "True",
    ...(scope.stage ?? {
      reason: "InternalError",
      message: "Please check controller logs for errors",
    }),
  };
}

const expectedWhileDeleting = new Set(["ObjectDeleted", "ObjectDoesNotExist"]);

function available(scope: ClusterScope): ConditionInput {
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
    isInfo: ({ reason }) => isDeleting(scope) && expectedWhileDeleting.has(reason),
    reasons: { issue: "NotAvailable", unknown: "AvailableUnknown", info: "Available" },
  });
}

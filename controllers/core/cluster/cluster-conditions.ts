import { formatTime } from "../../runtime/clock.ts";
import { keyOf } from "../../runtime/client.ts";
import { type ConditionInput, findCondition, setCondition } from "../../runtime/conditions.ts";
import { clusterGraceMs, enoughFailures } from "../../runtime/connection-grace.ts";
import type { CoreDeps } from "../core-deps.ts";
import { doesNotExist, internalError, mirrorExternal } from "../external/mirror-ready.ts";
import { machinesReady, machinesUpToDate, remediating } from "../machine-aggregates.ts";
import {
  type ClusterScope,
  controlPlaneMachines,
  isDeleting,
  workerMachines,
} from "./cluster-scope.ts";
import { availableCondition, fromParts, workersAvailable } from "./cluster-summary.ts";
import { recordClusterV1beta1 } from "./cluster-v1beta1.ts";

/** What is known of the connection to the workload cluster. */
export interface Probes {
  readonly lastProbeMs: number | undefined;
  readonly failedProbes: number;
  readonly nowMs: number;
}

const surprise = " while the cluster still exists";

/** Sets all conditions of the Cluster. capi-behaviour 2.12. */
export function recordConditions(deps: CoreDeps, scope: ClusterScope): void {
  const nowMs = deps.clock.now();
  const key = keyOf(scope.observed);
  const lastProbeMs = deps.workload.lastProbeSuccess(key);
  const failedProbes = deps.workload.failedProbes(key);
  for (const condition of conditionsOf(scope, { lastProbeMs, failedProbes, nowMs })) {
    setCondition(scope.draft, condition, nowMs);
  }
  // Summed up from those before.
  setCondition(scope.draft, availableCondition(scope), nowMs);
  recordClusterV1beta1(scope, nowMs);
}

export function conditionsOf(scope: ClusterScope, now: Probes): readonly ConditionInput[] {
  const probe = connectionProbe(scope, now);
  const [controlPlane, workers] = [controlPlaneMachines(scope), workerMachines(scope)];
  return [
    ...(probe === undefined ? [] : [probe]),
    infrastructureReady(scope),
    controlPlaneAvailable(scope),
    controlPlaneInitialized(scope),
    workersAvailable(scope),
    machinesReady(controlPlane, "ControlPlaneMachinesReady"),
    machinesUpToDate(controlPlane, now.nowMs, "ControlPlaneMachinesUpToDate"),
    machinesReady(workers, "WorkerMachinesReady"),
    machinesUpToDate(workers, now.nowMs, "WorkerMachinesUpToDate"),
    ...["RollingOut", "ScalingUp", "ScalingDown"].map((type) => fromParts(scope, type)),
    remediating(scope.machines),
    deleting(scope),
  ];
}

/** Until somebody has connected or tried often enough, what was said before this process began stays. */
function connectionProbe(
  scope: ClusterScope,
  { lastProbeMs, failedProbes, nowMs }: Probes,
): ConditionInput | undefined {
  const type = "RemoteConnectionProbe";
  const failed = (message: string) =>
    ({ type, status: "False", reason: "ProbeFailed", message }) as const;
  if (lastProbeMs === undefined && failedProbes < enoughFailures) {
    return findCondition(scope.observed, type) === undefined
      ? failed("Remote connection not established yet")
      : undefined;
  }
  if (lastProbeMs === undefined) return failed("Remote connection probe failed");
  return nowMs - lastProbeMs > clusterGraceMs
    ? failed(`Remote connection probe failed, probe last succeeded at ${formatTime(lastProbeMs)}`)
    : { type, status: "True", reason: "ProbeSucceeded" };
}

function infrastructureReady(scope: ClusterScope): ConditionInput {
  const type = "InfrastructureReady";
  const { draft, infrastructure, missing } = scope;
  const reference = draft.spec.infrastructureRef;
  // Upstream reports an internal error here; there is nothing to wait for.
  if (reference === undefined) return { type, status: "True", reason: "Ready" };
  return mirrorExternal(type, "Ready", {
    kind: reference.kind,
    object: infrastructure,
    isMissing: missing.has("infrastructure"),
    wasDone: draft.status?.initialization?.infrastructureProvisioned === true,
    field: "provisioned",
    isOwnerDeleting: isDeleting(scope),
    surprise,
  });
}

function controlPlaneAvailable(scope: ClusterScope): ConditionInput {
  const type = "ControlPlaneAvailable";
  const { draft, controlPlane, missing } = scope;
  const reference = draft.spec.controlPlaneRef;
  const wasDone = draft.status?.initialization?.controlPlaneInitialized === true;
  if (reference === undefined) {
    // Upstream reports an internal error here; the Machines are the control plane.
    return wasDone
      ? { type, status: "True", reason: "Available" }
      : {
          type,
          status: "False",
          reason: "NotAvailable",
          message: "Control plane not yet initialized",
        };
  }
  return mirrorExternal(type, "Available", {
    kind: reference.kind,
    object: controlPlane,
    isMissing: missing.has("controlPlane"),
    wasDone,
    field: "controlPlaneInitialized",
    isOwnerDeleting: isDeleting(scope),
    surprise,
  });
}

function controlPlaneInitialized(scope: ClusterScope): ConditionInput {
  const type = "ControlPlaneInitialized";
  const { draft, observed, controlPlane, missing } = scope;
  const isDone =
    draft.status?.initialization?.controlPlaneInitialized === true ||
    findCondition(observed, type)?.status === "True";
  if (isDone) return { type, status: "True", reason: "Initialized" };
  const reference = draft.spec.controlPlaneRef;
  const isUnseen = reference !== undefined && controlPlane === undefined;
  // Upstream asks for the infrastructure here and so reports an internal error; the control plane is meant.
  if (isUnseen && missing.has("controlPlane")) {
    return doesNotExist(type, reference.kind, "Unknown");
  }
  if (isUnseen) return internalError(type);
  const message =
    reference === undefined
      ? "Waiting for the first control plane machine to have status.nodeRef set"
      : "Control plane not yet initialized";
  return { type, status: "False", reason: "NotInitialized", message };
}

function deleting(scope: ClusterScope): ConditionInput {
  const type = "Deleting";
  if (!isDeleting(scope)) return { type, status: "False", reason: "NotDeleting" };
  const unknown = {
    reason: "InternalError",
    message: "Please check controller logs for errors",
  };
  return { type, status: "True", ...(scope.stage ?? unknown) };
}

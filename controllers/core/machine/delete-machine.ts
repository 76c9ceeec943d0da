import {
  ClusterNameLabel,
  ExcludeNodeDrainingAnnotation,
  ExcludeWaitForNodeVolumeDetachAnnotation,
  MachineFinalizer,
  PreDrainDeleteHookAnnotationPrefix,
  PreTerminateDeleteHookAnnotationPrefix,
} from "../../api/constants.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { Node } from "../../api/kubernetes.ts";
import { keyOf } from "../../runtime/client.ts";
import { formatTime, parseTime } from "../../runtime/clock.ts";
import { done, requeueAfter, type Result } from "../../runtime/controller.ts";
import { isUnreachable, messageOf } from "../../runtime/errors.ts";
import { withoutFinalizer } from "../../runtime/finalizers.ts";
import type { CoreDeps } from "../core-deps.ts";
import { type ExternalObject, getExternal } from "../external/external-objects.ts";
import { isControlPlaneMachine } from "../cluster/cluster-scope.ts";
import { drainNode } from "./drain-node.ts";
import type { MachineScope } from "./machine-scope.ts";
import { volumesAttached } from "./volumes.ts";

const drainRetryMs = 20_000;
const volumeRetryMs = 20_000;
const nodeRetryMs = 2_000;
const defaultNodeDeletionSeconds = 10;

type DeletionTimes = NonNullable<NonNullable<Machine["status"]>["deletion"]>;

/**
 * One pass over the stages of a deletion. Each stage looks at what is there, so a crash between two of them is safe; the first that
 * is not over ends the pass. capi-behaviour 3.20 to 3.29.
 */
export async function deleteMachine(deps: CoreDeps, scope: MachineScope): Promise<Result> {
  const handlesNode = await mayHandleNode(deps, scope);
  const waiting = handlesNode ? await releaseNode(deps, scope) : undefined;
  if (waiting !== undefined) return waiting;
  const hook = waitForHook(scope, "PreTerminate");
  if (hook !== undefined) return hook;
  if (await deleteExternal(deps, scope, scope.infrastructure, "Infrastructure")) return done;
  if (await deleteExternal(deps, scope, scope.bootstrap, "Bootstrap")) return done;
  if (handlesNode && !(await deleteNode(deps, scope))) return requeueAfter(nodeRetryMs);
  scope.stage = { reason: "DeletionCompleted", message: "Deletion completed" };
  scope.draft.metadata.finalizers = withoutFinalizer(scope.draft, MachineFinalizer);
  return done; // The object is gone.
}

/** Whether there is a Node to be drained, in a cluster that will still be there. 3.20. */
async function mayHandleNode(deps: CoreDeps, scope: MachineScope): Promise<boolean> {
  const { cluster, observed, draft } = scope;
  if (cluster.metadata.deletionTimestamp !== undefined) return false;
  if (draft.status?.nodeRef === undefined) return false;
  const { namespace = "" } = observed.metadata;
  const reference = cluster.spec.controlPlaneRef;
  if (reference !== undefined) {
    const key = { namespace, name: reference.name };
    const controlPlane = await getExternal(deps.client, reference, key);
    if (controlPlane?.object.metadata.deletionTimestamp !== undefined) return false;
    if (controlPlane?.object.status?.["externalManagedControlPlane"] === true) return true;
  }
  return !isControlPlaneMachine(observed) || hasSibling(deps, observed);
}

/** The last control-plane Machine takes its API server with it: nobody could answer a drain. */
async function hasSibling(deps: CoreDeps, { metadata, spec }: Machine): Promise<boolean> {
  const machines = await deps.client.list(Machine, {
    namespace: metadata.namespace ?? "",
    labels: { [ClusterNameLabel]: spec.clusterName },
  });
  return machines.some(
    (machine) =>
      isControlPlaneMachine(machine) &&
      machine.metadata.name !== metadata.name &&
      machine.metadata.deletionTimestamp === undefined,
  );
}

/** Hooks, drain and volumes; undefined when the Node is free. */
async function releaseNode(deps: CoreDeps, scope: MachineScope): Promise<Result | undefined> {
  const hook = waitForHook(scope, "PreDrain");
  if (hook !== undefined) return hook;
  const times = deletionTimes(scope);
  const { infrastructure, draft } = scope;
  // An instance that is going anyway cannot be waited for.
  const isGoing =
    infrastructure === undefined || infrastructure.object.metadata.deletionTimestamp !== undefined;
  if (isGoing || times.waitForPreTerminateHookStartTime !== undefined) return undefined;
  const annotations = draft.metadata.annotations ?? {};
  if (annotations[ExcludeNodeDrainingAnnotation] === undefined) {
    const drained = await drain(deps, scope, times);
    if (!drained) return requeueAfter(drainRetryMs);
  }
  if (annotations[ExcludeWaitForNodeVolumeDetachAnnotation] === undefined) {
    const detached = await waitForVolumes(deps, scope, times);
    if (!detached) return requeueAfter(volumeRetryMs);
  }
  return undefined;
}

function deletionTimes({ draft }: MachineScope): DeletionTimes {
  draft.status ??= {};
  return (draft.status.deletion ??= {});
}

/** Hooks are annotations; whoever removes the last one triggers the next reconcile. */
function waitForHook(scope: MachineScope, hook: "PreDrain" | "PreTerminate"): Result | undefined {
  const prefix =
    hook === "PreDrain"
      ? PreDrainDeleteHookAnnotationPrefix
      : PreTerminateDeleteHookAnnotationPrefix;
  const hooks = Object.keys(scope.draft.metadata.annotations ?? {})
    .filter((key) => key === prefix || key.startsWith(`${prefix}/`))
    .sort();
  if (hooks.length === 0) return undefined;
  const times = deletionTimes(scope);
  const field = `waitFor${hook}HookStartTime` as const;
  times[field] ??= scope.observed.metadata.deletionTimestamp ?? "";
  const noun = hook === "PreDrain" ? "pre-drain" : "pre-terminate";
  const message = `Waiting for ${noun} hooks to succeed (hooks: ${hooks.join(",")})`;
  scope.stage = { reason: `WaitingFor${hook}Hook`, message };
  return done;
}

function isOver(
  startTime: string | undefined,
  seconds: number | undefined,
  nowMs: number,
): boolean {
  const startMs = parseTime(startTime ?? "");
  if (startMs === undefined || seconds === undefined || seconds === 0) return false;
  return nowMs >= startMs + seconds * 1000;
}

async function drain(deps: CoreDeps, scope: MachineScope, times: DeletionTimes): Promise<boolean> {
  const { draft, workload, node } = scope;
  const nowMs = deps.clock.now();
  if (isOver(times.nodeDrainStartTime, draft.spec.deletion?.nodeDrainTimeoutSeconds, nowMs)) {
    return true;
  }
  times.nodeDrainStartTime ??= formatTime(nowMs);
  if (workload === undefined || scope.nodeError !== undefined) {
    const message = "Requeue drain: the connection to the workload cluster is not established";
    scope.stage = { reason: "DrainingNode", message };
    return false;
  }
  if (node === undefined) return true; // The Node is gone, and its pods with it.
  const text = await drainNode(deps, scope, {
    workload,
    node,
    startTime: times.nodeDrainStartTime,
  });
  if (text === undefined) {
    const note = `success draining Machine's node "${node.metadata.name}"`;
    if (
      scope.observed.status?.conditions?.some(({ reason }) => reason === "DrainingNode") === true
    ) {
      deps.recorder.event(scope.observed, "Normal", "SuccessfulDrainNode", note);
    }
    return true;
  }
  scope.stage = { reason: "DrainingNode", message: text };
  return false;
}

async function waitForVolumes(
  deps: CoreDeps,
  scope: MachineScope,
  times: DeletionTimes,
): Promise<boolean> {
  const nowMs = deps.clock.now();
  const limit = scope.draft.spec.deletion?.nodeVolumeDetachTimeoutSeconds;
  if (isOver(times.waitForNodeVolumeDetachStartTime, limit, nowMs)) return true;
  const attached = await observeVolumes(scope);
  if (attached?.length === 0) return true;
  times.waitForNodeVolumeDetachStartTime ??= formatTime(nowMs);
  const started = times.waitForNodeVolumeDetachStartTime;
  const list = attached?.map((name) => `\n* ${name}`).join("");
  const what = list ?? ": the workload cluster does not answer";
  const message = `Waiting for Node volumes to be detached (started at ${started})${what}`;
  scope.stage = { reason: "WaitingForVolumeDetach", message };
  return false;
}

/** Undefined while the cluster does not answer: an unknown volume is not a detached one. */
async function observeVolumes(scope: MachineScope): Promise<readonly string[] | undefined> {
  const { workload, node, nodeError } = scope;
  if (workload === undefined || nodeError !== undefined) return undefined;
  // With the Node gone, what it held is free.
  return node === undefined ? [] : volumesAttached(workload, node);
}

/** True while the object is there: its end is watched. */
async function deleteExternal(
  deps: CoreDeps,
  scope: MachineScope,
  external: ExternalObject | undefined,
  what: "Bootstrap" | "Infrastructure",
): Promise<boolean> {
  if (external === undefined) return false;
  const { object, kind } = external;
  scope.stage = {
    reason: `WaitingFor${what}Deletion`,
    message: `Waiting for ${object.kind} to be deleted`,
  };
  if (object.metadata.deletionTimestamp === undefined) {
    await deps.client.delete(kind, keyOf(object));
  }
  return true;
}

/** True when the Node is gone, or when it is not worth waiting for any longer. 3.27. */
async function deleteNode(deps: CoreDeps, scope: MachineScope): Promise<boolean> {
  const { draft, observed, node } = scope;
  const name = draft.status?.nodeRef?.name;
  if (name === undefined) return true;
  if (scope.nodeError === undefined && node === undefined) return true;
  const seconds = draft.spec.deletion?.nodeDeletionTimeoutSeconds ?? defaultNodeDeletionSeconds;
  try {
    const workload = await deps.workload.client({
      namespace: scope.cluster.metadata.namespace ?? "",
      name: scope.cluster.metadata.name,
    });
    await workload.delete(Node, { namespace: "", name });
    return true;
  } catch (error) {
    scope.stage = { reason: "DeletingNode", message: `Error deleting Node: ${messageOf(error)}` };
    if (isOver(observed.metadata.deletionTimestamp, seconds, deps.clock.now())) return true;
    if (!isUnreachable(error))
      deps.logger.info({ node: name, error: messageOf(error) }, "Node not deleted");
    return false;
  }
}

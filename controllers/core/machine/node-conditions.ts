import type { Cluster, Machine } from "../../api/core/v1beta2.ts";
import type { Node } from "../../api/kubernetes.ts";
import { formatTime, parseTime } from "../../runtime/clock.ts";
import { type ConditionInput, findCondition } from "../../runtime/conditions.ts";
import { contentsGraceMs, enoughFailures } from "../../runtime/connection-grace.ts";
import { isUnreachable } from "../../runtime/errors.ts";
import { nodeHealthCondition, nodeReadyCondition } from "./node-health.ts";

/** What is known of the Node of a Machine. */
export interface NodeView {
  readonly cluster: Cluster;
  readonly machine: Machine;
  readonly node: Node | undefined;
  /** Why it could not be looked at. */
  readonly nodeError: unknown;
  /** When the workload cluster answered last; undefined if it has not since this process began. */
  readonly lastProbeMs: number | undefined;
  readonly failedProbes: number;
  readonly nowMs: number;
}

/** NodeReady and NodeHealthy; none of them where what was last seen stays. capi-behaviour 3.9. */
export function nodeConditions(view: NodeView): readonly ConditionInput[] {
  return connection(view) ?? seen(view);
}

function both(fields: Omit<ConditionInput, "type">): readonly ConditionInput[] {
  return ["NodeReady", "NodeHealthy"].map((type) => ({ type, ...fields }));
}

function inspectionFailed(message: string): readonly ConditionInput[] {
  return both({ status: "Unknown", reason: "InspectionFailed", message });
}

/** What is to be said of the way to the Node; undefined if it is free. */
function connection(view: NodeView): readonly ConditionInput[] | undefined {
  const { initialization } = view.cluster.status ?? {};
  const initialized = findCondition(view.cluster, "ControlPlaneInitialized");
  if (initialization?.infrastructureProvisioned !== true) {
    const what = "Cluster status.initialization.infrastructureProvisioned";
    return inspectionFailed(`Waiting for ${what} to be true`);
  }
  return initialized?.status === "True"
    ? silence(view, parseTime(initialized.lastTransitionTime) ?? 0)
    : inspectionFailed("Waiting for Cluster control plane to be initialized");
}

/** What is to be said while the workload cluster, there since then, does not answer. */
function silence(view: NodeView, initializedMs: number): readonly ConditionInput[] | undefined {
  const { nodeError, lastProbeMs = 0, nowMs } = view;
  if (lastProbeMs === 0 && view.failedProbes < enoughFailures) {
    return unlessKnown(view, "Remote connection not established yet");
  }
  const sinceMs = Math.max(lastProbeMs, initializedMs);
  const message = lastProbeMs === 0 ? "" : `Last successful probe at ${formatTime(lastProbeMs)}`;
  if (nowMs - sinceMs > contentsGraceMs) return down(message);
  if (nodeError === undefined) return undefined;
  if (isUnreachable(nodeError)) return unlessKnown(view, message);
  const check = "Please check controller logs for errors";
  return both({ status: "Unknown", reason: "InternalError", message: check });
}

function down(message: string): readonly ConditionInput[] {
  return both({ status: "Unknown", reason: "ConnectionDown", message });
}

/** A short loss of the connection is no news. */
function unlessKnown({ machine }: NodeView, message: string): readonly ConditionInput[] {
  const isKnown =
    findCondition(machine, "NodeReady") !== undefined &&
    findCondition(machine, "NodeHealthy") !== undefined;
  return isKnown ? [] : down(message);
}

function seen({ machine, node }: NodeView): readonly ConditionInput[] {
  if (node !== undefined) return [nodeReadyCondition(node), nodeHealthCondition(node)];
  const isDeleting = machine.metadata.deletionTimestamp !== undefined;
  const name = machine.status?.nodeRef?.name;
  if (name !== undefined) {
    const ending = isDeleting ? "" : " while the Machine still exists";
    const message = `Node ${name} has been deleted${ending}`;
    return both({ status: "False", reason: "NodeDeleted", message });
  }
  if (isDeleting) {
    return both({ status: "Unknown", reason: "NodeDoesNotExist", message: "Node does not exist" });
  }
  const { providerID, infrastructureRef } = machine.spec;
  return inspectionFailed(
    providerID === undefined
      ? `Waiting for ${infrastructureRef.kind} to report spec.providerID`
      : `Waiting for a Node with spec.providerID ${providerID} to exist`,
  );
}

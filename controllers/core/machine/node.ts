import { InterruptibleLabel, MachineAnnotation } from "../../api/constants.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import type { NodeInfo } from "../../api/generated/definitions.ts";
import { Node } from "../../api/kubernetes.ts";
import { keyOf, type ObjectKey, type Reader } from "../../runtime/client.ts";
import { done, type Result, watch } from "../../runtime/controller.ts";
import { isUnreachable } from "../../runtime/errors.ts";
import { draftOf } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import type { CoreDeps } from "../core-deps.ts";
import { interruptibleOf } from "../external/contract.ts";
import { desiredNode } from "./desired-node.ts";
import { revisionsOf } from "./up-to-date.ts";
import { clusterKey, initializationOf, isDeleting, type MachineScope } from "./machine-scope.ts";

/** Finds the Node of the Machine, notes it, and brings labels, annotations and taints to it. capi-behaviour 3.5, 3.6. */
export async function reconcileNode(deps: CoreDeps, scope: MachineScope): Promise<Result> {
  try {
    await observeNode(deps, scope);
  } catch (error) {
    scope.nodeError = error;
    // The connection coming back triggers the next reconcile; anything else is an error like others.
    if (isUnreachable(error) || isDeleting(scope)) return done;
    throw error;
  }
  const { node, draft, observed } = scope;
  if (node === undefined) {
    if (draft.status?.nodeRef === undefined || isDeleting(scope)) return done; // Nodes are watched.
    throw new Error(`no matching Node for Machine "${observed.metadata.name}"`);
  }
  recordNode(deps, scope, node);
  if (!isDeleting(scope)) await writeNode(deps, scope, node);
  return done;
}

function recordNode(deps: CoreDeps, { draft, observed }: MachineScope, node: Node): void {
  const status = (draft.status ??= {});
  if (status.nodeRef === undefined) {
    status.nodeRef = { name: node.metadata.name };
    deps.recorder.event(observed, "Normal", "SuccessfulSetNodeRef", node.metadata.name);
  }
  const info = node.status?.nodeInfo;
  if (info !== undefined) status.nodeInfo = nodeInfoOf(info);
}

async function observeNode(deps: CoreDeps, scope: MachineScope): Promise<void> {
  const { providerID } = scope.draft.spec;
  if (providerID === undefined || initializationOf(scope).infrastructureProvisioned !== true)
    return;
  const cluster = clusterKey(scope);
  scope.workload = await deps.workload.client(cluster);
  await deps.workload.watch(cluster, {
    controller: "machine",
    ...watch({
      kind: Node,
      toRequests: (node) => machinesOfNode(deps.client, cluster, node),
      predicate: (node, old) => old === undefined || isRelevantChange(node, old),
    }),
  });
  const nodes = await scope.workload.list(Node);
  const matching = nodes.filter((node) => node.spec?.providerID === providerID);
  if (matching.length > 1) {
    const names = matching.map(({ metadata }) => metadata.name).join(", ");
    throw new Error(`several Nodes have the provider ID ${providerID}: ${names}`);
  }
  scope.node = matching[0];
}

/** Heartbeats, which are most changes of a Node, concern nobody. */
function isRelevantChange(node: Node, old: Node): boolean {
  return fingerprint(node) !== fingerprint(old);
}

function fingerprint({ metadata, spec, status }: Node): string {
  return JSON.stringify([
    metadata.labels,
    metadata.annotations,
    metadata.deletionTimestamp,
    spec,
    status?.nodeInfo,
    status?.addresses,
    status?.volumesAttached,
    status?.conditions?.map((condition) => [condition.type, condition.status, condition.reason]),
  ]);
}

async function machinesOfNode(
  reader: Reader,
  cluster: ObjectKey,
  node: Node,
): Promise<readonly ObjectKey[]> {
  const name = node.metadata.annotations?.[MachineAnnotation];
  if (name !== undefined) return [{ namespace: cluster.namespace, name }];
  const providerID = node.spec?.providerID;
  if (providerID === undefined) return []; // Nobody can know yet whose it is.
  const labels = { "cluster.x-k8s.io/cluster-name": cluster.name };
  const machines = await reader.list(Machine, { namespace: cluster.namespace, labels });
  return machines.filter(({ spec }) => spec.providerID === providerID).map(keyOf);
}

async function writeNode(deps: CoreDeps, scope: MachineScope, node: Node): Promise<void> {
  const { workload, infrastructure, observed } = scope;
  if (workload === undefined) return;
  const interruptible = infrastructure !== undefined && interruptibleOf(infrastructure);
  const desired = desiredNode(draftOf(node), {
    machine: scope.draft,
    cluster: clusterKey(scope),
    interruptible,
    isOutdated: await isOutdated(deps, scope),
  });
  const before = node.metadata.labels?.[InterruptibleLabel];
  scope.node = await persist(workload, Node, node, desired);
  if (interruptible && before === undefined) {
    const reason = "SuccessfulSetInterruptibleNodeLabel";
    deps.recorder.event(observed, "Normal", reason, node.metadata.name);
  }
}

/** Whether the Machine waits to be replaced by a rollout; where that cannot be told, it does not. */
async function isOutdated(deps: CoreDeps, scope: MachineScope): Promise<boolean> {
  const revisions = await revisionsOf(deps.client, scope.observed);
  return revisions !== undefined && revisions.set < revisions.deployment;
}

function nodeInfoOf(info: Readonly<Record<string, string>>): NodeInfo {
  return { ...info } as unknown as NodeInfo;
}

import type { Cluster, Machine } from "../../api/core/v1beta2.ts";
import type { Node } from "../../api/kubernetes.ts";
import type { Client, ObjectKey } from "../../runtime/client.ts";
import type { ExternalObject } from "../external/external-objects.ts";

/** How far the deletion is: reason and message of the condition `Deleting`. */
export interface DeletionStage {
  readonly reason: string;
  readonly message: string;
}

/** What one reconcile of a Machine has observed, and its copy that may be changed. */
export interface MachineScope {
  readonly cluster: Cluster;
  readonly observed: Machine;
  readonly draft: Machine;
  bootstrap: ExternalObject | undefined;
  infrastructure: ExternalObject | undefined;
  /** Those that were looked for and are not there. */
  readonly missing: Set<"bootstrap" | "infrastructure">;
  /** The workload cluster, while it is connected. */
  workload: Client | undefined;
  node: Node | undefined;
  /** Why the Node could not be looked at. */
  nodeError: unknown;
  stage: DeletionStage | undefined;
}

export function clusterKey({ cluster }: Pick<MachineScope, "cluster">): ObjectKey {
  return { namespace: cluster.metadata.namespace ?? "", name: cluster.metadata.name };
}

export function initializationOf(scope: MachineScope) {
  scope.draft.status ??= {};
  return (scope.draft.status.initialization ??= {});
}

export function isDeleting({ observed }: Pick<MachineScope, "observed">): boolean {
  return observed.metadata.deletionTimestamp !== undefined;
}

import {
  ClusterNameLabel,
  MachineCertificatesExpiryDateAnnotation,
  MachineControlPlaneNameLabel,
  MachineDeploymentNameLabel,
  MachineFinalizer,
  MachineSetNameLabel,
} from "../../api/constants.ts";
import { Cluster, Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../runtime/client.ts";
import { formatTime } from "../../runtime/clock.ts";
import {
  type Controller,
  done,
  reconcileIntervalMs,
  requeueAfter,
  type Result,
  watch,
} from "../../runtime/controller.ts";
import {
  controllerOf,
  ownerOfKind,
  ownerReferenceTo,
  withOwnerReference,
} from "../../runtime/owner-references.ts";
import { dropEmpty } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import type { CoreDeps } from "../core-deps.ts";
import { earlier } from "../machine-set/machine-set-reconciler.ts";
import { machineOwnChange } from "../watch-changes.ts";
import { openObject } from "../open.ts";
import { deleteMachine } from "./delete-machine.ts";
import { recordConditions } from "./machine-conditions.ts";
import { isDeleting, type MachineScope } from "./machine-scope.ts";
import { reconcileNode } from "./node.ts";
import { machinePhase } from "./phase.ts";
import { reconcileBootstrap, reconcileInfrastructure } from "./provision.ts";

type Phase = (deps: CoreDeps, scope: MachineScope) => Promise<Result>;

const phases: readonly Phase[] = [reconcileBootstrap, reconcileInfrastructure, reconcileNode];

export class MachineReconciler {
  readonly #deps: CoreDeps;

  constructor(deps: CoreDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const opened = await openObject(this.#deps, Machine, key, MachineFinalizer);
    if (opened === undefined) return done; // Gone, paused, or its Cluster is missing.
    const scope: MachineScope = {
      ...opened,
      bootstrap: undefined,
      infrastructure: undefined,
      missing: new Set(),
      workload: undefined,
      node: undefined,
      nodeError: undefined,
      stage: undefined,
    };
    setOwnerAndLabels(scope);
    const { result, errors } = await this.#runPhases(scope);
    const waitMs = await recordConditions(this.#deps, scope);
    this.#recordStatus(scope, errors.length === 0);
    await persist(this.#deps.client, Machine, scope.observed, scope.draft);
    if (errors.length > 0) throw combined(errors);
    return waitMs === undefined ? result : earlier(result, requeueAfter(waitMs));
  }

  /** All phases run, even after an error: each brings what it can. */
  async #runPhases(scope: MachineScope): Promise<{ result: Result; errors: unknown[] }> {
    const errors: unknown[] = [];
    let result: Result = done;
    const all = isDeleting(scope) ? [...phases, deleteMachine] : phases;
    for (const phase of all) {
      try {
        result = earlier(result, await phase(this.#deps, scope));
      } catch (error) {
        errors.push(error);
      }
    }
    return { result, errors };
  }

  #recordStatus({ draft, observed, bootstrap }: MachineScope, succeeded: boolean): void {
    const status = (draft.status ??= {});
    const { generation } = observed.metadata;
    if (succeeded && generation !== undefined) status.observedGeneration = generation;
    const phase = machinePhase(draft);
    if (phase !== observed.status?.phase) {
      status.phase = phase;
      status.lastUpdated = formatTime(this.#deps.clock.now());
    }
    const annotation = MachineCertificatesExpiryDateAnnotation;
    const expiry =
      observed.metadata.annotations?.[annotation] ??
      bootstrap?.object.metadata.annotations?.[annotation];
    if (expiry !== undefined) status.certificatesExpiryDate = expiry;
    dropEmpty(status, ["initialization", "deletion"]);
  }
}

/** A Machine of its own belongs to its Cluster; one that something else made does not. */
function setOwnerAndLabels(scope: MachineScope): void {
  const { draft, observed, cluster } = scope;
  draft.metadata.labels = {
    ...draft.metadata.labels,
    [ClusterNameLabel]: observed.spec.clusterName,
  };
  const labels = observed.metadata.labels ?? {};
  const isMade =
    controllerOf(observed) !== undefined ||
    [MachineSetNameLabel, MachineControlPlaneNameLabel, "cluster.x-k8s.io/pool-name"].some(
      (label) => labels[label] !== undefined,
    );
  if (isMade || isDeleting(scope) || ownerOfKind(observed, Cluster) !== undefined) return;
  draft.metadata.ownerReferences = withOwnerReference(
    observed.metadata.ownerReferences,
    ownerReferenceTo(cluster),
  );
}

function combined(errors: readonly unknown[]): unknown {
  return errors.length === 1
    ? errors[0]
    : new AggregateError(errors, errors.map(String).join("; "));
}

export function machineController(deps: CoreDeps): Controller {
  const machinesOf = async (namespace: string, labels: Readonly<Record<string, string>>) =>
    (await deps.client.list(Machine, { namespace, labels })).map(keyOf);
  const revisionChanged = (object: KubeObject, old?: KubeObject) =>
    old === undefined || object.metadata.generation !== old.metadata.generation;
  return {
    name: "machine",
    for: watch({
      kind: Machine,
      predicate: machineOwnChange,
      toRequests: (machine) => [keyOf(machine)],
    }),
    watches: [
      watch({
        kind: Cluster,
        predicate: isRelevantToMachines,
        toRequests: ({ metadata }) =>
          machinesOf(metadata.namespace ?? "", { [ClusterNameLabel]: metadata.name }),
      }),
      watch({
        kind: MachineSet,
        predicate: revisionChanged,
        toRequests: ({ metadata }) =>
          machinesOf(metadata.namespace ?? "", { [MachineSetNameLabel]: metadata.name }),
      }),
      watch({
        kind: MachineDeployment,
        predicate: revisionChanged,
        toRequests: ({ metadata }) =>
          machinesOf(metadata.namespace ?? "", { [MachineDeploymentNameLabel]: metadata.name }),
      }),
    ],
    onWorkloadConnection: (cluster) =>
      machinesOf(cluster.namespace, { [ClusterNameLabel]: cluster.name }),
    concurrency: 100,
    intervalMs: reconcileIntervalMs,
    reconciler: new MachineReconciler(deps),
  };
}

function isRelevantToMachines(cluster: Cluster, old?: Cluster): boolean {
  if (old === undefined) return true;
  const before = old.status?.initialization;
  const now = cluster.status?.initialization;
  return (
    cluster.spec.paused !== old.spec.paused ||
    now?.infrastructureProvisioned !== before?.infrastructureProvisioned ||
    now?.controlPlaneInitialized !== before?.controlPlaneInitialized ||
    cluster.metadata.deletionTimestamp !== old.metadata.deletionTimestamp
  );
}

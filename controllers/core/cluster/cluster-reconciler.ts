import { ClusterFinalizer, ClusterNameLabel } from "../../api/constants.ts";
import { Cluster, Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../runtime/client.ts";
import {
  type Controller,
  done,
  reconcileIntervalMs,
  type Result,
  watch,
} from "../../runtime/controller.ts";
import { ensureFinalizer } from "../../runtime/finalizers.ts";
import { dropEmpty, draftOf } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import type { CoreDeps } from "../core-deps.ts";
import { earlier } from "../machine-set/machine-set-reconciler.ts";
import { isPaused, recordPaused } from "../paused.ts";
import { countersChange, machineSummaryChange, partChange } from "../watch-changes.ts";
import { recordConditions } from "./cluster-conditions.ts";
import {
  reconcileControlPlane,
  reconcileInfrastructure,
  recordInitializedByMachines,
} from "./cluster-externals.ts";
import { type ClusterScope, isDeleting } from "./cluster-scope.ts";
import { clusterPhase, recordCounters } from "./cluster-status.ts";
import { deleteCluster } from "./delete-cluster.ts";

type Phase = (deps: CoreDeps, scope: ClusterScope) => Promise<Result>;

export class ClusterReconciler {
  readonly #deps: CoreDeps;

  constructor(deps: CoreDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client } = this.#deps;
    const found = await client.get(Cluster, key);
    if (found === undefined) return done; // Gone, and everything that it owned.
    const deleting = found.metadata.deletionTimestamp !== undefined;
    const observed = deleting
      ? found
      : await ensureFinalizer(client, Cluster, found, ClusterFinalizer);
    const draft = draftOf(observed);
    const changed = recordPaused(draft, observed, this.#deps.clock.now());
    if (isPaused(observed, observed)) {
      if (changed) await persist(client, Cluster, observed, draft);
      return done; // Unpausing changes the object.
    }
    return this.#reconcile({ observed, draft, ...nothingObserved, missing: new Set() });
  }

  async #reconcile(scope: ClusterScope): Promise<Result> {
    const { observed, draft } = scope;
    const errors: unknown[] = [];
    let result: Result = done;
    const phases: Phase[] = [reconcileInfrastructure, reconcileControlPlane];
    await this.#observeDescendants(scope);
    if (isDeleting(scope)) phases.push(deleteCluster);
    for (const phase of phases) {
      try {
        result = earlier(result, await phase(this.#deps, scope));
      } catch (error) {
        errors.push(error);
      }
    }
    recordInitializedByMachines(scope);
    recordCounters(scope);
    recordConditions(this.#deps, scope);
    const status = (draft.status ??= {});
    const { generation } = observed.metadata;
    if (errors.length === 0 && generation !== undefined) status.observedGeneration = generation;
    this.#recordPhase(scope);
    dropEmpty(status, ["initialization"]);
    await persist(this.#deps.client, Cluster, observed, draft);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("; "));
    return result;
  }

  #recordPhase(scope: ClusterScope): void {
    const { observed, draft } = scope;
    const phase = clusterPhase(scope);
    const status = (draft.status ??= {});
    if (status.phase === phase) return;
    status.phase = phase;
    const text = `Cluster ${observed.metadata.name} is ${phase}`;
    this.#deps.recorder.event(observed, "Normal", phase, text);
  }

  async #observeDescendants(scope: ClusterScope): Promise<void> {
    const { client } = this.#deps;
    const { namespace = "", name } = scope.observed.metadata;
    const options = { namespace, labels: { [ClusterNameLabel]: name } };
    scope.machines = await client.list(Machine, options);
    scope.machineSets = await client.list(MachineSet, options);
    scope.machineDeployments = await client.list(MachineDeployment, options);
  }
}

const nothingObserved = {
  infrastructure: undefined,
  controlPlane: undefined,
  machines: [],
  machineSets: [],
  machineDeployments: [],
  stage: undefined,
};

export function clusterController(deps: CoreDeps): Controller {
  const ofLabel = ({ metadata }: KubeObject) => {
    const name = metadata.labels?.[ClusterNameLabel];
    return name === undefined ? [] : [{ namespace: metadata.namespace ?? "", name }];
  };
  return {
    name: "cluster",
    for: watch({
      kind: Cluster,
      predicate: countersChange,
      toRequests: (cluster) => [keyOf(cluster)],
    }),
    watches: [
      watch({ kind: Machine, predicate: machineSummaryChange, toRequests: ofLabel }),
      watch({ kind: MachineSet, predicate: partChange, toRequests: ofLabel }),
      watch({ kind: MachineDeployment, predicate: partChange, toRequests: ofLabel }),
    ],
    onWorkloadConnection: (cluster) => [cluster],
    concurrency: 50,
    intervalMs: reconcileIntervalMs,
    reconciler: new ClusterReconciler(deps),
  };
}

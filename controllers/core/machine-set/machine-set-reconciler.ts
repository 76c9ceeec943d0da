import {
  ClusterNameLabel,
  MachineDeploymentNameLabel,
  MachineSetFinalizer,
  MachineSetNameLabel,
} from "../../api/constants.ts";
import { Cluster, Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { keyOf, type ObjectKey } from "../../runtime/client.ts";
import {
  type Controller,
  done,
  reconcileIntervalMs,
  requeueAfter,
  type Result,
  watch,
} from "../../runtime/controller.ts";
import { withoutFinalizer } from "../../runtime/finalizers.ts";
import { matchesSelector } from "../../runtime/label-selector.ts";
import {
  controllerOf,
  controllerReferenceTo,
  isControlledBy,
  ownerOfKind,
  ownerReferenceTo,
  withOwnerReference,
} from "../../runtime/owner-references.ts";
import { persist } from "../../runtime/persist.ts";
import { type CoreDeps, ownersOfKind } from "../core-deps.ts";
import { ownTemplate } from "../external/own-template.ts";
import { countersChange, machineSummaryChange } from "../watch-changes.ts";
import { openObject } from "../open.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";
import { recordStatus } from "./machine-set-status.ts";
import { propagate } from "./propagate.ts";
import { remediateUnhealthy } from "./remediate.ts";
import { syncReplicas } from "./sync-replicas.ts";

/** How soon Machines that are not ready yet are looked at again, whatever happens: capi-behaviour 4.15. */
const notReadyMs = 15_000;

export class MachineSetReconciler {
  readonly #deps: CoreDeps;

  constructor(deps: CoreDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const opened = await openObject(this.#deps, MachineSet, key, MachineSetFinalizer);
    if (opened === undefined) return done; // Gone, paused, or its Cluster is missing.
    const scope: MachineSetScope = {
      ...opened,
      machines: [],
      blocked: [],
      missingTemplates: [],
    };
    try {
      return await this.#reconcile(scope);
    } finally {
      recordStatus(scope, this.#deps.clock.now());
      await persist(this.#deps.client, MachineSet, scope.observed, scope.draft);
    }
  }

  async #reconcile(scope: MachineSetScope): Promise<Result> {
    this.#setOwnerAndLabels(scope);
    scope.machines = await this.#adoptMachines(scope);
    if (isDeleting(scope.observed)) return this.#reconcileDelete(scope);
    const { bootstrap, infrastructureRef } = scope.observed.spec.template.spec;
    for (const reference of [bootstrap.configRef, infrastructureRef]) {
      if (reference === undefined) continue;
      const exists = await ownTemplate(this.#deps.client, scope.cluster, reference);
      if (!exists) scope.missingTemplates.push(reference.kind);
    }
    await remediateUnhealthy(this.#deps, scope);
    await propagate(this.#deps.client, scope);
    const result = await syncReplicas(this.#deps, scope);
    scope.draft.status ??= {};
    const { generation } = scope.observed.metadata;
    if (generation !== undefined) scope.draft.status.observedGeneration = generation;
    return earlier(result, this.#requeue(scope));
  }

  /** A MachineSet of its own belongs to its Cluster. */
  #setOwnerAndLabels({ draft, cluster, observed }: MachineSetScope): void {
    draft.metadata.labels = {
      ...draft.metadata.labels,
      [ClusterNameLabel]: observed.spec.clusterName,
    };
    // The label says so even while somebody has taken the owner reference away: the MachineDeployment adopts it again.
    const isPart =
      observed.metadata.labels?.[MachineDeploymentNameLabel] !== undefined ||
      ownerOfKind(observed, MachineDeployment) !== undefined;
    if (isDeleting(observed) || isPart) return;
    draft.metadata.ownerReferences = withOwnerReference(
      observed.metadata.ownerReferences,
      ownerReferenceTo(cluster),
    );
  }

  async #adoptMachines({ observed }: MachineSetScope): Promise<readonly Machine[]> {
    const { client, recorder } = this.#deps;
    const { namespace = "" } = observed.metadata;
    const candidates = await client.list(Machine, {
      namespace,
      labels: { [ClusterNameLabel]: observed.spec.clusterName },
    });
    const machines: Machine[] = [];
    for (const machine of candidates) {
      if (isControlledBy(machine, observed)) machines.push(machine);
      else if (this.#isOrphan(machine, observed)) {
        const { resourceVersion, ownerReferences } = machine.metadata;
        const owners = withOwnerReference(ownerReferences, controllerReferenceTo(observed));
        machines.push(
          await client.mergePatch(Machine, keyOf(machine), {
            metadata: { resourceVersion, ownerReferences: owners },
          }),
        );
        const text = `Adopted Machine "${machine.metadata.name}"`;
        recorder.event(observed, "Normal", "SuccessfulAdopt", text);
      }
    }
    return machines;
  }

  #isOrphan(machine: Machine, machineSet: MachineSet): boolean {
    return (
      controllerOf(machine) === undefined &&
      !isDeleting(machine) &&
      !isDeleting(machineSet) &&
      matchesSelector(machineSet.spec.selector, machine.metadata.labels)
    );
  }

  async #reconcileDelete(scope: MachineSetScope): Promise<Result> {
    for (const machine of scope.machines) {
      if (!isDeleting(machine)) await this.#deps.client.delete(Machine, keyOf(machine));
    }
    if (scope.machines.length > 0) return done; // Each deleted Machine triggers the next reconcile.
    scope.draft.metadata.finalizers = withoutFinalizer(scope.draft, MachineSetFinalizer);
    return done; // The object is gone.
  }

  #requeue({ draft, machines }: MachineSetScope): Result {
    const replicas = draft.spec.replicas ?? 1;
    const count = (type: string) =>
      machines.filter(({ status }) =>
        status?.conditions?.some((found) => found.type === type && found.status === "True"),
      ).length;
    const minReady = draft.spec.template.spec.minReadySeconds ?? 0;
    const ready = count("Ready");
    if (minReady > 0 && ready === replicas && count("Available") !== replicas) {
      return requeueAfter(minReady * 1000);
    }
    return ready === replicas ? done : requeueAfter(notReadyMs);
  }
}

/** The result that comes back sooner. */
export function earlier(a: Result, b: Result): Result {
  if (a.requeueAfterMs === undefined) return b;
  if (b.requeueAfterMs === undefined) return a;
  return a.requeueAfterMs <= b.requeueAfterMs ? a : b;
}

export function machineSetController(deps: CoreDeps): Controller {
  const ofCluster = async (cluster: Cluster) => {
    const { namespace = "", name } = cluster.metadata;
    const found = await deps.client.list(MachineSet, {
      namespace,
      labels: { [ClusterNameLabel]: name },
    });
    return found.map(keyOf);
  };
  return {
    name: "machineset",
    for: watch({
      kind: MachineSet,
      predicate: countersChange,
      toRequests: (machineSet) => [keyOf(machineSet)],
    }),
    watches: [
      watch({
        kind: Machine,
        predicate: machineSummaryChange,
        toRequests: async (machine) => {
          if (controllerOf(machine) !== undefined) return ownersOfKind(machine, MachineSet);
          if (machine.metadata.labels?.[MachineSetNameLabel] === undefined) return [];
          // An orphan: any MachineSet that selects it may adopt it.
          const { namespace = "" } = machine.metadata;
          const sets = await deps.client.list(MachineSet, { namespace });
          return sets
            .filter(({ spec }) => matchesSelector(spec.selector, machine.metadata.labels))
            .map(keyOf);
        },
      }),
      watch({
        kind: Cluster,
        toRequests: ofCluster,
        // Of a Cluster only what lets MachineSets start or stop concerns them.
        predicate: (cluster, old) => old === undefined || cluster.spec.paused !== old.spec.paused,
      }),
    ],
    concurrency: 50,
    intervalMs: reconcileIntervalMs,
    reconciler: new MachineSetReconciler(deps),
  };
}

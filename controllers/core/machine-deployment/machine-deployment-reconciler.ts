import {
  ClusterNameLabel,
  MachineDeploymentFinalizer,
  MachineDeploymentNameLabel,
} from "../../api/constants.ts";
import { Cluster, Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { keyOf, type ObjectKey } from "../../runtime/client.ts";
import { parseTime } from "../../runtime/clock.ts";
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
  ownerReferenceTo,
  withOwnerReference,
} from "../../runtime/owner-references.ts";
import { persist } from "../../runtime/persist.ts";
import { type CoreDeps, ownersOfKind } from "../core-deps.ts";
import { getExternal } from "../external/external-objects.ts";
import { countersChange, machineSummaryChange } from "../watch-changes.ts";
import { openObject } from "../open.ts";
import type { MachineDeploymentScope } from "./machine-deployment-scope.ts";
import { recordStatus } from "./machine-deployment-status.ts";
import { rollOut, scalePaused } from "./rollout.ts";

/** Timers of the platform overflow after 24 days. */
const longestWaitMs = 3_600_000;

export class MachineDeploymentReconciler {
  readonly #deps: CoreDeps;

  constructor(deps: CoreDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const opened = await openObject(this.#deps, MachineDeployment, key, MachineDeploymentFinalizer);
    if (opened === undefined) return done; // Gone, paused, or its Cluster is missing.
    const scope: MachineDeploymentScope = {
      ...opened,
      machineSets: [],
      machines: [],
      missingTemplates: [],
    };
    try {
      await this.#reconcile(scope);
      // Every change of a MachineSet triggers the next reconcile; a time that comes does not.
      return untilRolloutAfter(scope.observed, this.#deps.clock.now());
    } finally {
      scope.machines = await this.#listMachines(scope);
      recordStatus(scope, this.#deps.clock.now());
      await persist(this.#deps.client, MachineDeployment, scope.observed, scope.draft);
    }
  }

  async #reconcile(scope: MachineDeploymentScope): Promise<void> {
    const { observed, draft, cluster } = scope;
    scope.machineSets = await this.#adoptSets(observed);
    if (observed.metadata.deletionTimestamp !== undefined) {
      await this.#reconcileDelete(scope);
      return;
    }
    draft.metadata.labels = {
      ...draft.metadata.labels,
      [ClusterNameLabel]: observed.spec.clusterName,
    };
    draft.metadata.ownerReferences = withOwnerReference(
      observed.metadata.ownerReferences,
      ownerReferenceTo(cluster),
    );
    await this.#findTemplates(scope);
    // Under a Cluster that is being deleted nothing new begins; the deletion reaches this object next.
    if (cluster.metadata.deletionTimestamp !== undefined) return;
    if (observed.spec.paused === true) await scalePaused(this.#deps, scope);
    else await rollOut(this.#deps, scope);
    draft.status ??= {};
    const { generation } = observed.metadata;
    if (generation !== undefined) draft.status.observedGeneration = generation;
  }

  async #reconcileDelete(scope: MachineDeploymentScope): Promise<void> {
    for (const set of scope.machineSets) {
      if (set.metadata.deletionTimestamp === undefined) {
        await this.#deps.client.delete(MachineSet, keyOf(set));
      }
    }
    if (scope.machineSets.length > 0) return; // Each one that goes triggers the next reconcile.
    const draft = scope.draft;
    draft.metadata.finalizers = withoutFinalizer(draft, MachineDeploymentFinalizer);
  }

  /** Existing MachineSets do without their templates; a new one cannot be made. */
  async #findTemplates({ observed, missingTemplates }: MachineDeploymentScope): Promise<void> {
    const { bootstrap, infrastructureRef } = observed.spec.template.spec;
    const { namespace = "" } = observed.metadata;
    for (const reference of [bootstrap.configRef, infrastructureRef]) {
      if (reference === undefined) continue;
      const found = await getExternal(this.#deps.client, reference, {
        namespace,
        name: reference.name,
      });
      if (found === undefined) missingTemplates.push(reference.kind);
    }
  }

  async #adoptSets(deployment: MachineDeployment): Promise<readonly MachineSet[]> {
    const { client } = this.#deps;
    const { namespace = "" } = deployment.metadata;
    const labels = { [ClusterNameLabel]: deployment.spec.clusterName };
    const sets: MachineSet[] = [];
    for (const set of await client.list(MachineSet, { namespace, labels })) {
      if (isControlledBy(set, deployment)) sets.push(set);
      else if (isOrphan(set, deployment)) {
        const { resourceVersion, ownerReferences } = set.metadata;
        const owners = withOwnerReference(ownerReferences, controllerReferenceTo(deployment));
        const metadata = { resourceVersion, ownerReferences: owners };
        sets.push(await client.mergePatch(MachineSet, keyOf(set), { metadata }));
      }
    }
    return sets;
  }

  async #listMachines({ observed, machineSets }: MachineDeploymentScope) {
    const { namespace = "" } = observed.metadata;
    const labels = { [ClusterNameLabel]: observed.spec.clusterName };
    const uids = new Set(machineSets.map(({ metadata }) => metadata.uid));
    const machines = await this.#deps.client.list(Machine, { namespace, labels });
    return machines.filter((machine) => uids.has(controllerOf(machine)?.uid));
  }
}

/** When to look again at a rollout that is asked for in the future: nothing else would wake the MachineDeployment then. */
function untilRolloutAfter({ metadata, spec }: MachineDeployment, nowMs: number): Result {
  const afterMs = parseTime(spec.rollout?.after ?? "");
  if (metadata.deletionTimestamp !== undefined || afterMs === undefined || nowMs >= afterMs) {
    return done;
  }
  return requeueAfter(Math.min(afterMs - nowMs, longestWaitMs));
}

function isOrphan(set: MachineSet, deployment: MachineDeployment): boolean {
  return (
    controllerOf(set) === undefined &&
    set.metadata.deletionTimestamp === undefined &&
    deployment.metadata.deletionTimestamp === undefined &&
    matchesSelector(deployment.spec.selector, set.metadata.labels)
  );
}

export function machineDeploymentController(deps: CoreDeps): Controller {
  return {
    name: "machinedeployment",
    for: watch({
      kind: MachineDeployment,
      predicate: countersChange,
      toRequests: (deployment) => [keyOf(deployment)],
    }),
    watches: [
      watch({
        kind: MachineSet,
        predicate: countersChange,
        toRequests: (set) => ownersOfKind(set, MachineDeployment),
      }),
      watch({
        // The conditions of Machines are merged into those of the MachineDeployment.
        kind: Machine,
        predicate: machineSummaryChange,
        toRequests: ({ metadata }) => {
          const name = metadata.labels?.[MachineDeploymentNameLabel];
          return name === undefined ? [] : [{ namespace: metadata.namespace ?? "", name }];
        },
      }),
      watch({
        kind: Cluster,
        predicate: (cluster, old) => old === undefined || cluster.spec.paused !== old.spec.paused,
        toRequests: async ({ metadata }) => {
          const labels = { [ClusterNameLabel]: metadata.name };
          const { namespace = "" } = metadata;
          return (await deps.client.list(MachineDeployment, { namespace, labels })).map(keyOf);
        },
      }),
    ],
    concurrency: 50,
    intervalMs: reconcileIntervalMs,
    reconciler: new MachineDeploymentReconciler(deps),
  };
}

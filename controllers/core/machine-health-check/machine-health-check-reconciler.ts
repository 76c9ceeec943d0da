import {
  ClusterNameLabel,
  MachineSkipRemediationAnnotation,
  PausedAnnotation,
} from "../../api/constants.ts";
import { Cluster, Machine, MachineHealthCheck } from "../../api/core/v1beta2.ts";
import type { StatusDeprecatedV1beta1 } from "../../api/generated/definitions.ts";
import { Node } from "../../api/kubernetes.ts";
import { type Client, keyOf, type KubeObject, type ObjectKey } from "../../runtime/client.ts";
import { setCondition } from "../../runtime/conditions.ts";
import {
  type Controller,
  done,
  requeueAfter,
  type Result,
  watch,
} from "../../runtime/controller.ts";
import { isUnreachable } from "../../runtime/errors.ts";
import { deepEqual, draftOf } from "../../runtime/json.ts";
import { matchesSelector } from "../../runtime/label-selector.ts";
import { ownerReferenceTo, withOwnerReference } from "../../runtime/owner-references.ts";
import { persist } from "../../runtime/persist.ts";
import { recordV1beta1 } from "../../runtime/v1beta1-conditions.ts";
import type { CoreDeps } from "../core-deps.ts";
import { countersChange, machineHealthChange } from "../watch-changes.ts";
import { isPaused, recordPaused } from "../paused.ts";
import { type Allowance, computeAllowance } from "./allowance.ts";
import { checkHealth, type Target, type Verdict } from "./check-health.ts";
import { markHealthy, markUnhealthy } from "./mark-machines.ts";

/** Upstream reconciles one health check no more often than this. */
const intervalMs = 15_000;

interface Judged {
  readonly target: Target;
  readonly verdict: Verdict;
}

export class MachineHealthCheckReconciler {
  readonly #deps: CoreDeps;

  constructor(deps: CoreDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client, clock } = this.#deps;
    const observed = await client.get(MachineHealthCheck, key);
    if (observed === undefined || observed.metadata.deletionTimestamp !== undefined) {
      return done; // Gone; the conditions of Machines stay as they are.
    }
    const name = observed.spec.clusterName;
    const cluster = await client.get(Cluster, { namespace: key.namespace, name });
    if (cluster === undefined) return done; // Its creation is watched.
    const draft = draftOf(observed);
    recordPaused(draft, cluster, clock.now());
    if (isPaused(cluster, observed)) {
      await persist(client, MachineHealthCheck, observed, draft);
      return done; // Unpausing is a change of a watched object.
    }
    draft.metadata.labels = { ...draft.metadata.labels, [ClusterNameLabel]: name };
    draft.metadata.ownerReferences = withOwnerReference(
      observed.metadata.ownerReferences,
      ownerReferenceTo(cluster),
    );
    const judged = await this.#judge(observed, cluster);
    try {
      await this.#act(draft, judged);
    } finally {
      await persist(client, MachineHealthCheck, observed, draft);
    }
    return nextLook(judged);
  }

  async #judge(check: MachineHealthCheck, cluster: Cluster): Promise<readonly Judged[]> {
    const targets = await this.#targets(check, cluster);
    const context = { cluster, nowMs: this.#deps.clock.now() };
    return targets.map((target) => ({ target, verdict: checkHealth(target, check, context) }));
  }

  async #targets(check: MachineHealthCheck, cluster: Cluster): Promise<readonly Target[]> {
    const { namespace = "" } = check.metadata;
    const machines = await this.#deps.client.list(Machine, {
      namespace,
      labels: { [ClusterNameLabel]: check.spec.clusterName },
    });
    const selected = machines.filter(
      ({ metadata }) =>
        matchesSelector(check.spec.selector, metadata.labels) &&
        metadata.annotations?.[PausedAnnotation] === undefined &&
        metadata.annotations?.[MachineSkipRemediationAnnotation] === undefined,
    );
    const nodes = await this.#nodes(cluster);
    return selected.map((machine) => ({
      machine,
      node: nodes?.get(machine.status?.nodeRef?.name ?? ""),
      isConnected: nodes !== undefined,
    }));
  }

  /** By name; undefined while the workload cluster cannot be reached. */
  async #nodes(cluster: Cluster): Promise<ReadonlyMap<string, Node> | undefined> {
    const { workload, client } = this.#deps;
    try {
      const remote = await workload.client(keyOf(cluster));
      await workload.watch(keyOf(cluster), {
        controller: "machinehealthcheck",
        ...watch({
          kind: Node,
          toRequests: () => checksOf(client, keyOf(cluster)),
          predicate: (node, old) => old === undefined || statusesOf(node) !== statusesOf(old),
        }),
      });
      const nodes = await remote.list(Node);
      return new Map(nodes.map((node) => [node.metadata.name, node]));
    } catch (error) {
      if (isUnreachable(error)) return undefined; // The connection coming back triggers the next reconcile.
      throw error;
    }
  }

  async #act(draft: MachineHealthCheck, judged: readonly Judged[]): Promise<void> {
    const { clock, recorder } = this.#deps;
    const status = (draft.status ??= {});
    const names = judged.map(({ target }) => target.machine.metadata.name).sort();
    const healthy = judged.filter(({ verdict }) => verdict.health === "healthy");
    const expected = judged.length;
    status.expectedMachines = expected;
    status.currentHealthy = healthy.length;
    if (names.length > 0) status.targets = names;
    else delete status.targets;
    const { generation } = draft.metadata;
    if (generation !== undefined) status.observedGeneration = generation;
    const allowance = computeAllowance(draft, { expected, healthy: healthy.length });
    status.remediationsAllowed = allowance.remediationsAllowed;
    recordAllowance(draft, allowance, clock.now());
    const { isAllowed, message } = allowance;
    // A Machine that has not started is no unhealthy one: nothing was to be done for it.
    const isBlocking = judged.some(({ verdict }) => verdict.health === "unhealthy");
    if (!isAllowed && isBlocking)
      recorder.event(draft, "Warning", "RemediationRestricted", message);
    await this.#mark(draft, judged, isAllowed);
  }

  /** Every Machine gets its mark, whatever happens to the others. */
  async #mark(
    check: MachineHealthCheck,
    judged: readonly Judged[],
    isAllowed: boolean,
  ): Promise<void> {
    const errors: unknown[] = [];
    for (const { target, verdict } of judged) {
      try {
        if (verdict.health === "unhealthy") {
          await markUnhealthy(this.#deps, target.machine, { check, verdict, isAllowed });
        } else if (verdict.health === "healthy") {
          await markHealthy(this.#deps, target.machine, check);
        }
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

function recordAllowance(
  draft: MachineHealthCheck,
  { isAllowed, message }: Allowance,
  nowMs: number,
): void {
  const type = "RemediationAllowed";
  const no = { type, status: "False", reason: "TooManyUnhealthy", message } as const;
  const yes = { type, status: "True" } as const;
  setCondition(draft, isAllowed ? { ...yes, reason: "RemediationAllowed" } : no, nowMs);
  const old = isAllowed ? yes : ({ ...no, severity: "Warning" } as const);
  recordV1beta1<StatusDeprecatedV1beta1>(draft, { conditions: [old], summarized: [] }, nowMs);
}

function nextLook(judged: readonly Judged[]): Result {
  const waits = judged.flatMap(({ verdict }) =>
    verdict.health === "waiting" ? verdict.nextMs : [],
  );
  return waits.length === 0 ? done : requeueAfter(Math.min(...waits));
}

function statusesOf({ status }: Node): string {
  return (status?.conditions ?? []).map(({ type, status: value }) => `${type}=${value}`).join();
}

async function checksOf(client: Client, cluster: ObjectKey): Promise<readonly ObjectKey[]> {
  const checks = await client.list(MachineHealthCheck, { namespace: cluster.namespace });
  return checks.filter(({ spec }) => spec.clusterName === cluster.name).map(keyOf);
}

export function machineHealthCheckController(deps: CoreDeps): Controller {
  return {
    name: "machinehealthcheck",
    for: watch({
      kind: MachineHealthCheck,
      predicate: countersChange,
      toRequests: (check) => [keyOf(check)],
    }),
    watches: [
      watch({
        kind: Machine,
        predicate: machineHealthChange,
        toRequests: async ({ metadata }: KubeObject) => {
          const { namespace = "", labels } = metadata;
          const checks = await deps.client.list(MachineHealthCheck, { namespace });
          return checks.filter(({ spec }) => matchesSelector(spec.selector, labels)).map(keyOf);
        },
      }),
      watch({
        kind: Cluster,
        toRequests: (cluster) => checksOf(deps.client, keyOf(cluster)),
        predicate: (cluster, old) =>
          cluster.spec.paused !== old?.spec.paused ||
          !deepEqual(cluster.status?.initialization, old?.status?.initialization),
      }),
    ],
    onWorkloadConnection: (cluster) => checksOf(deps.client, cluster),
    concurrency: 50,
    intervalMs,
    reconciler: new MachineHealthCheckReconciler(deps),
  };
}

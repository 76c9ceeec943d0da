import { syncBootstrapTokens } from "./bootstrap-tokens.ts";
import type { ControllerContext } from "./context.ts";
import { syncDaemonSets } from "./daemon-sets.ts";
import { syncDeployments } from "./deployments.ts";
import { syncDisruptionBudgets } from "./disruption.ts";
import { syncEndpointSlices } from "./endpoint-slices.ts";
import { Loop } from "./loop.ts";
import { syncNodeLifecycle } from "./node-lifecycle.ts";
import { syncPodGarbage } from "./pod-garbage.ts";
import { syncReplicaSets } from "./replica-sets.ts";
import { syncScheduler } from "./scheduler.ts";
import { syncServiceAccounts } from "./service-accounts.ts";
import { syncTaintEviction } from "./taint-eviction.ts";

interface ControllerEntry {
  readonly name: string;
  /** Does what there is to do; may say after how long it has to look again although nothing changes. */
  readonly sync: (context: ControllerContext) => Promise<number | undefined | void>;
  /** Tables whose changes concern it. */
  readonly watches: readonly string[];
  readonly delayMs: number;
  readonly periodMs?: number;
}

const pods = "pods";
const nodes = "nodes";
const replicaSets = "replicasets.apps";

/** What kube-controller-manager and the scheduler do, as far as the life of a cluster needs it. */
const controllers: readonly ControllerEntry[] = [
  {
    name: "daemonset",
    sync: syncDaemonSets,
    watches: ["daemonsets.apps", nodes, pods],
    delayMs: 50,
  },
  {
    name: "deployment",
    sync: syncDeployments,
    watches: ["deployments.apps", replicaSets],
    delayMs: 50,
  },
  { name: "replicaset", sync: syncReplicaSets, watches: [replicaSets, pods], delayMs: 50 },
  {
    name: "disruption",
    sync: syncDisruptionBudgets,
    watches: ["poddisruptionbudgets.policy", pods, replicaSets, "deployments.apps"],
    delayMs: 30,
  },
  {
    name: "endpointslice",
    sync: syncEndpointSlices,
    watches: ["services", pods],
    delayMs: 100,
  },
  { name: "scheduler", sync: syncScheduler, watches: [pods, nodes], delayMs: 20 },
  {
    name: "node-lifecycle",
    sync: syncNodeLifecycle,
    watches: [nodes],
    delayMs: 100,
    periodMs: 5_000,
  },
  { name: "taint-eviction", sync: syncTaintEviction, watches: [nodes, pods], delayMs: 100 },
  {
    name: "pod-garbage-collector",
    sync: syncPodGarbage,
    watches: [],
    delayMs: 1,
    periodMs: 20_000,
  },
  {
    name: "serviceaccount",
    sync: syncServiceAccounts,
    watches: ["namespaces", "serviceaccounts", "configmaps"],
    delayMs: 50,
  },
  {
    name: "bootstrap-token",
    sync: syncBootstrapTokens,
    watches: ["secrets", "configmaps"],
    delayMs: 50,
  },
];

/** While nothing can be done, this is how often they look whether that has changed. */
const downMs = 5_000;

/** Starts them all; returns what stops them. They act only while the control plane has a quorum. */
export function startControllers(context: ControllerContext): () => void {
  const stops = controllers.map((entry) => startController(context, entry));
  return () => {
    for (const stop of stops) stop();
  };
}

function startController(context: ControllerContext, entry: ControllerEntry): () => void {
  const { name, sync, watches, delayMs, periodMs } = entry;
  const loop = new Loop({
    clock: context.clock,
    wallClock: context.wallClock,
    name: `${context.name} ${name}`,
    delayMs,
    ...(periodMs === undefined ? {} : { periodMs }),
    sync: async () => (context.isUp() ? sync(context) : downMs),
  });
  const unsubscribe = watches.map((table) =>
    context.store.table(table).onChange(() => loop.poke()),
  );
  loop.poke();
  return () => {
    for (const stop of unsubscribe) stop();
    loop.close();
  };
}

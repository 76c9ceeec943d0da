import { syncDaemonSets } from "./daemon-sets.ts";
import type { ControllerContext } from "./context.ts";
import { syncDeployments } from "./deployments.ts";
import { Loop } from "./loop.ts";
import { syncNodeLifecycle } from "./node-lifecycle.ts";
import { syncPodGarbage } from "./pod-garbage.ts";
import { syncReplicaSets } from "./replica-sets.ts";
import { syncScheduler } from "./scheduler.ts";

interface ControllerEntry {
  readonly name: string;
  readonly sync: (context: ControllerContext) => Promise<void>;
  /** Tables whose changes concern it. */
  readonly watches: readonly string[];
  readonly delayMs: number;
  readonly periodMs?: number;
}

/** What kube-controller-manager and the scheduler do, as far as the life of a cluster needs it. */
const controllers: readonly ControllerEntry[] = [
  {
    name: "daemonset",
    sync: syncDaemonSets,
    watches: ["daemonsets.apps", "nodes", "pods"],
    delayMs: 50,
  },
  {
    name: "deployment",
    sync: syncDeployments,
    watches: ["deployments.apps", "replicasets.apps"],
    delayMs: 50,
  },
  { name: "replicaset", sync: syncReplicaSets, watches: ["replicasets.apps", "pods"], delayMs: 50 },
  { name: "scheduler", sync: syncScheduler, watches: ["pods", "nodes"], delayMs: 20 },
  {
    name: "node-lifecycle",
    sync: syncNodeLifecycle,
    watches: ["nodes"],
    delayMs: 100,
    periodMs: 5_000,
  },
  {
    name: "pod-garbage-collector",
    sync: syncPodGarbage,
    watches: [],
    delayMs: 1,
    periodMs: 20_000,
  },
];

/** Starts them all; returns what stops them. They act only while the control plane has a quorum. */
export function startControllers(context: ControllerContext): () => void {
  const stops = controllers.map(({ name, sync, watches, delayMs, periodMs }) => {
    const loop = new Loop({
      clock: context.clock,
      name: `controller ${name}`,
      delayMs,
      ...(periodMs === undefined ? {} : { periodMs }),
      sync: async () => {
        if (context.isUp()) await sync(context);
      },
    });
    const unsubscribe = watches.map((table) =>
      context.store.table(table).onChange(() => loop.poke()),
    );
    return () => {
      for (const stop of unsubscribe) stop();
      loop.close();
    };
  });
  return () => {
    for (const stop of stops) stop();
  };
}

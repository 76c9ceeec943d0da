import type { InstanceTransition } from "@seatrial/fakecloud/aws/contract.ts";
import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";
import type { Change } from "@seatrial/fakecloud/kubernetes/history.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";
import { invariants } from "../invariants/index.ts";
import type { Invariant, Scene, Watch, Write } from "../invariants/invariant.ts";
import type { Violation } from "./violation.ts";

/** What a run is held to: all promises but those that its scenario excepts, each with a reason. */
export interface WatchdogOptions {
  readonly scene: Scene;
  readonly excepted: ReadonlySet<string>;
  /** An invariant that throws is a defect of ours, not a finding. */
  readonly onDefect: (error: unknown) => void;
}

/** One promise that is broken again and again is reported this often. */
const mostPerPromise = 3;

interface Guard {
  readonly invariant: Invariant;
  readonly watch: Watch;
  found: number;
}

interface Followed {
  readonly workload: WorkloadCluster | undefined;
  /** The latest change of the store: its author is in the trace record that comes right after it. */
  latest: { readonly table: string; readonly change: Change } | undefined;
}

/** Holds every write and every change of an instance against every promise, at the moment at which it happens. */
export class Watchdog {
  readonly violations: Violation[] = [];
  readonly #options: WatchdogOptions;
  readonly #guards: readonly Guard[];
  readonly #followed = new Map<string, Followed>();
  /** Sequence number of the record that is being judged; undefined when the state of things is. */
  #event: number | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#guards = invariants
      .filter(({ id }) => !options.excepted.has(id))
      .map((invariant) => ({ invariant, watch: invariant.watch(options.scene), found: 0 }));
    this.#follow("management", options.scene.management, undefined);
  }

  onRecord(record: TraceRecord): void {
    this.#event = record.sequence;
    if (record.kind !== "kube.write") return;
    const { cluster } = record.detail as { readonly cluster: string };
    const followed = this.#followed.get(cluster) ?? this.#meet(cluster);
    const latest = followed?.latest;
    if (followed === undefined || latest === undefined) return;
    followed.latest = undefined;
    const { type, entry, previous } = latest.change;
    const write: Write = {
      workload: followed.workload,
      author: record.actor,
      type,
      object: entry.object,
      before: previous?.object,
    };
    const what = () => `${record.verb} ${record.object} by ${record.actor} in ${cluster}`;
    for (const guard of this.#guards) {
      const check = guard.watch.writes?.[latest.table];
      if (check !== undefined) this.#judge(guard, () => check(write), what);
    }
  }

  onInstance(transition: InstanceTransition): void {
    const { instance, from, to } = transition;
    const what = () =>
      `instance ${instance.instanceId} (${instance.tags["Name"] ?? ""}) ${from === undefined ? "launched" : to}`;
    for (const guard of this.#guards) {
      const check = guard.watch.instance;
      if (check !== undefined) this.#judge(guard, () => check(transition), what);
    }
  }

  /** To be called once all has converged and some quiet time has passed. */
  rest(): void {
    this.#ask("rest");
  }

  end(): void {
    this.#ask("end");
  }

  #ask(when: "end" | "rest"): void {
    this.#event = undefined;
    for (const guard of this.#guards) {
      for (const wrong of guard.watch[when]?.() ?? []) {
        this.#judge(
          guard,
          () => wrong,
          () => `at ${when === "end" ? "the end" : "rest"}`,
        );
      }
    }
  }

  #judge(guard: Guard, check: () => string | undefined, what: () => string): void {
    if (guard.found >= mostPerPromise) return;
    try {
      const wrong = check();
      if (wrong === undefined) return;
      guard.found += 1;
      const { id, promise } = guard.invariant;
      const atMs = this.#options.scene.nowMs();
      const message = `${what()}: ${wrong} (${promise})`;
      const event = this.#event;
      this.violations.push({ id, atMs, message, ...(event === undefined ? {} : { event }) });
    } catch (error) {
      this.#options.onDefect(error);
    }
  }

  /** A workload cluster shows itself with its first write, which nobody has to judge. */
  #meet(name: string): Followed | undefined {
    const workload = this.#options.scene.workloads().find((one) => one.name === name);
    return workload === undefined ? undefined : this.#follow(name, workload.state.store, workload);
  }

  #follow(name: string, store: Store, workload: WorkloadCluster | undefined): Followed {
    const followed: Followed = { workload, latest: undefined };
    store.onChange((commit) => (followed.latest = commit));
    this.#followed.set(name, followed);
    return followed;
  }
}

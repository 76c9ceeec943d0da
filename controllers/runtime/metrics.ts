import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ControllerMetrics, ReconcileRecord } from "./controller-runner.ts";
import type { ManagerMetrics } from "./manager.ts";

// controller-runtime's buckets for reconciles, and client-go's for queues.
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
  1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const queueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

/** Prometheus metrics under the names that dashboards for controller-runtime expect. */
export class PrometheusMetrics implements ManagerMetrics {
  readonly registry = new Registry();
  readonly #reconciles = this.#counter("controller_runtime_reconcile_total", [
    "controller",
    "result",
  ]);
  readonly #errors = this.#counter("controller_runtime_reconcile_errors_total", ["controller"]);
  readonly #terminal = this.#counter("controller_runtime_terminal_reconcile_errors_total", [
    "controller",
  ]);
  readonly #active = this.#gauge("controller_runtime_active_workers", ["controller"]);
  readonly #workers = this.#gauge("controller_runtime_max_concurrent_reconciles", ["controller"]);
  readonly #seconds = this.#histogram("controller_runtime_reconcile_time_seconds", {
    labelNames: ["controller"],
    buckets: reconcileBuckets,
  });
  readonly #adds = this.#counter("workqueue_adds_total", ["name", "controller"]);
  readonly #retries = this.#counter("workqueue_retries_total", ["name", "controller"]);
  readonly #depth = this.#gauge("workqueue_depth", ["name", "controller"]);
  readonly #waits = this.#histogram("workqueue_queue_duration_seconds", {
    labelNames: ["name", "controller"],
    buckets: queueBuckets,
  });
  readonly #works = this.#histogram("workqueue_work_duration_seconds", {
    labelNames: ["name", "controller"],
    buckets: queueBuckets,
  });
  readonly #requests = this.#counter("rest_client_requests_total", ["code", "method", "host"]);
  readonly #leader = this.#gauge("leader_election_master_status", ["name"]);

  constructor(leaseName = "seatrial") {
    this.#leader.set({ name: leaseName }, 0);
    this.leader = (isLeader) => this.#leader.set({ name: leaseName }, isLeader ? 1 : 0);
  }

  readonly leader: (isLeader: boolean) => void;

  readonly onResponse: NonNullable<ManagerMetrics["onResponse"]> = ({ method }, status) => {
    const code = status === "error" ? "<error>" : String(status);
    this.#requests.inc({ code, method, host: "management" });
  };

  controller(name: string, concurrency: number): ControllerMetrics {
    const labels = { name, controller: name };
    this.#workers.set({ controller: name }, concurrency);
    this.#active.set({ controller: name }, 0);
    return {
      added: () => this.#adds.inc(labels),
      retried: () => this.#retries.inc(labels),
      depth: (depth) => this.#depth.set(labels, depth),
      waited: (ms) => this.#waits.observe(labels, ms / 1000),
      started: (active) => this.#active.set({ controller: name }, active),
      ended: (record, active) => this.#ended(record, active),
    };
  }

  #ended(
    { controller, outcome, durationMs, requeueAfterMs }: ReconcileRecord,
    active: number,
  ): void {
    const result =
      outcome === "terminal"
        ? "error"
        : outcome === "requeue" && requeueAfterMs !== undefined
          ? "requeue_after"
          : outcome;
    this.#reconciles.inc({ controller, result });
    if (result === "error") this.#errors.inc({ controller });
    if (outcome === "terminal") this.#terminal.inc({ controller });
    this.#active.set({ controller }, active);
    this.#seconds.observe({ controller }, durationMs / 1000);
    this.#works.observe({ name: controller, controller }, durationMs / 1000);
  }

  #counter(name: string, labelNames: string[]): Counter {
    return new Counter({ name, help: helpOf(name), labelNames, registers: [this.registry] });
  }

  #gauge(name: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help: helpOf(name), labelNames, registers: [this.registry] });
  }

  #histogram(name: string, options: { labelNames: string[]; buckets: number[] }): Histogram {
    return new Histogram({ name, help: helpOf(name), ...options, registers: [this.registry] });
  }
}

function helpOf(name: string): string {
  return name.replaceAll("_", " ");
}

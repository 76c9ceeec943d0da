import type { ReadListener } from "@seatrial/controllers/runtime/cached-client.ts";
import { actingReconcile } from "@seatrial/controllers/runtime/acting.ts";
import type { Transport, WatchSink } from "@seatrial/controllers/runtime/transport.ts";
import type { InstanceTransition } from "@seatrial/fakecloud/aws/contract.ts";
import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";
import type { Commit, Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";
import type { WorldObserver, WorldParts } from "../runner/world-observer.ts";
import { machineNameOf } from "../invariants/facts.ts";
import { EtcdLog } from "./etcd-log.ts";
import { HeardLog } from "./heard-log.ts";
import { ObjectLog } from "./object-log.ts";
import { ReconcileLog } from "./reconcile-log.ts";
import { type InstanceFacts, type Recording, recordingFormat, type RunFacts } from "./recording.ts";
import { StringTable } from "./string-table.ts";

/**
 * Writes down what a report needs beyond the trace: the objects as they were, which reconcile caused what, what it had read and
 * what its process had heard of. Only listens: a run with a recorder has the trace of one without.
 */
export class Recorder implements WorldObserver {
  readonly #strings = new StringTable();
  readonly #columns = {
    atMs: [],
    kind: [],
    actor: [],
    verb: [],
    object: [],
    detail: [],
    by: [],
  } as {
    readonly [column in keyof Recording["events"]]: number[];
  };
  readonly #objects = new ObjectLog();
  readonly #reconciles = new ReconcileLog();
  readonly #heard = new HeardLog(this.#objects);
  readonly #etcd = new EtcdLog();
  readonly #instances = new Map<string, InstanceFacts>();
  readonly #followed = new Set<string>();
  /** Changes whose trace record, which names their author, comes right after them. */
  #pending: { readonly cluster: string; readonly commit: Commit }[] = [];
  #parts: WorldParts | undefined;

  attach(parts: WorldParts): void {
    this.#parts = parts;
    this.#follow("management", parts.management);
    parts.trace.onRecord((record) => this.#onRecord(record));
    parts.aws.onInstanceTransition((transition) => this.#onInstance(transition));
  }

  /** Hears what watches and answers tell the controllers, and passes it on as it is. */
  observeTransport(inner: Transport): Transport {
    const heard = (body: unknown) => this.#heard.hear(body, this.#nowMs());
    return {
      ...inner,
      request: (request) => {
        const answer = inner.request(request);
        const process = this.#heard.process;
        // Before the controller goes on with it, and without a turn more for it to wait.
        answer.then(
          ({ status, body }) => {
            if (status < 300 && process === this.#heard.process) heard(body);
          },
          () => undefined,
        );
        return answer;
      },
      watch: (request, sink) => inner.watch(request, this.#observeSink(sink)),
    };
  }

  onProcessStart(): void {
    this.#heard.restart();
  }

  readonly onRead: ReadListener = (kind, objects, how) => {
    const acting = actingReconcile();
    if (acting === undefined) return;
    const revisions = objects.flatMap(({ metadata }) => {
      const found = this.#objects.find("management", metadata.resourceVersion);
      return found === undefined ? [] : [found];
    });
    const table = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    const listed = how === "list" ? { listed: table } : {};
    this.#reconciles.read(acting, { revisions, ...listed, atMs: this.#nowMs() });
  };

  finish(what: {
    readonly run: Omit<RunFacts, "startMs">;
    readonly promises: Recording["promises"];
  }): Recording {
    const startMs = this.#parts?.startMs ?? 0;
    return {
      format: recordingFormat,
      run: { ...what.run, startMs },
      promises: what.promises,
      strings: this.#strings.all(),
      events: this.#columns,
      objects: this.#objects.objects,
      revisions: this.#heard.mark(this.#objects.revisions),
      reconciles: this.#reconciles.all(),
      instances: Object.fromEntries(this.#instances),
      etcd: this.#etcd.entries,
    };
  }

  #observeSink(sink: WatchSink): WatchSink {
    const { process } = this.#heard;
    return {
      onEvent: (event) => {
        const isNews = event.type !== "BOOKMARK" && event.type !== "ERROR";
        if (isNews && process === this.#heard.process)
          this.#heard.hear(event.object, this.#nowMs());
        sink.onEvent(event);
      },
      onClose: (error) => sink.onClose(error),
    };
  }

  #onRecord(record: TraceRecord): void {
    const { kind, actor, verb, object, detail, atMs, sequence } = record;
    const acting = kind === "reconcile" ? undefined : actingReconcile();
    const columns = this.#columns;
    columns.atMs.push(atMs);
    columns.kind.push(this.#strings.index(kind));
    columns.actor.push(this.#strings.index(actor));
    columns.verb.push(this.#strings.index(verb));
    columns.object.push(this.#strings.index(object));
    columns.detail.push(detail === undefined ? -1 : this.#strings.index(JSON.stringify(detail)));
    if (kind === "reconcile") columns.by.push(this.#reconciles.end(record));
    else columns.by.push(acting === undefined ? -1 : this.#reconciles.act(acting, atMs));
    if (kind === "kube.write")
      this.#onWrite((detail as { readonly cluster: string }).cluster, sequence);
    else this.#sampleEtcd(atMs);
  }

  #onWrite(cluster: string, event: number): void {
    if (!this.#followed.has(cluster)) this.#meet(cluster, event);
    const pending = this.#pending;
    this.#pending = [];
    for (const { cluster, commit } of pending) this.#objects.add({ cluster, event, commit });
  }

  /** A workload cluster shows itself with its first write: what is there by then is taken as it is. */
  #meet(name: string, event: number): void {
    const workload = this.#workloads().find((one) => one.name === name);
    if (workload === undefined) return;
    const { store } = workload.state;
    this.#follow(name, store);
    for (const table of store.tables()) {
      for (const entry of table.list()) {
        const change = { type: "ADDED", revision: entry.revision, atMs: 0, entry } as const;
        this.#objects.add({ cluster: name, event, commit: { table: table.id, change } });
      }
    }
  }

  #follow(cluster: string, store: Store): void {
    this.#followed.add(cluster);
    store.onChange((commit) => this.#pending.push({ cluster, commit }));
  }

  #onInstance({ instance }: InstanceTransition): void {
    if (this.#instances.has(instance.instanceId)) return;
    this.#instances.set(instance.instanceId, {
      machine: machineNameOf(instance)?.split("/").at(-1) ?? "",
      zone: instance.zone,
      type: instance.instanceType,
    });
  }

  #sampleEtcd(atMs: number): void {
    for (const workload of this.#workloads()) this.#etcd.sample(workload, atMs);
  }

  #workloads(): readonly WorkloadCluster[] {
    return this.#parts?.workloads() ?? [];
  }

  #nowMs(): number {
    return this.#parts?.nowMs() ?? 0;
  }
}

import type { Acting } from "@seatrial/controllers/runtime/acting.ts";
import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";
import type { RecordedReconcile } from "./recording.ts";

interface Read {
  readonly revisions: readonly number[];
  /** The kind, if all of it that fits was asked for. */
  readonly listed?: string;
  readonly atMs: number;
}

interface Open {
  readonly index: number;
  /** Undefined if nothing was seen of it but its end. */
  readonly acting: Acting | undefined;
  readonly controller: string;
  readonly key: string;
  readonly startedMs: number;
  /** Revision → when it was read last. */
  readonly reads: Map<number, number>;
  /** Kind → when it was listed last. */
  readonly lists: Map<string, number>;
  hasActed: boolean;
}

/** Which reconcile was at work when: a queue never works on one key twice at a time, so controller and key name it. */
export class ReconcileLog {
  readonly #open = new Map<string, Open>();
  /** What a reconcile has started may live longer than it, a watch for example; that is not its work any more. */
  readonly #over = new WeakSet<Acting>();
  readonly #all: RecordedReconcile[] = [];

  read(acting: Acting, read: Read): void {
    const { revisions, listed, atMs } = read;
    const open = this.#openOf(acting, atMs);
    for (const revision of revisions) open?.reads.set(revision, atMs);
    if (listed !== undefined) open?.lists.set(listed, atMs);
  }

  /** Something has happened because of it. Returns its index; -1 if it is over. */
  act(acting: Acting, atMs: number): number {
    const open = this.#openOf(acting, atMs);
    if (open === undefined) return -1;
    open.hasActed = true;
    return open.index;
  }

  /** The record that ends it. Returns its index. */
  end({ actor, object, verb, sequence, atMs }: TraceRecord): number {
    const name = `${actor} ${object}`;
    const open = this.#open.get(name) ?? this.#start(actor, object, atMs);
    this.#open.delete(name);
    this.#close(open, sequence, open.hasActed || verb === "error" || verb === "terminal");
    return open.index;
  }

  all(): readonly RecordedReconcile[] {
    for (const open of this.#open.values()) this.#close(open, -1, open.hasActed);
    this.#open.clear();
    return this.#all;
  }

  #openOf(acting: Acting, atMs: number): Open | undefined {
    if (this.#over.has(acting)) return undefined;
    const key = `${acting.key.namespace}/${acting.key.name}`;
    const known = this.#open.get(`${acting.controller} ${key}`);
    if (known?.acting === acting) return known;
    // Its process was killed, and the next one has come to the same key.
    if (known !== undefined) this.#close(known, -1, known.hasActed);
    return this.#start(acting.controller, key, atMs, acting);
  }

  #start(controller: string, key: string, startedMs: number, acting?: Acting): Open {
    const index = this.#all.length;
    const seen = { reads: new Map<number, number>(), lists: new Map<string, number>() };
    const open: Open = { index, acting, controller, key, startedMs, ...seen, hasActed: false };
    this.#open.set(`${controller} ${key}`, open);
    this.#all.push({ controller, key, startedMs, end: -1 });
    return open;
  }

  #close(open: Open, end: number, keeps: boolean): void {
    const { index, acting, controller, key, startedMs, reads, lists } = open;
    if (acting !== undefined) this.#over.add(acting);
    const kept = {
      ...(keeps && reads.size > 0 ? { reads: [...reads].flat() } : {}),
      ...(keeps && lists.size > 0 ? { lists: Object.fromEntries(lists) } : {}),
    };
    this.#all[index] = { controller, key, startedMs, end, ...kept };
  }
}

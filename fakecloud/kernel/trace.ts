import { createHash, type Hash } from "node:crypto";

export type TraceKind =
  | "cloud.call"
  | "cloud.transition"
  | "fault"
  | "invariant"
  | "kube.write"
  | "machine"
  | "reconcile"
  | "step";

/** What a part of the house reports; the kernel adds the time and the sequence number. */
export interface TraceEntry {
  readonly kind: TraceKind;
  /** Who acted: a controller's name, "kubectl", "kubelet/ip-10-0-1-5", "ec2". */
  readonly actor: string;
  /** Whom it concerns, by stable name: "machine/default/md-0-7x2", "instance/i-0abc". */
  readonly object: string;
  /** One verb or action: "create", "RunInstances", "running". */
  readonly verb: string;
  /** Plain JSON with keys in a fixed order; never holds a secret. */
  readonly detail?: unknown;
}

export interface TraceRecord extends TraceEntry {
  readonly sequence: number;
  /** Virtual ms since the start of the run. */
  readonly atMs: number;
}

export interface TraceSink {
  record(entry: TraceEntry): void;
}

/** For code that runs outside a simulation. */
export const noTrace: TraceSink = { record: () => undefined };

/** In characters. */
const mostWaiting = 16_384;

/**
 * A totally ordered record of a run. The rolling SHA-256 over it is the identity of the run: two runs with one hash did
 * the same things in the same order at the same virtual times.
 */
export class Trace implements TraceSink {
  readonly #hash: Hash = createHash("sha256");
  readonly #nowMs: () => number;
  readonly #records: TraceRecord[] = [];
  readonly #listeners: ((record: TraceRecord) => void)[] = [];
  readonly #keep: boolean;
  #sequence = 0;
  /** Lines that are not in the hash yet: it takes many at once for the price of a few. */
  #lines = "";

  constructor(nowMs: () => number, options: { readonly keepRecords?: boolean } = {}) {
    this.#nowMs = nowMs;
    this.#keep = options.keepRecords ?? true;
  }

  record(entry: TraceEntry): void {
    const { kind, actor, object, verb, detail } = entry;
    const record: TraceRecord = {
      sequence: this.#sequence,
      atMs: this.#nowMs(),
      kind,
      actor,
      object,
      verb,
      ...(detail === undefined ? {} : { detail }),
    };
    this.#sequence += 1;
    this.#lines += `${JSON.stringify(record)}\n`;
    if (this.#lines.length >= mostWaiting) this.#flush();
    if (this.#keep) this.#records.push(record);
    for (const listener of this.#listeners) listener(record);
  }

  /** Listeners see each record in order, while it is being made; they must not record themselves. */
  onRecord(listener: (record: TraceRecord) => void): void {
    this.#listeners.push(listener);
  }

  get records(): readonly TraceRecord[] {
    return this.#records;
  }

  get length(): number {
    return this.#sequence;
  }

  /** Hex SHA-256 of everything recorded so far. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest("hex");
  }

  #flush(): void {
    this.#hash.update(this.#lines);
    this.#lines = "";
  }
}

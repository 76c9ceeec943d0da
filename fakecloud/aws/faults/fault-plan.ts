import { type Clock, timeOfDelay, type TimerHandle } from "../../kernel/clock.ts";
import { type FaultAction, type FaultPoint, type Faults, noFaults } from "../../kernel/faults.ts";
import type { TraceSink } from "../../kernel/trace.ts";
import type { SavedTables } from "../persistence/state-root.ts";
import type { CallContext } from "../service.ts";
import { type ActiveFault, type Fault, FaultError, type ParsedFault } from "./fault.ts";
import { parseFault } from "./parse-fault.ts";

/** A fault at work. */
export interface FaultHandle {
  /** What it does to a call; undefined if it leaves it alone. */
  decide?(point: FaultPoint): FaultAction | undefined;
  /** The input of a call as the cloud takes it. */
  input?(call: CallContext, input: Record<string, unknown>): Record<string, unknown>;
  /** The answer to a call as the cloud gives it. */
  output?(call: CallContext, input: Record<string, unknown>, output: unknown): unknown;
  /** For what is announced and happens later: when. Overrides `for`. */
  readonly lastsMs?: number;
  /** "over": its time has come; "removed": somebody took it back. */
  end?(how: "over" | "removed"): void;
}

/** Begins a fault; undefined if it is over already. */
export type StartFault = (fault: ParsedFault) => FaultHandle | undefined;

export interface FaultPlanOptions {
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly start: StartFault;
  /** Asked where no fault of this plan strikes. */
  readonly fallback: Faults;
  /** A fault has begun or ended. */
  readonly onChange: () => void;
}

/** A fault as it survives the process. */
interface SavedFault {
  readonly fault: Fault;
  readonly sinceMs: number;
  readonly strikes: number;
  /** When it is over, in ms since the epoch. */
  readonly dueAtMs?: number;
}

const table = "faults/active";

interface Entry {
  readonly parsed: ParsedFault;
  readonly handle: FaultHandle;
  readonly sinceMs: number;
  readonly untilMs: number | undefined;
  readonly dueAtMs: number | undefined;
  readonly timer: TimerHandle;
  strikes: number;
}

/** The faults of one world: takes them as data, lets them strike, and ends them. */
export class FaultPlan implements Faults {
  readonly #options: FaultPlanOptions;
  readonly #active = new Map<string, Entry>();
  #count = 0;

  constructor(options: FaultPlanOptions) {
    this.#options = options;
  }

  /** Begins a fault and returns its ID. Throws a FaultError for what is no fault, or would hit nothing. */
  inject(fault: Fault): string {
    const { clock, start, onChange } = this.#options;
    const parsed = parseFault(fault, (kind) => `${kind}-${(this.#count += 1)}`);
    const { id } = parsed;
    if (this.#active.has(id)) throw new FaultError(`a fault with the ID ${id} is active already`);
    this.#record(parsed, "begins");
    const handle = start(parsed);
    if (handle !== undefined) {
      const lastsMs = handle.lastsMs ?? parsed.forMs;
      this.#keep(parsed, handle, { sinceMs: clock.now(), strikes: 0, lastsMs });
    }
    onChange();
    return id;
  }

  #keep(
    parsed: ParsedFault,
    handle: FaultHandle,
    life: Pick<Entry, "sinceMs" | "strikes"> & { readonly lastsMs: number | undefined },
  ): void {
    const { clock } = this.#options;
    const { lastsMs, ...rest } = life;
    const { id } = parsed;
    const timer =
      lastsMs === undefined
        ? undefined
        : clock.setTimeout(() => this.#end(id, "over"), lastsMs, `fault ${id} ends`);
    const untilMs = lastsMs === undefined ? undefined : clock.now() + lastsMs;
    const dueAtMs = lastsMs === undefined ? undefined : clock.now() + timeOfDelay(clock, lastsMs);
    this.#active.set(id, { parsed, handle, untilMs, dueAtMs, timer, ...rest });
  }

  /** Those that are active, as plain JSON. */
  save(): SavedTables {
    const records = [...this.#active].map(([id, { parsed, sinceMs, strikes, dueAtMs }]) => {
      const fault: Fault = { ...parsed.source, id };
      const due = dueAtMs === undefined ? {} : { dueAtMs };
      return [id, { fault, sinceMs, strikes, ...due } satisfies SavedFault] as const;
    });
    return new Map([[table, records]]);
  }

  /** What was active in an earlier process goes on for the time that it has left; what it counts, it counts anew. */
  restore(saved: SavedTables): void {
    for (const [id, record] of saved.get(table) ?? []) {
      this.#count = Math.max(this.#count, Number(/-(\d+)$/.exec(id)?.[1] ?? 0));
      try {
        this.#goOn(record as SavedFault);
      } catch (error) {
        if (!(error instanceof FaultError)) throw error; // There is nothing left that it could hit.
      }
    }
  }

  #goOn({ fault, sinceMs, strikes, dueAtMs }: SavedFault): void {
    const { clock, start } = this.#options;
    const lastsMs =
      dueAtMs === undefined ? undefined : (dueAtMs - clock.now()) * (clock.delayScale ?? 1);
    if (lastsMs !== undefined && lastsMs <= 0) return;
    const parsed = parseFault(fault, (kind) => kind);
    const handle = start(parsed);
    if (handle !== undefined) this.#keep(parsed, handle, { sinceMs, strikes, lastsMs });
  }

  /** Ends a fault before its time; false if there is none with this ID. */
  remove(id: string): boolean {
    return this.#end(id, "removed");
  }

  removeAll(): void {
    for (const id of this.#active.keys()) this.remove(id);
  }

  /** In the order in which they began. */
  list(): readonly ActiveFault[] {
    return [...this.#active.values()].map(({ parsed, sinceMs, untilMs, strikes }) => {
      const { id, kind, source: fault } = parsed;
      return { id, kind, fault, sinceMs, untilMs, strikes };
    });
  }

  /** False while nobody need be told of what could be struck. */
  get mayStrike(): boolean {
    return this.#active.size > 0 || this.#options.fallback !== noFaults;
  }

  /** The first fault that strikes wins. */
  decide(point: FaultPoint): FaultAction | undefined {
    for (const entry of this.#active.values()) {
      const action = entry.handle.decide?.(point);
      if (action === undefined) continue;
      entry.strikes += 1;
      return { ...action, cause: entry.parsed.id };
    }
    return this.#options.fallback.decide(point);
  }

  input(call: CallContext, input: Record<string, unknown>): Record<string, unknown> {
    let current = input;
    for (const { handle } of this.#active.values()) {
      current = handle.input?.(call, current) ?? current;
    }
    return current;
  }

  output(call: CallContext, input: Record<string, unknown>, output: unknown): unknown {
    let current = output;
    for (const { handle } of this.#active.values()) {
      if (handle.output !== undefined) current = handle.output(call, input, current);
    }
    return current;
  }

  #end(id: string, how: "over" | "removed"): boolean {
    const entry = this.#active.get(id);
    if (entry === undefined) return false;
    this.#active.delete(id);
    this.#options.clock.clearTimeout(entry.timer);
    this.#record(entry.parsed, how === "over" ? "ends" : "is removed");
    entry.handle.end?.(how);
    this.#options.onChange();
    return true;
  }

  #record({ id, source }: ParsedFault, verb: string): void {
    const detail = verb === "begins" ? source : undefined;
    this.#options.trace.record({
      kind: "fault",
      actor: "nature",
      object: `fault/${id}`,
      verb,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

import type { Clock, TimerHandle } from "../../kernel/clock.ts";
import type { FaultAction, FaultPoint, Faults } from "../../kernel/faults.ts";
import type { TraceSink } from "../../kernel/trace.ts";
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
}

interface Entry {
  readonly parsed: ParsedFault;
  readonly handle: FaultHandle;
  readonly sinceMs: number;
  readonly untilMs: number | undefined;
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
    const { clock, start } = this.#options;
    const parsed = parseFault(fault, (kind) => `${kind}-${(this.#count += 1)}`);
    const { id } = parsed;
    if (this.#active.has(id)) throw new FaultError(`a fault with the ID ${id} is active already`);
    this.#record(parsed, "begins");
    const handle = start(parsed);
    if (handle === undefined) return id;
    const lastsMs = handle.lastsMs ?? parsed.forMs;
    const timer =
      lastsMs === undefined
        ? undefined
        : clock.setTimeout(() => this.#end(id, "over"), lastsMs, `fault ${id} ends`);
    const sinceMs = clock.now();
    const untilMs = lastsMs === undefined ? undefined : sinceMs + lastsMs;
    this.#active.set(id, { parsed, handle, sinceMs, untilMs, timer, strikes: 0 });
    return id;
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

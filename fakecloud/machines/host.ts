import type { FakeAws, InstanceView } from "../aws/contract.ts";
import { type Clock, sleep } from "../kernel/clock.ts";
import { between, type Random } from "../kernel/random.ts";
import type { TraceSink } from "../kernel/trace.ts";
import { BootLog } from "./boot-log.ts";

export interface HostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly aws: FakeAws;
}

/** The instance was stopped: whatever ran on it ends here, without a word. */
export class PoweredOffError extends Error {
  override readonly name = "PoweredOffError";
}

/** A running operating system: files, time, a console, and a network interface. */
export class Host {
  readonly instance: InstanceView;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly aws: FakeAws;
  readonly log: BootLog;
  readonly files = new Map<string, string>();
  readonly #power = new AbortController();
  readonly #onPowerOff: (() => void)[] = [];
  /** The first thing that keeps this machine from joining; undefined while all is well. */
  trouble: string | undefined;

  constructor(instance: InstanceView, options: HostOptions) {
    this.instance = instance;
    this.clock = options.clock;
    this.random = options.random;
    this.trace = options.trace;
    this.aws = options.aws;
    this.log = new BootLog(options.clock);
  }

  get isOn(): boolean {
    return !this.#power.signal.aborted;
  }

  /** Ends everything that runs or waits on this host. */
  powerOff(): void {
    if (!this.isOn) return;
    this.#power.abort(new PoweredOffError(this.instance.instanceId));
    for (const stop of this.#onPowerOff.toReversed()) stop();
  }

  onPowerOff(stop: () => void): void {
    this.#onPowerOff.push(stop);
  }

  /** Takes a keyed while between the bounds; rejects when the power goes off. */
  work(what: string, minMs: number, maxMs: number): Promise<void> {
    const { instanceId } = this.instance;
    const range = { min: minMs, max: maxMs };
    return this.sleep(between(this.random, range, `machine/${what}`, instanceId), what);
  }

  sleep(ms: number, what: string): Promise<void> {
    return sleep(this.clock, ms, {
      label: `${this.instance.instanceId}: ${what}`,
      signal: this.#power.signal,
    });
  }

  /** Prints to the console and records it as an event of the machine. */
  event(verb: string, text: string): void {
    this.log.write(text);
    this.trace.record({
      kind: "machine",
      actor: this.instance.instanceId,
      object: this.instance.tags["Name"] ?? this.instance.instanceId,
      verb,
    });
  }

  requireFile(path: string): string {
    const content = this.files.get(path);
    if (content === undefined) throw new Error(`open ${path}: no such file or directory`);
    return content;
  }
}

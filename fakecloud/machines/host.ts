import type { MachineCloud, InstanceView } from "../aws/contract.ts";
import { type Clock, sleep } from "../kernel/clock.ts";
import type { FaultAction, Faults } from "../kernel/faults.ts";
import { between, type Random } from "../kernel/random.ts";
import type { TraceSink } from "../kernel/trace.ts";
import { BootLog } from "./boot-log.ts";
import { Disk } from "./disk.ts";
import type { HostSnapshot, Roles } from "./snapshot.ts";

export interface HostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly faults: Faults;
  readonly aws: MachineCloud;
}

/** The instance was stopped: whatever ran on it ends here, without a word. */
export class PoweredOffError extends Error {
  override readonly name = "PoweredOffError";
}

/** Something that systemd starts at every boot once it has been enabled. */
export type Unit = () => Promise<void> | void;

/** An operating system: files that outlive a reboot, a console, and a network interface; time passes while it has power. */
export class Host {
  readonly instance: InstanceView;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly aws: MachineCloud;
  readonly log: BootLog;
  readonly files = new Disk();
  /** What the machine is in its cluster. */
  readonly roles: Roles = {};
  /** The user data has been acted upon, well or badly: it will not be again. */
  isSetUp = false;
  /**
   * The process that simulates it ended while it was being set up, and a later one begins with that anew: on a disk, and in
   * a cluster, that already have some of it.
   */
  isBegunAnew = false;
  #saved: { readonly marks: readonly unknown[]; readonly snapshot: HostSnapshot } | undefined;
  readonly #faults: Faults;
  readonly #units = new Map<string, Unit>();
  #power = new AbortController();
  #onPowerOff: (() => void)[] = [];
  /** The first thing that keeps this machine from joining; undefined while all is well. */
  trouble: string | undefined;

  constructor(instance: InstanceView, options: HostOptions) {
    this.instance = instance;
    this.clock = options.clock;
    this.random = options.random;
    this.trace = options.trace;
    this.aws = options.aws;
    this.#faults = options.faults;
    this.log = new BootLog(options.clock);
  }

  /** What people call it: the name of its AWSMachine, where the provider made it. */
  get name(): string {
    return this.instance.tags["Name"] ?? this.instance.instanceId;
  }

  get isOn(): boolean {
    return !this.#power.signal.aborted;
  }

  /** Ends everything that runs or waits on this host. */
  powerOff(): void {
    if (!this.isOn) return;
    this.#power.abort(new PoweredOffError(this.instance.instanceId));
    const stops = this.#onPowerOff.toReversed();
    this.#onPowerOff = [];
    for (const stop of stops) stop();
  }

  powerOn(): void {
    if (!this.isOn) this.#power = new AbortController();
  }

  onPowerOff(stop: () => void): void {
    this.#onPowerOff.push(stop);
  }

  /** Starts it now, if there is power, and again at every later boot. */
  async enable(name: string, unit: Unit): Promise<void> {
    const runs = this.isBegunAnew && this.#units.has(name);
    this.#units.set(name, unit);
    if (this.isOn && !runs) await unit();
  }

  /** What a boot after the first does: everything that is enabled starts at once; each waits for what it needs. */
  async startUnits(): Promise<void> {
    await Promise.all([...this.#units.values()].map(async (unit) => unit()));
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

  /** What a fault does at this point, if one strikes here. */
  faultAt(operation: string): FaultAction | undefined {
    const { instanceId, privateDnsName } = this.instance;
    const names = [instanceId, privateDnsName];
    const point = { seam: "machine", object: this.name, names, phase: "beforeCommit" } as const;
    const action = this.#faults.decide({ ...point, operation });
    if (action === undefined) return undefined;
    const { name: object } = this;
    this.trace.record({ kind: "fault", actor: "machine", object, verb: operation, detail: action });
    return action;
  }

  /** A point at which a fault may strike: it takes longer, fails with the given words, or never comes back. */
  async mayFail(operation: string): Promise<void> {
    const action = this.faultAt(operation);
    if (action?.do === "delay") await this.sleep(action.ms, `${operation} (slow)`);
    if (action?.do === "fail") throw new Error(action.message ?? action.code);
    if (action?.do === "loseResponse") {
      this.trouble = `${operation} hangs`;
      this.log.write(`${operation}: no sign of life`);
      await this.#hang();
    }
  }

  /** Prints to the console and records it as an event of the machine. */
  event(verb: string, text: string): void {
    this.log.write(text);
    this.trace.record({
      kind: "machine",
      actor: this.instance.instanceId,
      object: this.name,
      verb,
    });
  }

  /** The same object as last time if nothing has changed. */
  snapshot(): HostSnapshot {
    const { etcd, apiServer, kubelet } = this.roles;
    const { changes } = this.files;
    const { isSetUp, trouble, log } = this;
    const marks = [changes, log.lines.length, isSetUp, trouble, etcd, apiServer, kubelet];
    const before = this.#saved;
    if (before !== undefined && marks.every((mark, index) => mark === before.marks[index])) {
      return before.snapshot;
    }
    const snapshot = this.#describe();
    this.#saved = { marks, snapshot };
    return snapshot;
  }

  #describe(): HostSnapshot {
    return {
      instanceId: this.instance.instanceId,
      isSetUp: this.isSetUp,
      files: [...this.files],
      log: [...this.log.lines],
      ...(this.trouble === undefined ? {} : { trouble: this.trouble }),
      roles: { ...this.roles },
    };
  }

  /** The disk and the console as they were; what ran is started by whoever restores. */
  restore(snapshot: HostSnapshot): void {
    this.log.restore(snapshot.log);
    for (const [path, content] of snapshot.files) this.files.set(path, content);
    this.isSetUp = snapshot.isSetUp;
    this.trouble = snapshot.trouble;
  }

  finishSetUp(): void {
    this.isSetUp = true;
    this.isBegunAnew = false;
  }

  requireFile(path: string): string {
    const content = this.files.get(path);
    if (content === undefined) throw new Error(`open ${path}: no such file or directory`);
    return content;
  }

  /** Until the power goes off. */
  #hang(): Promise<never> {
    const { signal } = this.#power;
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  }
}

import { DeadlockError, HorizonError, type Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";
import { Calm } from "./calm.ts";
import { formatDuration, requireDuration } from "./duration.ts";
import { Expectations } from "./expectations.ts";
import type { Progress } from "./progress.ts";
import type { InjectedFault, LoadedScenario, Step } from "./scenario.ts";
import { isConverged, unconverged } from "./snapshot.ts";
import { Timeline } from "./timeline.ts";
import { Bookkeeper, differences, type Outcome, withoutFaults } from "./twin.ts";
import type { Violation } from "./violation.ts";
import { createWorld, type World, type WorldOptions } from "./world.ts";
import type { WorldObserver } from "./world-observer.ts";

export interface RunResult {
  readonly seed: string;
  readonly violations: readonly Violation[];
  /** Hex SHA-256 over the trace: the identity of the run. */
  readonly traceHash: string;
  readonly events: number;
  readonly virtualMs: number;
  /** Virtual ms from the start at which everything had converged; undefined if that never came. */
  readonly convergedMs: number | undefined;
  /** Empty unless `keepTrace` was asked for. */
  readonly trace: readonly TraceRecord[];
}

export interface RunScenarioOptions {
  readonly seed: string;
  readonly keepTrace?: boolean;
  /** False takes AWS calls past the wire: the same trace, sooner. */
  readonly awsWire?: boolean | undefined;
  /** Called every few hundred events. */
  readonly onProgress?: (progress: Progress) => void;
  /** For tests that look at a world when the run is over, before it is closed. */
  readonly inspect?: (world: World) => void;
  /** Sees all that happens: for a recording. */
  readonly observer?: WorldObserver;
  readonly extraControllers?: WorldOptions["extraControllers"] | undefined;
}

const eventsPerProgress = 256;
const defaultHorizon = "6h";
const defaultSettle = "2h";
/** How long what is left to do may go on after convergence: the last bootstrap token lives for fifteen minutes. */
const windDownMs = 1_020_000;
const defaultRest = "10m";

/**
 * Runs one scenario with one seed, in virtual time. The steps come first; then, in calm, the world has to converge; at the
 * end the remaining expectations are looked at. Throws only for input that cannot be used: all else is a violation.
 */
export async function runScenario(
  loaded: LoadedScenario,
  options: RunScenarioOptions,
): Promise<RunResult> {
  const { scenario } = loaded;
  if (scenario.expect?.twin === undefined) return (await perform(loaded, options)).result;
  const { result, outcome } = await perform(loaded, options);
  const { seed, awsWire, extraControllers } = options;
  const twin = await perform(withoutFaults(loaded), { seed, awsWire, extraControllers });
  const wrong = [
    ...twin.result.violations.map(({ message }) => `without faults, too: ${message}`),
    ...differences(outcome, twin.outcome),
  ];
  const violations = wrong.map((message) => ({ id: "MET-1", message, atMs: result.virtualMs }));
  return { ...result, violations: [...result.violations, ...violations] };
}

interface Performance {
  readonly result: RunResult;
  readonly outcome: Outcome;
}

async function perform(loaded: LoadedScenario, options: RunScenarioOptions): Promise<Performance> {
  const { scenario, manifests } = loaded;
  const world = createWorld({
    seed: options.seed,
    startTime: scenario.clock?.start,
    cloud: scenario.world.cloud ?? {},
    keepTrace: options.keepTrace ?? false,
    awsWire: options.awsWire,
    excepted: new Set(Object.keys(scenario.expect?.except ?? {})),
    manifests,
    observer: options.observer,
    extraControllers: options.extraControllers,
  });
  const { kernel } = world;
  const { onProgress } = options;
  if (onProgress !== undefined) reportProgress(kernel, onProgress);
  const bookkeeper = new Bookkeeper(world);
  const run = new Run(loaded, world);
  let outcome: Outcome;
  try {
    await run.play();
    options.inspect?.(world);
    outcome = bookkeeper.outcome();
  } finally {
    world.close();
  }
  const result = {
    seed: options.seed,
    violations: run.violations,
    traceHash: kernel.trace.digest(),
    events: kernel.trace.length,
    virtualMs: kernel.clock.now() - kernel.startMs,
    convergedMs: run.convergedMs,
    trace: kernel.trace.records,
  };
  return { result, outcome };
}

function reportProgress(kernel: Kernel, onProgress: (progress: Progress) => void): void {
  kernel.trace.onRecord(({ sequence, atMs }) => {
    const events = sequence + 1;
    if (events % eventsPerProgress === 0) onProgress({ events, virtualMs: atMs });
  });
}

/** One performance of a scenario in a world. */
class Run {
  readonly violations: Violation[] = [];
  convergedMs: number | undefined;
  readonly #loaded: LoadedScenario;
  readonly #world: World;

  constructor(loaded: LoadedScenario, world: World) {
    this.#loaded = loaded;
    this.#world = world;
  }

  async play(): Promise<void> {
    const { scenario, file } = this.#loaded;
    const timeline = new Timeline(this.#world, file);
    const atEnd = this.#scheduleExpectations(timeline);
    timeline.schedule(allSteps(scenario));
    try {
      await this.#world.kernel.run(() => timeline.over, {
        horizonMs: requireDuration(scenario.clock?.horizon ?? defaultHorizon),
        waitingFor: "the last step of the scenario",
      });
      if (await this.#settle(timeline)) await this.#rest();
    } catch (error) {
      if (!(error instanceof DeadlockError || error instanceof HorizonError)) throw error;
      this.#violate(error instanceof DeadlockError ? "LIV-6" : "LIV-1", error.message);
    }
    for (const check of atEnd) check();
    this.#world.watchdog.end();
    for (const violation of this.#world.watchdog.violations) this.#report(violation);
  }

  /** Returns the checks of those that are due at the end. */
  #scheduleExpectations(timeline: Timeline): readonly (() => void)[] {
    const { scenario, file } = this.#loaded;
    const expectations = new Expectations({
      file,
      world: this.#world,
      timeline,
      violate: (message) => this.#violate("EXPECT", message),
    });
    const { at = [], always = [] } = scenario.expect ?? {};
    for (const [index, one] of always.entries()) expectations.hold(one, `expect.always[${index}]`);
    return at.flatMap((one, index) => expectations.schedule(one, `expect.at[${index}]`));
  }

  #report(violation: Violation): void {
    this.violations.push(violation);
    const { id, message } = violation;
    const record = { kind: "invariant", actor: "scenario", object: id, verb: "violated" } as const;
    this.#world.kernel.trace.record({ ...record, detail: message });
  }

  #violate(id: string, message: string): void {
    const { kernel } = this.#world;
    this.#report({ id, message, atMs: kernel.clock.now() - kernel.startMs });
  }

  /** API-1: when everything is as wanted and nobody wants more, nothing is written and nobody goes round in circles. */
  async #rest(): Promise<void> {
    const { kernel, watchdog } = this.#world;
    const { except = {}, rest = defaultRest } = this.#loaded.scenario.expect ?? {};
    if (rest === "skip") return;
    await kernel.runFor(windDownMs);
    const calm = new Calm();
    kernel.trace.onRecord((record) => calm.onRecord(record));
    const restMs = requireDuration(rest);
    await kernel.runFor(restMs);
    watchdog.rest();
    if (except["API-1"] !== undefined) return;
    for (const problem of calm.problems(restMs)) this.#violate("API-1", `at rest: ${problem}`);
  }

  /** Waits in calm until everything is as wanted; violates LIV-1 with what is missing if that takes too long. */
  async #settle(timeline: Timeline): Promise<boolean> {
    const { scenario } = this.#loaded;
    const { kernel } = this.#world;
    const bound = scenario.expect?.liveness?.["LIV-1"] ?? scenario.clock?.settle ?? defaultSettle;
    const neverConverges = bound === "skip";
    const boundMs = requireDuration(
      neverConverges ? (scenario.clock?.settle ?? defaultSettle) : bound,
    );
    if (neverConverges) {
      await kernel.runFor(boundMs);
      return false;
    }
    this.#world.aws.faults.removeAll(); // Safety was asked under faults; liveness is asked in calm.
    let converged = false;
    let late = false;
    timeline.when(isConverged, "convergence", () => (converged = true));
    kernel.clock.setTimeout(() => (late = true), boundMs, "settle bound");
    await kernel.run(() => converged || late, { horizonMs: boundMs + 1 });
    if (converged) {
      this.convergedMs = kernel.clock.now() - kernel.startMs;
      return true;
    }
    const gaps = unconverged(this.#world.snapshot()).join("; ");
    this.#violate("LIV-1", `not converged ${formatDuration(boundMs)} after the last step: ${gaps}`);
    return false;
  }
}

/** The manifests first, then what people do, then what goes wrong. */
function allSteps({ world, steps = [], faults }: LoadedScenario["scenario"]): readonly Step[] {
  const { manifests, without = [], edit = [] } = world;
  const first: Step = { id: "manifests", at: "0s", apply: { manifests, without, edit } };
  return [first, ...steps, ...(faults?.inject ?? []).map(faultStep)];
}

function faultStep({ id, at, after, when, ...fault }: InjectedFault): Step {
  return {
    ...(id === undefined ? {} : { id }),
    ...(at === undefined ? {} : { at }),
    ...(after === undefined ? {} : { after }),
    ...(when === undefined ? {} : { when }),
    fault: { ...fault, ...(id === undefined ? {} : { id }) },
  };
}

import { DeadlockError, HorizonError } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";
import { formatDuration, requireDuration } from "./duration.ts";
import { parseQuestion } from "./expressions.ts";
import type { LoadedScenario } from "./scenario.ts";
import { unconverged } from "./snapshot.ts";
import { Timeline } from "./timeline.ts";
import { createWorld, type World } from "./world.ts";

/** A promise that was broken, and when. */
export interface Violation {
  /** "LIV-1", "DEADLOCK", "EXPECT": stable, for grouping. */
  readonly id: string;
  readonly message: string;
  readonly atMs: number;
}

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
  /** Called when virtual time has passed, for a progress line. */
  readonly onProgress?: (virtualMs: number) => void;
  /** For tests that look at a world when the run is over, before it is closed. */
  readonly inspect?: (world: World) => void;
}

const defaultHorizon = "6h";
const defaultSettle = "2h";

/**
 * Runs one scenario with one seed, in virtual time. The steps come first; then, in calm, the world has to converge; at the
 * end the remaining expectations are looked at. Throws only for input that cannot be used: all else is a violation.
 */
export async function runScenario(
  loaded: LoadedScenario,
  options: RunScenarioOptions,
): Promise<RunResult> {
  const { scenario } = loaded;
  const violations: Violation[] = [];
  const world = createWorld({
    seed: options.seed,
    startTime: scenario.clock?.start,
    profile: scenario.world.cloud?.profile ?? "faithful",
    keepTrace: options.keepTrace ?? false,
    manifests: loaded.manifests,
  });
  const { kernel } = world;
  const sinceStart = () => kernel.clock.now() - kernel.startMs;
  const violate = (id: string, message: string) => {
    violations.push({ id, message, atMs: sinceStart() });
    kernel.trace.record({
      kind: "invariant",
      actor: "scenario",
      object: id,
      verb: "violated",
      detail: message,
    });
  };
  let convergedMs: number | undefined;
  try {
    const timeline = new Timeline(world, loaded.file);
    const atEnd = scheduleExpectations(loaded, world, violate);
    timeline.schedule([
      { id: "manifests", at: "0s", apply: { manifests: scenario.world.manifests } },
      ...(scenario.steps ?? []),
    ]);
    const horizonMs = requireDuration(scenario.clock?.horizon ?? defaultHorizon);
    await kernel.run(() => timeline.over, {
      horizonMs,
      waitingFor: "the last step of the scenario",
    });
    convergedMs = await settle(loaded, world, timeline, violate);
    for (const check of atEnd) check();
    options.inspect?.(world);
  } catch (error) {
    if (!(error instanceof DeadlockError || error instanceof HorizonError)) throw error;
    violate(error instanceof DeadlockError ? "LIV-6" : "LIV-1", error.message);
    options.inspect?.(world);
  } finally {
    world.close();
  }
  return {
    seed: options.seed,
    violations,
    traceHash: kernel.trace.digest(),
    events: kernel.trace.length,
    virtualMs: sinceStart(),
    convergedMs,
    trace: kernel.trace.records,
  };
}

/** Schedules the timed expectations; returns the checks of those that are due at the end. */
function scheduleExpectations(
  loaded: LoadedScenario,
  world: World,
  violate: (id: string, message: string) => void,
): readonly (() => void)[] {
  const atEnd: (() => void)[] = [];
  for (const [index, expectation] of (loaded.scenario.expect?.at ?? []).entries()) {
    const question = parseQuestion(expectation.expr, `${loaded.file}: expect.at[${index}]`);
    const check = () => {
      if (question.ask(world.snapshot())) return;
      const because = expectation.because === undefined ? "" : ` (${expectation.because})`;
      violate("EXPECT", `at ${expectation.time}, not true: ${expectation.expr}${because}`);
    };
    if (expectation.time === "end") atEnd.push(check);
    else world.kernel.clock.setTimeout(check, requireDuration(expectation.time), "expectation");
  }
  return atEnd;
}

/** Waits in calm until everything is as wanted; violates LIV-1 with what is missing if that takes too long. */
async function settle(
  loaded: LoadedScenario,
  world: World,
  timeline: Timeline,
  violate: (id: string, message: string) => void,
): Promise<number | undefined> {
  const { scenario } = loaded;
  const { kernel } = world;
  const bound = scenario.expect?.liveness?.["LIV-1"] ?? scenario.clock?.settle ?? defaultSettle;
  const boundMs = requireDuration(bound);
  let converged = false;
  let late = false;
  timeline.when(
    (snapshot) => unconverged(snapshot).length === 0,
    "convergence",
    () => (converged = true),
  );
  kernel.clock.setTimeout(() => (late = true), boundMs, "settle bound");
  await kernel.run(() => converged || late, { horizonMs: boundMs + 1 });
  if (converged) return kernel.clock.now() - kernel.startMs;
  const gaps = unconverged(world.snapshot());
  violate(
    "LIV-1",
    `not converged ${formatDuration(boundMs)} after the last step: ${gaps.join("; ")}`,
  );
  return undefined;
}

import { invariants } from "../invariants/index.ts";
import { type RunResult, runScenario, type RunScenarioOptions } from "../runner/run-scenario.ts";
import type { LoadedScenario } from "../runner/scenario.ts";
import { withoutFaults } from "../runner/twin.ts";
import { InputError } from "../runner/input-error.ts";
import { compareWithTwin } from "./twin.ts";
import { Recorder } from "./recorder.ts";
import type { PromiseFacts, Recording } from "./recording.ts";

/** What only the one who runs it knows of a run. */
export interface RunTitle {
  /** Of the scenario, with what a sweep has chosen. */
  readonly name: string;
  readonly version: string;
  readonly replay: string;
}

const atRest = {
  id: "API-1",
  promise: "when all is as wanted, nothing is written and nobody goes round in circles",
};
const sameAsTwin = {
  id: "MET-1",
  promise: "it ends as the same run without faults, and replaces no more",
};
const converges = { id: "LIV-1", promise: "in calm, all becomes as wanted" };

/** Runs a scenario as `runScenario` does, to the same trace, and writes down all that a report shows. */
export async function recordRun(
  loaded: LoadedScenario,
  options: RunScenarioOptions,
  title: RunTitle,
): Promise<{ readonly result: RunResult; readonly recording: Recording }> {
  const recorder = new Recorder();
  const result = await runScenario(loaded, { ...options, observer: recorder });
  const { scenario, file } = loaded;
  const recording = recorder.finish({
    run: {
      scenario: title.name,
      summary: scenario.metadata.summary ?? "",
      file,
      seed: result.seed,
      version: title.version,
      profile: scenario.world.cloud?.profile ?? "faithful",
      replay: title.replay,
      traceHash: result.traceHash,
      virtualMs: result.virtualMs,
      convergedMs: result.convergedMs ?? null,
      violations: result.violations,
    },
    promises: promisesOf(loaded),
  });
  return { result, recording };
}

/** Runs it a second time without its faults, and adds to the recording what is different. */
export async function addTwin(
  loaded: LoadedScenario,
  recording: Recording,
  options: RunScenarioOptions,
): Promise<Recording> {
  const without = twinOf(loaded);
  const { scenario: name, version, replay } = recording.run;
  const { recording: twin } = await recordRun(without, options, { name, version, replay });
  return { ...recording, twin: compareWithTwin(recording, twin) };
}

/** The story without its faults. Throws if there is nothing to leave out, or if a step waits for what would be left out. */
export function twinOf(loaded: LoadedScenario): LoadedScenario {
  const { scenario, file } = loaded;
  const { faults, steps = [], expect = {} } = scenario;
  if (faults === undefined) {
    throw new InputError(`${file}: --twin runs it again without its faults, and it has none`);
  }
  const gone = new Set(faults.inject.map(({ id }) => id));
  const waiting = steps.find(({ after }) => after !== undefined && gone.has(after.step));
  if (waiting !== undefined) {
    const { id = "a step", after } = waiting;
    throw new InputError(
      `${file}: ${id} waits for the fault ${after?.step}, so there is no run without it`,
    );
  }
  const twin = withoutFaults(loaded);
  // It rests as long as the other, or their efforts could not be compared.
  const rest = expect.rest ?? "10m";
  return { ...twin, scenario: { ...twin.scenario, expect: { ...twin.scenario.expect, rest } } };
}

function promisesOf({ scenario }: LoadedScenario): readonly PromiseFacts[] {
  const { except = {}, liveness = {}, rest } = scenario.expect ?? {};
  const skipped: Readonly<Record<string, string>> = {
    ...except,
    ...(rest === "skip" ? { "API-1": "the scenario looks at no rest" } : {}),
    ...(liveness["LIV-1"] === "skip" ? { "LIV-1": "the scenario never converges" } : {}),
  };
  const twin = scenario.expect?.twin === undefined ? [] : [sameAsTwin];
  return [...invariants, converges, atRest, ...twin].map(({ id, promise }) => {
    const excepted = skipped[id];
    return { id, promise, ...(excepted === undefined ? {} : { excepted }) };
  });
}

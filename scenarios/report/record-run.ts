import { invariants } from "../invariants/index.ts";
import { type RunResult, runScenario, type RunScenarioOptions } from "../runner/run-scenario.ts";
import type { LoadedScenario } from "../runner/scenario.ts";
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

function promisesOf({ scenario }: LoadedScenario): readonly PromiseFacts[] {
  const { except = {}, liveness = {}, rest } = scenario.expect ?? {};
  const skipped: Readonly<Record<string, string>> = {
    ...except,
    ...(rest === "skip" ? { "API-1": "the scenario looks at no rest" } : {}),
    ...(liveness["LIV-1"] === "skip" ? { "LIV-1": "the scenario never converges" } : {}),
  };
  return [...invariants, converges, atRest].map(({ id, promise }) => {
    const excepted = skipped[id];
    return { id, promise, ...(excepted === undefined ? {} : { excepted }) };
  });
}

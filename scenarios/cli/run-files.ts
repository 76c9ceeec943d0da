import { writeFileSync } from "node:fs";
import process from "node:process";
import { formatDuration } from "../runner/duration.ts";
import { InputError } from "../runner/input-error.ts";
import { loadScenarios } from "../runner/load-scenario.ts";
import { type RunResult, runScenario } from "../runner/run-scenario.ts";
import type { LoadedScenario } from "../runner/scenario.ts";
import { exitCodes } from "./exit.ts";
import { junitXml, type Verdict } from "./junit-xml.ts";
import type { RunOptions } from "./run.ts";
import { formatTraceLine } from "./trace-line.ts";
import { version } from "./version.ts";

interface PlannedRun {
  readonly loaded: LoadedScenario;
  readonly seed: string;
}

/** Runs every file with every seed that was asked for; returns the exit code of the worst of them. */
export async function runFiles(files: readonly string[], options: RunOptions): Promise<number> {
  const count = requireCount(options.runs, "--runs");
  // Every file is read before the first one runs: a typing mistake in the last costs nothing.
  const planned = files
    .flatMap((file) => loadScenarios(file))
    .flatMap((loaded) => plan(loaded, count, options));
  if (options.trace !== undefined && planned.length > 1) {
    throw new InputError(`--trace is for a single run, and these are ${planned.length}`);
  }
  const verdicts: Verdict[] = [];
  for (const run of planned) verdicts.push(await runOne(run, options));
  if (options.junit !== undefined) writeFileSync(options.junit, junitXml(verdicts));
  return Math.max(...verdicts.map(exitCodeOf));
}

function plan(loaded: LoadedScenario, count: number, options: RunOptions): readonly PlannedRun[] {
  const base = options.seed ?? loaded.scenario.seed ?? "1";
  return Array.from({ length: count }, (_, index) => ({
    loaded,
    seed: index === 0 ? base : `${base}-${index + 1}`,
  }));
}

async function runOne({ loaded, seed }: PlannedRun, options: RunOptions): Promise<Verdict> {
  const print = (line: string) => {
    if (options.json !== true) process.stdout.write(`${line}\n`);
  };
  const { file } = loaded;
  const name = nameOf(loaded);
  const replay = `seatrial run ${file} --seed ${seed}`;
  const profile = loaded.scenario.world.cloud?.profile ?? "faithful";
  print(`${name}: seed ${seed}, seatrial ${version()}, profile ${profile}; replay: ${replay}`);
  const startedMs = Date.now();
  const result = await runScenario(loaded, { seed, keepTrace: options.trace !== undefined });
  const realMs = Date.now() - startedMs;
  if (options.trace !== undefined) writeTrace(options.trace, result);
  if (options.json === true) {
    const { trace: _, ...rest } = result;
    process.stdout.write(`${JSON.stringify({ scenario: name, file, realMs, ...rest })}\n`);
  }
  for (const line of describe(result, realMs)) print(line);
  const differs = options.twice === true ? await runAgain({ loaded, seed }, result) : undefined;
  if (differs !== undefined) print(`  ${differs}`);
  const violations = result.violations.map(describeViolation);
  return {
    name,
    file,
    seed,
    replay,
    realMs,
    violations,
    ...(differs === undefined ? {} : { differs }),
  };
}

function nameOf({ scenario, label = "" }: LoadedScenario): string {
  const { name } = scenario.metadata;
  return label === "" ? name : `${name} (${label})`;
}

function writeTrace(file: string, { trace }: RunResult): void {
  writeFileSync(file, trace.map((record) => `${formatTraceLine(record)}\n`).join(""));
}

/** What a second run did differently, in words; undefined if nothing. */
async function runAgain(
  { loaded, seed }: PlannedRun,
  first: RunResult,
): Promise<string | undefined> {
  const again = await runScenario(loaded, { seed });
  if (again.traceHash === first.traceHash) return undefined;
  return `not deterministic: the second run has trace ${again.traceHash}`;
}

function exitCodeOf({ violations, differs }: Verdict): number {
  if (differs !== undefined) return exitCodes.notDeterministic;
  return violations.length > 0 ? exitCodes.violation : exitCodes.fine;
}

function describe(result: RunResult, realMs: number): readonly string[] {
  const ratio = Math.round(result.virtualMs / Math.max(1, realMs)).toLocaleString("en-US");
  const facts =
    `${formatDuration(result.virtualMs)} of virtual time in ${formatDuration(realMs)} (${ratio} : 1), ` +
    `${result.events} events, trace ${result.traceHash.slice(0, 16)}`;
  if (result.violations.length === 0) {
    const { convergedMs } = result;
    const end = convergedMs === undefined ? "" : `converged after ${formatDuration(convergedMs)}; `;
    return [`  fine: ${end}${facts}`];
  }
  return [
    ...result.violations.map((violation) => `  ${describeViolation(violation)}`),
    `  broken: ${result.violations.length} violation(s); ${facts}`,
  ];
}

function describeViolation({ id, atMs, message }: RunResult["violations"][number]): string {
  return `${id} at ${formatDuration(atMs)}: ${message}`;
}

function requireCount(text: string, option: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InputError(`${option} must be a whole number from 1, not "${text}"`);
}

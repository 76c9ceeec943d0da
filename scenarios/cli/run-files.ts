import { writeFileSync } from "node:fs";
import process from "node:process";
import { formatCount } from "../runner/count.ts";
import { formatDuration } from "../runner/duration.ts";
import { InputError } from "../runner/input-error.ts";
import { loadScenarios } from "../runner/load-scenario.ts";
import { type RunResult, runScenario, type RunScenarioOptions } from "../runner/run-scenario.ts";
import type { RunTitle } from "../report/record-run.ts";
import type { LoadedScenario } from "../runner/scenario.ts";
import { exitCodes } from "./exit.ts";
import { junitXml, type Verdict } from "./junit-xml.ts";
import { progressLine } from "./progress-line.ts";
import type { RunOptions } from "./run.ts";
import { requireWritable } from "./writable.ts";
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
  checkOutputs(options, planned.length);
  const { report, ...others } = options;
  // Of one run a report shows everything; of several what broke, and how they spread.
  const isBatch = report !== undefined && planned.length > 1;
  const ended: Ended[] = [];
  for (const run of planned) ended.push(await runOne(run, isBatch ? others : options));
  if (isBatch) await writeBatch(report, ended);
  const verdicts = ended.map(({ verdict }) => verdict);
  if (options.junit !== undefined) writeFileSync(options.junit, junitXml(verdicts));
  return Math.max(...verdicts.map(exitCodeOf));
}

interface Ended {
  readonly verdict: Verdict;
  readonly result: RunResult;
}

async function writeBatch(file: string, ended: readonly Ended[]): Promise<void> {
  const { renderBatch } = await import("../report/render-batch.ts");
  const runs = ended.map(({ verdict, result }) => ({ ...verdict, result }));
  writeFileSync(file, renderBatch(runs, version()));
  process.stderr.write(`report: ${file}\n`);
}

function plan(loaded: LoadedScenario, count: number, options: RunOptions): readonly PlannedRun[] {
  const base = options.seed ?? loaded.scenario.seed ?? "1";
  return Array.from({ length: count }, (_, index) => ({
    loaded,
    seed: index === 0 ? base : `${base}-${index + 1}`,
  }));
}

async function runOne({ loaded, seed }: PlannedRun, options: RunOptions): Promise<Ended> {
  const print = (line: string) => {
    if (options.json !== true) process.stdout.write(`${line}\n`);
  };
  const { file } = loaded;
  const name = nameOf(loaded);
  const replay = `seatrial run ${file} --seed ${seed}`;
  const profile = loaded.scenario.world.cloud?.profile ?? "faithful";
  print(`${name}: seed ${seed}, seatrial ${version()}, profile ${profile}; replay: ${replay}`);
  // What the bytes would be decides nothing: all stories have the same trace without them.
  const { awsWire = false } = options;
  const progress = progressLine(process.stderr);
  const { onProgress } = progress;
  const { result, realMs } = await perform(loaded, options, {
    run: { seed, keepTrace: options.trace !== undefined, onProgress, awsWire },
    title: { name, version: version(), replay },
  }).finally(() => progress.clear());
  if (options.trace !== undefined) writeTrace(options.trace, result);
  if (options.json === true) {
    const { trace: _, ...rest } = result;
    process.stdout.write(`${JSON.stringify({ scenario: name, file, realMs, ...rest })}\n`);
  }
  for (const line of describe(result, realMs)) print(line);
  if (options.report !== undefined) print(`  report: ${options.report}`);
  const differs =
    options.twice === true ? await runAgain({ loaded, seed }, result, awsWire) : undefined;
  if (differs !== undefined) print(`  ${differs}`);
  const violations = result.violations.map(describeViolation);
  const facts = { name, file, seed, replay, realMs, violations };
  return { verdict: { ...facts, ...(differs === undefined ? {} : { differs }) }, result };
}

/** What can't be written is said before anything runs. */
function checkOutputs(options: RunOptions, runs: number): void {
  if (options.twin === true && options.report === undefined && options.record === undefined) {
    throw new InputError("--twin is for a report or a recording: add --report FILE");
  }
  if (options.twin === true && runs > 1) {
    throw new InputError(`--twin is for a single run, and these are ${runs}`);
  }
  for (const name of ["trace", "record"] as const) {
    if (options[name] !== undefined && runs > 1) {
      throw new InputError(`--${name} is for a single run, and these are ${runs}`);
    }
  }
  for (const name of ["trace", "report", "record", "junit"] as const) {
    const file = options[name];
    if (file !== undefined) requireWritable(file, `--${name}`);
  }
}

/** Runs it, with somebody who writes everything down if a report or a recording is wanted. */
async function perform(
  loaded: LoadedScenario,
  { report, record, twin }: RunOptions,
  { run, title }: { readonly run: RunScenarioOptions; readonly title: RunTitle },
): Promise<{ readonly result: RunResult; readonly realMs: number }> {
  const isRecorded = report !== undefined || record !== undefined;
  const { addTwin, recordRun, twinOf } = await import("../report/record-run.ts");
  if (twin === true) twinOf(loaded); // Refuses what has no twin before anything runs.
  const startedMs = Date.now();
  if (!isRecorded) {
    const result = await runScenario(loaded, run);
    return { result, realMs: Date.now() - startedMs };
  }
  const { result, recording: alone } = await recordRun(loaded, run, title);
  const realMs = Date.now() - startedMs;
  const recording = twin === true ? await addTwin(loaded, alone, run) : alone;
  const { renderReport } = await import("../report/render-report.ts");
  if (record !== undefined) writeFileSync(record, `${JSON.stringify(recording)}\n`);
  if (report !== undefined) writeFileSync(report, renderReport(recording));
  return { result, realMs };
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
  awsWire: boolean,
): Promise<string | undefined> {
  const again = await runScenario(loaded, { seed, awsWire });
  if (again.traceHash === first.traceHash) return undefined;
  return `not deterministic: the second run has trace ${again.traceHash}`;
}

function exitCodeOf({ violations, differs }: Verdict): number {
  if (differs !== undefined) return exitCodes.notDeterministic;
  return violations.length > 0 ? exitCodes.violation : exitCodes.fine;
}

function describe(result: RunResult, realMs: number): readonly string[] {
  const ratio = formatCount(result.virtualMs / Math.max(1, realMs));
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

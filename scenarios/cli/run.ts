import { writeFileSync } from "node:fs";
import process from "node:process";
import { Command } from "commander";
import { formatDuration } from "../runner/duration.ts";
import { InputError } from "../runner/input-error.ts";
import { loadScenarios } from "../runner/load-scenario.ts";
import { type RunResult, runScenario } from "../runner/run-scenario.ts";
import type { LoadedScenario } from "../runner/scenario.ts";
import { exitCodes } from "./exit.ts";
import { formatTraceLine } from "./trace-line.ts";
import { version } from "./version.ts";

interface RunOptions {
  readonly seed?: string;
  readonly runs: string;
  readonly twice?: boolean;
  readonly json?: boolean;
  readonly trace?: string;
}

export function runCommand(): Command {
  return new Command("run")
    .description("run scenarios in virtual time: no account, no containers, no waiting")
    .argument("<file...>", "scenario files")
    .option("--seed <seed>", "the only source of randomness; default: the file's own, else 1")
    .option(
      "--runs <n>",
      "run each file with so many seeds: the seed, and the seed with -2, -3 … added",
      "1",
    )
    .option("--twice", "run everything twice and fail with exit code 2 if the traces differ")
    .option("--json", "one JSON object per run instead of text")
    .option("--trace <file>", "write one line per event to a file")
    .exitOverride()
    .addHelpText(
      "after",
      `
A run prints its seed and the command that repeats it. The trace hash is its identity: the same file, seed and version give
the same hash on every machine.`,
    )
    .action(async (files: readonly string[], options: RunOptions) => {
      process.exitCode = await runFiles(files, options);
    });
}

async function runFiles(files: readonly string[], options: RunOptions): Promise<number> {
  const runs = requireCount(options.runs, "--runs");
  // Every file is read before the first one runs: a typing mistake in the last costs nothing.
  const loaded = files.flatMap((file) => loadScenarios(file));
  let exitCode: number = exitCodes.fine;
  for (const scenario of loaded) {
    for (let run = 1; run <= runs; run += 1) {
      const base = options.seed ?? scenario.scenario.seed ?? "1";
      const code = await runOne(scenario, run === 1 ? base : `${base}-${run}`, options);
      exitCode = Math.max(exitCode, code);
    }
  }
  return exitCode;
}

async function runOne(loaded: LoadedScenario, seed: string, options: RunOptions): Promise<number> {
  const print =
    options.json === true ? () => undefined : (line: string) => process.stdout.write(`${line}\n`);
  const profile = loaded.scenario.world.cloud?.profile ?? "faithful";
  const { name: story } = loaded.scenario.metadata;
  const { label = "" } = loaded;
  const name = label === "" ? story : `${story} (${label})`;
  print(
    `${name}: seed ${seed}, seatrial ${version()}, profile ${profile}; replay: seatrial run ${loaded.file} --seed ${seed}`,
  );
  const keepTrace = options.trace !== undefined;
  const startedMs = Date.now();
  const result = await runScenario(loaded, { seed, keepTrace });
  const realMs = Date.now() - startedMs;
  if (options.trace !== undefined) {
    writeFileSync(
      options.trace,
      result.trace.map((record) => `${formatTraceLine(record)}\n`).join(""),
    );
  }
  if (options.json === true) {
    const { trace: _, ...rest } = result;
    process.stdout.write(
      `${JSON.stringify({ scenario: name, file: loaded.file, realMs, ...rest })}\n`,
    );
  }
  for (const line of describe(result, realMs)) print(line);
  if (options.twice === true) {
    const again = await runScenario(loaded, { seed });
    if (again.traceHash !== result.traceHash) {
      print(`  not deterministic: the second run has trace ${again.traceHash}`);
      return exitCodes.notDeterministic;
    }
  }
  return result.violations.length > 0 ? exitCodes.violation : exitCodes.fine;
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
    ...result.violations.map(
      (violation) => `  ${violation.id} at ${formatDuration(violation.atMs)}: ${violation.message}`,
    ),
    `  broken: ${result.violations.length} violation(s); ${facts}`,
  ];
}

function requireCount(text: string, option: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InputError(`${option} must be a whole number from 1, not "${text}"`);
}

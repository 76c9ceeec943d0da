import process from "node:process";
import { Command } from "commander";

export interface RunOptions {
  readonly seed?: string;
  readonly runs: string;
  readonly twice?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
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
    .option("--junit <file>", "also write the verdicts as JUnit XML, for the CI of your project")
    .option("--trace <file>", "write one line per event to a file; for a single run")
    .exitOverride()
    .addHelpText(
      "after",
      `
A run prints its seed and the command that repeats it. The trace hash is its identity: the same file, seed and version give
the same hash on every machine.

Examples:
  seatrial run scenarios/quick-start.yaml --seed 7
  seatrial run scenarios/upgrade/*.yaml --runs 20 --junit results.xml
  seatrial run my-story.yaml --trace trace.txt`,
    )
    .action(async (files: readonly string[], options: RunOptions) => {
      // Loaded when it is needed: the controllers and the fake cloud take a second, and --help wants none of them.
      const { runFiles } = await import("./run-files.ts");
      process.exitCode = await runFiles(files, options);
    });
}

import process from "node:process";
import { Command } from "commander";

export interface RunOptions {
  readonly seed?: string;
  readonly runs: string;
  readonly twice?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
  readonly trace?: string;
  readonly report?: string;
  readonly record?: string;
  readonly twin?: boolean;
  readonly awsWire?: boolean;
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
    .option(
      "--report <file>",
      "write an HTML report that shows what happened; of several runs, what broke and how they spread",
    )
    .option("--record <file>", 'keep what "seatrial report" needs, as JSON; for a single run')
    .option("--twin", "also run it without its faults, and show in the report what is different")
    .option(
      "--aws-wire",
      "sign, encode and decode each AWS call as over HTTP: the same trace, in about half as much time again",
    )
    .exitOverride()
    .addHelpText(
      "after",
      `
A run prints its seed and the command that repeats it. The trace hash is its identity: the same file, seed and version give
the same hash on every machine.

Examples:
  seatrial run scenarios/quick-start.yaml --seed 7
  seatrial run scenarios/upgrade/*.yaml --runs 20 --junit results.xml
  seatrial run my-story.yaml --trace trace.txt
  seatrial run my-story.yaml --seed 7 --report out.html
  seatrial run scenarios/upgrade/zone-failure.yaml --report out.html --twin
  seatrial run scenarios/upgrade/*.yaml --runs 50 --report all.html

A report is one file that opens without a network: the verdict, the story in a few sentences, all of it over time, and for
each write what its author believed beside what was so. The run itself is the same with it and without, hash for hash.`,
    )
    .action(async (files: readonly string[], options: RunOptions) => {
      // Loaded when it is needed: the controllers and the fake cloud take a second, and --help wants none of them.
      const { runFiles } = await import("./run-files.ts");
      process.exitCode = await runFiles(files, options);
    });
}

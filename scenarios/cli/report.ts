import { writeFileSync } from "node:fs";
import process from "node:process";
import { Command } from "commander";
import { readText } from "../runner/load-scenario.ts";
import { requireWritable } from "./writable.ts";

export function reportCommand(): Command {
  return new Command("report")
    .description("make the report of a recorded run: one HTML file that needs no network")
    .argument("<recording>", 'what "seatrial run --record" has written')
    .option("-o, --output <file>", "the HTML file; default: the recording's name with .html")
    .exitOverride()
    .addHelpText(
      "after",
      `
The report says in words how the run went, tells its story, and shows it over time: what people did, what failed, the capacity
of each MachineDeployment, every Machine with its instance and its Node, etcd, reconciles, promises. A click on anything shows
the object at that time, what the write changed, and what its author believed beside what was so.

Examples:
  seatrial run scenarios/upgrade/zone-failure.yaml --report out.html     run and report at once
  seatrial run scenarios/upgrade/zone-failure.yaml --record run.json     keep the recording, small and diffable,
  seatrial report run.json -o out.html                                   and make the report later, somewhere else`,
    )
    .action(async (file: string, options: { readonly output?: string }) => {
      const output = options.output ?? `${file.replace(/\.json$/, "")}.html`;
      requireWritable(output, "--output");
      const { parseRecording } = await import("../report/parse-recording.ts");
      const { renderReport } = await import("../report/render-report.ts");
      const recording = parseRecording(readText(file), file);
      writeFileSync(output, renderReport(recording));
      process.stdout.write(`${output}\n`);
    });
}

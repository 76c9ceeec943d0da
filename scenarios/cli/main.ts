import process from "node:process";
import { createProgram } from "./program.ts";
import { exitCodes, reportFailure } from "./exit.ts";

/** The command line, as a process: `argv` as the process has it. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away (`seatrial run … | head`) is no failure of ours.
  process.stdout.on("error", () => process.exit(exitCodes.fine));
  process.on("uncaughtException", (error) => process.exit(reportFailure(error)));
  try {
    const program = await createProgram(argv);
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}

if (import.meta.main) await main(process.argv);

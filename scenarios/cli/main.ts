import process from "node:process";
import { createProgram } from "./program.ts";
import { exitCodes, reportFailure } from "./exit.ts";

// A reader that went away (`seatrial run … | head`) is no failure of ours.
process.stdout.on("error", () => process.exit(exitCodes.fine));
process.on("uncaughtException", (error) => process.exit(reportFailure(error)));

try {
  const program = await createProgram(process.argv);
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error);
}

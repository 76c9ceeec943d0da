import process from "node:process";
import { CommanderError } from "commander";
import { InputError } from "../runner/input-error.ts";

export const exitCodes = {
  fine: 0,
  violation: 1,
  notDeterministic: 2,
  invalidInput: 3,
  budgetExhausted: 4,
} as const;

/** Prints what went wrong, for people, and returns the exit code. */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.invalidInput;
  }
  if (error instanceof InputError) {
    process.stderr.write(`seatrial: ${error.message}\n`);
    return exitCodes.invalidInput;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`seatrial: this is a defect of seatrial itself:\n${text}\n`);
  return exitCodes.violation;
}

import process from "node:process";
import type { Logger } from "@seatrial/controllers/runtime/controller.ts";

/** Somebody else was faster; the next try, a moment later, starts from what is there then. */
const conflict = /the object has been modified/;

/** One line per event on standard error: readable in a terminal and in a log. */
export function consoleLogger(verbose: boolean): Logger {
  const write = (level: string, fields: Readonly<Record<string, unknown>>, message: string) => {
    const facts = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
    process.stderr.write(`${new Date().toISOString()} ${level} ${message}${facts.join("")}\n`);
  };
  return {
    debug: () => undefined,
    info: (fields, message) => {
      if (verbose) write("info", fields, message);
    },
    error: (fields, message) => {
      if (verbose || !conflict.test(String(fields["error"]))) write("error", fields, message);
    },
  };
}

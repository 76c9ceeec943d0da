import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { InputError } from "../runner/input-error.ts";
import { dataDirOption } from "./data-dir-option.ts";
import { Running } from "./running.ts";

/** How long `up` may take to stop everything and begin anew. */
const patienceMs = 60_000;
const pollMs = 200;

export function resetCommand(): Command {
  return new Command("reset")
    .description("everything as at the first start: clouds, clusters, faults")
    .addOption(dataDirOption())
    .exitOverride()
    .addHelpText(
      "after",
      `
The process goes on, on the same ports and with the same kubeconfig. Whatever was in the clouds and clusters is gone.

Examples:
  seatrial reset
  seatrial reset --data-dir /tmp/other`,
    )
    .action(async ({ dataDir }: { readonly dataDir: string }) => {
      const running = new Running(dataDir);
      await running.ask("POST", "/reset");
      await untilBack(dataDir);
      process.stdout.write("everything is as at the first start\n");
    });
}

/** A cloud alone is back at once; `up` takes itself down first, and its clusters are gone when it is back. */
async function untilBack(dataDir: string): Promise<void> {
  const endMs = Date.now() + patienceMs;
  while (Date.now() < endMs) {
    if (await isEmpty(dataDir)) return;
    await sleep(pollMs);
  }
  throw new InputError(
    `nothing answers ${patienceMs / 1000} s after the reset; see what it prints`,
  );
}

async function isEmpty(dataDir: string): Promise<boolean> {
  try {
    const running = new Running(dataDir);
    const { inventory } = await running.ask<{ inventory: readonly string[] }>("GET", "/inventory");
    return inventory.length === 0;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

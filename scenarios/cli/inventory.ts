import process from "node:process";
import { Command } from "commander";
import { dataDirOption } from "./data-dir-option.ts";
import { Running } from "./running.ts";

interface InventoryOptions {
  readonly dataDir: string;
  readonly account?: string;
  readonly json?: boolean;
}

export function inventoryCommand(): Command {
  return new Command("inventory")
    .description("everything that somebody has made in the running AWS")
    .option("--account <id>", "of one account only")
    .option("--json", "as a JSON array")
    .addOption(dataDirOption())
    .exitOverride()
    .addHelpText(
      "after",
      `
One "type/id" in each line, sorted. What every account is born with is left out, so an empty list means that nothing was
left behind.

Examples:
  seatrial inventory > before; kubectl delete cluster small; seatrial inventory | diff before -
  seatrial inventory | grep ^instance/`,
    )
    .action(async ({ dataDir, account, json }: InventoryOptions) => {
      const query = account === undefined ? "" : `?account=${encodeURIComponent(account)}`;
      const running = new Running(dataDir);
      const path = `/inventory${query}`;
      const { inventory } = await running.ask<{ inventory: readonly string[] }>("GET", path);
      const lines = inventory.map((line) => `${line}\n`).join("");
      process.stdout.write(json === true ? `${JSON.stringify(inventory)}\n` : lines);
    });
}

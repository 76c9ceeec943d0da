import { Command } from "commander";
import { runCommand } from "./run.ts";
import { upCommand } from "./up.ts";
import { version } from "./version.ts";

export function createProgram(): Command {
  return new Command("seatrial")
    .description(
      "Sea trials for Cluster API: rehearse what an upgrade, a lost zone or a throttled API does to a cluster.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      "after",
      `
Examples:
  seatrial up                                       a management cluster and an AWS on this machine
  seatrial run scenarios/quick-start.yaml           one story in virtual time
  seatrial run scenarios/*.yaml --seed 7            all of them, with a seed of your own

Exit codes: 0 fine, 1 a promise was broken, 2 not deterministic, 3 invalid input, 4 budget exhausted.`,
    )
    .addCommand(upCommand())
    .addCommand(runCommand());
}

import { Command } from "commander";
import { cloudCommand } from "./cloud.ts";
import { controllersCommand } from "./controllers.ts";
import { describeCommand } from "./describe.ts";
import { faultCommand } from "./fault.ts";
import { inventoryCommand } from "./inventory.ts";
import { kubeconfigCommand } from "./kubeconfig.ts";
import { logsCommand } from "./logs.ts";
import { resetCommand } from "./reset.ts";
import { runCommand } from "./run.ts";
import { upCommand } from "./up.ts";
import { version } from "./version.ts";
import { whyCommand } from "./why.ts";

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
  seatrial describe cluster small --watch           how a cluster comes up
  seatrial why small-md-0-x7k2p-4fq9c               what keeps a machine from joining
  seatrial fault zoneOutage b --for 30m             a zone of the running AWS is gone

Exit codes: 0 fine, 1 a promise was broken, 2 not deterministic, 3 invalid input, 4 budget exhausted.`,
    )
    .addCommand(upCommand())
    .addCommand(cloudCommand())
    .addCommand(describeCommand())
    .addCommand(whyCommand())
    .addCommand(logsCommand())
    .addCommand(kubeconfigCommand())
    .addCommand(faultCommand())
    .addCommand(inventoryCommand())
    .addCommand(resetCommand())
    .addCommand(controllersCommand())
    .addCommand(runCommand());
}

import process from "node:process";
import { Command } from "commander";
import { dataDirOption } from "./data-dir-option.ts";
import { findMachine, sourcesOf, whyCluster, whySentence } from "./find-machine.ts";
import { Running } from "./running.ts";

interface WhyOptions {
  readonly dataDir: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
}

export function whyCommand(): Command {
  return new Command("why")
    .description("the first obstacle that keeps a machine from being a ready Node")
    .argument("<node-or-machine>", "a Machine, a Node or an instance; cluster/NAME: a Cluster")
    .option("-n, --namespace <name>", "of the Machine", "default")
    .option("--kubeconfig <file>", "of the management cluster; default: that of the data directory")
    .addOption(dataDirOption())
    .exitOverride()
    .addHelpText(
      "after",
      `
A missing security-group rule, a route, a network plug-in, a cloud controller, an expired token: the cause in one sentence,
with the resource to look at. The whole story is in "seatrial logs machine/NAME".

Examples:
  seatrial why small-md-0-x7k2p-4fq9c
  seatrial why ip-10-0-12-34.eu-west-1.compute.internal
  seatrial why cluster/small`,
    )
    .action(async (name: string, options: WhyOptions) => {
      const running = new Running(options.dataDir);
      const sources = sourcesOf(running, options);
      const [, cluster] = /^cluster\/(.+)$/.exec(name) ?? [];
      const text =
        cluster === undefined
          ? whySentence(await findMachine(sources, name.replace(/^(machine|node)\//, "")))
          : await whyCluster(sources, cluster);
      process.stdout.write(`${text}\n`);
    });
}

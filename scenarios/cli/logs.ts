import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { InputError } from "../runner/input-error.ts";
import { dataDirOption } from "./data-dir-option.ts";
import { findMachine, sourcesOf } from "./find-machine.ts";
import { Running } from "./running.ts";

interface LogsOptions {
  readonly dataDir: string;
  readonly follow?: boolean;
  readonly kubeconfig?: string;
  readonly namespace: string;
}

interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

interface LogPart {
  readonly next: number;
  readonly lines: readonly LogLine[];
}

export function formatLogLine({ atMs, text }: LogLine): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z  ${text}`;
}

const pollMs = 500;

export function logsCommand(): Command {
  return new Command("logs")
    .description("the boot log of a machine, as its serial console shows it")
    .argument("<machine>", "machine/NAME: a Machine, a Node or an instance")
    .option("-f, --follow", "go on until Ctrl-C")
    .option("-n, --namespace <name>", "of the Machine", "default")
    .option("--kubeconfig <file>", "of the management cluster; default: that of the data directory")
    .addOption(dataDirOption())
    .exitOverride()
    .addHelpText(
      "after",
      `
Boot, cloud-init, kubeadm, kubelet: what fails in a boot is here in the words of the program that failed. It holds no secret.
A terminated instance can still be read for an hour.

Examples:
  seatrial logs machine/small-md-0-x7k2p-4fq9c
  seatrial logs ip-10-0-12-34.eu-west-1.compute.internal -f
  seatrial logs i-0123456789abcdef0 | grep -i error`,
    )
    .action(async (machine: string, options: LogsOptions) => {
      const running = new Running(options.dataDir);
      const found = await findMachine(sourcesOf(running, options), nameOf(machine));
      if (!("instanceId" in found))
        throw new InputError(`${machine} has no instance yet: ${found.obstacle}`);
      await print(running, found.instanceId, options.follow === true);
    });
}

function nameOf(machine: string): string {
  const [kind = "", name] = machine.split("/");
  if (name === undefined) return kind;
  if (["awsmachine", "instance", "machine", "node"].includes(kind.toLowerCase())) return name;
  throw new InputError(`"${machine}" is no machine: write machine/NAME`);
}

async function print(running: Running, instanceId: string, follow: boolean): Promise<void> {
  let from = 0;
  for (;;) {
    const part = await running.ask<LogPart>("GET", `/machines/${instanceId}/log?from=${from}`);
    for (const line of part.lines) process.stdout.write(`${formatLogLine(line)}\n`);
    from = part.next;
    if (!follow) return;
    await sleep(pollMs);
  }
}

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@seatrial/controllers/runtime/client.ts";
import { Command } from "commander";
import { readClusterTree } from "../describe/cluster-tree.ts";
import { formatTree } from "../describe/format-tree.ts";
import { InputError } from "../runner/input-error.ts";
import { asking, kubeconfigFile, managementClient } from "./management.ts";

interface DescribeOptions {
  readonly kubeconfig?: string;
  readonly dataDir: string;
  readonly namespace: string;
  readonly watch?: boolean;
  readonly showConditions?: boolean;
  readonly showMachines?: boolean;
}

const pollMs = 2000;

export function describeCommand(): Command {
  return new Command("describe")
    .description("a cluster as a tree with its conditions")
    .argument("<what>", "cluster")
    .argument("<name>", "of the Cluster")
    .option("-n, --namespace <name>", "of the Cluster", "default")
    .option("-w, --watch", "go on until Ctrl-C; in a log, only what has changed")
    .option("--show-conditions", "every condition, not just what is amiss")
    .option("--show-machines", "what Machines are made of, even if all is well with it")
    .option(
      "--kubeconfig <file>",
      "of any management cluster; default: KUBECONFIG, then that of up",
    )
    .option("--data-dir <dir>", "of a running up", ".seatrial")
    .exitOverride()
    .addHelpText(
      "after",
      `
It reads nothing but Kubernetes objects, and works on every management cluster.

Examples:
  seatrial describe cluster small
  seatrial describe cluster small --watch
  seatrial describe cluster prod -n team-a --kubeconfig ~/.kube/management`,
    )
    .action(async (what: string, name: string, options: DescribeOptions) => {
      if (what !== "cluster") {
        throw new InputError(
          `"${what}" cannot be described; write: seatrial describe cluster NAME`,
        );
      }
      await describeCluster(name, options);
    });
}

async function describeCluster(name: string, options: DescribeOptions): Promise<void> {
  const file = kubeconfigFile(options.kubeconfig, options.dataDir);
  const client = managementClient(file);
  let shown = "";
  do {
    const text = await asking(file, () => picture(client, name, options));
    if (text !== shown) show(text, options.watch === true);
    shown = text;
    if (options.watch === true) await sleep(pollMs);
  } while (options.watch === true);
}

async function picture(client: Client, name: string, options: DescribeOptions): Promise<string> {
  const { namespace } = options;
  const tree = await readClusterTree(client, { namespace, name });
  if (tree === undefined) {
    throw new InputError(`there is no Cluster ${name} in namespace ${namespace}`);
  }
  return formatTree(tree, {
    nowMs: Date.now(),
    all: options.showConditions === true,
    parts: options.showMachines === true,
    paint: isColourful() ? colour : (text) => text,
  });
}

function isColourful(): boolean {
  return process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
}

function colour(text: string, status: string): string {
  if (status === "") return text;
  const code = status.endsWith("True") ? 32 : status.endsWith("False") ? 31 : 33;
  return `\u001B[${code}m${text}\u001B[0m`;
}

/** A terminal shows one picture after the other; a log gets them with their time. */
function show(text: string, watch: boolean): void {
  if (!watch) process.stdout.write(text);
  else if (process.stdout.isTTY) process.stdout.write(`\u001B[H\u001B[2J${text}`);
  else process.stdout.write(`${new Date().toISOString().slice(0, 19)}Z\n${text}\n`);
}

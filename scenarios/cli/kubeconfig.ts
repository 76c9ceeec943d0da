import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import process from "node:process";
import type { KubeObject } from "@seatrial/controllers/runtime/client.ts";
import { Command } from "commander";
import { parse, stringify } from "yaml";
import { InputError } from "../runner/input-error.ts";
import { dataDirOption } from "./data-dir-option.ts";
import { asking, kinds, kubeconfigFile, managementClient } from "./management.ts";
import { Running } from "./running.ts";

interface KubeconfigOptions {
  readonly dataDir: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly output?: string;
  readonly proxy?: boolean;
}

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Config {
  readonly clusters: readonly { readonly cluster: Record<string, unknown> }[];
}

export function kubeconfigCommand(): Command {
  return new Command("kubeconfig")
    .description("a kubeconfig for a workload cluster that works on this machine")
    .argument("<name>", "of the Cluster")
    .option("-n, --namespace <name>", "of the Cluster", "default")
    .option(
      "-o, --output <file>",
      "where to write it, for its owner only; default: standard output",
    )
    .option("--proxy", "through a proxy even if the cluster's own address can be reached")
    .option("--kubeconfig <file>", "of the management cluster; default: that of the data directory")
    .addOption(dataDirOption())
    .exitOverride()
    .addHelpText(
      "after",
      `
It is what the Secret NAME-kubeconfig holds. A cluster's load balancer has a loopback address of its own; where such an address cannot
be opened (macOS), the kubeconfig leads through a proxy of the running "seatrial up".

Examples:
  seatrial kubeconfig small -o small.kubeconfig
  kubectl --kubeconfig small.kubeconfig get nodes`,
    )
    .action(async (name: string, options: KubeconfigOptions) => {
      const text = await workingKubeconfig(name, options);
      if (options.output === undefined) process.stdout.write(text);
      else writeFileSync(options.output, text, { mode: 0o600 });
    });
}

async function workingKubeconfig(name: string, options: KubeconfigOptions): Promise<string> {
  const { namespace, dataDir } = options;
  const file = kubeconfigFile(options.kubeconfig, dataDir);
  const key = { namespace, name: `${name}-kubeconfig` };
  const secret = await asking(file, () =>
    managementClient(file).get<SecretObject>(kinds.secret, key),
  );
  const encoded = secret?.data?.["value"];
  if (encoded === undefined) {
    throw new InputError(
      `there is no Secret ${key.name} in namespace ${namespace}: is there a Cluster ${name}, and has its control plane begun?`,
    );
  }
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const config = parse(text) as Config;
  const server = String(config.clusters[0]?.cluster["server"]);
  if (options.proxy !== true && (await canOpen(new URL(server).hostname))) return text;
  const { url } = await new Running(dataDir).ask<{ url: string }>("GET", "/proxy");
  for (const { cluster } of config.clusters) cluster["proxy-url"] = url;
  return stringify(config, { lineWidth: 0 });
}

/** Whether this machine has a loopback address: other addresses are not ours to open, and left alone. */
async function canOpen(host: string): Promise<boolean> {
  if (!host.startsWith("127.")) return true;
  const server = createServer();
  try {
    server.listen(0, host);
    await once(server, "listening");
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EADDRNOTAVAIL";
  } finally {
    server.close();
  }
}

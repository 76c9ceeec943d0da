import { existsSync } from "node:fs";
import process from "node:process";
import { Command } from "commander";
import { consoleLogger } from "../factory/console-logger.ts";
import { InputError } from "../runner/input-error.ts";
import { requirePort } from "./require-option.ts";
import { StopSignal } from "./stop-signal.ts";

interface ControllersOptions {
  readonly kubeconfig?: string;
  readonly awsEndpoint?: string;
  readonly leaderElect?: boolean;
  readonly leaderElectNamespace: string;
  readonly healthPort: string;
  readonly webhookPort: string;
  readonly webhookCertDir?: string;
  readonly verbose?: boolean;
}

export function controllersCommand(): Command {
  return new Command("controllers")
    .description(
      "the production manager: every controller, against a real management cluster and AWS",
    )
    .option("--kubeconfig <file>", "of the management cluster; default: the pod's own cluster")
    .option("--aws-endpoint <url>", "one URL for every AWS service, instead of AWS itself")
    .option("--leader-elect", "several replicas, of which one acts")
    .option("--leader-elect-namespace <name>", "where the Lease is", "seatrial-system")
    .option("--health-port <port>", "/healthz, /readyz and /metrics", "9440")
    .option("--webhook-port <port>", "admission and conversion", "9443")
    .option(
      "--webhook-cert-dir <dir>",
      "with tls.crt and tls.key; without it no webhooks are served",
    )
    .option("-v, --verbose", "log every reconcile")
    .exitOverride()
    .addHelpText(
      "after",
      `
Credentials come from the usual places: environment, shared files, web identity, instance profile.

Examples:
  seatrial controllers --kubeconfig ~/.kube/management
  seatrial controllers --leader-elect --webhook-cert-dir /certs
  seatrial up --no-controllers &
  AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any \\
    seatrial controllers --kubeconfig .seatrial/kubeconfig --aws-endpoint http://127.0.0.1:4566`,
    )
    .action(run);
}

async function run(options: ControllersOptions): Promise<void> {
  const { kubeconfig, awsEndpoint, webhookCertDir } = options;
  check(options);
  const logger = consoleLogger(options.verbose === true);
  using signal = new StopSignal();
  const { startProduction } = await import("@seatrial/controllers/main.ts");
  const production = await startProduction({
    logger,
    healthPort: requirePort(options.healthPort, "--health-port"),
    webhookPort: requirePort(options.webhookPort, "--webhook-port"),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(awsEndpoint === undefined ? {} : { awsEndpoint }),
    ...(webhookCertDir === undefined ? {} : { webhookCertDir }),
    ...(options.leaderElect === true
      ? { leaderElectionNamespace: options.leaderElectNamespace }
      : {}),
    onLeadershipLost: () => {
      logger.error({}, "the leader lease is lost");
      process.exit(1);
    },
  });
  process.stdout.write(
    `controllers run; health and metrics at http://127.0.0.1:${production.healthPort}\nStop with Ctrl-C.\n`,
  );
  await signal.asked;
  await production.stop();
}

function check({ kubeconfig, awsEndpoint, webhookCertDir }: ControllersOptions): void {
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) {
    throw new InputError(`--kubeconfig: there is no file ${kubeconfig}`);
  }
  if (kubeconfig === undefined && process.env["KUBERNETES_SERVICE_HOST"] === undefined) {
    throw new InputError(
      "there is no management cluster: name its --kubeconfig, or run inside a pod",
    );
  }
  if (awsEndpoint !== undefined && !URL.canParse(awsEndpoint)) {
    throw new InputError(`--aws-endpoint must be a URL, not "${awsEndpoint}"`);
  }
  if (webhookCertDir !== undefined && !existsSync(webhookCertDir)) {
    throw new InputError(`--webhook-cert-dir: there is no folder ${webhookCertDir}`);
  }
}

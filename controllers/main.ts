import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { pino } from "pino";
import { allControllers } from "./all-controllers.ts";
import { createAwsClientFactory } from "./aws/clients.ts";
import { apiServerCertificatesOverPortForward } from "./control-plane/kubeadm/api-server-certificates.ts";
import { etcdOverPortForward } from "./control-plane/kubeadm/etcd-port-forward.ts";
import { fenceCalls } from "./leader-fence.ts";
import { realClock } from "./runtime/clock.ts";
import type { Logger } from "./runtime/controller.ts";
import { startHealthServer } from "./runtime/health-server.ts";
import type { HttpsTransport } from "./runtime/https-transport.ts";
import {
  transportFromFile,
  transportFromKubeconfig,
  transportInCluster,
} from "./runtime/kubeconfig.ts";
import { createManager } from "./runtime/manager.ts";
import { PrometheusMetrics } from "./runtime/metrics.ts";
import { generatedKeyPairs } from "./runtime/pki/key-pairs.ts";
import { nameSuffix, realRandom } from "./runtime/random.ts";
import { managementRate, rateLimited } from "./runtime/rate-limit.ts";
import { startWebhookServer } from "./webhooks/webhook-server.ts";

export interface ProductionOptions {
  /** The management cluster; the pod's own cluster if not given. */
  readonly kubeconfig?: string;
  /** One URL for every AWS service instead of AWS itself: a fake, or a proxy. */
  readonly awsEndpoint?: string;
  /** Namespace of the Lease; without it this process is the only one. */
  readonly leaderElectionNamespace?: string;
  /** How long others wait for a silent leader, when it gives up, how often it renews; upstream's 15, 10 and 2 s if not given. */
  readonly leaderElectionTimes?: {
    readonly leaseDurationMs: number;
    readonly renewDeadlineMs: number;
    readonly retryPeriodMs: number;
  };
  /** Health, readiness and metrics; 0 for any free port. */
  readonly healthPort: number;
  /** Folder with tls.crt and tls.key; without it no webhooks are served. */
  readonly webhookCertDir?: string;
  readonly webhookPort?: number;
  readonly logger: Logger;
  /** Another process leads now: this one must end. */
  readonly onLeadershipLost: () => void;
}

export interface Production {
  readonly healthPort: number;
  readonly isReady: () => boolean;
  stop(): Promise<void>;
}

const leaseName = "controller-leader-elect-seatrial";

/** The production manager: every controller, over HTTPS, with the machine's own clock and randomness. */
export async function startProduction(options: ProductionOptions): Promise<Production> {
  const { logger, awsEndpoint, webhookCertDir, webhookPort } = options;
  const metrics = new PrometheusMetrics(leaseName);
  const manager = createManager({
    transport: rateLimited(managementTransport(options), realClock, managementRate),
    clock: realClock,
    random: realRandom,
    logger,
    metrics,
    component: "seatrial",
    workloadDialer: (kubeconfig) => transportFromKubeconfig(kubeconfig),
    ...leaderElection(options),
    controllers: (deps) =>
      allControllers({
        ...deps,
        keyPairs: generatedKeyPairs,
        etcd: etcdOverPortForward(realClock),
        apiServerCertificates: apiServerCertificatesOverPortForward(realClock),
        aws: createAwsClientFactory({
          clock: realClock,
          random: realRandom,
          credentials: fromNodeProviderChain(),
          onClient: (client) => fenceCalls(client, () => manager.isLeader),
          ...(awsEndpoint === undefined ? {} : { endpoint: awsEndpoint }),
        }),
      }),
  });
  const isReady = () => manager.ready;
  const health = await startHealthServer({
    port: options.healthPort,
    metrics: metrics.registry,
    // A candidate that does not lead is ready as well: a rollout must not wait for it.
    isReady: () => manager.ready || !manager.isLeader,
  });
  const webhooks =
    webhookCertDir === undefined
      ? undefined
      : await startWebhookServer({
          certificate: readFileSync(join(webhookCertDir, "tls.crt"), "utf8"),
          privateKey: readFileSync(join(webhookCertDir, "tls.key"), "utf8"),
          ...(webhookPort === undefined ? {} : { port: webhookPort }),
        });
  manager.start();
  return {
    healthPort: (health.address() as AddressInfo).port,
    isReady,
    stop: async () => {
      await manager.stop();
      health.closeAllConnections();
      health.close();
      await webhooks?.close();
    },
  };
}

function managementTransport({ kubeconfig }: ProductionOptions): HttpsTransport {
  if (kubeconfig !== undefined) return transportFromFile(kubeconfig, "seatrial");
  const own = transportInCluster(process.env);
  if (own === undefined) throw new Error("no cluster: give --kubeconfig, or run inside a pod");
  return own;
}

function leaderElection(options: ProductionOptions) {
  const { leaderElectionNamespace: namespace, leaderElectionTimes, onLeadershipLost } = options;
  if (namespace === undefined) return {};
  const identity = `${hostname()}_${nameSuffix(realRandom, "identity", leaseName, 8)}`;
  return {
    leaderElection: { namespace, name: leaseName, identity, ...leaderElectionTimes },
    onLeadershipLost,
  };
}

/** "15s" or "1m", as upstream's flags take them. */
function durationMs(flag: string, text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`--${flag} ${text}: give a duration like 15s`);
  return Number(count) * { ms: 1, s: 1_000, m: 60_000 }[unit as "m" | "ms" | "s"];
}

/** Runs until a signal. `argv` without the interpreter and the file. */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      kubeconfig: { type: "string" },
      "aws-endpoint": { type: "string" },
      "leader-elect": { type: "boolean", default: false },
      "leader-elect-namespace": { type: "string", default: "seatrial-system" },
      "leader-elect-lease-duration": { type: "string", default: "15s" },
      "leader-elect-renew-deadline": { type: "string", default: "10s" },
      "leader-elect-retry-period": { type: "string", default: "2s" },
      "health-port": { type: "string", default: "9440" },
      "webhook-port": { type: "string", default: "9443" },
      "webhook-cert-dir": { type: "string" },
      "log-level": { type: "string", default: "info" },
    },
  });
  const time = (flag: `leader-elect-${"lease-duration" | "renew-deadline" | "retry-period"}`) =>
    durationMs(flag, values[flag]);
  const logger = pino({ level: values["log-level"] });
  const { kubeconfig, "aws-endpoint": awsEndpoint, "webhook-cert-dir": webhookCertDir } = values;
  // Heard from the beginning: asked for while it still starts, it stops as soon as it can do so in good order.
  const signal = new Promise<void>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolve());
  });
  const production = await startProduction({
    logger,
    healthPort: Number(values["health-port"]),
    webhookPort: Number(values["webhook-port"]),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(awsEndpoint === undefined ? {} : { awsEndpoint }),
    ...(webhookCertDir === undefined ? {} : { webhookCertDir }),
    ...(values["leader-elect"]
      ? {
          leaderElectionNamespace: values["leader-elect-namespace"],
          leaderElectionTimes: {
            leaseDurationMs: time("leader-elect-lease-duration"),
            renewDeadlineMs: time("leader-elect-renew-deadline"),
            retryPeriodMs: time("leader-elect-retry-period"),
          },
        }
      : {}),
    onLeadershipLost: () => {
      logger.error("the leader lease is lost");
      process.exit(1);
    },
  });
  await signal;
  await production.stop();
  process.exit(0);
}

if (import.meta.main) await main(process.argv.slice(2));

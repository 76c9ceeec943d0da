import process from "node:process";
import { Command } from "commander";
import { DataDirectory } from "../factory/data-directory.ts";
import { type Factory, startFactory } from "../factory/factory.ts";
import { consoleLogger } from "../factory/console-logger.ts";
import { InputError } from "../runner/input-error.ts";
import { StateDatabaseError } from "@seatrial/fakecloud/kubernetes/persistence/state-database.ts";
import { version } from "./version.ts";

interface UpOptions {
  readonly kubePort: string;
  readonly awsPort: string;
  readonly dataDir: string;
  readonly timeScale: string;
  readonly profile: string;
  readonly controllers: boolean;
  readonly verbose?: boolean;
}

export function upCommand(): Command {
  return new Command("up")
    .description("a management cluster, a fake AWS and the controllers on this machine")
    .option("--kube-port <port>", "where the management API server listens", "6443")
    .option("--aws-port <port>", "where AWS listens", "4566")
    .option("--data-dir <dir>", "where the kubeconfig and the state are kept", ".seatrial")
    .option(
      "--time-scale <n>",
      "how much faster than life delays pass; clocks are never touched",
      "60",
    )
    .option(
      "--profile <name>",
      "faithful (delays, limits, lag) or lenient (none of them)",
      "faithful",
    )
    .option("--no-controllers", "only the API server and AWS: bring controllers of your own")
    .option("-v, --verbose", "log what the controllers do")
    .exitOverride()
    .addHelpText(
      "after",
      `
Everything listens on loopback only and needs no account, no container and no network. Stop it with Ctrl-C.`,
    )
    .action(async (options: UpOptions) => {
      const factory = await start(options);
      announce(factory, options);
      await stopSignal();
      process.stdout.write("\nstopping\n");
      await factory.stop();
    });
}

async function start(options: UpOptions): Promise<Factory> {
  const { profile, dataDir } = options;
  if (profile !== "faithful" && profile !== "lenient") {
    throw new InputError(`--profile must be faithful or lenient, not "${profile}"`);
  }
  const kubePort = requirePort(options.kubePort, "--kube-port");
  const awsPort = requirePort(options.awsPort, "--aws-port");
  try {
    return await startFactory({
      data: new DataDirectory(dataDir),
      kubePort,
      awsPort,
      timeScale: requireScale(options.timeScale),
      profile,
      withControllers: options.controllers,
      logger: consoleLogger(options.verbose === true),
    });
  } catch (error) {
    throw asInputError(error, { kubePort, awsPort }) ?? error;
  }
}

/** What the caller can do something about: a port or a data directory that somebody else has. */
function asInputError(
  error: unknown,
  ports: { readonly kubePort: number; readonly awsPort: number },
): InputError | undefined {
  if (error instanceof StateDatabaseError) {
    return new InputError(`${error.message}; choose another one with --data-dir`);
  }
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code !== "EADDRINUSE") return undefined;
  const flag = port === ports.awsPort ? "--aws-port" : "--kube-port";
  return new InputError(
    `port ${port} is taken by another process; choose one with ${flag} (0 for any)`,
  );
}

function announce(factory: Factory, options: UpOptions): void {
  const { kubeUrl, awsUrl, kubeconfigFile } = factory;
  process.stdout.write(
    `seatrial ${version()}: profile ${options.profile}, delays pass ${options.timeScale} times faster than life

  management cluster  ${kubeUrl}
  AWS                 ${awsUrl}

In another terminal:

  export KUBECONFIG=${kubeconfigFile}
  kubectl apply -f examples/small.yaml
  kubectl get clusters,machines,awsmachines

Any AWS client works too:

  export AWS_ENDPOINT_URL=${awsUrl} AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION=eu-west-1

Stop with Ctrl-C.
`,
  );
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function requirePort(text: string, flag: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InputError(`${flag} must be a port from 0 to 65535, not "${text}"`);
}

function requireScale(text: string): number {
  const scale = Number(text);
  if (Number.isFinite(scale) && scale >= 1) return scale;
  throw new InputError(`--time-scale must be a number from 1, not "${text}"`);
}

import process from "node:process";
import { Command } from "commander";
import { DataDirectory } from "../factory/data-directory.ts";
import { type Factory, startFactory } from "../factory/factory.ts";
import { consoleLogger } from "../factory/console-logger.ts";
import { behaviourOf, type CloudFlags, withCloudOptions } from "./cloud-options.ts";
import { requirePort } from "./require-option.ts";
import { asStartError } from "./start-error.ts";
import { StopSignal } from "./stop-signal.ts";
import { version } from "./version.ts";

interface UpOptions extends CloudFlags {
  readonly kubePort: string;
  readonly awsPort: string;
  readonly dataDir: string;
  readonly controllers: boolean;
  readonly verbose?: boolean;
}

export function upCommand(): Command {
  return withCloudOptions(
    new Command("up")
      .description("a management cluster, a fake AWS and the controllers on this machine")
      .option("--kube-port <port>", "where the management API server listens", "6443")
      .option("--aws-port <port>", "where AWS listens", "4566")
      .option("--data-dir <dir>", "where the kubeconfig and the state are kept", ".seatrial"),
  )
    .option("--no-controllers", "only the API server and AWS: bring controllers of your own")
    .option("-v, --verbose", "log what the controllers do")
    .exitOverride()
    .addHelpText(
      "after",
      `
Everything listens on loopback only and needs no account, no container and no network. Stop it with Ctrl-C; a start with the same
data directory goes on where it was.

Examples:
  seatrial up
  seatrial up --time-scale 1                        as slow as life
  seatrial up --eventual-consistency                with an AWS whose reads may be a little old, as in life
  seatrial up --kube-port 0 --aws-port 0 --data-dir /tmp/other
  seatrial up --no-controllers                      to run controllers of your own against it`,
    )
    .action(async (options: UpOptions) => {
      using signal = new StopSignal();
      let factory = await start(options);
      announce(factory, options);
      while ((await Promise.race([signal.asked, factory.resetAsked])) !== "stop") {
        process.stdout.write("\nresetting: everything is as at the first start\n");
        factory = await startAnew(factory, options);
      }
      process.stdout.write("\nstopping\n");
      await factory.stop();
    });
}

/** On the same ports, with the same keys, and with nothing in it. */
async function startAnew(factory: Factory, options: UpOptions): Promise<Factory> {
  await factory.stop();
  new DataDirectory(options.dataDir).forgetState();
  const portOf = (url: string) => new URL(url).port;
  const { kubeUrl, awsUrl } = factory;
  return start({ ...options, kubePort: portOf(kubeUrl), awsPort: portOf(awsUrl) });
}

async function start(options: UpOptions): Promise<Factory> {
  const { dataDir } = options;
  const behaviour = behaviourOf(options);
  const kubePort = requirePort(options.kubePort, "--kube-port");
  const awsPort = requirePort(options.awsPort, "--aws-port");
  try {
    return await startFactory({
      data: new DataDirectory(dataDir),
      kubePort,
      awsPort,
      ...behaviour,
      withControllers: options.controllers,
      logger: consoleLogger(options.verbose === true),
    });
  } catch (error) {
    const flagOf = (port: number) => (port === awsPort ? "--aws-port" : "--kube-port");
    throw asStartError(error, flagOf) ?? error;
  }
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

  export AWS_ENDPOINT_URL=${awsUrl} AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1

Stop with Ctrl-C.
`,
  );
}

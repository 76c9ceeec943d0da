import process from "node:process";
import { Command } from "commander";
import type { Cloud } from "../factory/cloud.ts";
import { consoleLogger } from "../factory/console-logger.ts";
import { DataDirectory } from "../factory/data-directory.ts";
import { behaviourOf, type CloudFlags, withCloudOptions } from "./cloud-options.ts";
import { requirePort } from "./require-option.ts";
import { StopSignal } from "./stop-signal.ts";
import { version } from "./version.ts";

interface CloudOptions extends CloudFlags {
  readonly port: string;
  readonly dataDir: string;
}

export function cloudCommand(): Command {
  return withCloudOptions(
    new Command("cloud")
      .description("the fake AWS alone, for any AWS client")
      .option("--port <port>", "where it listens (0 for any)", "4566"),
  )
    .option("--data-dir <dir>", "where its state is kept", ".seatrial")
    .exitOverride()
    .addHelpText(
      "after",
      `
It listens on loopback only. Nothing happens inside its instances: use "seatrial up" for machines that boot.
In the lenient profile it resets as other emulators do, so that a suite moves over by changing its endpoint.

Examples:
  seatrial cloud
  seatrial cloud --profile lenient --port 5000      for suites that were written for another emulator
  seatrial cloud --enforce-policies                 to see which permissions a role lacks
  aws --endpoint-url http://127.0.0.1:4566 ec2 create-vpc --cidr-block 10.0.0.0/16
  seatrial inventory                                what is there, in another terminal`,
    )
    .action(async (options: CloudOptions) => {
      using signal = new StopSignal();
      const cloud = await start(options);
      announce(cloud, options);
      await signal.asked;
      process.stdout.write("\nstopping\n");
      await cloud.stop();
    });
}

async function start(options: CloudOptions): Promise<Cloud> {
  const port = requirePort(options.port, "--port");
  const behaviour = behaviourOf(options);
  const { startCloud } = await import("../factory/cloud.ts");
  try {
    const data = new DataDirectory(options.dataDir);
    return await startCloud({ data, port, ...behaviour, logger: consoleLogger(false) });
  } catch (error) {
    const { asStartError } = await import("./start-error.ts");
    throw asStartError(error, () => "--port") ?? error;
  }
}

function announce({ awsUrl }: Cloud, { profile, timeScale }: CloudOptions): void {
  process.stdout.write(
    `seatrial ${version()}: profile ${profile}, delays pass ${timeScale} times faster than life

  AWS  ${awsUrl}

In another terminal:

  export AWS_ENDPOINT_URL=${awsUrl} AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1

Stop with Ctrl-C.
`,
  );
}

import { realClock } from "@seatrial/controllers/runtime/clock.ts";
import type { Logger } from "@seatrial/controllers/runtime/controller.ts";
import { realRandom } from "@seatrial/controllers/runtime/random.ts";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import { openStateDatabase } from "@seatrial/fakecloud/kubernetes/persistence/state-database.ts";
import { startAwsHttpServer } from "@seatrial/fakecloud/wire/http-server.ts";
import { awsOptions, type AwsBehaviour } from "./aws-behaviour.ts";
import { prepareAdmin } from "./admin-access.ts";
import type { DataDirectory } from "./data-directory.ts";
import { FactoryState } from "./factory-state.ts";
import { scaledClock } from "./scaled-clock.ts";

export interface CloudOptions extends AwsBehaviour {
  readonly data: DataDirectory;
  readonly port: number;
  readonly logger: Logger;
}

export interface Cloud {
  readonly awsUrl: string;
  stop(): Promise<void>;
}

/** The fake AWS alone: nothing happens inside its instances. It goes on where an earlier process has left it. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { data, profile, timeScale, logger } = options;
  await using starting = new AsyncDisposableStack();
  const database = openStateDatabase(data.path, { clock: realClock });
  starting.defer(() => database.close());
  const state = new FactoryState(database, realClock);
  const clock = scaledClock(realClock, timeScale);
  const { durable, ...saved } = state.awsOptions();
  const usual = {
    clock,
    random: realRandom,
    ...awsOptions(options),
    ...(durable === undefined ? {} : { durable }),
  };
  let aws = createFakeAws({ ...usual, ...saved });
  starting.defer(() => aws.close());
  state.keep({ save: () => aws.save() }, { save: () => ({ hosts: [], clusters: [] }) });
  starting.defer(() => state.close());
  const admin = prepareAdmin(data, {
    subject: () => ({ aws }),
    clock: realClock,
    profile,
    timeScale,
    reset: async () => {
      aws.close();
      aws = createFakeAws(usual);
      await durable?.(undefined);
    },
  });
  const server = await startAwsHttpServer({
    handle: (request) => aws.handle(request),
    clock: realClock,
    port: options.port,
    admin: admin.handler,
    onDefect: (error) =>
      logger.error({ error: String((error as Error).stack ?? error) }, "a defect of the fake"),
  });
  starting.defer(() => server.close());
  starting.defer(admin.publish(server.url));
  const running = starting.move();
  return { awsUrl: server.url, stop: () => running.disposeAsync() };
}

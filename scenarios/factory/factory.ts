import { allControllers } from "@seatrial/controllers/all-controllers.ts";
import { createAwsClientFactory } from "@seatrial/controllers/aws/clients.ts";
import { realClock } from "@seatrial/controllers/runtime/clock.ts";
import type { Logger } from "@seatrial/controllers/runtime/controller.ts";
import { transportFromKubeconfig } from "@seatrial/controllers/runtime/kubeconfig.ts";
import { createManager, type Manager } from "@seatrial/controllers/runtime/manager.ts";
import { generatedKeyPairs } from "@seatrial/controllers/runtime/pki/key-pairs.ts";
import { realRandom } from "@seatrial/controllers/runtime/random.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import type { EmbeddedApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import {
  type HttpsServer,
  startHttpsServer,
} from "@seatrial/fakecloud/kubernetes/https/https-server.ts";
import { randomHex } from "@seatrial/fakecloud/kernel/random.ts";
import { openStateDatabase } from "@seatrial/fakecloud/kubernetes/persistence/state-database.ts";
import { keyedSigner, type TokenSigner } from "@seatrial/fakecloud/kubernetes/tokens.ts";
import { httpsWebhookCaller } from "@seatrial/fakecloud/kubernetes/https/webhook-caller.ts";
import { createMachines, type Machines } from "@seatrial/fakecloud/machines/machines.ts";
import { startAwsHttpServer } from "@seatrial/fakecloud/wire/http-server.ts";
import { createManagementCluster, installDefinitions } from "../runner/management-cluster.ts";
import { etcdAccess } from "../runner/workload-access.ts";
import { prepareAdmin } from "./admin-access.ts";
import { awsOptions, type AwsBehaviour } from "./aws-behaviour.ts";
import type { DataDirectory } from "./data-directory.ts";
import { FactoryState } from "./factory-state.ts";
import { LoadBalancerEndpoints } from "./load-balancer-endpoints.ts";
import { kubeconfig, type ManagementPki, managementPki } from "./management-pki.ts";
import { scaledClock } from "./scaled-clock.ts";

export interface FactoryOptions extends AwsBehaviour {
  readonly data: DataDirectory;
  readonly kubePort: number;
  readonly awsPort: number;
  readonly withControllers: boolean;
  readonly logger: Logger;
}

/** A running local factory: management API server, fake AWS, machines and controllers in one process. */
export interface Factory {
  readonly kubeUrl: string;
  readonly awsUrl: string;
  readonly kubeconfigFile: string;
  readonly aws: FakeAws;
  readonly machines: Machines;
  /** Resolves when somebody has asked for a reset: the caller stops this factory, forgets the state, and starts another. */
  readonly resetAsked: Promise<void>;
  stop(): Promise<void>;
}

/** The fake takes any credentials; the SDK insists on having some. */
const credentials = { accessKeyId: "AKIASEATRIAL00000000", secretAccessKey: "seatrial" };

/**
 * Throws a StateDatabaseError if the data directory is in use or another version's. What fails half-way is taken down again,
 * in the order in which `stop` does it: what is kept is the factory as it runs, not as it is taken apart.
 */
export async function startFactory(options: FactoryOptions): Promise<Factory> {
  const { data } = options;
  await using starting = new AsyncDisposableStack();
  const database = openStateDatabase(data.path, { clock: realClock });
  starting.defer(() => database.close());
  const pkiReady = managementPki(data, realClock.now());
  const state = new FactoryState(database, realClock);
  const { aws, machines, endpoints, onDefect, close } = startCloud(state, options);
  starting.defer(close);
  const management: EmbeddedApiServer = createManagementCluster({
    clock: realClock,
    random: realRandom,
    rbac: true,
    callWebhook: httpsWebhookCaller(() => management.store),
    prepare: state.prepareManagement,
    tokenSigner: keptSigner(data),
  });
  starting.defer(() => management.close());
  starting.defer(() => state.close());
  await installDefinitions(management);
  const pki = await pkiReady;
  const kube = await listenKube(management, pki, options);
  starting.defer(() => kube.close());
  const reset = Promise.withResolvers<void>();
  const admin = prepareAdmin(data, {
    subject: () => ({ aws, machines }),
    clock: realClock,
    profile: options.profile,
    timeScale: options.timeScale,
    proxy: () => endpoints.proxyUrl(),
    reset: async () => reset.resolve(),
  });
  const awsServer = await startAwsHttpServer({
    handle: (request) => aws.handle(request),
    clock: realClock,
    port: options.awsPort,
    admin: admin.handler,
    onDefect,
  });
  starting.defer(() => awsServer.close());
  starting.defer(admin.publish(awsServer.url));
  const config = kubeconfig(kube.url, pki);
  data.write("kubeconfig", config);
  if (options.withControllers) {
    const manager = startManager({ config, awsUrl: awsServer.url, aws }, options);
    starting.defer(() => manager.stop());
  }
  const running = starting.move();
  return {
    kubeUrl: kube.url,
    awsUrl: awsServer.url,
    kubeconfigFile: data.file("kubeconfig"),
    aws,
    machines,
    resetAsked: reset.promise,
    stop: () => running.disposeAsync(),
  };
}

/** AWS and the machines in it, where an earlier process has left them. */
function startCloud(state: FactoryState, options: FactoryOptions) {
  const { data, logger } = options;
  const clock = scaledClock(realClock, options.timeScale);
  const onDefect = (error: unknown) => {
    logger.error({ error: String((error as Error).stack ?? error) }, "a defect of the fake");
  };
  const endpoints = new LoadBalancerEndpoints({
    aws: () => aws,
    clock: realClock,
    salt: data.keep("address-salt", () => randomHex(realRandom, "salt", "addresses", 16)),
    onProblem: (message) => logger.error({}, message),
  });
  const aws = createFakeAws({
    clock,
    random: realRandom,
    ...awsOptions(options),
    loadBalancerDnsName: ({ name }) => endpoints.open(name),
    ...state.awsOptions(),
  });
  const machines = createMachines({
    clock,
    wallClock: realClock,
    random: realRandom,
    faults: aws.faults,
    aws,
    keyPairs: generatedKeyPairs,
    onDefect,
    ...state.machinesOptions(),
  });
  state.keep(aws, machines);
  const close = async () => {
    machines.close();
    aws.close();
    await endpoints.close();
  };
  return { aws, machines, endpoints, onDefect, close };
}

/** Tokens of the management cluster's service accounts are good after a restart, too. */
function keptSigner(data: DataDirectory): TokenSigner {
  const hex = data.keep("token-key", () => randomHex(realRandom, "key", "tokens", 64));
  return keyedSigner({ next: () => 0, bytes: () => Buffer.from(hex, "hex") }, "");
}

function listenKube(
  management: ReturnType<typeof createManagementCluster>,
  pki: ManagementPki,
  options: FactoryOptions,
): Promise<HttpsServer> {
  return startHttpsServer({
    server: management,
    certificatePem: pki.serving.certificatePem,
    privateKeyPem: pki.serving.privateKeyPem,
    clientAuthority: pki.ca.certificatePem,
    authenticateToken: (token) => management.authenticateToken(token),
    // kubectl looks kinds up here that were not there when it started.
    openApiV2: () => management.openApiV2(),
    now: () => realClock.now(),
    port: options.kubePort,
  });
}

/** The production manager, but for where AWS is and how fast delays pass. */
function startManager(
  places: { readonly config: string; readonly awsUrl: string; readonly aws: FakeAws },
  options: FactoryOptions,
): Manager {
  const { timeScale, logger } = options;
  const awsClients = createAwsClientFactory({
    clock: realClock,
    random: realRandom,
    credentials,
    endpoint: places.awsUrl,
    delayScale: timeScale,
    isolated: true,
  });
  const access = {
    aws: places.aws,
    clock: realClock,
    random: realRandom,
    actor: "seatrial-manager",
  };
  const manager = createManager({
    transport: transportFromKubeconfig(places.config, { userAgent: "seatrial-manager" }),
    clock: realClock,
    random: realRandom,
    logger,
    delayScale: timeScale,
    workloadDialer: (text) => transportFromKubeconfig(text, { userAgent: "seatrial-manager" }),
    controllers: (deps) =>
      allControllers({
        ...deps,
        aws: awsClients,
        keyPairs: generatedKeyPairs,
        etcd: etcdAccess(access),
      }),
  });
  manager.start();
  return manager;
}

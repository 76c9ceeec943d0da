import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, Provider } from "@smithy/types";
import { rememberCall } from "./failed-call.ts";
import { type RetryOptions, RetryPolicy } from "./retry.ts";

/** The clients of one region with one set of credentials. */
export interface AwsClients {
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingClient;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly s3: S3Client;
  readonly sts: STSClient;
}

export type AwsCredentials = AwsCredentialIdentity | Provider<AwsCredentialIdentity>;

export interface AwsClientFactory {
  /** Without credentials those of the manager itself. Clients are kept and shared. */
  clients(region: string, credentials?: AwsCredentials): AwsClients;
}

/** As the SDK declares it; loosely, because every client has its own type for the same thing. */
export interface RequestHandler {
  handle(request: never, options?: never): Promise<{ response: unknown }>;
  readonly metadata?: { readonly handlerProtocol: string };
  destroy?: () => void;
}

export interface AwsClientOptions extends RetryOptions {
  /** How requests travel; the SDK's own HTTP handler if not given. */
  readonly requestHandler?: RequestHandler;
  /** One base URL for every service: a fake, or a proxy. */
  readonly endpoint?: string;
  /** The manager's own credentials; the SDK's default chain if not given. */
  readonly credentials?: AwsCredentials;
  /** Sees each client when it is made: for tools that stand between it and the wire. */
  readonly onClient?: (client: object) => void;
  /** Nothing is read from files or the environment, and nothing depends on the machine: for simulations. */
  readonly isolated?: boolean;
}

/** Retry is ours, on the injected clock: the SDK makes one attempt per call and keeps its middleware in place. */
export function createAwsClientFactory(options: AwsClientOptions): AwsClientFactory {
  const cache = new Map<string, AwsClients>();
  const cacheByCredentials = new WeakMap<object, Map<string, AwsClients>>();
  return {
    clients: (region, credentials) => {
      const memory = credentials === undefined ? cache : memoryOf(cacheByCredentials, credentials);
      const known = memory.get(region);
      if (known !== undefined) return known;
      const made = createClients(region, credentials ?? options.credentials, options);
      memory.set(region, made);
      return made;
    },
  };
}

function memoryOf(memories: WeakMap<object, Map<string, AwsClients>>, key: object) {
  const memory = memories.get(key) ?? new Map<string, AwsClients>();
  memories.set(key, memory);
  return memory;
}

function createClients(
  region: string,
  credentials: AwsCredentials | undefined,
  options: AwsClientOptions,
): AwsClients {
  const config = clientConfig(region, credentials, options);
  const retry = new RetryPolicy(options);
  const prepare = <T extends object>(client: T): T => {
    withRetry(client, retry);
    options.onClient?.(client);
    return client;
  };
  const forcePathStyle = options.endpoint !== undefined;
  return lazily<AwsClients>({
    ec2: () => prepare(new EC2Client(config)),
    elb: () => prepare(new ElasticLoadBalancingClient(config)),
    elbv2: () => prepare(new ElasticLoadBalancingV2Client(config)),
    tagging: () => prepare(new ResourceGroupsTaggingAPIClient(config)),
    secretsManager: () => prepare(new SecretsManagerClient(config)),
    ssm: () => prepare(new SSMClient(config)),
    s3: () => prepare(new S3Client({ ...config, forcePathStyle })),
    sts: () => prepare(new STSClient(config)),
  });
}

/** Each is made when it is first asked for: making a client is dear, and few clusters need all of them. */
function lazily<T extends object>(makers: { readonly [Name in keyof T]: () => T[Name] }): T {
  const made = {};
  for (const name of Object.keys(makers) as (keyof T)[]) {
    const get = () => {
      const value = makers[name]();
      Object.defineProperty(made, name, { value });
      return value;
    };
    Object.defineProperty(made, name, { get, enumerable: true, configurable: true });
  }
  return made as T;
}

function clientConfig(
  region: string,
  credentials: AwsCredentials | undefined,
  options: AwsClientOptions,
) {
  const { requestHandler, endpoint, isolated = false } = options;
  return {
    region,
    maxAttempts: 1,
    cacheMiddleware: true,
    logger: {} as never, // The default logger copies every answer before it discards it.
    ...(credentials === undefined ? {} : { credentials }),
    ...(requestHandler === undefined ? {} : { requestHandler: requestHandler as never }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isolated ? isolation : {}),
  };
}

/** Each of these keeps the SDK from reading files or the environment; leaving one out brings the reads back. */
export const isolation = {
  retryMode: "standard",
  defaultsMode: "standard" as const,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: "",
  ignoreConfiguredEndpointUrls: true,
  authSchemePreference: [],
  disableClockSkewCorrection: true,
  defaultUserAgentProvider: async () => [["aws-sdk-js", "3"] as [string, string]],
};

interface WithMiddleware {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { readonly commandName?: string },
      ) => (args: { readonly input?: unknown }) => Promise<unknown>,
      options: { readonly step: "initialize"; readonly name: string; readonly priority: "high" },
    ): void;
  };
}

function withRetry(client: object, retry: RetryPolicy): void {
  const { middlewareStack, config } = client as WithMiddleware;
  middlewareStack.add(
    (next, context) => async (args) => {
      const operation = (context.commandName ?? "").replace(/Command$/, "");
      const input = (args.input ?? {}) as Readonly<Record<string, unknown>>;
      try {
        return await retry.run({ operation, input }, () => next(args as never));
      } catch (error) {
        rememberCall(error, { service: config.serviceId, operation, input });
        throw error;
      }
    },
    { step: "initialize", name: "seatrialRetry", priority: "high" },
  );
}

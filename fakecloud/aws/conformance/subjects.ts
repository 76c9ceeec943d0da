import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as s3 from "@aws-sdk/client-s3";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import { setupServer } from "msw/node";
import { Kernel } from "../../kernel/kernel.ts";
import { type AwsHttpServer, startAwsHttpServer } from "../../wire/http-server.ts";
import { mswHandlers } from "../../wire/msw-handlers.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import type { FakeAws } from "../contract.ts";
import type { ConformanceCase } from "./case.ts";
import { createFakeAws } from "../fake-aws.ts";
import type { SavedTables } from "../persistence/state-root.ts";
import type { Credentials, Subject } from "./run-case.ts";

interface Sender {
  send(command: unknown): Promise<unknown>;
}

/** A way to reach the fake; `begin` gives a new cloud for one case. */
export interface Adapter {
  begin(one: Pick<ConformanceCase, "enforced" | "profile">): Subject;
  close(): Promise<void>;
}

const quiet = () => undefined;
const common = {
  logger: { debug: quiet, error: quiet, info: quiet, warn: quiet },
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
  maxAttempts: 1,
};

const packages = {
  ec2: [ec2, ec2.EC2Client],
  elb: [elb, elb.ElasticLoadBalancingClient],
  elbv2: [elbv2, elbv2.ElasticLoadBalancingV2Client],
  iam: [iam, iam.IAMClient],
  s3: [s3, s3.S3Client],
  secretsmanager: [secretsManager, secretsManager.SecretsManagerClient],
  ssm: [ssm, ssm.SSMClient],
  sts: [sts, sts.STSClient],
  tagging: [tagging, tagging.ResourceGroupsTaggingAPIClient],
} as const;

/** Sends any operation of any service with the real clients. */
export function senderFor(config: object) {
  const clients = new Map<string, Sender>();
  return async (
    service: string,
    operation: string,
    input: object,
    credentials: Credentials = common.credentials,
  ): Promise<unknown> => {
    const [sdk, Client] = packages[service as keyof typeof packages];
    const key = `${service} ${credentials.accessKeyId}`;
    const client: Sender = clients.get(key) ?? new Client({ ...common, ...config, credentials });
    clients.set(key, client);
    const Command = (sdk as unknown as Record<string, new (input: object) => unknown>)[
      `${operation}Command`
    ];
    if (Command === undefined) throw new Error(`the SDK has no ${service} ${operation}`);
    return readBody(await client.send(new Command(input)));
  };
}

/** Contents of objects come as streams; cases compare them as text. */
async function readBody(output: unknown): Promise<unknown> {
  const { Body: body } = output as { Body?: { transformToString(): Promise<string> } };
  return body === undefined
    ? output
    : { ...(output as object), Body: await body.transformToString() };
}

type Wanted = Parameters<Adapter["begin"]>[0];

/** What a case wants of the cloud that it runs in. */
export function optionsFor({ profile = "lenient", enforced }: Wanted) {
  return { profile, ...(enforced === true ? { enforcePolicies: true as const } : {}) };
}

function newCloud(wanted: Wanted = {}) {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  return { kernel, aws: createFakeAws({ clock, random, ...optionsFor(wanted) }) };
}

/** The cloud of the case at hand: clients and servers are made once, clouds for every case. */
function stage() {
  let current = newCloud();
  return {
    handle: (request: Parameters<FakeAws["handle"]>[0]) => current.aws.handle(request),
    begin: (wanted: Wanted, send: Subject["send"]): Subject => {
      current.aws.close();
      current = newCloud(wanted);
      const { kernel } = current;
      return { send, wait: (ms) => kernel.runFor(ms) };
    },
  };
}

export function inProcess(): Adapter {
  const { handle, begin } = stage();
  const send = senderFor({ requestHandler: new InProcessRequestHandler({ handle }) });
  return { begin: (wanted) => begin(wanted, send), close: async () => undefined };
}

/**
 * In process, and before every call the whole cloud is saved as JSON and restored into a new one: what a service keeps where
 * `save` doesn't find it, is forgotten, and its cases fail.
 */
export function restored(): Adapter {
  let current = newCloud();
  let options = optionsFor({});
  const handle = (request: Parameters<FakeAws["handle"]>[0]) => {
    const { kernel, aws } = current;
    const { clock, random } = kernel;
    const saved = JSON.stringify([...aws.save()]);
    aws.close();
    const restore: SavedTables = new Map(JSON.parse(saved) as [string, []][]);
    current = { kernel, aws: createFakeAws({ clock, random, ...options, restore }) };
    return current.aws.handle(request);
  };
  const send = senderFor({ requestHandler: new InProcessRequestHandler({ handle }) });
  return {
    begin: (wanted) => {
      options = optionsFor(wanted);
      current = newCloud(wanted);
      return { send, wait: (ms) => current.kernel.runFor(ms) };
    },
    close: async () => undefined,
  };
}

export async function overHttp(): Promise<Adapter> {
  const { handle, begin } = stage();
  const { clock } = new Kernel({ seed: "1" });
  const server: AwsHttpServer = await startAwsHttpServer({ handle, clock, port: 0 });
  const send = senderFor({ endpoint: server.url, forcePathStyle: true });
  return { begin: (wanted) => begin(wanted, send), close: () => server.close() };
}

export function overMsw(): Adapter {
  const { handle, begin } = stage();
  const msw = setupServer(...mswHandlers(handle));
  msw.listen({ onUnhandledFrame: "error" });
  const send = senderFor({});
  return { begin: (wanted) => begin(wanted, send), close: async () => msw.close() };
}

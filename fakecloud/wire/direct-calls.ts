import type { DirectCall } from "./contract.ts";
import { ConnectionResetError, travel, type TravelOptions } from "./request-handler.ts";

/** What every client of the SDK has, as far as it is needed here. */
interface SdkClient {
  readonly config: {
    readonly serviceId: string;
    readonly apiVersion: string;
    readonly region: () => Promise<string>;
    readonly credentials: () => Promise<{ readonly accessKeyId: string }>;
  };
  readonly middlewareStack: {
    addRelativeTo(
      middleware: (
        next: unknown,
        context: MiddlewareContext,
      ) => (args: { readonly input: Record<string, unknown> }) => Promise<unknown>,
      options: {
        readonly relation: "after";
        readonly toMiddleware: "endpointV2Middleware";
        readonly name: string;
      },
    ): void;
  };
}

interface MiddlewareContext {
  readonly commandName?: string;
  readonly endpointV2?: { readonly url: { readonly hostname: string } };
}

export interface DirectCallOptions extends TravelOptions {
  readonly call: (call: DirectCall) => Promise<{ readonly output: unknown } | undefined>;
}

/** Signing names of the services whose clients call themselves otherwise. */
const signingNames: Readonly<Record<string, string>> = {
  "Elastic Load Balancing": "elasticloadbalancing",
  "Elastic Load Balancing v2": "elasticloadbalancing",
  "Resource Groups Tagging API": "tagging",
  "Secrets Manager": "secretsmanager",
};

/**
 * Lets a client of the SDK skip the wire: no signature, no bytes, no parsing; all else, latency and lost answers included, is as
 * with the request handler. For runs in which the wire is not what is looked at.
 */
export function bypassWire(client: object, options: DirectCallOptions): void {
  const { config, middlewareStack } = client as SdkClient;
  const { serviceId, apiVersion: version } = config;
  const service = signingNames[serviceId] ?? serviceId.toLowerCase();
  middlewareStack.addRelativeTo(
    (_next, context) =>
      async ({ input }) => {
        const operation = (context.commandName ?? "").replace(/Command$/, "");
        const hostname = context.endpointV2?.url.hostname ?? "";
        const [region, { accessKeyId }] = await Promise.all([
          config.region(),
          config.credentials(),
        ]);
        await travel(options, hostname);
        const address = { service, version, region, accessKeyId };
        const answer = await attempt(options, { ...address, operation, input: plain(input) });
        await travel(options, hostname);
        return answer();
      },
    { relation: "after", toMiddleware: "endpointV2Middleware", name: "seatrialBypassWire" },
  );
}

/** What the call came to, to be told once it has travelled back. */
async function attempt(options: DirectCallOptions, call: DirectCall): Promise<() => unknown> {
  try {
    const answer = await options.call(call);
    if (answer === undefined) return () => fail(new ConnectionResetError("socket hang up"));
    const output = { ...plain(answer.output as Record<string, unknown>), $metadata: {} };
    return () => ({ output, response: {} });
  } catch (error) {
    return () => fail(asException(error));
  }
}

function fail(error: unknown): never {
  throw error;
}

/** A copy that shares nothing, without the members that are undefined: what would have been on the wire. */
function plain(value: Record<string, unknown> | undefined): Record<string, unknown> {
  return copy(value ?? {}) as Record<string, unknown>;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if (Object.prototype.toString.call(value) === "[object Date]") return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined && member !== null) result[key] = copy(member);
  }
  return result;
}

/** An AwsError as the SDK would have thrown it. */
function asException(error: unknown): unknown {
  const { code, status, fields } = error as {
    readonly code?: unknown;
    readonly status?: number;
    readonly fields?: object;
  };
  if (!(error instanceof Error) || typeof code !== "string") return error;
  const exception = new Error(error.message);
  exception.name = code;
  return Object.assign(exception, fields, {
    $fault: (status ?? 400) < 500 ? "client" : "server",
    $metadata: { httpStatusCode: status ?? 400 },
  });
}

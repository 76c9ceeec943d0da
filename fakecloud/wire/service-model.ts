import { NormalizedSchema } from "@smithy/core/schema";

export type Protocol = "awsJson1_1" | "awsQuery" | "ec2Query" | "restXml";

/** One action of a service, as the SDK's own schemas describe it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** For REST protocols: "PUT", "/{Key+}?tagging", 200. */
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
}

/** What the wire needs to know of a service. */
export interface ServiceModel {
  /** As it stands in credential scopes and host names: "ec2", "elasticloadbalancing". */
  readonly signingName: string;
  readonly protocol: Protocol;
  /** API version, for the query protocols: "2016-11-15". */
  readonly version: string;
  readonly xmlNamespace: string;
  /** Prefix of `X-Amz-Target`, for the JSON protocol. */
  readonly target: string;
  readonly operations: ReadonlyMap<string, Operation>;
}

export type ServiceFacts = Omit<ServiceModel, "operations">;

/** Operation schemas are tuples `[9, namespace, name, traits, input, output]`. */
const operationMark = 9;

/** Reads every operation from the schemas that an SDK client package exports. */
export function loadServiceModel(sdk: object, facts: ServiceFacts): ServiceModel {
  const operations = new Map<string, Operation>();
  for (const value of Object.values(sdk)) {
    if (!Array.isArray(value) || value[0] !== operationMark) continue;
    const [, , name, traits, input, output] = value as unknown[];
    operations.set(String(name), lazyOperation(String(name), { traits, input, output }));
  }
  if (operations.size === 0)
    throw new Error(`the SDK package of ${facts.signingName} exports no schemas`);
  return { ...facts, operations };
}

/** Schemas are resolved at first use: EC2 alone has more than 800 operations. */
function lazyOperation(
  name: string,
  {
    traits,
    input,
    output,
  }: { readonly traits: unknown; readonly input: unknown; readonly output: unknown },
): Operation {
  const { http } = (typeof traits === "object" && traits !== null ? traits : {}) as {
    http?: readonly [method: string, uri: string, status: number];
  };
  let resolvedInput: NormalizedSchema | undefined;
  let resolvedOutput: NormalizedSchema | undefined;
  const resolve = (schema: unknown) =>
    NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]);
  return {
    name,
    ...(http === undefined ? {} : { http: { method: http[0], uri: http[1], status: http[2] } }),
    get input() {
      return (resolvedInput ??= resolve(input));
    },
    get output() {
      return (resolvedOutput ??= resolve(output));
    },
  };
}

import { NormalizedSchema } from "@smithy/core/schema";

export type Protocol = "awsJson1_1" | "awsQuery" | "ec2Query" | "restXml";

/** One action of a service, as the SDK's own schemas describe it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** For REST protocols: "PUT", "/{Key+}?tagging", 200. */
  readonly http:
    | { readonly method: string; readonly uri: string; readonly status: number }
    | undefined;
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
  for (const value of Object.values(sdk) as unknown[]) {
    if (!Array.isArray(value) || value[0] !== operationMark) continue;
    const operation = new SchemaOperation(value as unknown as SchemaTuple);
    operations.set(operation.name, operation);
  }
  if (operations.size === 0)
    throw new Error(`the SDK package of ${facts.signingName} exports no schemas`);
  return { ...facts, operations };
}

type SchemaTuple = readonly [
  mark: number,
  namespace: string,
  name: string,
  traits: unknown,
  input: unknown,
  output: unknown,
];

/** Schemas are resolved at first use: EC2 alone has more than 800 operations. */
class SchemaOperation implements Operation {
  readonly name: string;
  readonly #schema: SchemaTuple;
  #input: NormalizedSchema | undefined;
  #output: NormalizedSchema | undefined;

  constructor(schema: SchemaTuple) {
    this.name = schema[2];
    this.#schema = schema;
  }

  get http(): Operation["http"] {
    const traits = this.#schema[3] as { http?: readonly [string, string, number] } | null | number;
    const http = typeof traits === "object" ? traits?.http : undefined;
    return http === undefined ? undefined : { method: http[0], uri: http[1], status: http[2] };
  }

  get input(): NormalizedSchema {
    return (this.#input ??= resolve(this.#schema[4]));
  }

  get output(): NormalizedSchema {
    return (this.#output ??= resolve(this.#schema[5]));
  }
}

function resolve(schema: unknown): NormalizedSchema {
  return NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]);
}

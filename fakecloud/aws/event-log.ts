import type { NormalizedSchema } from "@smithy/core/schema";
import { formatTime } from "../kernel/clock.ts";
import { matchesWildcard } from "./iam/wildcard.ts";
import type { Principal } from "./iam/principal.ts";
import type { CallContext, Service } from "./service.ts";

/** One call, in the shape of a CloudTrail record as far as it goes. */
export interface CloudEvent {
  /** Counts up from 1 over the life of the cloud. */
  readonly sequence: number;
  readonly eventTime: string;
  /** "ec2.amazonaws.com". */
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly userIdentity: {
    readonly type: "AssumedRole" | "IAMUser" | "Root";
    readonly principalId: string;
    readonly arn: string;
    readonly accountId: string;
  };
  readonly userAgent?: string;
  readonly requestID: string;
  readonly readOnly: boolean;
  /** What was asked, without secrets. */
  readonly requestParameters: unknown;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export interface EventFilter {
  /** Patterns. */
  readonly name?: string | undefined;
  readonly by?: string | undefined;
  /** Only what came after this sequence number. */
  readonly after?: number | undefined;
  readonly errorsOnly?: boolean | undefined;
  /** The latest so many. */
  readonly limit?: number | undefined;
}

interface Entry {
  readonly sequence: number;
  readonly atMs: number;
  readonly call: CallContext;
  readonly schema: NormalizedSchema | undefined;
  readonly input: Readonly<Record<string, unknown>>;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** What CloudTrail writes where it withholds a value. */
const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** Who called what, with which parameters and what result. It keeps the latest calls and forgets the oldest. */
export class EventLog {
  readonly #capacity: number;
  #entries: Entry[] = [];
  #sequence = 0;

  constructor(capacity = 5_000) {
    this.#capacity = capacity;
  }

  record(
    service: Service,
    call: CallContext,
    input: Readonly<Record<string, unknown>>,
    error?: { readonly code: string; readonly message: string },
  ): void {
    this.#sequence += 1;
    const schema = service.model.operations.get(call.operation)?.input;
    const atMs = call.clock.now();
    this.#entries.push({ sequence: this.#sequence, atMs, call, schema, input, error });
    // Twice the capacity before anything is dropped: no call pays for moving the whole log.
    if (this.#entries.length >= this.#capacity * 2) {
      this.#entries = this.#entries.slice(-this.#capacity);
    }
  }

  /** Oldest first. */
  list(filter: EventFilter = {}): readonly CloudEvent[] {
    const { name = "*", by = "*", after = 0, errorsOnly = false, limit } = filter;
    const found = this.#entries.slice(-this.#capacity).filter(({ sequence, call, error }) => {
      const { arn } = call.principal;
      const isBy = matchesWildcard(by, arn) || matchesWildcard(by, arn.split(":").at(-1) ?? "");
      const isWanted = sequence > after && (error !== undefined || !errorsOnly);
      return isWanted && isBy && matchesWildcard(name, call.operation);
    });
    return (limit === undefined ? found : found.slice(-limit)).map(toEvent);
  }

  clear(): void {
    this.#entries = [];
  }
}

function toEvent({ sequence, atMs, call, schema, input, error }: Entry): CloudEvent {
  const { service, operation, region, principal, requestId, userAgent } = call;
  return {
    sequence,
    eventTime: formatTime(atMs),
    eventSource: `${service}.amazonaws.com`,
    eventName: operation,
    awsRegion: region,
    userIdentity: {
      type: typeOf(principal),
      principalId: principal.userId,
      arn: principal.arn,
      accountId: principal.accountId,
    },
    ...(userAgent === undefined ? {} : { userAgent }),
    requestID: requestId,
    readOnly: /^(BatchGet|Describe|Get|Head|List|Lookup)/.test(operation),
    requestParameters: withoutSecrets(schema, input),
    ...(error === undefined ? {} : { errorCode: error.code, errorMessage: error.message }),
  };
}

function typeOf({ source }: Principal): CloudEvent["userIdentity"]["type"] {
  if (source.kind === "role") return "AssumedRole";
  return source.kind === "user" ? "IAMUser" : "Root";
}

/** The schemas say which members are secrets; bytes are none of a log's business either. */
function withoutSecrets(schema: NormalizedSchema | undefined, value: unknown): unknown {
  if (schema?.getMergedTraits().sensitive !== undefined) return hidden;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) {
    const element = schema?.isListSchema() === true ? schema.getValueSchema() : undefined;
    return value.map((one) => withoutSecrets(element, one));
  }
  if (typeof value !== "object" || value === null) return value;
  if (typeof (value as { toISOString?: unknown }).toISOString === "function") return value;
  const members = schema?.isStructSchema() === true ? schema.getMemberSchemas() : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutSecrets(members[name], member)]),
  );
}

import { type Clock, toDate } from "../kernel/clock.ts";
import type { FaultAction } from "../kernel/faults.ts";
import { randomUuid, type Random } from "../kernel/random.ts";
import type { TraceSink } from "../kernel/trace.ts";
import {
  type DecodedRequest,
  decodeRequest,
  encodeError,
  encodeResponse,
  type ErrorFacts,
} from "../wire/codec.ts";
import type { WireRequest, WireResponse } from "../wire/contract.ts";
import type { ServiceModel } from "../wire/service-model.ts";
import { WireError } from "../wire/wire-error.ts";
import { AwsError } from "./aws-error.ts";
import type { WatchInput } from "./contract.ts";
import type { FaultPlan } from "./faults/fault-plan.ts";
import { namesOf } from "./faults/names-of.ts";
import { checkSkew } from "./faults/skew.ts";
import { checkHonoured } from "./honoured/honoured.ts";
import type { Principal } from "./iam/principal.ts";
import { mainResource } from "./main-resource.ts";
import { type Address, routeOf } from "./route.ts";
import type { CallContext, Service } from "./service.ts";
import { checkExpiry } from "./signature/authenticate.ts";

export interface DispatchOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly faults: FaultPlan;
  /** How far the clock of AWS is ahead of its callers', in ms. */
  readonly skew: { readonly ms: number };
  /** The Name tag of a resource; undefined if it has none. */
  readonly nameTag: (id: string) => string | undefined;
  readonly services: readonly Service[];
  /** Who holds an access key; unknown keys belong to the default account's administrator. */
  readonly identify: (
    accessKeyId: string | undefined,
    sessionToken: string | undefined,
  ) => Principal;
  /** Whether a request is signed as it must be; throws an AwsError if not. Undefined: any signature will do. */
  readonly authenticate?: (model: ServiceModel, request: WireRequest) => void;
  /** Before a handler runs: throttling and access control. Throws an AwsError to refuse. */
  readonly admit?: (call: CallContext, input: Record<string, unknown>) => void;
  readonly watchInput?: WatchInput;
  /** After every call that was answered, well or with an error. */
  readonly onCall: (
    service: Service,
    call: CallContext,
    input: Record<string, unknown>,
    error?: { readonly code: string; readonly message: string },
  ) => void;
  /** After a handler has run: whoever depends on the state looks again. */
  readonly afterCall?: (call: CallContext) => void;
  /** Resolves once what the call has changed, and what it shows, is on disk. */
  readonly durable?: (call: CallContext) => Promise<void> | undefined;
}

/** How an answer that never arrives is told to the adapters. */
const lostResponse: WireResponse = { status: 0, headers: {}, body: new Uint8Array() };
/** The call may have taken effect, and nobody hears of it. */
const lost = Symbol("lost");

/** One AWS call from bytes to bytes: route, decode, admit, handle, encode. */
export class Dispatch {
  readonly #options: DispatchOptions;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const answer = await this.#handle(request);
    return request.method === "HEAD" ? { ...answer, body: new Uint8Array() } : answer;
  }

  async #handle(request: WireRequest): Promise<WireResponse> {
    const { random, services, clock, skew } = this.#options;
    const requestId = randomUuid(random, "request-id", "aws");
    const address = routeOf(request);
    const service = services.find(({ model }) => isFor(model, address));
    if (service === undefined) {
      const message = `Seatrial has no service for host ${request.host} (${address.service}); see the coverage table`;
      const facts = { code: "UnknownService", message, status: 404 };
      return encodeError({ protocol: "awsQuery", xmlNamespace: "" }, facts, requestId);
    }
    let decoded: DecodedRequest;
    try {
      decoded = decodeRequest(service.model, request);
    } catch (error) {
      return encodeError(service.model, errorFacts(error), requestId);
    }
    const { operation, input } = decoded;
    const headers = this.#skewedDate();
    try {
      checkSkew(request, service.model.signingName, clock.now(), skew.ms);
      checkExpiry(service.model, request, clock.now());
      this.#options.authenticate?.(service.model, request);
      const userAgent = request.headers["user-agent"];
      const output = await this.#call(
        service,
        { operation: operation.name, input },
        userAgent === undefined ? address : { ...address, userAgent },
        requestId,
      );
      if (output === lost) return lostResponse;
      return withHeaders(encodeResponse(service.model, { operation, output, requestId }), headers);
    } catch (error) {
      return withHeaders(encodeError(service.model, errorFacts(error), requestId), headers);
    }
  }

  /** By this header clients find out that their clock is wrong. */
  #skewedDate(): Readonly<Record<string, string>> {
    const { skew, clock } = this.#options;
    return skew.ms === 0 ? {} : { date: toDate(clock.now() + skew.ms).toUTCString() };
  }

  /** A call that needs no bytes; undefined if the answer is lost. Throws an AwsError. */
  async direct(
    address: Address,
    call: { readonly operation: string; readonly input: Record<string, unknown> },
  ): Promise<{ readonly output: unknown } | undefined> {
    const { random, services } = this.#options;
    const requestId = randomUuid(random, "request-id", "aws");
    const service = services.find(({ model }) => isFor(model, address));
    if (service === undefined) throw new AwsError("UnknownService", address.service);
    const output = await this.#call(service, call, address, requestId);
    return output === lost ? undefined : { output };
  }

  async #call(
    service: Service,
    { operation, input }: { readonly operation: string; readonly input: Record<string, unknown> },
    address: Address & { readonly userAgent?: string },
    requestId: string,
  ): Promise<unknown> {
    const { clock, random, identify } = this.#options;
    const principal = identify(address.accessKeyId, address.sessionToken);
    const call: CallContext = {
      accountId: principal.accountId,
      region: address.region,
      principal,
      requestId,
      ...(address.accessKeyId === undefined ? { anonymous: true as const } : {}),
      service: service.model.signingName,
      operation,
      ...(address.userAgent === undefined ? {} : { userAgent: address.userAgent }),
      clock,
      random,
    };
    if ((await this.#strikeFirst(service, call, input)) === lost) return lost;
    const output = await this.invoke(service, call, input);
    return (await this.#strike(call, input, "afterCommit")) === lost ? lost : output;
  }

  /** The call behind the wire: also for software on instances, which needs no bytes. */
  async invoke(
    service: Service,
    call: CallContext,
    input: Record<string, unknown>,
  ): Promise<unknown> {
    const { trace, admit, afterCall, faults, durable } = this.#options;
    const handler = service.handlers.get(call.operation);
    const record = { kind: "cloud.call", actor: actorOf(call), verb: call.operation } as const;
    try {
      if (handler === undefined) {
        throw new AwsError(
          "UnsupportedOperation",
          `Seatrial does not implement ${call.service} ${call.operation} yet; see the coverage table`,
        );
      }
      checkHonoured(call.operation, input, service.honoured(call.operation));
      admit?.(call, input);
      const taken = faults.input(call, input);
      const read = this.#options.watchInput?.(service, call.operation, taken) ?? taken;
      const made: unknown = await handler(call, read as never);
      const output = faults.output(call, taken, made);
      trace.record({ ...record, object: mainResource(call.operation, input, output) });
      afterCall?.(call);
      this.#options.onCall(service, call, input);
      const flushed = durable?.(call);
      if (flushed !== undefined) await flushed;
      return output;
    } catch (error) {
      const facts = errorFacts(error);
      const detail = { error: facts.code };
      this.#options.onCall(service, call, input, facts);
      trace.record({ ...record, object: mainResource(call.operation, input, undefined), detail });
      throw error;
    }
  }

  /** A call of software on an instance: faults strike it as any other. Throws as the SDK there would. */
  async fromInstance(
    service: Service,
    call: CallContext,
    input: Record<string, unknown>,
  ): Promise<unknown> {
    if ((await this.#strikeFirst(service, call, input)) === lost) throw noAnswer(call);
    const output = await this.invoke(service, call, input);
    if ((await this.#strike(call, input, "afterCommit")) === lost) throw noAnswer(call);
    return output;
  }

  /** A change that somebody makes in the console: an ordinary call that nothing holds up. */
  perform(service: Service, call: CallContext, input: Record<string, unknown>): void {
    const { trace, afterCall } = this.#options;
    const handler = service.handlers.get(call.operation);
    if (handler === undefined) throw new Error(`there is no ${call.service} ${call.operation}`);
    checkHonoured(call.operation, input, service.honoured(call.operation));
    const output: unknown = handler(call, input as never);
    const object = mainResource(call.operation, input, output);
    trace.record({ kind: "cloud.call", actor: actorOf(call), object, verb: call.operation });
    this.#options.onCall(service, call, input);
    afterCall?.(call);
  }

  /** A fault that refuses a call is an answer like any other. */
  async #strikeFirst(service: Service, call: CallContext, input: Record<string, unknown>) {
    try {
      return await this.#strike(call, input, "beforeCommit");
    } catch (error) {
      this.#options.onCall(service, call, input, errorFacts(error));
      throw error;
    }
  }

  async #strike(
    call: CallContext,
    input: Record<string, unknown>,
    phase: "afterCommit" | "beforeCommit",
  ): Promise<typeof lost | undefined> {
    const { faults, nameTag } = this.#options;
    if (!faults.mayStrike) return undefined;
    const { operation, service } = call;
    const object = mainResource(operation, input, undefined);
    const action = faults.decide({
      seam: "aws",
      service,
      operation,
      object,
      names: namesOf(input, nameTag),
      actor: call.principal.arn,
      phase,
    });
    if (action === undefined) return undefined;
    const { cause } = action;
    this.#options.trace.record({
      kind: "fault",
      actor: "nature",
      object,
      verb: action.do,
      detail: { operation, phase, ...(cause === undefined ? {} : { cause }) },
    });
    return this.#applyFault(action);
  }

  async #applyFault(action: FaultAction): Promise<typeof lost | undefined> {
    if (action.do === "loseResponse") {
      if (action.afterMs !== undefined) await this.#wait(action.afterMs);
      return lost;
    }
    if (action.do === "fail") {
      const { code, status, message = code } = action;
      throw new AwsError(code, message, { status });
    }
    await this.#wait(action.ms);
    return undefined;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.setTimeout(resolve, ms, "slow AWS call");
    });
  }
}

/** "root", "user/alice", "assumed-role/nodes/i-0abc". */
function actorOf({ principal }: CallContext): string {
  return principal.arn.slice(principal.arn.lastIndexOf(":") + 1);
}

function noAnswer({ service, region }: CallContext): AwsError {
  const url = `https://${service}.${region}.amazonaws.com/`;
  const message = `Connection was closed before we received a valid response from endpoint URL: "${url}"`;
  return new AwsError("ConnectionClosedError", message);
}

function withHeaders(
  answer: WireResponse,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function isFor(model: Service["model"], address: Address): boolean {
  if (model.signingName !== address.service) return false;
  // The two load-balancing APIs share host and signing name; only the version tells them apart.
  return address.version === undefined || model.version === "" || model.version === address.version;
}

function errorFacts(error: unknown): ErrorFacts {
  if (error instanceof AwsError || error instanceof WireError) {
    const { code, message, status } = error;
    const { fields = {}, headers = {} } = error instanceof AwsError ? error : {};
    return { code, message, status, fields, headers };
  }
  throw error; // A defect of the fake: nothing that a client should mistake for AWS's answer.
}

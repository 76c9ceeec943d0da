import type { Clock } from "../kernel/clock.ts";
import type { FaultAction, Faults } from "../kernel/faults.ts";
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
import { WireError } from "../wire/wire-error.ts";
import { AwsError } from "./aws-error.ts";
import type { Principal } from "./iam/principal.ts";
import { mainResource } from "./main-resource.ts";
import { type Address, routeOf } from "./route.ts";
import type { CallContext, Service } from "./service.ts";

export interface DispatchOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly faults: Faults;
  readonly services: readonly Service[];
  /** Who holds an access key; unknown keys belong to the default account's administrator. */
  readonly identify: (accessKeyId: string | undefined) => Principal;
  /** Before a handler runs: throttling and access control. Throws an AwsError to refuse. */
  readonly admit?: (call: CallContext, input: Record<string, unknown>) => void;
  /** After a handler has run: whoever depends on the state looks again. */
  readonly afterCall?: (call: CallContext) => void;
}

/** How an answer that never arrives is told to the adapters. */
const lost: WireResponse = { status: 0, headers: {}, body: new Uint8Array() };

/** One AWS call from bytes to bytes: route, decode, admit, handle, encode. */
export class Dispatch {
  readonly #options: DispatchOptions;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const { random, services } = this.#options;
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
    return this.#call(service, decoded, { address, requestId });
  }

  async #call(
    service: Service,
    decoded: DecodedRequest,
    origin: { readonly address: Address; readonly requestId: string },
  ): Promise<WireResponse> {
    const { clock, random, identify } = this.#options;
    const { operation, input } = decoded;
    const principal = identify(origin.address.accessKeyId);
    const call: CallContext = {
      accountId: principal.accountId,
      region: origin.address.region,
      principal,
      requestId: origin.requestId,
      service: service.model.signingName,
      operation: operation.name,
      clock,
      random,
    };
    try {
      const before = await this.#strike(call, input, "beforeCommit");
      if (before !== undefined) return before;
      const output = await this.invoke(service, call, input);
      const after = await this.#strike(call, input, "afterCommit");
      if (after !== undefined) return after;
      return encodeResponse(service.model, { operation, output, requestId: call.requestId });
    } catch (error) {
      return encodeError(service.model, errorFacts(error), call.requestId);
    }
  }

  /** The call behind the wire: also for software on instances, which needs no bytes. */
  async invoke(
    service: Service,
    call: CallContext,
    input: Record<string, unknown>,
  ): Promise<unknown> {
    const { trace, admit, afterCall } = this.#options;
    const handler = service.handlers.get(call.operation);
    const actor = call.principal.arn.slice(call.principal.arn.lastIndexOf(":") + 1);
    const record = { kind: "cloud.call", actor, verb: call.operation } as const;
    try {
      if (handler === undefined) {
        throw new AwsError(
          "UnsupportedOperation",
          `Seatrial does not implement ${call.service} ${call.operation} yet; see the coverage table`,
        );
      }
      admit?.(call, input);
      const output: unknown = await handler(call, input as never);
      trace.record({ ...record, object: mainResource(call.operation, input, output) });
      afterCall?.(call);
      return output;
    } catch (error) {
      const detail = { error: errorFacts(error).code };
      trace.record({ ...record, object: mainResource(call.operation, input, undefined), detail });
      throw error;
    }
  }

  async #strike(
    call: CallContext,
    input: Record<string, unknown>,
    phase: "afterCommit" | "beforeCommit",
  ): Promise<WireResponse | undefined> {
    const { faults } = this.#options;
    const object = mainResource(call.operation, input, undefined);
    const action = faults.decide({ seam: "aws", operation: call.operation, object, phase });
    if (action === undefined) return undefined;
    this.#options.trace.record({
      kind: "fault",
      actor: "nature",
      object,
      verb: action.do,
      detail: { operation: call.operation, phase },
    });
    return this.#applyFault(action);
  }

  async #applyFault(action: FaultAction): Promise<WireResponse | undefined> {
    if (action.do === "loseResponse") return lost;
    if (action.do === "fail") {
      const { code, status, message = code } = action;
      throw new AwsError(code, message, { status });
    }
    await new Promise<void>((resolve) => {
      this.#options.clock.setTimeout(resolve, action.ms, "slow AWS call");
    });
    return undefined;
  }
}

function isFor(model: Service["model"], address: Address): boolean {
  if (model.signingName !== address.service) return false;
  // The two load-balancing APIs share host and signing name; only the version tells them apart.
  return address.version === undefined || model.version === "" || model.version === address.version;
}

function errorFacts(error: unknown): ErrorFacts {
  if (error instanceof AwsError || error instanceof WireError) {
    const { code, message, status } = error;
    const fields = error instanceof AwsError ? error.fields : {};
    return { code, message, status, fields };
  }
  throw error; // A defect of the fake: nothing that a client should mistake for AWS's answer.
}

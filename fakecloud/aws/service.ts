import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import type { ServiceModel } from "../wire/service-model.ts";
import { type HonouredMembers, type HonouredTable, parseHonoured } from "./honoured/honoured.ts";
import type { Principal } from "./iam/principal.ts";

/** One call, as a handler sees it. */
export interface CallContext {
  readonly accountId: string;
  readonly region: string;
  readonly principal: Principal;
  /** Nobody signed the request. */
  readonly anonymous?: true;
  readonly requestId: string;
  /** What the client says of itself. */
  readonly userAgent?: string;
  /** "ec2", "elasticloadbalancing". */
  readonly service: string;
  readonly operation: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Throws an AwsError for what AWS refuses. */
export type Handler = (call: CallContext, input: never) => unknown;

export interface Service {
  readonly model: ServiceModel;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** What the action does with its input; everything else in it is refused by name. */
  honoured(operation: string): HonouredMembers;
}

/** A service from a table of its actions; each is given the state of the account and region that the call is for. */
export function defineService<State>(options: {
  readonly model: ServiceModel;
  readonly honoured: HonouredTable;
  readonly state: (call: CallContext) => State;
  readonly handlers: Readonly<
    Record<string, (state: State, input: never, call: CallContext) => unknown>
  >;
}): Service {
  const { model, state, handlers, honoured } = options;
  const table = new Map<string, Handler>();
  for (const [operation, handler] of Object.entries(handlers)) {
    if (!model.operations.has(operation)) {
      throw new Error(`${model.signingName} has no operation ${operation}`);
    }
    table.set(operation, (call, input) => handler(state(call), input, call));
  }
  return { model, handlers: table, honoured: lazily(honoured) };
}

/** Tables are read at the first call of an action: most are never called. */
function lazily(table: HonouredTable): (operation: string) => HonouredMembers {
  const parsed = new Map<string, HonouredMembers>();
  return (operation) => {
    const known = parsed.get(operation);
    if (known !== undefined) return known;
    const members = parseHonoured(table[operation] ?? "");
    parsed.set(operation, members);
    return members;
  };
}

/** State that is made at its first use, one for each account and region. */
export class PerRegion<State> {
  readonly #states = new Map<string, State>();
  readonly #create: (accountId: string, region: string) => State;

  constructor(create: (accountId: string, region: string) => State) {
    this.#create = create;
  }

  of(call: { readonly accountId: string; readonly region: string }): State {
    const key = `${call.accountId}/${call.region}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const made = this.#create(call.accountId, call.region);
    this.#states.set(key, made);
    return made;
  }

  /** By "account/region". */
  entries(): Iterable<readonly [string, State]> {
    return this.#states;
  }

  all(): readonly State[] {
    return [...this.#states.values()];
  }
}

import { type Clock, timeOfDelay } from "../kernel/clock.ts";
import { AwsError } from "./aws-error.ts";
import { matchesWildcard } from "./iam/wildcard.ts";
import type { CallContext } from "./service.ts";
import { costlyLists, ec2RequestLimits, type RequestLimit } from "./tables/request-limits.ts";

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Request throttling of EC2 by token buckets: one for each action in an account and region. */
export class Throttle {
  /** By account, region and action. */
  readonly buckets = new Map<string, Bucket>();
  readonly #others = new Set<{ readonly operation: string; readonly share: number }>();
  readonly #always: boolean;

  /** Without `always` there are limits only while others use up a part of them. */
  constructor(options: { readonly always: boolean }) {
    this.#always = options.always;
  }

  /** Somebody else takes a share of the buckets of the operations that fit. Returns what ends it. */
  shareWithOthers(operation: string, share: number): () => void {
    const others = { operation, share };
    this.#others.add(others);
    return () => this.#others.delete(others);
  }

  /** Takes a token, or throws RequestLimitExceeded. */
  admit(call: CallContext, input: Readonly<Record<string, unknown>>): void {
    if (call.service !== "ec2") return;
    if (!this.#always && this.#others.size === 0) return;
    const limit = this.#left(call.operation, limitOf(call.operation, input));
    const key = `${call.accountId}/${call.region}/${call.operation}`;
    if (this.#take(key, limit, call.clock)) return;
    throw new AwsError("RequestLimitExceeded", "Request limit exceeded.", { status: 503 });
  }

  #left(operation: string, { size, perSecond }: RequestLimit): RequestLimit {
    const left = [...this.#others]
      .filter((others) => matchesWildcard(others.operation, operation))
      .reduce((rest, { share }) => rest * (1 - share), 1);
    return {
      size: Math.max(left === 0 ? 0 : 1, Math.round(size * left)),
      perSecond: perSecond * left,
    };
  }

  #take(key: string, limit: RequestLimit, clock: Clock): boolean {
    const nowMs = clock.now();
    const bucket = this.buckets.get(key) ?? { tokens: limit.size, filledAtMs: nowMs };
    const perMs = limit.perSecond / timeOfDelay(clock, 1000);
    const refill = (nowMs - bucket.filledAtMs) * perMs;
    bucket.tokens = Math.min(limit.size, bucket.tokens + refill);
    bucket.filledAtMs = nowMs;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

function limitOf(operation: string, input: Readonly<Record<string, unknown>>): RequestLimit {
  const own = ec2RequestLimits.actions[operation];
  if (own !== undefined) return own;
  if (!/^(Describe|Get)/.test(operation)) return ec2RequestLimits.writing;
  const listsAll = costlyLists.has(operation) && Object.keys(input).length === 0;
  return listsAll ? ec2RequestLimits.listingAll : ec2RequestLimits.reading;
}

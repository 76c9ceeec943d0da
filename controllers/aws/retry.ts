import { type Clock, sleep } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { isExpiredCredentials, isThrottled, isUncertain } from "./errors.ts";

/** Upstream's SDK: three attempts, at most 20 s between them, and a bucket of tokens that retries use up. */
const maxAttempts = 3;
const maxDelayMs = 20_000;
const bucketCapacity = 500;
const retryCost = 5;
const throttlingBaseMs = 1_000;
const otherBaseMs = 100;

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Divides the delays; a factory that runs faster than life sets it. */
  readonly delayScale?: number;
}

/** What a retry decision needs to know of a call. */
export interface Attempted {
  /** "CreateVpc". */
  readonly operation: string;
  readonly input: unknown;
}

/** Decides whether a failed call may be made again, and when. One per client: the bucket is shared by its calls. */
export class RetryPolicy {
  readonly #options: RetryOptions;
  #tokens = bucketCapacity;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  async run<T>(call: Attempted, attempt: () => Promise<T>): Promise<T> {
    for (let number = 1; ; number += 1) {
      try {
        const result = await attempt();
        this.#tokens = Math.min(bucketCapacity, this.#tokens + 1);
        return result;
      } catch (error) {
        if (number >= maxAttempts || !mayRepeat(call, error) || this.#tokens < retryCost)
          throw error;
        this.#tokens -= retryCost;
        await this.#wait(call.operation, number, isThrottled(error));
      }
    }
  }

  #wait(operation: string, attempt: number, throttled: boolean): Promise<void> {
    const { clock, random, delayScale = 1 } = this.#options;
    const ceiling = (throttled ? throttlingBaseMs : otherBaseMs) * 2 ** (attempt - 1);
    const jitter = random.next("aws-retry", operation);
    const delayMs = Math.max(1, (Math.min(ceiling, maxDelayMs) * jitter) / delayScale);
    return sleep(clock, delayMs, { label: `retry of ${operation}` });
  }
}

/**
 * A throttled call did nothing. After a lost answer only reads and calls with an idempotency token are repeated here; any
 * other mutation is left to the next reconcile, which looks before it creates.
 */
function mayRepeat(call: Attempted, error: unknown): boolean {
  // A call with credentials that have run out did nothing either; the next attempt is signed with new ones.
  if (isThrottled(error) || isExpiredCredentials(error)) return true;
  if (!isUncertain(error)) return false;
  if (/^(Describe|Get|Head|List)/.test(call.operation)) return true;
  const { ClientToken, ClientRequestToken } = (call.input ?? {}) as Record<string, unknown>;
  return typeof (ClientToken ?? ClientRequestToken) === "string";
}

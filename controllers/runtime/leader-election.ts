import { Lease } from "../api/kubernetes.ts";
import type { Client } from "./client.ts";
import { type Clock, formatMicroTime, type TimerHandle } from "./clock.ts";
import type { Logger } from "./controller.ts";
import { isAlreadyExists, isConflict, messageOf, NotLeaderError } from "./errors.ts";
import type { Random } from "./random.ts";
import type { Transport } from "./transport.ts";

export interface LeaderElectionOptions {
  readonly namespace: string;
  /** Name of the Lease: "controller-leader-elect-seatrial". */
  readonly name: string;
  /** Unique among the candidates. */
  readonly identity: string;
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
}

export interface ElectionCallbacks {
  readonly onElected: () => void;
  /** The lease could not be renewed in time: this process must stop. */
  readonly onLost: (error: NotLeaderError) => void;
}

interface Observed {
  readonly resourceVersion: string | undefined;
  readonly atMs: number;
}

/**
 * Leader election on a Lease, with client-go's rules: a candidate never compares the holder's clock with its own, it waits until
 * it has seen the record unchanged for a whole lease duration. The leader gives up after the shorter renew deadline.
 */
export class LeaderElector {
  readonly #options: Required<LeaderElectionOptions>;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #callbacks: ElectionCallbacks;
  #timer: TimerHandle;
  #stopped = false;
  #leading = false;
  #lastRenewMs = Number.NEGATIVE_INFINITY;
  #observed: Observed = { resourceVersion: undefined, atMs: 0 };

  constructor(
    options: LeaderElectionOptions,
    deps: { client: Client; clock: Clock; random: Random; logger: Logger },
    callbacks: ElectionCallbacks,
  ) {
    this.#options = {
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
      ...options,
    };
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#logger = deps.logger;
    this.#callbacks = callbacks;
  }

  /** True only as long as nobody else can have become the leader. */
  get isLeader(): boolean {
    return this.#leading && this.#clock.now() < this.#lastRenewMs + this.#options.renewDeadlineMs;
  }

  start(): void {
    void this.#tick();
  }

  /** Gives the lease back, so that a successor need not wait for it to expire. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#clock.clearTimeout(this.#timer);
    if (!this.isLeader) return;
    this.#leading = false;
    try {
      const lease = await this.#client.get(Lease, this.#key());
      if (lease?.spec?.holderIdentity !== this.#options.identity) return;
      await this.#client.update(Lease, {
        ...lease,
        spec: { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 },
      });
    } catch (error) {
      this.#logger.info({ error: messageOf(error) }, "the lease could not be given back");
    }
  }

  async #tick(): Promise<void> {
    const startedMs = this.#clock.now();
    try {
      // The time that counts is the one before the request: the answer may have been slow.
      if (await this.#acquireOrRenew(startedMs)) this.#renewed(startedMs);
    } catch (error) {
      this.#logger.info({ error: messageOf(error) }, "the lease could not be taken or renewed");
    }
    if (this.#stopped) return;
    const deadlineMs = this.#lastRenewMs + this.#options.renewDeadlineMs;
    if (this.#leading && this.#clock.now() >= deadlineMs) {
      this.#lose();
      return;
    }
    this.#timer = this.#clock.setTimeout(() => void this.#tick(), this.#delay(), "leader election");
  }

  #renewed(atMs: number): void {
    this.#lastRenewMs = atMs;
    if (this.#leading || this.#stopped) return;
    this.#leading = true;
    this.#logger.info({ identity: this.#options.identity }, "became the leader");
    this.#callbacks.onElected();
  }

  #lose(): void {
    this.#leading = false;
    this.#stopped = true;
    this.#callbacks.onLost(new NotLeaderError("the leader lease could not be renewed in time"));
  }

  #delay(): number {
    const { retryPeriodMs, renewDeadlineMs, identity } = this.#options;
    if (!this.#leading) return retryPeriodMs * (1 + 1.2 * this.#random.next("election", identity));
    const leftMs = this.#lastRenewMs + renewDeadlineMs - this.#clock.now();
    return Math.max(1, Math.min(retryPeriodMs, leftMs));
  }

  async #acquireOrRenew(nowMs: number): Promise<boolean> {
    const lease = await this.#client.get(Lease, this.#key());
    if (lease === undefined) return this.#create(nowMs);
    const { resourceVersion } = lease.metadata;
    if (resourceVersion !== this.#observed.resourceVersion) {
      this.#observed = { resourceVersion, atMs: nowMs };
    }
    const { spec = {} } = lease;
    const mine = spec.holderIdentity === this.#options.identity;
    if (!mine && this.#isHeld(spec, nowMs)) return false;
    const transitions = spec.leaseTransitions ?? 0;
    const wanted = this.#spec(nowMs);
    try {
      await this.#client.update(Lease, {
        ...lease,
        spec: mine
          ? {
              ...wanted,
              acquireTime: spec.acquireTime ?? wanted.acquireTime,
              leaseTransitions: transitions,
            }
          : { ...wanted, leaseTransitions: transitions + 1 },
      });
      return true;
    } catch (error) {
      if (isConflict(error)) return false; // Another candidate was faster.
      throw error;
    }
  }

  /** By this process's own clock: since when the record has not changed. */
  #isHeld(spec: NonNullable<Lease["spec"]>, nowMs: number): boolean {
    if ((spec.holderIdentity ?? "") === "") return false;
    const { leaseDurationMs } = this.#options;
    const heldMs = (spec.leaseDurationSeconds ?? leaseDurationMs / 1000) * 1000;
    return this.#observed.atMs + heldMs > nowMs;
  }

  async #create(nowMs: number): Promise<boolean> {
    const { namespace, name } = this.#options;
    try {
      await this.#client.create(Lease, {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { namespace, name },
        spec: { ...this.#spec(nowMs), leaseTransitions: 0 },
      });
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false; // Another candidate was faster.
      throw error;
    }
  }

  #spec(nowMs: number) {
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.round(this.#options.leaseDurationMs / 1000),
      acquireTime: formatMicroTime(nowMs),
      renewTime: formatMicroTime(nowMs),
    };
  }

  #key() {
    return { namespace: this.#options.namespace, name: this.#options.name };
  }
}

/** Lets no write through that a leader might no longer be entitled to. */
export function fenced(transport: Transport, mayWrite: () => boolean): Transport {
  return {
    watch: (request, sink) => transport.watch(request, sink),
    request: (request) =>
      request.method === "GET" || mayWrite()
        ? transport.request(request)
        : Promise.reject(new NotLeaderError("not the leader (any more): the write was not sent")),
  };
}

import { type Clock, timeOfDelay, type TimerHandle } from "../kernel/clock.ts";
import type { Obstacle } from "./contract.ts";
import { type LoadBalancer, type Target, type TargetPool, targetKey } from "./load-balancer.ts";

export type CheckResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly obstacle: Obstacle };

/** One check, made from the load balancer's nodes over the network. */
export type Check = (balancer: LoadBalancer, pool: TargetPool, target: Target) => CheckResult;

interface Watched {
  readonly balancer: LoadBalancer;
  readonly pool: TargetPool;
  readonly target: Target;
  /** Undefined while parked. */
  timer: TimerHandle;
}

/**
 * Checks every target at its interval. A target whose state cannot change until the network does is left alone until
 * then, so that a quiet day of virtual time costs nothing; its next check happens at the time at which it would have
 * happened anyway.
 */
export class HealthChecks {
  readonly #clock: Clock;
  readonly #check: Check;
  readonly #watched = new Map<Target, Watched>();
  readonly #parked = new Set<Watched>();

  constructor(clock: Clock, check: Check) {
    this.#clock = clock;
    this.#check = check;
  }

  /** Starts checking; the first check comes one interval after the target's registration is over. */
  watch(balancer: LoadBalancer, pool: TargetPool, target: Target): void {
    target.phaseMs = Math.max(target.checkFromMs, this.#clock.now());
    this.resume(balancer, pool, target);
  }

  /** Goes on with checks that began earlier, perhaps in another process. */
  resume(balancer: LoadBalancer, pool: TargetPool, target: Target): void {
    this.unwatch(target);
    const watched: Watched = { balancer, pool, target, timer: undefined };
    this.#watched.set(target, watched);
    this.#schedule(watched);
  }

  unwatch(target: Target): void {
    const watched = this.#watched.get(target);
    if (watched === undefined) return;
    this.#watched.delete(target);
    this.#parked.delete(watched);
    if (watched.timer !== undefined) this.#clock.clearTimeout(watched.timer);
  }

  /** Something that checks depend on has changed. */
  wake(): void {
    if (this.#parked.size === 0) return;
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const watched of parked) this.#schedule(watched);
  }

  close(): void {
    for (const target of this.#watched.keys()) this.unwatch(target);
  }

  #schedule(watched: Watched): void {
    const intervalMs = timeOfDelay(this.#clock, watched.pool.healthCheck.intervalMs);
    const now = this.#clock.now();
    const { phaseMs = now } = watched.target;
    const passed = Math.max(0, Math.floor((now - phaseMs) / intervalMs));
    const dueMs = phaseMs + (passed + 1) * intervalMs;
    watched.timer = this.#clock.setTimeout(
      () => this.#run(watched),
      (dueMs - now) * (this.#clock.delayScale ?? 1),
      `health check of ${targetKey(watched.target.id, watched.target.port)} in ${watched.pool.id}`,
    );
  }

  #run(watched: Watched): void {
    watched.timer = undefined;
    const { balancer, pool, target } = watched;
    const result = this.#check(balancer, pool, target);
    if (!result.passed && result.obstacle.silent) {
      // Nobody answers: the check is over when its time-out is.
      watched.timer = this.#clock.setTimeout(
        () => this.#finish(watched, result),
        Math.min(pool.healthCheck.timeoutMs, pool.healthCheck.intervalMs - 1),
        `health check of ${targetKey(target.id, target.port)} in ${pool.id}`,
      );
      return;
    }
    this.#finish(watched, result);
  }

  #finish(watched: Watched, result: CheckResult): void {
    applyResult(watched.target, watched.pool, result);
    if (isSettled(watched.target, watched.pool)) {
      watched.timer = undefined;
      this.#parked.add(watched);
    } else {
      this.#schedule(watched);
    }
  }
}

/** Health-check arithmetic: a state changes when enough checks in a row say so. */
export function applyResult(target: Target, pool: TargetPool, result: CheckResult): void {
  const { healthyThreshold, unhealthyThreshold } = pool.healthCheck;
  if (result.passed) {
    target.streak = Math.min(Math.max(target.streak, 0) + 1, healthyThreshold);
    if (target.streak >= healthyThreshold) target.state = "healthy";
    if (target.state === "healthy") target.obstacle = undefined;
    return;
  }
  target.streak = Math.max(Math.min(target.streak, 0) - 1, -unhealthyThreshold);
  target.obstacle = result.obstacle;
  if (target.streak <= -unhealthyThreshold) target.state = "unhealthy";
}

/** Another check with the same result would change nothing. What answers over HTTP can change its mind unnoticed. */
function isSettled(target: Target, pool: TargetPool): boolean {
  const { protocol, healthyThreshold, unhealthyThreshold } = pool.healthCheck;
  if (protocol === "HTTP" || protocol === "HTTPS") return false;
  return target.streak >= healthyThreshold || target.streak <= -unhealthyThreshold;
}

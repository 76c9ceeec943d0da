import type { Clock, TimerHandle } from "../../kernel/clock.ts";

/** A kubelet renews its Lease this often, and looks at its node's conditions as often. */
export const heartbeatMs = 10_000;

export interface HeartbeatMember {
  beat(): void;
}

/** One timer for all kubelets of a cluster: in a simulation of many nodes, timers are what time costs. */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #name: string;
  readonly #members = new Set<HeartbeatMember>();
  #timer: TimerHandle;

  constructor(clock: Clock, name: string) {
    this.#clock = clock;
    this.#name = name;
  }

  /** Returns what ends the heartbeats of this member. */
  add(member: HeartbeatMember): () => void {
    this.#members.add(member);
    this.#timer ??= this.#next();
    return () => {
      this.#members.delete(member);
      if (this.#members.size === 0) this.close();
    };
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(): TimerHandle {
    return this.#clock.setTimeout(
      () => {
        this.#timer = this.#next();
        for (const member of this.#members) member.beat();
      },
      heartbeatMs,
      `kubelets of ${this.#name}`,
    );
  }
}

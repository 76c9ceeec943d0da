interface Copy<State> {
  readonly atMs: number;
  readonly state: State;
}

/** What a state was like at every moment of the recent past: a copy for each change. */
export class History<State> {
  readonly #copy: () => State;
  #copies: Copy<State>[] = [];

  constructor(copy: () => State) {
    this.#copy = copy;
  }

  /** Called after a change. Of what is over before `keepFromMs`, only the last is kept: it was still true then. */
  record(nowMs: number, keepFromMs: number): void {
    if (this.#copies.at(-1)?.atMs === nowMs) this.#copies.pop();
    this.#copies.push({ atMs: nowMs, state: this.#copy() });
    const first = this.#copies.findLastIndex(({ atMs }) => atMs <= keepFromMs);
    if (first > 0) this.#copies = this.#copies.slice(first);
  }

  /** Whether it has a beginning: without, the past would begin with the first change. */
  get isEmpty(): boolean {
    return this.#copies.length === 0;
  }

  /** As it was at that time; undefined if nothing has changed since. */
  at(ms: number): State | undefined {
    const index = this.#copies.findLastIndex(({ atMs }) => atMs <= ms);
    if (index === this.#copies.length - 1) return undefined;
    return this.#copies[Math.max(0, index)]?.state;
  }
}

export interface Timer {
  readonly dueMs: number;
  /** Decides among timers that are due at the same time; equal ties run in the order they were set. */
  readonly tie: number;
  readonly sequence: number;
  readonly label: string;
  readonly callback: () => void;
  cancelled: boolean;
}

/** A binary heap of timers. Cancelled timers stay until they reach the top: cancelling is then a plain assignment. */
export class TimerHeap {
  readonly #timers: Timer[] = [];
  #live = 0;

  get size(): number {
    return this.#live;
  }

  push(timer: Timer): void {
    this.#live += 1;
    this.#timers.push(timer);
    this.#siftUp(this.#timers.length - 1);
  }

  cancel(timer: Timer): void {
    if (timer.cancelled) return;
    timer.cancelled = true;
    this.#live -= 1;
  }

  /** The next timer that was not cancelled, taken out; undefined if there is none. */
  pop(): Timer | undefined {
    for (;;) {
      const top = this.#takeTop();
      if (top === undefined) return undefined;
      if (top.cancelled) continue;
      top.cancelled = true; // Clearing a timer that has fired must not be counted twice.
      this.#live -= 1;
      return top;
    }
  }

  /** When the next timer is due; undefined if there is none. */
  peekDueMs(): number | undefined {
    while (this.#timers[0]?.cancelled === true) this.#takeTop();
    return this.#timers[0]?.dueMs;
  }

  /** The live timers in no particular order, for reports. */
  live(): readonly Timer[] {
    return this.#timers.filter((timer) => !timer.cancelled);
  }

  #takeTop(): Timer | undefined {
    const top = this.#timers[0];
    const last = this.#timers.pop();
    if (top === undefined || last === undefined) return undefined;
    if (last !== top) {
      this.#timers[0] = last;
      this.#siftDown(0);
    }
    return top;
  }

  #siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #siftDown(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let first = left;
      if (this.#isBefore(right, left)) first = right;
      if (!this.#swapIfBefore(first, index)) return;
      index = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#timers[a];
    const other = this.#timers[b];
    if (one === undefined || other === undefined) return false;
    if (one.dueMs !== other.dueMs) return one.dueMs < other.dueMs;
    if (one.tie !== other.tie) return one.tie < other.tie;
    return one.sequence < other.sequence;
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false;
    const one = this.#timers[a];
    const other = this.#timers[b];
    if (one === undefined || other === undefined) return false;
    this.#timers[a] = other;
    this.#timers[b] = one;
    return true;
  }
}

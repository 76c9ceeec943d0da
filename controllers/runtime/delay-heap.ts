interface Entry {
  readonly key: string;
  readonly dueMs: number;
  readonly sequence: number;
}

/** Keys with due times, earliest first. A key is in it at most once; of two due times the earlier one holds. */
export class DelayHeap {
  readonly #heap: Entry[] = [];
  readonly #dueByKey = new Map<string, number>();
  #sequence = 0;

  get size(): number {
    return this.#dueByKey.size;
  }

  add(key: string, dueMs: number): void {
    const known = this.#dueByKey.get(key);
    if (known !== undefined && known <= dueMs) return;
    this.#dueByKey.set(key, dueMs);
    this.#heap.push({ key, dueMs, sequence: this.#sequence });
    this.#sequence += 1;
    this.#siftUp(this.#heap.length - 1);
  }

  /** The earliest due time. */
  peekMs(): number | undefined {
    this.#dropStale();
    return this.#heap[0]?.dueMs;
  }

  /** The earliest key that is due. */
  popDue(nowMs: number): string | undefined {
    this.#dropStale();
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    this.#removeFirst();
    this.#dueByKey.delete(first.key);
    return first.key;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#dueByKey.clear();
  }

  describe(): readonly { readonly key: string; readonly dueMs: number }[] {
    return [...this.#dueByKey].map(([key, dueMs]) => ({ key, dueMs }));
  }

  /** An entry whose key has got an earlier time since, or has been taken, is left in place until it comes up. */
  #dropStale(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#dueByKey.get(first.key) === first.dueMs) return;
      this.#removeFirst();
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (this.#less(left, least)) least = left;
      if (this.#less(right, least)) least = right;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#less(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #less(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (x === undefined || y === undefined) return false;
    return x.dueMs < y.dueMs || (x.dueMs === y.dueMs && x.sequence < y.sequence);
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (x === undefined || y === undefined) return;
    this.#heap[a] = y;
    this.#heap[b] = x;
  }
}

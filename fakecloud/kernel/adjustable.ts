/** A setting that several faults change at once; when one ends, the others go on as if it had never been. */
export class Adjustable<T> {
  readonly #base: T;
  readonly #apply: (value: T) => void;
  readonly #changes = new Set<(value: T) => T>();

  constructor(base: T, apply: (value: T) => void) {
    this.#base = base;
    this.#apply = apply;
  }

  /** Returns what takes the change back. */
  change(change: (value: T) => T): () => void {
    this.#changes.add(change);
    this.#update();
    return () => {
      this.#changes.delete(change);
      this.#update();
    };
  }

  #update(): void {
    this.#apply([...this.#changes].reduce((value, change) => change(value), this.#base));
  }
}

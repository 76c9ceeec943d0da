/** Remembers what came before somebody listened: a client may write before a command has started. */
export class Listeners<T> {
  readonly #listeners: ((value: T) => void)[] = [];
  #early: T[] = [];

  add(listener: (value: T) => void): void {
    this.#listeners.push(listener);
    const early = this.#early;
    this.#early = [];
    for (const value of early) listener(value);
  }

  emit(value: T): void {
    if (this.#listeners.length === 0) this.#early.push(value);
    for (const listener of this.#listeners) listener(value);
  }
}

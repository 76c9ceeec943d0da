/** Each text once, by index. */
export class StringTable {
  readonly #indices = new Map<string, number>();

  index(text: string): number {
    let index = this.#indices.get(text);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(text, index);
    }
    return index;
  }

  all(): readonly string[] {
    return [...this.#indices.keys()];
  }
}

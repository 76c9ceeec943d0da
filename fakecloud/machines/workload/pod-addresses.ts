/** Addresses for pods with a network of their own: one after the other, out of the network plug-in's usual range. */
export class PodAddresses {
  #last: number;

  constructor(last = 1) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  next(): string {
    this.#last += 1;
    const low = this.#last & 0xff;
    const high = (this.#last >> 8) & 0xff;
    return `192.168.${high}.${low}`;
  }
}

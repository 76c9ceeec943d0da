/** A field as it stands on the wire: a number or bytes. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

const mostDepthBytes = 10;

/** Splits a message into its fields. Throws for bytes that are no message. */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  const cursor = new Cursor(bytes);
  while (!cursor.isAtEnd) {
    const tag = cursor.varint();
    const number = Number(tag >> 3n);
    if (number === 0) throw new RangeError("illegal tag 0");
    fields.push({ number, value: cursor.value(Number(tag & 7n)) });
  }
  return fields;
}

class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0; shift < mostDepthBytes; shift += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new RangeError("unexpected EOF");
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * shift);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError("integer overflow");
  }

  value(wireType: number): bigint | Uint8Array {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.#take(8);
      case 2: {
        const length = this.varint();
        if (length > BigInt(this.#bytes.length)) throw new RangeError("unexpected EOF");
        return this.#take(Number(length));
      }
      case 5:
        return this.#take(4);
      default:
        throw new RangeError(`illegal wireType ${wireType}`);
    }
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("unexpected EOF");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

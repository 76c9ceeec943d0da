/** Bytes of a protobuf message under construction. */
export class ProtobufWriter {
  readonly #parts: Uint8Array[] = [];

  text(number: number, value: string): void {
    this.bytes(number, Buffer.from(value, "utf8"));
  }

  bytes(number: number, value: Uint8Array): void {
    this.#parts.push(head(number * 8 + 2, value.length), value);
  }

  whole(number: number, value: number): void {
    const bits = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    this.#parts.push(varint(number * 8), bits < 0x80n ? varint(Number(bits)) : bigVarint(bits));
  }

  real(number: number, value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(varint(number * 8 + 1), bytes);
  }

  flag(number: number, value: boolean): void {
    this.whole(number, value ? 1 : 0);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** A field's number and type, and the length of what follows. */
function head(tag: number, length: number): Uint8Array {
  if (tag < 0x80 && length < 0x80) return Uint8Array.of(tag, length);
  return Buffer.concat([varint(tag), varint(length)]);
}

function varint(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  if (value < 0x4000) return Uint8Array.of((value & 0x7f) | 0x80, value >> 7);
  return bigVarint(BigInt(value));
}

function bigVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** Bytes of a protobuf message under construction. */
export class ProtobufWriter {
  readonly #parts: Uint8Array[] = [];

  text(number: number, value: string): void {
    this.bytes(number, Buffer.from(value, "utf8"));
  }

  bytes(number: number, value: Uint8Array): void {
    this.#parts.push(varint(BigInt(number * 8 + 2)), varint(BigInt(value.length)), value);
  }

  whole(number: number, value: number): void {
    const bits = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    this.#parts.push(varint(BigInt(number * 8)), varint(bits));
  }

  real(number: number, value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(varint(BigInt(number * 8 + 1)), bytes);
  }

  flag(number: number, value: boolean): void {
    this.whole(number, value ? 1 : 0);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** Writes and reads the few DER types of a certificate (ITU-T X.690). */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  const digits = length.toString(16);
  const size = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.of(tag, 0x80 + size.length), size, body]);
}

export const sequenceOf = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const setOf = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts);
export const octets = (bytes: Uint8Array): Buffer => tlv(0x04, bytes);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text, "utf8"));
export const truth = tlv(0x01, Buffer.of(0xff));
/** The number of the last bits that are not used comes first. */
export const bitString = (unused: number, bytes: Uint8Array): Buffer =>
  tlv(0x03, Buffer.of(unused), bytes);

/** From its text, "2.5.29.15": in base 128, the first two numbers in one. */
export function oid(text: string): Buffer {
  const [top = 0, second = 0, ...others] = text.split(".").map(Number);
  const bytes = [top * 40 + second, ...others].flatMap((arc) => {
    const septets = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
      septets.push(128 + (rest % 128));
    }
    return septets.toReversed();
  });
  return tlv(0x06, Buffer.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime from then on; both end with a second. */
export function timeOf(date: Date): Buffer {
  const text = `${date.toISOString().replaceAll(/\D/g, "").slice(0, 14)}Z`;
  return text < "2050" ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

/** The parts of something constructed, each with its tag and length. */
export function partsOf(der: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  const { end, start } = extentOf(der, 0);
  for (let at = start; at < end;) {
    const part = extentOf(der, at);
    parts.push(der.subarray(at, part.end));
    at = part.end;
  }
  return parts;
}

/** What is inside, without tag and length. */
export function contentOf(der: Buffer): Buffer {
  const { start, end } = extentOf(der, 0);
  return der.subarray(start, end);
}

function extentOf(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der.readUInt8(at + 1);
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const start = at + 2 + (first - 0x80);
  return { start, end: start + der.readUIntBE(at + 2, first - 0x80) };
}

import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import { spdyDictionary } from "./generated/spdy-dictionary.ts";

/** SPDY/3.1 as far as port-forwarding needs it: streams with headers, data and an end. */
export type SpdyFrame =
  | {
      readonly type: "data";
      readonly streamId: number;
      readonly isLast: boolean;
      readonly data: Buffer;
    }
  | {
      readonly type: "open";
      readonly streamId: number;
      readonly isLast: boolean;
      readonly headers: ReadonlyMap<string, string>;
    }
  | { readonly type: "reset"; readonly streamId: number }
  | { readonly type: "ping"; readonly id: number }
  | { readonly type: "goaway" };

const headerLength = 8;
const mostFrameBytes = 16 * 1024 * 1024;
const dictionary = Buffer.from(spdyDictionary, "base64");
const lastFlag = 1;

/** Cuts a byte stream into frames. Headers are compressed over the whole connection, so frames are read in order. */
export class SpdyReader {
  #pending: Buffer = Buffer.alloc(0);
  readonly #inflate: Inflate = createInflate({ dictionary });

  async read(chunk: Uint8Array): Promise<SpdyFrame[]> {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const frames: SpdyFrame[] = [];
    for (;;) {
      if (this.#pending.length < headerLength) return frames;
      const length = this.#pending.readUIntBE(5, 3);
      if (length > mostFrameBytes) throw new RangeError("SPDY frame too large");
      if (this.#pending.length < headerLength + length) return frames;
      const frame = this.#pending.subarray(0, headerLength + length);
      this.#pending = this.#pending.subarray(headerLength + length);
      const parsed = await this.#parse(frame);
      if (parsed !== undefined) frames.push(parsed);
    }
  }

  async #parse(frame: Buffer): Promise<SpdyFrame | undefined> {
    const first = frame.readUInt32BE(0);
    const isLast = ((frame[4] ?? 0) & lastFlag) !== 0;
    const body = frame.subarray(headerLength);
    if (first < 0x80000000) return { type: "data", streamId: first, isLast, data: body };
    switch (first & 0xffff) {
      case 1: {
        const headers = await this.#headers(body.subarray(10));
        return { type: "open", streamId: body.readUInt32BE(0), isLast, headers };
      }
      case 3:
        return { type: "reset", streamId: body.readUInt32BE(0) };
      case 6:
        return { type: "ping", id: body.readUInt32BE(0) };
      case 7:
        return { type: "goaway" };
      case 2:
      case 8:
        // Replies carry nothing of interest, but their headers move the decompression on.
        await this.#headers(body.subarray(4));
        return undefined;
      default:
        return undefined;
    }
  }

  async #headers(block: Buffer): Promise<ReadonlyMap<string, string>> {
    const bytes = await flushThrough(this.#inflate, block);
    const headers = new Map<string, string>();
    let at = 4;
    const count = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
    const text = () => {
      const length = bytes.readUInt32BE(at);
      at += 4 + length;
      return bytes.toString("utf8", at - length, at);
    };
    for (let index = 0; index < count; index += 1) headers.set(text(), text());
    return headers;
  }

  close(): void {
    this.#inflate.destroy();
  }
}

/** Frames out. */
export class SpdyWriter {
  readonly #deflate: Deflate = createDeflate({ dictionary });

  async reply(streamId: number): Promise<Buffer> {
    const noHeaders = Buffer.alloc(4);
    const block = await flushThrough(this.#deflate, noHeaders);
    const body = Buffer.concat([uint32(streamId), block]);
    return control(2, 0, body);
  }

  close(): void {
    this.#deflate.destroy();
  }
}

export function dataFrame(streamId: number, data: Uint8Array, isLast: boolean): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt32BE(streamId, 0);
  header[4] = isLast ? lastFlag : 0;
  header.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([header, data]);
}

export function pingFrame(id: number): Buffer {
  return control(6, 0, uint32(id));
}

function control(type: number, flags: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt32BE((0x80030000 + type) >>> 0, 0);
  header[4] = flags;
  header.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([header, body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Sends bytes through a compressor that goes on afterwards, and gives what came out. */
function flushThrough(codec: Deflate | Inflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const onData = (part: Buffer) => parts.push(part);
    const finish = () => {
      codec.off("data", onData);
      codec.off("error", reject);
      resolve(Buffer.concat(parts));
    };
    codec.on("data", onData);
    codec.once("error", reject);
    codec.write(bytes);
    codec.flush(constants.Z_SYNC_FLUSH, finish);
  });
}

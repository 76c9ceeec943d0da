import { Listeners } from "./listeners.ts";
import type { ByteStream } from "./pod-backend.ts";
import { dataFrame, pingFrame, SpdyReader, SpdyWriter, type SpdyFrame } from "./spdy-frames.ts";

/** Where the bytes of a session go: a socket, or the messages of a WebSocket. */
export interface Wire {
  send(bytes: Buffer): void;
  close(): void;
}

/** One stream of a session, with the headers that opened it. */
export class SpdyStream implements ByteStream {
  readonly headers: ReadonlyMap<string, string>;
  readonly data = new Listeners<Uint8Array>();
  readonly ends = new Listeners<undefined>();
  readonly #send: (data: Uint8Array, isLast: boolean) => void;
  #isOpen = true;

  constructor(
    headers: ReadonlyMap<string, string>,
    send: (data: Uint8Array, isLast: boolean) => void,
  ) {
    this.headers = headers;
    this.#send = send;
  }

  write(data: Uint8Array | string): void {
    if (this.#isOpen) this.#send(typeof data === "string" ? Buffer.from(data) : data, false);
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#send(Buffer.alloc(0), true);
  }

  onData(listener: (data: Uint8Array) => void): void {
    this.data.add(listener);
  }

  onEnd(listener: () => void): void {
    this.ends.add(listener);
  }
}

/** The server's side of a SPDY/3.1 connection: the client opens streams, both sides write to them. */
export class SpdySession {
  readonly #wire: Wire;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #reader = new SpdyReader();
  readonly #writer = new SpdyWriter();
  readonly #streams = new Map<number, SpdyStream>();
  #queue: Promise<void> = Promise.resolve();
  #isOpen = true;

  constructor(wire: Wire, onStream: (stream: SpdyStream) => void) {
    this.#wire = wire;
    this.#onStream = onStream;
  }

  /** Bytes from the client, in order. What is no SPDY ends the session. */
  receive(chunk: Uint8Array): void {
    this.#queue = this.#queue.then(() => this.#read(chunk)).catch(() => this.#wire.close());
  }

  async #read(chunk: Uint8Array): Promise<void> {
    for (const frame of await this.#reader.read(chunk)) await this.#handle(frame);
  }

  async #handle(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case "open":
        this.#send(await this.#writer.reply(frame.streamId));
        this.#open(frame.streamId, frame.headers);
        break;
      case "data": {
        const stream = this.#streams.get(frame.streamId);
        if (frame.data.length > 0) stream?.data.emit(frame.data);
        if (frame.isLast) stream?.ends.emit(undefined);
        break;
      }
      case "reset":
        this.#streams.get(frame.streamId)?.ends.emit(undefined);
        this.#streams.delete(frame.streamId);
        break;
      case "ping":
        this.#send(pingFrame(frame.id));
        break;
      case "goaway":
        this.#wire.close();
    }
  }

  #open(streamId: number, headers: ReadonlyMap<string, string>): void {
    const stream = new SpdyStream(headers, (data, isLast) =>
      this.#send(dataFrame(streamId, data, isLast)),
    );
    this.#streams.set(streamId, stream);
    this.#onStream(stream);
  }

  #send(frame: Buffer): void {
    if (this.#isOpen) this.#wire.send(frame);
  }

  /** The connection is gone. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const stream of this.#streams.values()) stream.ends.emit(undefined);
    this.#streams.clear();
    this.#reader.close();
    this.#writer.close();
  }
}

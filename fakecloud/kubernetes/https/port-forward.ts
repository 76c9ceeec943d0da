import type { WebSocket } from "ws";
import { Listeners } from "./channels.ts";
import type { ByteStream, PodBackend } from "./pod-backend.ts";
import { dataFrame, pingFrame, SpdyReader, SpdyWriter, type SpdyFrame } from "./spdy-frames.ts";

type Connect = NonNullable<PodBackend["portForward"]>;

/** One forwarded connection, as the pod sees it. */
class Forwarded implements ByteStream {
  readonly data = new Listeners<Uint8Array>();
  readonly ends = new Listeners<void>();
  readonly #send: (data: Uint8Array, isLast: boolean) => void;
  #isOpen = true;

  constructor(send: (data: Uint8Array, isLast: boolean) => void) {
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

/**
 * What kubectl speaks: SPDY in the messages of a WebSocket. Each connection is a pair of streams, one for errors and one for
 * data, that name the port in their headers.
 */
export function serveTunnel(socket: WebSocket, connect: Connect): void {
  const tunnel = new Tunnel(socket, connect);
  let queue = Promise.resolve();
  socket.on("message", (data: Buffer) => {
    queue = queue.then(() => tunnel.receive(data)).catch(() => socket.close(1002));
  });
  socket.on("close", () => tunnel.close());
}

class Tunnel {
  readonly #socket: WebSocket;
  readonly #connect: Connect;
  readonly #reader = new SpdyReader();
  readonly #writer = new SpdyWriter();
  readonly #streams = new Map<number, Forwarded>();
  /** By the number of the connection: closed together with its data. */
  readonly #errorStreams = new Map<string, number>();

  constructor(socket: WebSocket, connect: Connect) {
    this.#socket = socket;
    this.#connect = connect;
  }

  async receive(chunk: Uint8Array): Promise<void> {
    for (const frame of await this.#reader.read(chunk)) await this.#handle(frame);
  }

  async #handle(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case "open":
        this.#send(await this.#writer.reply(frame.streamId));
        this.#open(frame.streamId, frame.headers);
        return;
      case "data": {
        const stream = this.#streams.get(frame.streamId);
        if (frame.data.length > 0) stream?.data.emit(frame.data);
        if (frame.isLast) stream?.ends.emit();
        return;
      }
      case "reset":
        this.#streams.get(frame.streamId)?.ends.emit();
        this.#streams.delete(frame.streamId);
        return;
      case "ping":
        this.#send(pingFrame(frame.id));
        return;
      case "goaway":
        this.#socket.close(1000);
    }
  }

  #open(streamId: number, headers: ReadonlyMap<string, string>): void {
    const connection = headers.get("requestid") ?? "";
    if (headers.get("streamtype") === "error") {
      this.#errorStreams.set(connection, streamId);
      return;
    }
    const stream = new Forwarded((data, isLast) => {
      this.#send(dataFrame(streamId, data, isLast));
      const errors = this.#errorStreams.get(connection);
      if (isLast && errors !== undefined) this.#send(dataFrame(errors, Buffer.alloc(0), true));
    });
    this.#streams.set(streamId, stream);
    this.#connect(Number(headers.get("port") ?? 0), stream);
  }

  #send(frame: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame);
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.ends.emit();
    this.#streams.clear();
    this.#reader.close();
    this.#writer.close();
  }
}

/** What other clients speak: two channels per port (data, errors), each of which starts with the port's number. */
export function servePortChannels(
  socket: WebSocket,
  ports: readonly number[],
  connect: Connect,
): void {
  const streams = ports.map((port, index) => {
    const header = Buffer.alloc(2);
    header.writeUInt16LE(port);
    for (const channel of [index * 2, index * 2 + 1]) {
      socket.send(Buffer.concat([Buffer.of(channel), header]));
    }
    const stream = new Forwarded((data, isLast) => {
      if (socket.readyState !== socket.OPEN) return;
      if (isLast) socket.close(1000);
      else socket.send(Buffer.concat([Buffer.of(index * 2), data]));
    });
    connect(port, stream);
    return stream;
  });
  socket.on("message", (data: Buffer) => streams[(data[0] ?? 0) / 2]?.data.emit(data.subarray(1)));
  socket.on("close", () => {
    for (const stream of streams) stream.ends.emit();
  });
}

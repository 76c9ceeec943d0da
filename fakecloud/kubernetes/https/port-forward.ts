import type { WebSocket } from "ws";
import type { PodBackend } from "./pod-backend.ts";
import { SpdySession, SpdyStream, type Wire } from "./spdy-session.ts";

type Connect = NonNullable<PodBackend["portForward"]>;

/**
 * Port-forwarding over SPDY: each connection is a pair of streams, one for errors and one for data, that name the port in
 * their headers.
 */
export function forwardSession(wire: Wire, connect: Connect): SpdySession {
  const errorStreams = new Map<string, SpdyStream>();
  return new SpdySession(wire, (stream) => {
    const connection = stream.headers.get("requestid") ?? "";
    if (stream.headers.get("streamtype") === "error") {
      errorStreams.set(connection, stream);
      return;
    }
    connect(Number(stream.headers.get("port") ?? 0), {
      write: (data) => stream.write(data),
      end: () => {
        // The client waits for both streams of a connection.
        stream.end();
        errorStreams.get(connection)?.end();
      },
      onData: (listener) => stream.onData(listener),
      onEnd: (listener) => stream.onEnd(listener),
    });
  });
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
    const stream = new SpdyStream(new Map(), (data, isLast) => {
      if (socket.readyState !== socket.OPEN) return;
      if (isLast) socket.close(1000);
      else socket.send(Buffer.concat([Buffer.of(index * 2), data]));
    });
    connect(port, stream);
    return stream;
  });
  socket.on("message", (data: Buffer) => streams[(data[0] ?? 0) / 2]?.data.emit(data.subarray(1)));
  socket.on("close", () => {
    for (const stream of streams) stream.ends.emit(undefined);
  });
}

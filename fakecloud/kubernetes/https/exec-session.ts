import { emitSize, statusOf } from "./channels.ts";
import { Listeners } from "./listeners.ts";
import type { ExecRequest, PodBackend } from "./pod-backend.ts";
import { SpdySession, type SpdyStream, type Wire } from "./spdy-session.ts";

export interface ExecOverSpdy {
  readonly request: ExecRequest;
  /** Names of the streams that the client will open: error, and some of stdin, stdout, stderr, resize. */
  readonly streams: readonly string[];
  readonly exec: NonNullable<PodBackend["exec"]>;
}

/** A command over SPDY, as clients before WebSockets run it: it starts once all its streams are there. */
export function execSession(wire: Wire, { request, streams, exec }: ExecOverSpdy): SpdySession {
  const opened = new Map<string, SpdyStream>();
  return new SpdySession(wire, (stream) => {
    opened.set(stream.headers.get("streamtype") ?? "", stream);
    if (!streams.every((name) => opened.has(name))) return;
    const sizes = new Listeners<{ readonly width: number; readonly height: number }>();
    opened.get("resize")?.onData((data) => emitSize(sizes, data));
    exec(request, {
      stdin: {
        onData: (listener) => opened.get("stdin")?.onData(listener),
        onEnd: (listener) => opened.get("stdin")?.onEnd(listener),
      },
      stdout: { write: (data) => opened.get("stdout")?.write(data) },
      stderr: { write: (data) => opened.get("stderr")?.write(data) },
      onResize: (listener) => sizes.add(listener),
      exit: (code, message) => {
        opened.get("error")?.write(JSON.stringify(statusOf(code, message)));
        for (const each of opened.values()) each.end();
      },
    });
  });
}

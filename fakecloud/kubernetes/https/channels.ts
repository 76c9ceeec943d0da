import type { WebSocket } from "ws";
import { Listeners } from "./listeners.ts";
import type { ExecRequest, PodBackend } from "./pod-backend.ts";

/** The channels of `v4.channel.k8s.io` and `v5.channel.k8s.io`: the first byte of each message says which. */
const stdin = 0;
const stdout = 1;
const stderr = 2;
const statusChannel = 3;
const resize = 4;
/** Version 5 only: the next byte names a channel that its sender has closed. */
const closeSignal = 255;

export const channelProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

/** Connects a WebSocket to a command in a pod. */
export function serveExec(
  socket: WebSocket,
  request: ExecRequest,
  exec: NonNullable<PodBackend["exec"]>,
): void {
  const input = new Listeners<Uint8Array>();
  const ends = new Listeners<undefined>();
  const sizes = new Listeners<{ readonly width: number; readonly height: number }>();
  socket.on("message", (data: Buffer) => {
    const [channel] = data;
    const payload = data.subarray(1);
    if (channel === stdin) input.emit(payload);
    else if (channel === resize) emitSize(sizes, payload);
    else if (channel === closeSignal && payload[0] === stdin) ends.emit(undefined);
  });
  socket.on("close", () => ends.emit(undefined));
  const send = (channel: number, data: Uint8Array | string) => {
    if (socket.readyState === socket.OPEN) {
      socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(data as string)]));
    }
  };
  exec(request, {
    stdin: { onData: (listener) => input.add(listener), onEnd: (listener) => ends.add(listener) },
    stdout: { write: (data) => send(stdout, data) },
    stderr: { write: (data) => send(stderr, data) },
    onResize: (listener) => sizes.add(listener),
    exit: (code, message) => {
      send(statusChannel, JSON.stringify(statusOf(code, message)));
      socket.close(1000);
    },
  });
}

/** Tells the command about a new window size. */
export function emitSize(
  sizes: Listeners<{ readonly width: number; readonly height: number }>,
  payload: Uint8Array,
): void {
  try {
    const { Width, Height } = JSON.parse(Buffer.from(payload).toString("utf8")) as Record<
      string,
      number
    >;
    sizes.emit({ width: Width ?? 0, height: Height ?? 0 });
  } catch {
    // A size that cannot be read changes nothing.
  }
}

/** How a command ended, as the error stream says it. */
export function statusOf(code: number, message: string | undefined) {
  if (code === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: message ?? `command terminated with exit code ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

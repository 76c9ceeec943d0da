import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { failureAnswer } from "../answer.ts";
import type { ApiAnswer, ApiRequest, ApiResponse, ApiStream } from "../contract.ts";
import { parseResourcePath, type ResourcePath } from "../request-path.ts";
import { badRequest } from "../status.ts";
import { channelProtocols, serveExec } from "./channels.ts";
import type { FindPodBackend, PodBackend } from "./pod-backend.ts";
import { servePortChannels, serveTunnel } from "./port-forward.ts";

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly podBackend: FindPodBackend | undefined;
  readonly authorize: (
    message: IncomingMessage,
  ) => Promise<{ readonly request: ApiRequest; readonly answer: ApiResponse }>;
}

const tunnelProtocol = "SPDY/3.1+portforward.k8s.io";
const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => {
    const known = [...channelProtocols, tunnelProtocol, "v4.base64.channel.k8s.io"];
    return known.find((each) => offered.has(each)) ?? false;
  },
});

/** Turns a request into a WebSocket: a watch, a command in a pod, or forwarded ports. */
export function handleUpgrade(upgrade: Upgrade): void {
  upgrade.socket.on("error", () => upgrade.socket.destroy());
  serve(upgrade).catch((error: unknown) => refuse(upgrade.socket, failureAnswer(error, [])));
}

async function serve(upgrade: Upgrade): Promise<void> {
  const { request, answer } = await upgrade.authorize(upgrade.request);
  if (upgrade.request.headers.upgrade?.toLowerCase() !== "websocket") {
    throw badRequest("unable to upgrade: only the websocket protocol is served");
  }
  if (answer.kind === "stream") {
    accept(upgrade, (socket) => serveWatch(socket, answer));
    return;
  }
  const path = parseResourcePath(request.path);
  if (answer.status !== 101 || path === undefined) {
    refuse(upgrade.socket, answer);
    return;
  }
  const backend = upgrade.podBackend?.(path.namespace, path.name);
  const start = starterOf(path, request, backend, protocolsOf(upgrade.request));
  if (start === undefined) {
    throw badRequest(
      `unable to upgrade connection: pod ${path.name}_${path.namespace} does not offer ${path.subresource}`,
    );
  }
  accept(upgrade, start);
}

function protocolsOf(message: IncomingMessage): readonly string[] {
  return (message.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
}

type Start = (socket: WebSocket) => void;

function starterOf(
  path: ResourcePath,
  request: ApiRequest,
  backend: PodBackend | undefined,
  protocols: readonly string[],
): Start | undefined {
  if (path.subresource === "portforward") return forwarder(request, backend, protocols);
  const exec = backend?.exec?.bind(backend);
  if (exec === undefined) return undefined;
  const first = (name: string) => request.query[name]?.[0] ?? "";
  const command = path.subresource === "attach" ? [] : (request.query["command"] ?? []);
  const tty = first("tty") === "true" || first("tty") === "1";
  return (socket) => serveExec(socket, { container: first("container"), command, tty }, exec);
}

function forwarder(
  { query }: ApiRequest,
  backend: PodBackend | undefined,
  protocols: readonly string[],
): Start | undefined {
  const connect = backend?.portForward?.bind(backend);
  if (connect === undefined) return undefined;
  if (protocols.includes(tunnelProtocol)) return (socket) => serveTunnel(socket, connect);
  const ports = (query["ports"] ?? []).flatMap((text) => text.split(",")).map(Number);
  return (socket) => servePortChannels(socket, ports, connect);
}

function accept({ request, socket, head }: Upgrade, start: Start): void {
  sockets.handleUpgrade(request, socket, head, start);
}

/** A watch in a WebSocket: one message per event. */
function serveWatch(socket: WebSocket, stream: ApiStream): void {
  socket.on("close", () => stream.stop());
  stream.start({
    event: (event) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(event));
    },
    close: () => socket.close(1000),
  });
}

/** An answer on a connection that was to become something else. */
function refuse(socket: Duplex, answer: ApiAnswer): void {
  const body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
  const type = answer.headers["content-type"] ?? "application/json";
  socket.end(
    `HTTP/1.1 ${answer.status} Refused\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

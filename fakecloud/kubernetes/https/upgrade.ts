import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { failureAnswer } from "../answer.ts";
import type { ApiAnswer, ApiRequest, ApiResponse, ApiStream } from "../contract.ts";
import { parseResourcePath, type ResourcePath } from "../request-path.ts";
import { badRequest } from "../status.ts";
import { channelProtocols, serveExec } from "./channels.ts";
import { execSession } from "./exec-session.ts";
import type { ExecRequest, FindPodBackend, PodBackend } from "./pod-backend.ts";
import { forwardSession, servePortChannels } from "./port-forward.ts";
import type { SpdySession, Wire } from "./spdy-session.ts";

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
/** The WebSocket library refuses the slash in that name, so it sees this one. */
const tunnelAlias = "SPDY-3.1+portforward.k8s.io";
const spdyProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io", "portforward.k8s.io"];
const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) =>
    [...channelProtocols, tunnelAlias].find((each) => offered.has(each)) ?? false,
});
sockets.on("headers", (headers) => {
  for (const [index, line] of headers.entries()) {
    headers[index] = line.replace(tunnelAlias, tunnelProtocol);
  }
});

/** Turns a request into a stream of bytes: a watch, a command in a pod, or forwarded ports. */
export function handleUpgrade(upgrade: Upgrade): void {
  upgrade.socket.on("error", () => upgrade.socket.destroy());
  serve(upgrade).catch((error: unknown) => refuse(upgrade.socket, failureAnswer(error, [])));
}

async function serve(upgrade: Upgrade): Promise<void> {
  const { request, answer } = await upgrade.authorize(upgrade.request);
  const protocol = upgrade.request.headers.upgrade?.toLowerCase();
  if (answer.kind === "stream") {
    acceptWebSocket(upgrade, (socket) => serveWatch(socket, answer));
    return;
  }
  const path = parseResourcePath(request.path);
  if (answer.status !== 101 || path === undefined) {
    refuse(upgrade.socket, answer);
    return;
  }
  const backend = upgrade.podBackend?.(path.namespace, path.name);
  const target: Target = { path, request, backend };
  if (protocol === "spdy/3.1") acceptSpdy(upgrade, sessionOf(target));
  else if (protocol === "websocket") {
    acceptWebSocket(upgrade, starterOf(target, protocolsOf(upgrade.request)));
  } else throw badRequest("unable to upgrade: unknown protocol");
}

interface Target {
  readonly path: ResourcePath;
  readonly request: ApiRequest;
  readonly backend: PodBackend | undefined;
}

function protocolsOf(message: IncomingMessage): readonly string[] {
  return (message.headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
}

function connectOf({ path, backend }: Target): NonNullable<PodBackend["portForward"]> {
  if (backend?.portForward === undefined) throw notOffered(path);
  return backend.portForward.bind(backend);
}

function execOf({ path, backend }: Target): NonNullable<PodBackend["exec"]> {
  if (backend?.exec === undefined) throw notOffered(path);
  return backend.exec.bind(backend);
}

function notOffered({ name, namespace, subresource }: ResourcePath): Error {
  return badRequest(
    `unable to upgrade connection: pod ${name}_${namespace} does not offer ${subresource}`,
  );
}

function execRequestOf({ path, request }: Target): ExecRequest {
  const command = path.subresource === "attach" ? [] : (request.query["command"] ?? []);
  const container = request.query["container"]?.[0] ?? "";
  return { container, command, tty: isSet(request, "tty") };
}

function isSet({ query }: ApiRequest, name: string): boolean {
  return query[name]?.[0] === "true" || query[name]?.[0] === "1";
}

type Start = (socket: WebSocket) => void;

function starterOf(target: Target, protocols: readonly string[]): Start {
  if (target.path.subresource !== "portforward") {
    const exec = execOf(target);
    return (socket) => serveExec(socket, execRequestOf(target), exec);
  }
  const connect = connectOf(target);
  if (protocols.includes(tunnelProtocol)) {
    return (socket) => serveTunnel(socket, (wire) => forwardSession(wire, connect));
  }
  const ports = (target.request.query["ports"] ?? []).flatMap((text) => text.split(","));
  return (socket) => servePortChannels(socket, ports.map(Number), connect);
}

type Session = (wire: Wire) => SpdySession;

function sessionOf(target: Target): Session {
  if (target.path.subresource === "portforward") {
    const connect = connectOf(target);
    return (wire) => forwardSession(wire, connect);
  }
  const exec = execOf(target);
  const request = execRequestOf(target);
  const wanted = ["stdin", "stdout", "stderr"].filter((name) => isSet(target.request, name));
  const streams = ["error", ...wanted, ...(request.tty ? ["resize"] : [])];
  return (wire) => execSession(wire, { request, streams, exec });
}

/** SPDY in the messages of a WebSocket. */
function serveTunnel(socket: WebSocket, open: Session): void {
  const session = open({
    send: (bytes) => {
      if (socket.readyState === socket.OPEN) socket.send(bytes);
    },
    close: () => socket.close(1000),
  });
  socket.on("message", (data: Buffer) => session.receive(data));
  socket.on("close", () => session.close());
}

function acceptSpdy({ request, socket, head }: Upgrade, open: Session): void {
  const offered = [request.headers["x-stream-protocol-version"] ?? []].flat();
  const versions = offered.flatMap((text) => text.split(",")).map((text) => text.trim());
  const version = spdyProtocols.find((each) => versions.includes(each));
  const chosen = version === undefined ? "" : `X-Stream-Protocol-Version: ${version}\r\n`;
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${chosen}\r\n`,
  );
  const session = open({ send: (bytes) => void socket.write(bytes), close: () => socket.end() });
  if (head.length > 0) session.receive(head);
  socket.on("data", (data: Buffer) => session.receive(data));
  socket.on("close", () => session.close());
}

function acceptWebSocket({ request, socket, head }: Upgrade, start: Start): void {
  const protocols = request.headers["sec-websocket-protocol"];
  if (protocols !== undefined) {
    request.headers["sec-websocket-protocol"] = protocols.replace(tunnelProtocol, tunnelAlias);
  }
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

import { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { Agent, WebSocket } from "undici";
import { parse } from "yaml";
import { fromBase64 } from "../../bootstrap/certificates/cluster-certificates.ts";
import type { Clock } from "../../runtime/clock.ts";
import { UnreachableError } from "../../runtime/errors.ts";

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** How a connection to a pod's port is made; replaced in tests. */
export type Dial = (kubeconfig: string, target: PodPort) => Promise<Duplex>;

export const dialTimeoutMs = 10_000;

interface Access {
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** In every message the first byte names the channel; each channel first tells its port in two bytes. */
const dataChannel = 0;
const errorChannel = 1;
const portHeaderLength = 2;

/**
 * A connection to a port inside a pod, through the API server: WebSocket with one channel for data and one for errors
 * (`v4.channel.k8s.io`), which every API server since 1.30 takes, and older ones by their kubelets.
 */
export async function openPortForward(
  kubeconfig: string,
  target: PodPort,
  time: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Duplex> {
  const access = accessOf(kubeconfig);
  const dispatcher = new Agent({
    connect: { ca: access.ca, cert: access.certificate, key: access.privateKey },
  });
  const path = `/api/v1/namespaces/${target.namespace}/pods/${target.pod}/portforward`;
  const url = `${access.server.replace(/^http/, "ws")}${path}?ports=${target.port}`;
  const socket = new WebSocket(url, { protocols: ["v4.channel.k8s.io"], dispatcher });
  socket.binaryType = "arraybuffer";
  try {
    await opened(socket, target, time);
  } catch (error) {
    await dispatcher.destroy();
    throw error;
  }
  const stream = toDuplex(socket);
  stream.once("close", () => void dispatcher.destroy());
  return stream;
}

function accessOf(kubeconfig: string): Access {
  const { clusters, users } = parse(kubeconfig) as {
    readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, string>> }[];
    readonly users?: readonly { readonly user?: Readonly<Record<string, string>> }[];
  };
  const [cluster, user] = [clusters?.[0]?.cluster ?? {}, users?.[0]?.user ?? {}];
  const server = cluster["server"];
  if (server === undefined) throw new Error("the kubeconfig names no server");
  return {
    server,
    ca: fromBase64(cluster["certificate-authority-data"]),
    certificate: fromBase64(user["client-certificate-data"]),
    privateKey: fromBase64(user["client-key-data"]),
  };
}

function opened(
  socket: WebSocket,
  { namespace, pod, port }: PodPort,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<void> {
  const what = `port ${port} of pod ${namespace}/${pod}`;
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clock.clearTimeout(timer);
      reject(new UnreachableError(`cannot reach ${what}: ${why}`));
    };
    const timer = clock.setTimeout(
      () => {
        fail(`no answer within ${timeoutMs / 1000} s`);
        socket.close();
      },
      timeoutMs,
      `connect to ${what}`,
    );
    socket.addEventListener("open", () => {
      clock.clearTimeout(timer);
      resolve();
    });
    socket.addEventListener("error", ({ message }) => fail(message));
    socket.addEventListener("close", () => fail("the API server closed the connection"));
  });
}

function toDuplex(socket: WebSocket): Duplex {
  let skipped = 0;
  let problem = "";
  const stream = new Duplex({
    // Messages come as they come; TLS on top has its own flow control.
    read: () => {},
    write: (chunk: Buffer, _encoding, callback) => {
      socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]));
      callback();
    },
    final: (callback) => {
      socket.close();
      callback();
    },
    destroy: (error, callback) => {
      socket.close();
      callback(error);
    },
  });
  socket.addEventListener("message", ({ data }) => {
    const bytes = Buffer.from(data as ArrayBuffer);
    const channel = bytes[0];
    if (channel === errorChannel) problem += bytes.subarray(1 + portHeaderLength).toString();
    if (channel !== dataChannel) return;
    const skip = Math.min(portHeaderLength - skipped, bytes.length - 1);
    skipped += skip;
    if (bytes.length > 1 + skip) stream.push(bytes.subarray(1 + skip));
  });
  socket.addEventListener("close", () => {
    if (problem === "") stream.push(null);
    else stream.destroy(new UnreachableError(problem));
  });
  return stream;
}

export interface TlsTarget {
  /** For errors: "etcd on node-a". */
  readonly what: string;
  readonly caPem: string;
  /** Of this client, where the server wants one. */
  readonly certificatePem?: string;
  readonly privateKeyPem?: string;
}

/** TLS inside of a port-forward. The server is reached under no name at all: only the authority counts. */
export function handshake(stream: Duplex, target: TlsTarget, clock: Clock): Promise<TLSSocket> {
  const { what, caPem, certificatePem, privateKeyPem } = target;
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: stream,
      ca: caPem,
      ...(certificatePem === undefined ? {} : { cert: certificatePem }),
      ...(privateKeyPem === undefined ? {} : { key: privateKeyPem }),
      checkServerIdentity: () => undefined,
    });
    const timer = clock.setTimeout(
      () => socket.destroy(new Error("no TLS handshake within 10 s")),
      dialTimeoutMs,
      `TLS handshake with ${what}`,
    );
    const fail = (why: string) => {
      clock.clearTimeout(timer);
      reject(new UnreachableError(`${what} ${why}`));
    };
    socket.once("secureConnect", () => {
      clock.clearTimeout(timer);
      resolve(socket);
    });
    socket.once("error", ({ message }) => fail(`cannot be reached: ${message}`));
    socket.once("close", () => fail("closed the connection"));
  });
}

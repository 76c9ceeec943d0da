import { createHash } from "node:crypto";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import type { Clock } from "@seatrial/fakecloud/kernel/clock.ts";
import {
  type HttpsServer,
  startHttpsServer,
} from "@seatrial/fakecloud/kubernetes/https/https-server.ts";
import type { ApiServerService } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";

const apiServerPort = 6443;

/**
 * A loopback address of its own for each load balancer: the same name has the same address after a restart. Another factory
 * on this machine has another salt, and so other addresses.
 */
function loopbackAddress(name: string, salt: string): string {
  const [b = 0, c = 0, d = 0] = createHash("sha256").update(`${salt}/${name}`).digest();
  return `127.${64 + (b % 128)}.${c}.${1 + (d % 254)}`;
}

/**
 * Where the fake network ends and real clients begin: whoever connects to a load balancer's loopback address is led to the
 * API server that the fake network would lead to, and speaks TLS with that one's own certificate.
 */
export class LoadBalancerEndpoints {
  readonly #aws: () => FakeAws;
  readonly #clock: Clock;
  readonly #salt: string;
  readonly #onProblem: (message: string) => void;
  #cannotBind = false;
  #watchesInstances = false;
  #proxy: Promise<HttpServer> | undefined;
  readonly #listeners = new Map<string, Server>();
  readonly #servers = new Map<ApiServerService, Promise<HttpsServer>>();

  constructor(options: {
    readonly aws: () => FakeAws;
    readonly clock: Clock;
    readonly salt: string;
    readonly onProblem: (message: string) => void;
  }) {
    this.#aws = options.aws;
    this.#clock = options.clock;
    this.#salt = options.salt;
    this.#onProblem = options.onProblem;
  }

  /** Opens the address of a load balancer; returns it as the load balancer's DNS name. */
  open(name: string): string {
    const address = loopbackAddress(name, this.#salt);
    if (this.#listeners.has(address)) return address;
    const listener = createServer((socket) => {
      this.#lead(address, socket).catch(() => socket.destroy());
    });
    listener.on("error", (error: NodeJS.ErrnoException) => {
      this.#listeners.delete(address);
      this.#report(name, `${address}:${apiServerPort}`, error.code);
    });
    listener.listen(apiServerPort, address);
    this.#listeners.set(address, listener);
    return address;
  }

  /**
   * URL of an HTTP proxy that leads to every load balancer, opened at its first use: for machines that have no loopback
   * addresses but one.
   */
  async proxyUrl(): Promise<string> {
    this.#proxy ??= this.#openProxy();
    const { port } = (await this.#proxy).address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async #openProxy(): Promise<HttpServer> {
    const server = createHttpServer((_request, response) => response.writeHead(405).end());
    server.on("connect", ({ url = "" }, socket: Socket) => {
      const [host = ""] = url.split(":");
      socket.on("error", () => socket.destroy());
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      this.#lead(host, socket).catch(() => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  }

  /** Where one loopback address cannot be had (macOS knows only the first), no other can: said once. */
  #report(name: string, address: string, code: string | undefined): void {
    const isMissing = code === "EADDRNOTAVAIL";
    if (isMissing && this.#cannotBind) return;
    this.#cannotBind ||= isMissing;
    const why = isMissing
      ? "this machine has no such loopback address, so the kubeconfigs of workload clusters do not work here as they are"
      : `it cannot be opened (${code})`;
    this.#onProblem(
      `load balancer ${name} at ${address}: ${why}; "seatrial kubeconfig NAME" gives one that does`,
    );
  }

  async close(): Promise<void> {
    for (const listener of this.#listeners.values()) listener.close();
    (await this.#proxy)?.close();
    const servers = await Promise.allSettled(this.#servers.values());
    for (const server of servers) {
      if (server.status === "fulfilled") await server.value.close();
    }
  }

  async #lead(address: string, socket: Socket): Promise<void> {
    const reach = this.#aws().network.canReach({ from: "internet" }, address, apiServerPort);
    if (!reach.reachable) {
      socket.destroy();
      return;
    }
    const server = await this.#serve(reach.endpoint.service as ApiServerService);
    const inner = connect(server.port, server.host);
    await once(inner, "connect");
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    socket.pipe(inner).pipe(socket);
  }

  /**
   * Connections end with the machine that they lead to. Left open, they would keep a client at an API server without etcd
   * for as long as it likes to reuse them.
   */
  #watchInstances(): void {
    if (this.#watchesInstances) return;
    this.#watchesInstances = true;
    this.#aws().onInstanceTransition(({ instance, to }) => {
      if (to === "pending" || to === "running") return;
      for (const [service, started] of this.#servers) {
        if (service.instanceId !== instance.instanceId) continue;
        this.#servers.delete(service);
        started.then((server) => server.close()).catch(() => undefined);
      }
    });
  }

  /** One TLS server per control-plane machine, on a port of its own. */
  #serve(service: ApiServerService): Promise<HttpsServer> {
    const known = this.#servers.get(service);
    if (known !== undefined) return known;
    this.#watchInstances();
    const started = startHttpsServer({
      server: service.server,
      certificatePem: service.servingCertificatePem,
      privateKeyPem: service.servingKeyPem,
      clientAuthority: service.cluster.ca.certificatePem,
      authenticateToken: (token) => service.authenticate({ token }),
      now: () => this.#clock.now(),
      port: 0,
    });
    this.#servers.set(service, started);
    return started;
  }
}

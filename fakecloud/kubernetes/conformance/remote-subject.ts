import { readFileSync } from "node:fs";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { parse } from "yaml";
import { type Clock, sleep } from "../../kernel/clock.ts";
import type { Request } from "./case.ts";
import type { Answer, Subject, WatchedEvent } from "./runner.ts";

interface KubeConfig {
  readonly "current-context": string;
  readonly contexts: readonly { readonly name: string; readonly context: Context }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: Cluster }[];
  readonly users: readonly { readonly name: string; readonly user: User }[];
}

interface Context {
  readonly cluster: string;
  readonly user: string;
}

interface Cluster {
  readonly server: string;
  readonly "certificate-authority-data"?: string;
}

interface User {
  readonly token?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key-data"?: string;
}

function decoded(data: string | undefined): Buffer | undefined {
  return data === undefined ? undefined : Buffer.from(data, "base64");
}

function requireNamed<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the kubeconfig has nothing named ${name}`);
  return found;
}

/** Any API server that a kubeconfig with inline credentials names. */
export function remoteSubject(kubeconfigPath: string, clock: Clock): Subject {
  const config = parse(readFileSync(kubeconfigPath, "utf8")) as KubeConfig;
  const { context } = requireNamed(config.contexts, config["current-context"]);
  const { cluster } = requireNamed(config.clusters, context.cluster);
  const { user } = requireNamed(config.users, context.user);
  const [ca, cert, key] = [
    decoded(cluster["certificate-authority-data"]),
    decoded(user["client-certificate-data"]),
    decoded(user["client-key-data"]),
  ];
  const agent = new Agent({
    keepAlive: true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
  const authorization = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` };
  const remote: Remote = { server: cluster.server, agent, authorization };
  return {
    send: (request) => send(remote, request),
    watch: (path, query, count) => watch(remote, { method: "GET", path, query }, count),
    wait: (ms) => sleep(clock, ms),
  };
}

interface Remote {
  readonly server: string;
  readonly agent: Agent;
  readonly authorization: Readonly<Record<string, string>>;
}

function optionsFor(remote: Remote, request: Request): readonly [URL, RequestOptions] {
  const url = new URL(request.path, remote.server);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    url.searchParams.set(name, value);
  }
  return [
    url,
    {
      method: request.method,
      agent: remote.agent,
      headers: {
        ...remote.authorization,
        accept: request.accept ?? "application/json",
        "content-type": request.type ?? "application/json",
        "user-agent": "conformance/1.0",
        ...request.headers,
      },
    },
  ];
}

function send(remote: Remote, request: Request): Promise<Answer> {
  const [url, options] = optionsFor(remote, request);
  const body = request.body === undefined ? "" : JSON.stringify(request.body);
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const isJson = response.headers["content-type"]?.includes("json") === true;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body: isJson && text !== "" ? (JSON.parse(text) as unknown) : text,
        });
      });
    });
    outgoing.on("error", reject);
    // A DELETE has no length unless it is given one, and its body would be taken for the next request.
    outgoing.setHeader("content-length", Buffer.byteLength(body));
    outgoing.end(body);
  });
}

/** The server itself ends a watch that brings too little, so no timer is needed here. */
function watch(remote: Remote, request: Request, count: number): Promise<readonly WatchedEvent[]> {
  const query = { timeoutSeconds: "5", ...request.query, watch: "true" };
  const [url, options] = optionsFor(remote, { ...request, query });
  return new Promise((resolve, reject) => {
    const events: WatchedEvent[] = [];
    let rest = "";
    const outgoing = httpsRequest(url, options, (response) => {
      response.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString("utf8")).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (line !== "" && events.length < count) events.push(JSON.parse(line) as WatchedEvent);
        }
        if (events.length >= count) {
          outgoing.destroy();
          resolve(events);
        }
      });
      response.on("end", () => resolve(events));
    });
    outgoing.on("error", (error) => {
      if (events.length < count) reject(error);
    });
    outgoing.end();
  });
}

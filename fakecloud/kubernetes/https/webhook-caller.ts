import { request as httpsRequest } from "node:https";
import type { WebhookCall, WebhookCaller } from "../admission/webhooks.ts";
import { record, records, text, texts } from "../crds/definition.ts";
import type { JsonObject } from "../object.ts";
import { parseJsonBody } from "./json-body.ts";
import { type Store, storageKey } from "../store.ts";

/** Where a call goes: the address that is dialled, and the name that the certificate must have. */
interface Target {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  /** As the `Host` header names it. */
  readonly authority: string;
  /** With the query. */
  readonly path: string;
}

/** Calls webhooks over HTTPS. `store` knows the Services that configurations name. */
export function httpsWebhookCaller(store: () => Store): WebhookCaller {
  return async (call) => {
    const url = withTimeout(urlOf(call.clientConfig), call.timeoutSeconds);
    const failing = (why: string, cause?: unknown) =>
      new Error(`Post ${JSON.stringify(url)}: ${why}`, { cause });
    const target = targetOf(url, call.clientConfig, store);
    if (typeof target === "string") throw failing(target);
    let answer: Answer;
    try {
      answer = await post(target, call);
    } catch (error) {
      throw failing(goText(error, target), error);
    }
    return read(answer);
  };
}

/** As Go prints it: what was configured, or the name of the Service with its port. */
function urlOf({ url, service }: JsonObject): string {
  if (typeof url === "string") return url;
  const { name, namespace, path, port } = record(service);
  const rest = text(path).replace(/^\//, "");
  return `https://${text(name)}.${text(namespace)}.svc:${portOf(port)}/${rest}`;
}

function portOf(port: unknown): number {
  return typeof port === "number" ? port : 443;
}

function withTimeout(url: string, seconds: number): string {
  return `${url}${url.includes("?") ? "&" : "?"}timeout=${seconds}s`;
}

/** Says in words why there is nobody to call. */
function targetOf(url: string, { service }: JsonObject, store: () => Store): Target | string {
  const parsed = new URL(url);
  const path = parsed.pathname + parsed.search;
  const host = parsed.hostname.replaceAll(/[[\]]/g, "");
  const shown = { path, serverName: host, authority: parsed.host };
  if (service === undefined) {
    const port = parsed.port === "" ? 443 : Number(parsed.port);
    return { ...shown, host, port };
  }
  const { name, namespace, port } = record(service);
  const wanted = { namespace: text(namespace), name: text(name), port: portOf(port) };
  const address = addressOf(store(), wanted);
  return typeof address === "string" ? address : { ...shown, ...address };
}

interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** The first address behind a Service, as somebody has written it into its Endpoints or EndpointSlices. */
function addressOf(
  store: Store,
  { namespace, name, port }: ServicePort,
): Pick<Target, "host" | "port"> | string {
  const service = store.table("services").get(storageKey(namespace, name))?.object;
  if (service === undefined) return `service ${JSON.stringify(name)} not found`;
  const wanted = records(record(service["spec"])["ports"]).find((each) => each["port"] === port);
  if (wanted === undefined) {
    return `no service port ${port} found for service ${JSON.stringify(name)}`;
  }
  const named = ({ ports }: JsonObject) =>
    records(ports).find((each) => text(each["name"]) === text(wanted["name"]))?.["port"];
  const slices = store
    .table("endpointslices.discovery.k8s.io")
    .list()
    .filter((entry) => entry.namespace === namespace)
    .map(({ object }) => object)
    .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === name)
    .flatMap((slice) =>
      records(slice["endpoints"]).flatMap(({ addresses }) =>
        texts(addresses).map((host) => ({ host, port: named(slice) })),
      ),
    );
  const endpoints = store.table("endpoints").get(storageKey(namespace, name))?.object;
  const plain = records(endpoints?.["subsets"]).flatMap((subset) =>
    records(subset["addresses"]).map(({ ip }) => ({ host: text(ip), port: named(subset) })),
  );
  for (const { host, port: found } of [...slices, ...plain]) {
    if (typeof found === "number") return { host, port: found };
  }
  return `no endpoints available for service ${JSON.stringify(name)}`;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const mostAnswerBytes = 3 * 1024 * 1024;

function post(target: Target, { clientConfig, timeoutSeconds, review }: WebhookCall) {
  const { caBundle } = clientConfig;
  const ca = typeof caBundle === "string" ? Buffer.from(caBundle, "base64") : undefined;
  const body = JSON.stringify(review);
  return new Promise<Answer>((resolve, reject) => {
    const request = httpsRequest(
      {
        host: target.host,
        port: target.port,
        servername: /^[\d.:]+$/.test(target.serverName) ? "" : target.serverName,
        path: target.path,
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          host: target.authority,
        },
        timeout: timeoutSeconds * 1000,
        ...(ca === undefined ? {} : { ca }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > mostAnswerBytes) request.destroy(new Error("the response is too large"));
          chunks.push(chunk);
        });
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
        response.on("error", reject);
      },
    );
    request.on("timeout", () => request.destroy(new Error("context deadline exceeded")));
    request.on("error", reject);
    request.end(body);
  });
}

function read({ status, text: answer }: Answer): unknown {
  if (status === 404) throw new Error("the server could not find the requested resource");
  if (status !== 200) {
    const said = JSON.stringify(answer.slice(0, 2048));
    throw new Error(`an error on the server (${said}) has prevented the request from succeeding`);
  }
  if (answer === "") {
    throw new Error("0-length response with status code: 200 and content type: application/json");
  }
  // What is no JSON is read as YAML, of which any word is a text.
  const parsed = parseJsonBody(answer);
  return "error" in parsed ? answer : parsed.value;
}

const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The words of Go for what can go wrong with a connection. */
function goText(error: unknown, { host, port }: Target): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const dial = `dial tcp ${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (code === "ECONNREFUSED") return `${dial}: connect: connection refused`;
  if (code === "ENOTFOUND") return `dial tcp: lookup ${host}: no such host`;
  if (code === "ECONNRESET") return "EOF";
  if (untrusted.has(code)) {
    return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  }
  return message;
}

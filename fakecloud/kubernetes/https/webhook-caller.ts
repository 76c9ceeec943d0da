import { request as httpsRequest } from "node:https";
import type { WebhookCall, WebhookCaller } from "../admission/webhooks.ts";
import { record, records, text, texts } from "../crds/definition.ts";
import type { JsonObject } from "../object.ts";
import { type Store, storageKey } from "../store.ts";

/** Where a call goes: the address that is dialled, and the name that the certificate must have. */
interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
}

/** Calls webhooks over HTTPS. `store` knows the Services that configurations name. */
export function httpsWebhookCaller(store: () => Store): WebhookCaller {
  return async (call) => {
    const { clientConfig, timeoutSeconds } = call;
    const target = targetOf(clientConfig, store);
    target.url.searchParams.set("timeout", `${timeoutSeconds}s`);
    try {
      return read(await post(target, call));
    } catch (error) {
      throw new Error(
        `failed to call webhook: Post ${JSON.stringify(target.url.href)}: ${goText(error, target)}`,
        { cause: error },
      );
    }
  };
}

function targetOf(clientConfig: JsonObject, store: () => Store): Target {
  const { url, service } = clientConfig;
  if (typeof url === "string") {
    const parsed = new URL(url);
    const port = parsed.port === "" ? 443 : Number(parsed.port);
    const host = parsed.hostname.replaceAll(/[[\]]/g, "");
    return { url: parsed, host, port, serverName: host };
  }
  const { name, namespace, path, port } = record(service);
  const wanted = typeof port === "number" ? port : 443;
  const serverName = `${text(name)}.${text(namespace)}.svc`;
  const parsed = new URL(text(path), `https://${serverName}:${wanted}`);
  // URL drops the port that is the usual one; Go prints what it was given.
  const address = addressOf(store(), {
    namespace: text(namespace),
    name: text(name),
    port: wanted,
  });
  return { url: parsed, serverName, ...address };
}

interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** The first address behind a Service, as somebody has written it into its Endpoints or EndpointSlices. */
function addressOf(store: Store, { namespace, name, port }: ServicePort) {
  const service = store.table("services").get(storageKey(namespace, name))?.object;
  if (service === undefined) throw unreachable(`service ${JSON.stringify(name)} not found`);
  const wanted = records(record(service["spec"])["ports"]).find((each) => each["port"] === port);
  if (wanted === undefined) {
    throw unreachable(`no service port ${port} found for service ${JSON.stringify(name)}`);
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
  throw unreachable(`no endpoints available for service ${JSON.stringify(name)}`);
}

function unreachable(why: string): Error {
  return new Error(`failed to call webhook: ${why}`);
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
        path: target.url.pathname + target.url.search,
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          host: target.url.host,
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
  return JSON.parse(answer) as unknown;
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

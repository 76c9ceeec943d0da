import { Kernel } from "../../kernel/kernel.ts";
import { createApiServer, type EmbeddedApiServer } from "../api-server.ts";
import type { ApiRequest, ApiStream } from "../contract.ts";
import { httpsWebhookCaller } from "../https/webhook-caller.ts";
import { copyPlainJson } from "../json.ts";
import type { Query, Request } from "./case.ts";
import type { Subject, WatchedEvent } from "./runner.ts";

const administrator = { username: "admin", groups: ["system:masters", "system:authenticated"] };

function toApi(request: Request): ApiRequest {
  const { method, path, query = {}, type, accept, headers, body } = request;
  return {
    method,
    path,
    query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]])),
    headers: {
      accept: accept ?? "application/json",
      "content-type": type ?? "application/json",
      "user-agent": "conformance/1.0",
      ...headers,
    },
    ...(body === undefined ? {} : { body: copyPlainJson(body) }),
    user: administrator,
  };
}

const horizonMs = 60_000;

/** The server of this folder on a virtual clock, with nothing between it and the suite. */
export function embeddedSubject(): Subject {
  const kernel = new Kernel({ seed: "conformance" });
  const server: EmbeddedApiServer = createApiServer({
    clock: kernel.clock,
    random: kernel.random,
    name: "conformance",
    version: "v1.36.0",
    rbac: true,
    callWebhook: (call) => kernel.external(overHttps(call)),
  });
  const overHttps = httpsWebhookCaller(() => server.store);
  return {
    send: async (request) => {
      // Some answers take time: a read from the future, a webhook.
      const response = await kernel.complete(server.handle(toApi(request)), { horizonMs });
      if (response.kind === "answer") return response;
      response.stop();
      return { status: response.status, headers: response.headers, body: undefined };
    },
    watch: async (path, query, count) => {
      const response = await server.handle(toApi(watching(path, query)));
      if (response.kind === "answer") return [{ type: "ERROR", object: response.body }];
      const events = collect(response);
      for (let second = 0; second < 5 && events.length < count; second += 1) {
        await kernel.runFor(1000);
      }
      response.stop();
      return events;
    },
    wait: (ms) => kernel.runFor(ms),
  };
}

function watching(path: string, query: Query): Request {
  return { method: "GET", path, query: { ...query, watch: "true" } };
}

function collect(stream: ApiStream): readonly WatchedEvent[] {
  const events: WatchedEvent[] = [];
  stream.start({ event: (event) => events.push(event), close: () => undefined });
  return events;
}

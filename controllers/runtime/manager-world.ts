// oxlint-disable no-restricted-imports -- It is a part of the tests: production code never imports it.
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { ConfigMap } from "../api/kubernetes.ts";
import { keyOf } from "./client.ts";
import { type Controller, type ControllerDeps, done, watch } from "./controller.ts";
import { createClient } from "./dynamic-client.ts";
import { createManager, type ManagerOptions } from "./manager.ts";
import type { KubeRequest, KubeResponse, Transport, WatchSink } from "./transport.ts";

export const minute = 60_000;

/** The answer is lost before or after the effect, or the server refuses, maybe with a time to come back. */
type Fault =
  | "after"
  | "before"
  | number
  | { readonly status: number; readonly retryAfterSeconds: number };

function refusal(status: number, headers: Readonly<Record<string, string>>): KubeResponse {
  const reason = status === 410 ? "Expired" : "Injected";
  return { status, headers, body: { kind: "Status", code: status, reason, message: "injected" } };
}

/** Faults between the manager and the API server, switched on and off by a test. */
export class Weather {
  readonly #sinks = new Map<WatchSink, () => void>();
  fail: ((request: KubeRequest) => Fault | undefined) | undefined;
  /** Holds an answer back until this is done. */
  hold: ((request: KubeRequest) => Promise<void> | undefined) | undefined;

  wrap(transport: Transport): Transport {
    return {
      request: async (request) => {
        const fault = this.fail?.(request);
        if (fault === "before") throw new Error("connection refused");
        if (typeof fault === "number") return refusal(fault, {});
        if (typeof fault === "object") {
          return refusal(fault.status, { "retry-after": `${fault.retryAfterSeconds}` });
        }
        const response = await transport.request(request);
        await this.hold?.(request);
        if (fault === "after") throw new Error("connection reset");
        return response;
      },
      watch: (request, sink) => {
        const cancel = transport.watch(request, {
          onEvent: (event) => {
            if (this.#sinks.has(sink)) sink.onEvent(event);
          },
          onClose: (error) => {
            if (this.#sinks.delete(sink)) sink.onClose(error);
          },
        });
        this.#sinks.set(sink, cancel);
        return () => {
          this.#sinks.delete(sink);
          cancel();
        };
      },
    };
  }

  /** Ends every watch, as a restarted API server would. */
  dropWatches(error?: Error): void {
    const sinks = [...this.#sinks];
    this.#sinks.clear();
    for (const [sink, cancel] of sinks) {
      cancel();
      sink.onClose(error);
    }
  }

  expireWatches(): void {
    for (const sink of this.#sinks.keys()) {
      const object = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
      sink.onEvent({ type: "ERROR", object });
    }
  }
}

/** A manager, an API server and the weather between them. */
export function world(
  controllers: (deps: ControllerDeps) => readonly Controller[],
  options: Partial<ManagerOptions> = {},
) {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const server = createApiServer({ clock, random, trace, name: "management", version: "v1.36.0" });
  const direct = inProcessTransport(server, {
    user: { username: "manager", groups: ["system:masters"] },
    actor: "manager",
    clock,
    random,
  });
  const weather = new Weather();
  const transport = weather.wrap(direct);
  const people = createClient({ transport: direct, clock, random });
  const lines: string[] = [];
  const log = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const manager = createManager({
    transport,
    clock,
    random,
    logger: { debug: log, info: log, error: log },
    controllers,
    uncached: [],
    ...options,
  });
  return { kernel, server, transport, manager, lines, weather, people };
}

export function configMap(name: string, data: Record<string, string> = {}): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "default", name },
    data,
  };
}

/** A controller that notes every value of `data.value` that it sees. */
export function observer(seen: Map<string, string>) {
  return ({ client }: ControllerDeps): Controller[] => [
    {
      name: "observer",
      for: watch({
        kind: ConfigMap,
        toRequests: (object) => [keyOf(object)],
        predicate: (object) => object.metadata.namespace === "default",
      }),
      reconciler: {
        reconcile: async (key) => {
          const object = await client.get(ConfigMap, key);
          if (object === undefined) seen.delete(key.name);
          else seen.set(key.name, object.data?.["value"] ?? "");
          return done;
        },
      },
    },
  ];
}

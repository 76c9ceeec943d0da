import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { ConfigMap } from "../api/kubernetes.ts";
import { keyOf } from "./client.ts";
import { type Controller, type ControllerDeps, done, watch } from "./controller.ts";
import { createManager, type ManagerOptions } from "./manager.ts";

const minute = 60_000;

function world(
  controllers: (deps: ControllerDeps) => readonly Controller[],
  options: Partial<ManagerOptions> = {},
) {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const server = createApiServer({ clock, random, trace, name: "management", version: "v1.36.0" });
  const transport = inProcessTransport(server, {
    user: { username: "manager", groups: ["system:masters"] },
    actor: "manager",
    clock,
    random,
  });
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
  return { kernel, server, transport, manager, lines };
}

function configMap(name: string, data: Record<string, string> = {}): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "default", name },
    data,
  };
}

test("a controller hears of objects that exist and of those that come, and reads its own writes", async () => {
  const seen: string[] = [];
  const { kernel, manager } = world(({ client }) => [
    {
      name: "configmap",
      for: watch({
        kind: ConfigMap,
        toRequests: (object) => [keyOf(object)],
        predicate: (object) => object.metadata.namespace === "default",
      }),
      reconciler: {
        reconcile: async (key) => {
          const object = await client.get(ConfigMap, key);
          if (object?.data?.["count"] !== "0") return done;
          await client.mergePatch(ConfigMap, key, { data: { count: "1" } });
          const again = await client.get(ConfigMap, key);
          seen.push(`${key.name}=${again?.data?.["count"]}`);
          return done;
        },
      },
    },
  ]);
  await kernel.complete(manager.apiReader.create(ConfigMap, configMap("a", { count: "0" })), {
    horizonMs: minute,
  });
  manager.start();
  await kernel.run(() => manager.ready && seen.length === 1, { horizonMs: minute });
  await kernel.complete(manager.client.create(ConfigMap, configMap("b", { count: "0" })), {
    horizonMs: minute,
  });
  await kernel.run(() => seen.length === 2, { horizonMs: minute });
  expect(seen).toEqual(["a=1", "b=1"]);
});

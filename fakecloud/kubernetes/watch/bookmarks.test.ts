import { expect, test } from "vitest";
import { type Body, testWorld } from "../test-world.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const secrets = "/api/v1/namespaces/default/secrets";

// Red if every minute brings a bookmark, and if one is left out although the version has risen.
test("a bookmark comes within a minute of news that the watch does not show, and none while there are none", async () => {
  const { call, transport, kernel, server } = testWorld();
  const told: string[] = [];
  const newTold = () => told.splice(0);
  const query = { resourceVersion: String(server.store.revision), allowWatchBookmarks: "true" };
  transport.watch(
    { method: "GET", path: maps, query },
    {
      onEvent: ({ type, object }) =>
        told.push(`${type} ${(object as Body).metadata.resourceVersion}`),
      onClose: () => told.push("closed"),
    },
  );
  const minute = 60_000;
  await kernel.runFor(3 * minute + 1);
  expect(newTold()).toEqual([]);

  const secret = await call("POST", secrets, { metadata: { name: "a" } });
  await kernel.runFor(minute);
  expect(newTold()).toEqual([`BOOKMARK ${secret.body.metadata.resourceVersion}`]);
  await kernel.runFor(3 * minute);
  expect(newTold()).toEqual([]);

  const map = await call("POST", maps, { metadata: { name: "a" } });
  await kernel.runFor(3 * minute);
  expect(newTold()).toEqual([`ADDED ${map.body.metadata.resourceVersion}`]);
  await call("DELETE", `${secrets}/a`);
  await kernel.runFor(minute);
  expect(newTold()).toEqual([`BOOKMARK ${server.store.revision}`]);
});

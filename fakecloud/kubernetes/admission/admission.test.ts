import { expect, test } from "vitest";
import { withMeta } from "../object.ts";
import { testWorld } from "../test-world.ts";
import type { AdmissionHook } from "./admission.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const merge = { contentType: "application/merge-patch+json" };

const labeller: AdmissionHook = {
  name: "label.seatrial.dev",
  kinds: ["ConfigMap"],
  mutate: async ({ object }) =>
    object === undefined
      ? undefined
      : withMeta(object, { labels: { ...object.metadata.labels, labelled: "yes" } }),
};

test("a mutating function changes what is stored, for creates and updates", async () => {
  const { call } = testWorld({ admission: [labeller] });
  const { body } = await call("POST", maps, { metadata: { name: "a" } });
  expect(body.metadata.labels).toEqual({ labelled: "yes" });
  const cleared = await call("PATCH", `${maps}/a`, { metadata: { labels: null } }, merge);
  expect(cleared.body.metadata).toMatchObject({
    labels: { labelled: "yes" },
    resourceVersion: body.metadata.resourceVersion,
  });
});

test("a validating function sees the final object and the old one, and refuses in its own words", async () => {
  const guard: AdmissionHook = {
    name: "guard.seatrial.dev",
    kinds: ["ConfigMap"],
    operations: ["UPDATE", "DELETE"],
    validate: ({ operation, object, oldObject }) => {
      if (operation === "DELETE") throw new Error("it is precious");
      const [now, before] = [object?.["data"], oldObject?.["data"]];
      return { allowed: false, message: `${JSON.stringify(before)} became ${JSON.stringify(now)}` };
    },
  };
  const { call } = testWorld({ admission: [guard] });
  await call("POST", maps, { metadata: { name: "a" }, data: { x: "1" } });
  expect(await call("PATCH", `${maps}/a`, { data: { x: "2" } }, merge)).toMatchObject({
    status: 403,
    body: {
      reason: "Forbidden",
      message:
        'admission webhook "guard.seatrial.dev" denied the request: {"x":"1"} became {"x":"2"}',
    },
  });
  expect(await call("DELETE", `${maps}/a`)).toMatchObject({
    status: 403,
    body: { message: 'admission webhook "guard.seatrial.dev" denied the request: it is precious' },
  });
});

test("while a function is asked, a faster write wins and the slower one is done again on top", async () => {
  let release: (() => void) | undefined;
  const slow: AdmissionHook = {
    name: "slow.seatrial.dev",
    kinds: ["ConfigMap"],
    operations: ["UPDATE"],
    validate: async ({ user }) => {
      if (user.username === "admin" && release === undefined) {
        await new Promise<void>((resolve) => (release = resolve));
      }
      return undefined;
    },
  };
  const { call } = testWorld({ admission: [slow] });
  await call("POST", maps, { metadata: { name: "a" }, data: { x: "0" } });
  const first = call("PATCH", `${maps}/a`, { data: { x: "1" } }, merge);
  await Promise.resolve();
  const second = await call("PATCH", `${maps}/a`, { data: { y: "1" } }, merge);
  expect(second.body.data).toEqual({ x: "0", y: "1" });
  release?.();
  expect((await first).body.data).toEqual({ x: "1", y: "1" });
});

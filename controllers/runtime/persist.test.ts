import { expect, test } from "vitest";
import type { Client } from "./client.ts";
import { StatusError } from "./errors.ts";
import { persist } from "./persist.ts";

type Thing = {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown> & { name: string };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
};
const kind = { group: "test", version: "v1", kind: "Thing", plural: "things", namespaced: true };

/** An API server of one object that keeps resourceVersions, and what was sent to it. */
function server(initial: Thing) {
  let current = structuredClone(initial);
  const sent: { patch: unknown; subresource: string | undefined }[] = [];
  const write = (change: (thing: Thing) => void) => {
    current = structuredClone(current);
    change(current);
    current.metadata["resourceVersion"] = String(Number(current.metadata["resourceVersion"]) + 1);
  };
  const client = {
    get: async () => current,
    mergePatch: async (
      _kind: unknown,
      _key: unknown,
      patch: { metadata?: Record<string, unknown> },
      options: { subresource?: string } = {},
    ) => {
      sent.push({ patch, subresource: options.subresource });
      const expected = patch.metadata?.["resourceVersion"];
      if (expected !== undefined && expected !== current.metadata["resourceVersion"]) {
        throw new StatusError(409, { reason: "Conflict", message: "modified" });
      }
      write((thing) => merge(thing, patch));
      return current;
    },
  } as unknown as Client;
  return { client, sent, write, current: () => current };
}

function merge(target: Record<string, unknown>, patch: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(patch)) {
    if (key === "resourceVersion") continue;
    if (value === null) delete target[key];
    else if (typeof value === "object" && !Array.isArray(value)) {
      target[key] ??= {};
      merge(target[key] as never, value as never);
    } else target[key] = value;
  }
}

const condition = (type: string, status: string) => ({ type, status, reason: "R", message: "" });

function thing(): Thing {
  return {
    apiVersion: "test/v1",
    kind: "Thing",
    metadata: {
      name: "a",
      namespace: "default",
      uid: "1",
      resourceVersion: "5",
      finalizers: ["x"],
    },
    spec: { list: ["a"], size: 1 },
    status: { conditions: [condition("Ready", "False")], count: 1 },
  };
}

test("nothing is sent when nothing changed", async () => {
  const { client, sent } = server(thing());
  const before = thing();
  expect(await persist(client, kind as never, before, thing())).toBe(before);
  expect(sent).toEqual([]);
});

test("spec and status go in patches of their own that hold only what changed", async () => {
  const { client, sent } = server(thing());
  const after = thing();
  after.spec!["size"] = 2;
  after.status!["count"] = 2;
  await persist(client, kind as never, thing(), after);
  expect(sent).toEqual([
    { patch: { spec: { size: 2 } }, subresource: undefined },
    { patch: { status: { count: 2 } }, subresource: "status" },
  ]);
});

test("finalizers and conditions that others have added meanwhile stay", async () => {
  const { client, write, current } = server(thing());
  const after = thing();
  after.metadata["finalizers"] = ["x", "mine"];
  after.status!["conditions"] = [condition("Ready", "True")];
  write((other) => {
    other.metadata["finalizers"] = ["x", "theirs"];
    other.status!["conditions"] = [condition("Ready", "False"), condition("Healthy", "True")];
  });
  await persist(client, kind as never, thing(), after);
  expect(current().metadata["finalizers"]).toEqual(["x", "mine", "theirs"]);
  expect(current().status!["conditions"]).toEqual([
    condition("Ready", "True"),
    condition("Healthy", "True"),
  ]);
});

test("old conditions are merged as the new ones are, and those that are there already are not sent", async () => {
  const withOld = (status: string, count: number): Thing => {
    const conditions = [condition("Ready", status)];
    return { ...thing(), status: { conditions, deprecated: { v1beta1: { conditions, count } } } };
  };
  const { client, sent, write } = server(withOld("False", 1));
  write((other) => {
    const { status } = withOld("True", 1);
    other.status = { ...status, conditions: [condition("Healthy", "True")] };
  });
  await persist(client, kind as never, withOld("False", 1), withOld("True", 2));
  const conditions = [condition("Ready", "True"), condition("Healthy", "True")];
  expect(sent.at(-1)?.patch).toStrictEqual({
    metadata: { resourceVersion: "6" },
    status: { conditions, deprecated: { v1beta1: { count: 2 } } },
  });
});

test("a list in the spec is never written over somebody else's change", async () => {
  const { client, write, current } = server(thing());
  const after = thing();
  after.spec!["list"] = ["a", "mine"];
  write((other) => (other.spec!["list"] = ["a", "theirs"]));
  await expect(persist(client, kind as never, thing(), after)).rejects.toThrow("modified");
  expect(current().spec!["list"]).toEqual(["a", "theirs"]);
});

test("the removal of a finalizer is the last write", async () => {
  const { client, sent } = server(thing());
  const after = thing();
  after.metadata["finalizers"] = [];
  after.status!["count"] = 0;
  await persist(client, kind as never, thing(), after);
  expect(sent.map(({ subresource }) => subresource)).toEqual(["status", undefined]);
});

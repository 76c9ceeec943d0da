import fc from "fast-check";
import { expect, test } from "vitest";
import type { InProcessWatchEvent } from "./in-process.ts";
import { compareText } from "./json.ts";
import { type Body, testWorld } from "./test-world.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const merge = { contentType: "application/merge-patch+json" };

interface Write {
  readonly do: "create" | "delete" | "relabel" | "touch";
  readonly name: string;
  readonly value: string;
}

const write: fc.Arbitrary<Write> = fc.record({
  do: fc.constantFrom("create", "delete", "relabel", "touch"),
  name: fc.constantFrom("a", "b", "c", "d"),
  value: fc.constantFrom("x", "y"),
});

type World = ReturnType<typeof testWorld>;

async function carryOut({ call }: World, { do: what, name, value }: Write): Promise<void> {
  const path = `${maps}/${name}`;
  if (what === "create") await call("POST", maps, { metadata: { name, labels: { app: value } } });
  else if (what === "delete") await call("DELETE", path);
  else if (what === "touch") await call("PATCH", path, { data: { value } }, merge);
  else await call("PATCH", path, { metadata: { labels: { app: value } } }, merge);
}

/** What a client believes after a list at some point and every watch event since. */
class Mirror {
  readonly objects = new Map<string, Body>();
  lastRevision = 0;

  see({ type, object }: InProcessWatchEvent): void {
    const { metadata } = object as Body;
    const revision = Number(metadata.resourceVersion);
    expect(revision).toBeGreaterThan(this.lastRevision);
    this.lastRevision = revision;
    if (type === "ADDED") expect(this.objects.has(metadata.name)).toBe(false);
    else expect(this.objects.has(metadata.name)).toBe(true);
    if (type === "DELETED") this.objects.delete(metadata.name);
    else this.objects.set(metadata.name, object);
  }
}

// Turns red if a change that leaves a selector is not told as DELETED (watch-stream.ts), if `Table.listAt` forgets to undo a
// delete, or if a watch from version N begins with N itself instead of after it.
test("a list at any cut plus the watch from there equals the list at the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(write, { minLength: 1, maxLength: 30 }),
      fc.nat({ max: 30 }),
      fc.constantFrom<Record<string, string>>({}, { labelSelector: "app=x" }),
      fc.boolean(),
      async (writes, cut, selector, later) => {
        const world = testWorld();
        const before = writes.slice(0, cut);
        for (const each of before) await carryOut(world, each);
        const start = await world.call("GET", maps, undefined, { query: selector });
        const mirror = new Mirror();
        for (const item of start.body.items) mirror.objects.set(item.metadata.name, item);
        mirror.lastRevision = Number(start.body.metadata.resourceVersion);
        const resourceVersion = start.body.metadata.resourceVersion;
        const watch = () =>
          world.transport.watch(
            { method: "GET", path: maps, query: { ...selector, resourceVersion } },
            { onEvent: (event) => mirror.see(event), onClose: () => expect.unreachable() },
          );
        // The watch may begin before the writes that it tells of, or long after them.
        if (!later) watch();
        for (const each of writes.slice(cut)) await carryOut(world, each);
        if (later) watch();
        await world.kernel.runFor(10);
        const end = await world.call("GET", maps, undefined, { query: selector });
        const names = (body: Body) =>
          body.items.map(({ metadata }: Body) => [metadata.name, metadata.resourceVersion]);
        const believed = [...mirror.objects.values()]
          .map(({ metadata }) => [metadata.name, metadata.resourceVersion])
          .sort(([a], [b]) => compareText(a, b));
        expect(believed).toEqual(names(end.body));
        const again = await world.call("GET", maps, undefined, {
          query: { ...selector, resourceVersion, resourceVersionMatch: "Exact" },
        });
        expect(names(again.body)).toEqual(names(start.body));
      },
    ),
    { numRuns: process.env["SEATRIAL_FULL"] === undefined ? 100 : 2000 },
  );
});

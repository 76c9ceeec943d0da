import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { fixtureKeyPairs } from "./fixture-key-pairs.ts";
import { watchHandles } from "./handles.ts";
import { Kernel } from "./kernel.ts";

test("promise-only code on the virtual clock opens no handle", async () => {
  const kernel = new Kernel({ seed: "1" });
  const watch = watchHandles();
  kernel.clock.setTimeout(() => undefined, 5);
  await kernel.runFor(10);
  expect(watch.stop()).toEqual([]);
});

test("a file that is read, a timer that is set and a digest by WebCrypto are seen", async () => {
  const watch = watchHandles();
  await readFile(new URL(import.meta.url));
  clearTimeout(setTimeout(() => undefined, 1));
  await crypto.subtle.digest("SHA-256", new Uint8Array(8));
  const seen = watch.stop();
  expect(seen).toContain("handle Timeout");
  expect(seen.some((line) => line.startsWith("handle FS"))).toBe(true);
  expect(seen).toContain("handle HASHREQUEST");
});

test("the same seed and purpose draw the same key pair", () => {
  const pair = (seed: string) => fixtureKeyPairs(new Kernel({ seed }).random).next("default/c/ca");
  expect(pair("1")).toEqual(pair("1"));
  expect(pair("1").privateKeyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
});

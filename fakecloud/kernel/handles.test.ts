import { createSign, generateKeyPairSync, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
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

// Turns red if work is reported when it is made (`init`) rather than when the thread pool calls back (`before`).
test("signing and compressing in place is no work of the thread pool, doing it elsewhere is", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const data = Buffer.from("data");
  const inPlace = watchHandles();
  createSign("sha256").update(data).sign(privateKey);
  sign("sha256", data, privateKey);
  gzipSync(data);
  expect(inPlace.stop()).toEqual([]);
  const elsewhere = watchHandles();
  await promisify(gzip)(data);
  await new Promise((resolve) => sign("sha256", data, privateKey, resolve));
  expect(elsewhere.stop()).toEqual(["handle ZLIB", "handle SIGNREQUEST"]);
});

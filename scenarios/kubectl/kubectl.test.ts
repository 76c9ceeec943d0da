import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyCases } from "./cases/apply.ts";
import { definitionOf } from "./cases/boats.ts";
import { changeCases } from "./cases/changes.ts";
import { createCases } from "./cases/creates.ts";
import { podCases, talkativePod } from "./cases/pods.ts";
import { readCases } from "./cases/reads.ts";
import type { KubectlCase } from "./kubectl-case.ts";
import { isKubectlInstalled, Kubectl } from "./kubectl.ts";
import { startPodServer } from "./pod-server.ts";
import { type RunningSeatrial, startSeatrial } from "./running-seatrial.ts";

const isMissing = !isKubectlInstalled();
const why = isMissing ? " (skipped: kubectl is not installed)" : "";

interface Server {
  readonly kubeconfig: string;
  readonly directory: string;
  stop(): Promise<void>;
}

/** Each case works in a namespace of its own, several at a time. */
function matrix(name: string, cases: readonly KubectlCase[], start: () => Promise<Server>): void {
  const numbered = cases.map((one, index) => ({ ...one, namespace: `case-${index + 1}` }));
  describe.skipIf(isMissing)(`${name}${why}`, () => {
    let server: Server;
    let kubectl: Kubectl;

    beforeAll(async () => {
      server = await start();
      const { kubeconfig, directory } = server;
      kubectl = new Kubectl({
        kubeconfig,
        cacheDir: join(directory, "cache"),
        namespace: "default",
      });
      const namespaces = numbered.map(({ namespace }) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespace },
      }));
      const items = [...namespaces, definitionOf("boats", "Boat")];
      await kubectl.ok("create -f -", {
        input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
      });
    });

    afterAll(() => server?.stop());

    test.concurrent.each(numbered.map((one) => [one.title, one] as const))("%s", (_title, one) =>
      one.run(kubectl.in(one.namespace)),
    );
  });
}

const cases = [...applyCases, ...readCases, ...changeCases, ...createCases];

let running: RunningSeatrial | undefined;

const discretion: KubectlCase = {
  title: "no key and no token is printed, and no file of it is for others to read",
  run: async (kubectl) => {
    await kubectl.ok("create serviceaccount robot");
    const token = await kubectl.ok("create token robot");
    await kubectl.refused(`get secrets --token=${token}x --kubeconfig=/dev/null`);
    const { directory = "", output = () => "" } = running ?? {};
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
    const open = files
      .filter((file) => !file.startsWith("cache")) // kubectl's own.
      .filter((file) => (statSync(join(directory, file)).mode & 0o077) !== 0);
    expect(files).toContain("kubeconfig");
    expect(open).toEqual([]);
    expect(output()).toContain("management cluster");
    expect(output()).not.toMatch(/PRIVATE KEY|BEGIN|eyJ/);
    expect(output()).not.toContain(token.split(".")[2]);
  },
};

matrix("kubectl against a running seatrial up", [...cases, discretion], async () => {
  running = await startSeatrial();
  return running;
});

// Any other cluster, a real one above all, can be held against the same words. It keeps what the cases have left.
const elsewhere = process.env["SEATRIAL_CONFORMANCE_KUBECONFIG"];
if (elsewhere !== undefined) {
  matrix(`kubectl against the cluster of ${elsewhere}`, cases, async () => {
    const directory = mkdtempSync(join(tmpdir(), "seatrial-kubectl-"));
    const stop = async () => rmSync(directory, { recursive: true, force: true });
    return { kubeconfig: elsewhere, directory, stop };
  });
}
matrix("kubectl against pods that run", podCases, () => startPodServer(() => talkativePod));

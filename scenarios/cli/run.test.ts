import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), "run-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function seatrial(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["bin/seatrial.js", ...args],
      { cwd: root },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });
}

function scenario(name: string, text: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
}

const manifest = `apiVersion: v1
kind: Namespace
metadata: { name: there }
`;

const story = (expr: string) => `apiVersion: seatrial/v1
kind: Scenario
metadata: { name: story, summary: nothing but a namespace }
clock: { horizon: 1h, settle: 5m }
world: { manifests: [namespace.yaml] }
expect: { at: [{ time: end, expr: "${expr}", because: so <it> is & "was" }] }
`;

test("a file that cannot be read is one sentence with file, line and key, and exit code 3", async () => {
  const file = scenario("mistake.yaml", story("true").replace("horizon", "horizont"));
  const { code, stdout, stderr } = await seatrial("run", file);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(`${file}:4:`);
  expect(stderr).toContain("horizont");
  expect(stderr).toContain("horizon");
  expect([code, stdout]).toEqual([3, ""]);
});

test("a kept promise is exit code 0, a broken one 1, and JUnit tells both apart", async () => {
  scenario("namespace.yaml", manifest);
  const kept = scenario("kept.yaml", story("clusters.size() == 0"));
  const broken = scenario("broken.yaml", story("clusters.size() == 1"));
  const results = path.join(directory, "results.xml");
  const { code, stdout } = await seatrial("run", kept, broken, "--seed", "3", "--junit", results);
  expect(code).toBe(1);
  expect(stdout).toContain(`replay: seatrial run ${broken} --seed 3`);
  const xml = readFileSync(results, "utf8");
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain("clusters.size() == 1 (so &lt;it&gt; is &amp; &quot;was&quot;)");
  expect(xml).toMatch(
    new RegExp(`<testcase classname="${kept}" name="story, seed 3" time="[\\d.]+"/>`),
  );
  expect((await seatrial("run", kept)).code).toBe(0);
});

test("a trace is written for one run, and refused for several", async () => {
  scenario("namespace.yaml", manifest);
  const file = scenario("kept.yaml", story("true"));
  const trace = path.join(directory, "trace.txt");
  expect((await seatrial("run", file, "--trace", trace)).code).toBe(0);
  expect(readFileSync(trace, "utf8")).toContain("namespaces");
  const several = await seatrial("run", file, "--runs", "2", "--trace", trace);
  expect([several.code, several.stderr]).toEqual([
    3,
    "seatrial: --trace is for a single run, and these are 2\n",
  ]);
});

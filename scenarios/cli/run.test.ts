import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import { afterAll, expect, test, vi } from "vitest";
import { parseRecording } from "../report/parse-recording.ts";
import { createProgram } from "./program.ts";
import { requireWritable } from "./writable.ts";

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
  const all = path.join(directory, "all.html");
  const outputs = ["--junit", results, "--report", all];
  const { code, stdout } = await seatrial("run", kept, broken, "--seed", "3", ...outputs);
  expect(code).toBe(1);
  const html = readFileSync(all, "utf8");
  expect(html).toContain("1 of 2 runs broke promises.");
  expect(html).toContain("EXPECT, by nobody in particular: 1 of 2 runs");
  expect(html).toContain(`seatrial run ${broken} --seed 3 --report out.html`);
  expect(html).toContain("the first failure came in run 2");
  expect(stdout).toContain(`replay: seatrial run ${broken} --seed 3`);
  const xml = readFileSync(results, "utf8");
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain("clusters.size() == 1 (so &lt;it&gt; is &amp; &quot;was&quot;)");
  expect(xml).toMatch(
    new RegExp(`<testcase classname="${kept}" name="story, seed 3" time="[\\d.]+"/>`),
  );
  expect((await seatrial("run", kept)).code).toBe(0);
});

test("a trace, a report and a recording are written for one run, and refused for several", async () => {
  scenario("namespace.yaml", manifest);
  const file = scenario("broken.yaml", story("clusters.size() == 1"));
  const place = (name: string) => path.join(directory, name);
  const outputs = ["--trace", place("trace.txt"), "--report", place("out.html")];
  const ran = await seatrial("run", file, ...outputs, "--record", place("run.json"));
  expect([ran.code, ran.stdout]).toEqual([
    1,
    expect.stringContaining(`report: ${place("out.html")}`),
  ]);
  expect(readFileSync(place("trace.txt"), "utf8")).toContain("namespaces");
  const html = readFileSync(place("out.html"), "utf8");
  expect(html).toContain("A promise was broken: EXPECT.");
  expect(html).toContain("clusters.size() == 1 (so &lt;it&gt; is &amp; &quot;was&quot;)");
  expect(html).toContain(`seatrial run ${file} --seed 1`);
  const made = await seatrial("report", place("run.json"));
  expect([made.code, made.stdout]).toEqual([0, `${place("run.html")}\n`]);
  expect(readFileSync(place("run.html"), "utf8")).toBe(html);
  const several = await seatrial("run", file, "--runs", "2", "--record", place("two.json"));
  expect([several.code, several.stderr]).toEqual([
    3,
    "seatrial: --record is for a single run, and these are 2\n",
  ]);
});

test("what can't be written is one sentence and exit code 3, before anything runs", async () => {
  scenario("namespace.yaml", manifest);
  const nowhere = path.join(directory, "nowhere", "out.html");
  const refused = await seatrial("run", scenario("kept.yaml", story("true")), "--report", nowhere);
  expect([refused.code, refused.stdout, refused.stderr]).toEqual([
    3,
    "",
    `seatrial: --report ${nowhere}: there is no folder ${path.dirname(nowhere)}\n`,
  ]);
  expect(() => requireWritable(directory, "--output")).toThrow(
    `--output ${directory}: that is a folder; name a file`,
  );
});

test("what is no recording is called what it is", () => {
  expect(() => parseRecording(story("true"), "a.yaml")).toThrow(
    'a.yaml is a scenario and no recording; write "seatrial run a.yaml --report out.html"',
  );
  expect(() => parseRecording("<html>", "a.html")).toThrow(
    "a.html is no recording: it is not JSON",
  );
  expect(() => parseRecording('{"format":"seatrial/recording/v9"}', "a.json")).toThrow(
    "a.json is no recording that this version reads: its format is seatrial/recording/v9; it reads seatrial/recording/v1",
  );
});

// Turns red if the option is not handed on, or if a call past the wire leaves another trace.
test("AWS calls are no bytes unless --aws-wire asks for them, and the trace is the same", async () => {
  const handle = vi.spyOn(InProcessRequestHandler.prototype, "handle");
  const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const run = async (...options: readonly string[]) => {
    handle.mockClear();
    write.mockClear();
    const file = path.join(root, "scenarios/quick-start.yaml");
    const argv = ["node", "seatrial", "run", file, "--seed", "wire", "--json", ...options];
    await (await createProgram(argv)).parseAsync(argv);
    const { traceHash } = JSON.parse(String(write.mock.lastCall?.[0])) as { traceHash: string };
    return { traceHash, onTheWire: handle.mock.calls.length };
  };
  const past = await run();
  const wire = await run("--aws-wire");
  handle.mockRestore();
  write.mockRestore();
  expect(past.onTheWire).toBe(0);
  expect(wire.onTheWire).toBeGreaterThan(100);
  expect(wire.traceHash).toBe(past.traceHash);
});

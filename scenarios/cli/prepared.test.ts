import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../../bin", import.meta.url));
const rolldown = dirname(createRequire(import.meta.url).resolve("rolldown/package.json"));

/** A house with our launcher and the smallest command line: it says what is said, what lies beside it, and where it runs. */
const main = `import { readFileSync } from "node:fs";
import { said } from "./said.ts";

export async function main(argv: readonly string[]): Promise<void> {
  const beside = readFileSync(new URL("beside.txt", import.meta.url), "utf8");
  const [{ later }] = await Promise.all([import("./later.ts"), import("node:os")]);
  const isPrepared = new Error().stack?.includes("program.cjs") === true;
  process.stdout.write(JSON.stringify([said, beside, later.name, isPrepared, argv.slice(2)]));
}

if (import.meta.main) await main(process.argv);
`;

let house = "";

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), "prepared-"));
  mkdirSync(join(house, "scenarios/cli"), { recursive: true });
  mkdirSync(join(house, "node_modules"));
  cpSync(bin, join(house, "bin"), { recursive: true });
  symlinkSync(rolldown, join(house, "node_modules/rolldown"));
  write("package.json", '{ "type": "module" }');
  write("scenarios/cli/main.ts", main);
  write("scenarios/cli/said.ts", 'export const said: string = "größer ≥ 1 🙂";\n');
  write("scenarios/cli/later.ts", "export function later(): void {}\n");
  write("scenarios/cli/beside.txt", "found");
});
afterEach(() => rmSync(house, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(join(house, file), text);
}

function prepare(): string {
  const { stderr, status } = spawnSync(process.execPath, [join(house, "bin/prepare.js")], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stderr;
}

function run(...args: readonly string[]): unknown {
  const launcher = join(house, "bin/seatrial.js");
  const { stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], { encoding: "utf8" });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

// Turns red if a module is not told where its source lies, if the program is not written in ASCII, or if it imports at run time.
test("the prepared program does what the sources do", () => {
  const args = ["run", "story.yaml"];
  expect(run(...args)).toEqual(["größer ≥ 1 🙂", "found", "later", false, args]);
  expect(prepare()).toBe("");
  expect(run(...args)).toEqual(["größer ≥ 1 🙂", "found", "later", true, args]);
});

test("a small command starts from the sources", () => {
  prepare();
  expect(run("inventory")).toEqual(["größer ≥ 1 🙂", "found", "later", false, ["inventory"]]);
});

// Turns red if `openPrepared` does not look at the stamps.
test("a source that has changed runs as it is, until it is prepared again", () => {
  prepare();
  write("scenarios/cli/said.ts", 'export const said: string = "edited";\n');
  expect(run()).toEqual(["edited", "found", "later", false, []]);
  prepare();
  expect(run()).toEqual(["edited", "found", "later", true, []]);
});

test("packages installed anew and files cut off leave the sources to run", () => {
  write("node_modules/.package-lock.json", "{}");
  prepare();
  write("node_modules/.package-lock.json", '{ "packages": {} }');
  expect(run()).toEqual(["größer ≥ 1 🙂", "found", "later", false, []]);
  prepare();
  write("node_modules/.cache/seatrial/prepared/inputs.json", '{"scenarios/cli/said.ts":');
  expect(run()).toEqual(["größer ≥ 1 🙂", "found", "later", false, []]);
});

test("what can't be prepared is said in one sentence and stops nothing", () => {
  rmSync(join(house, "node_modules/rolldown"));
  expect(prepare()).toMatch(
    /^seatrial starts from its sources, more slowly than prepared: .*rolldown.*\n$/,
  );
  expect(run()).toEqual(["größer ≥ 1 🙂", "found", "later", false, []]);
});

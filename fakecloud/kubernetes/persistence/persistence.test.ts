import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { realClock } from "../../kernel/clock.ts";
import { openStateDatabase, StateDatabaseError } from "./state-database.ts";

const directories: string[] = [];

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), "state-"));
  directories.push(made);
  return made;
}

afterEach(() => {
  for (const each of directories.splice(0)) rmSync(each, { recursive: true, force: true });
});

const open = (where: string) => openStateDatabase(where, { clock: realClock });

test("what was written is there after reopening, what was removed is not", async () => {
  const where = directory();
  const first = open(where);
  await Promise.all([
    first.write([{ collection: "a", key: "1", value: { n: 1 } }]),
    first.write([{ collection: "b", key: "1", value: [2] }]),
    first.write([{ collection: "a", key: "2", value: "gone" }]),
  ]);
  await first.write([{ collection: "a", key: "2" }]);
  first.close();
  const second = open(where);
  expect(second.entries("a")).toEqual(new Map([["1", { n: 1 }]]));
  expect(second.entries("b")).toEqual(new Map([["1", [2]]]));
  second.close();
});

test("only the owner can read the files", async () => {
  const where = directory();
  const database = open(where);
  await database.write([{ collection: "a", key: "1", value: 1 }]);
  for (const file of ["state.db", "state.db-wal"]) {
    expect(statSync(path.join(where, file)).mode & 0o077, file).toBe(0);
  }
  database.close();
});

test("a directory in use is refused in one sentence", () => {
  const where = directory();
  const database = open(where);
  expect(() => open(where)).toThrow(StateDatabaseError);
  expect(() => open(where)).toThrow(/is in use by another process$/);
  database.close();
});

interface Line {
  readonly found?: readonly (readonly [string, number])[];
  readonly revision?: number;
  readonly oldWatch?: number;
  readonly acknowledged?: readonly [string, number];
}

/** Runs the victim until it has acknowledged a few writes, then kills it at once. */
async function crash(where: string, round: number, oldVersion: number): Promise<Line[]> {
  const script = path.join(import.meta.dirname, "crash-victim.ts");
  const args = [script, where, `r${round}`, ...(oldVersion > 0 ? [String(oldVersion)] : [])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledgements = 1 + ((round * 7919) % 40);
  let text = "";
  let seen = 0;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    text += chunk;
    seen += chunk.split('"acknowledged"').length - 1;
    if (seen >= acknowledgements) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.once("close", resolve));
  // A line that the kill cut off was never heard by anybody.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** What a client has heard, over all rounds. */
class Client {
  readonly acknowledged = new Map<string, number>();
  highest = 0;

  check([start, ...lines]: readonly Line[]): void {
    const found = new Map(start?.found);
    for (const [name, version] of this.acknowledged) expect(found.get(name), name).toBe(version);
    expect(start?.revision).toBeGreaterThanOrEqual(this.highest);
    if (this.highest > 0) expect(lines[0]?.oldWatch).toBe(410);
    let previous = start?.revision ?? 0;
    for (const { acknowledged: write } of lines) {
      if (write === undefined) continue;
      // Acknowledged in the order of their versions, all of them above what was there before.
      expect(write[1]).toBeGreaterThan(previous);
      previous = write[1];
      this.acknowledged.set(write[0], write[1]);
    }
    this.highest = Math.max(this.highest, previous);
  }
}

const rounds = process.env["SEATRIAL_FULL"] === "1" ? 200 : 3;

// Turns red if writes are answered before the commit (resolve in `write`), or if the revision is not stored with the object.
test(
  `${rounds} kills during writes lose no acknowledged write and never turn versions back`,
  async () => {
    const where = directory();
    const client = new Client();
    for (let round = 0; round < rounds; round += 1) {
      client.check(await crash(where, round, client.highest === 0 ? 0 : client.highest - 1));
    }
    expect(client.acknowledged.size).toBeGreaterThan(rounds);
  },
  rounds * 10_000 + 60_000,
);

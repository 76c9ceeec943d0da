import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { realClock } from "@seatrial/fakecloud/kernel/clock.ts";
import { openStateDatabase } from "@seatrial/fakecloud/kubernetes/persistence/state-database.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitCodes, reportFailure } from "../cli/exit.ts";
import { createProgram } from "../cli/program.ts";
import { UpProcess } from "./up-process.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "seatrial-refused-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What a person sees who starts it so, where it does not start. */
async function refusal(...flags: readonly string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    const ports = ["--kube-port=0", "--aws-port=0", `--data-dir=${directory}`];
    const argv = ["node", "seatrial", "up", ...ports, ...flags];
    const program = await createProgram(argv);
    await program.parseAsync(argv);
    throw new Error("it has started");
  } catch (error) {
    return { code: reportFailure(error), text };
  } finally {
    stderr.mockRestore();
  }
}

function listen(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" ? (address?.port ?? 0) : 0 });
    });
  });
}

test.each(["--kube-port", "--aws-port"])(
  "a taken port is one sentence that names %s, and nothing is left behind",
  async (flag) => {
    const { server, port } = await listen();
    const { code, text } = await refusal(`${flag}=${port}`);
    server.close();
    expect(code).toBe(exitCodes.invalidInput);
    expect(text).toBe(
      `seatrial: port ${port} is taken by another process; choose one with ${flag} (0 for any)\n`,
    );
    // What was started before the port was found to be taken is gone: the directory can be used at once.
    openStateDatabase(directory, { clock: realClock }).close();
  },
);

test("a data directory that another process uses is one sentence", async () => {
  const database = openStateDatabase(directory, { clock: realClock });
  const { code, text } = await refusal();
  database.close();
  expect(code).toBe(exitCodes.invalidInput);
  expect(text).toBe(
    `seatrial: the data directory ${directory} is in use by another process; choose another one with --data-dir\n`,
  );
});

test("a data directory of another version is one sentence", async () => {
  const database = new DatabaseSync(join(directory, "state.db"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  const { code, text } = await refusal();
  expect(code).toBe(exitCodes.invalidInput);
  expect(text).toBe(
    `seatrial: the data directory ${directory} was written by another version (format 99, expected 2); choose another one with --data-dir\n`,
  );
});

test("a time scale that is none is one sentence", async () => {
  expect(await refusal("--time-scale=fast")).toEqual({
    code: exitCodes.invalidInput,
    text: 'seatrial: --time-scale must be a number from 1, not "fast"\n',
  });
});

// Turns red if the signal is listened for only once everything runs, or if a connection that is being made keeps the server.
test("asked to stop while it starts, or the moment it is ready, it stops in good order", async () => {
  const ready = new UpProcess([]);
  await ready.start();
  expect(await ready.end("SIGTERM")).toBe(0);
  const starting = new UpProcess([]);
  const started = starting.start();
  while (!existsSync(join(starting.data, "state.db"))) await delay(5);
  expect(await starting.end("SIGINT")).toBe(0);
  await started; // It has said that it is ready, and that it stops.
  expect(starting.output).toContain("stopping");
  for (const up of [ready, starting]) await up.remove();
});

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export interface RunningSeatrial {
  readonly kubeconfig: string;
  /** A folder for whatever the tests need; gone after `stop`. */
  readonly directory: string;
  /** Everything that it has printed. */
  readonly output: () => string;
  stop(): Promise<void>;
}

const launcher = fileURLToPath(new URL("../../bin/seatrial.js", import.meta.url));

/** `seatrial up` as a newcomer starts it, but on free ports and in a folder of its own. */
export async function startSeatrial(): Promise<RunningSeatrial> {
  const directory = mkdtempSync(join(tmpdir(), "seatrial-kubectl-"));
  const flags = ["--no-controllers", "--kube-port=0", "--aws-port=0", `--data-dir=${directory}`];
  const child = spawn(process.execPath, [launcher, "up", ...flags]);
  let text = "";
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("Stop with Ctrl-C")) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", () => reject(new Error(`seatrial up ended: ${text}`)));
  });
  await ready;
  return {
    kubeconfig: join(directory, "kubeconfig"),
    directory,
    output: () => text,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../bin/seatrial.js", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real binary, to its end. */
export function seatrial(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [launcher, ...args], { env: environment() });
  const read = collect(child);
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code: code ?? -1, ...read() }));
  });
}

/** Nothing of the machine's own kubeconfigs. */
function environment(): NodeJS.ProcessEnv {
  const { KUBECONFIG: _, ...rest } = process.env;
  return rest;
}

function collect(child: ChildProcess) {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return () => ({ stdout, stderr });
}

/** The real binary, until it is stopped. */
export class LongRunning {
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #read: () => { readonly stdout: string; readonly stderr: string };
  readonly #ended: Promise<number>;

  constructor(command: string, options: { readonly args: readonly string[]; directory?: string }) {
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), "seatrial-cli-"));
    const args = [launcher, command, ...options.args];
    this.#child = spawn(process.execPath, args, { env: environment() });
    this.#read = collect(this.#child);
    this.#ended = new Promise((resolve) => this.#child.on("close", (code) => resolve(code ?? -1)));
  }

  /** `up` or `cloud` on free ports, in a folder of its own. */
  static async start(command: "cloud" | "up", args: readonly string[], directory?: string) {
    const folder = directory ?? mkdtempSync(join(tmpdir(), "seatrial-cli-"));
    const ports = command === "up" ? ["--kube-port=0", "--aws-port=0"] : ["--port=0"];
    const all = [...ports, `--data-dir=${folder}`, ...args];
    const running = new LongRunning(command, { args: all, directory: folder });
    await running.ready();
    return running;
  }

  get output(): string {
    const { stdout, stderr } = this.#read();
    return `${stdout}${stderr}`;
  }

  async ready(): Promise<void> {
    const gone = this.#ended.then(() => Promise.reject(new Error(this.output)));
    gone.catch(() => undefined);
    await Promise.race([this.until(() => this.output.includes("Stop with Ctrl-C")), gone]);
  }

  async until(holds: () => Promise<boolean> | boolean, patienceMs = 50_000): Promise<void> {
    const endMs = Date.now() + patienceMs;
    while (!(await holds())) {
      if (Date.now() > endMs) throw new Error(`it did not happen; so far: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(options: { readonly keep?: boolean } = {}): Promise<number> {
    this.#child.kill("SIGTERM");
    const code = await this.#ended;
    if (options.keep !== true) rmSync(this.directory, { recursive: true, force: true });
    return code;
  }
}

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Running as SeatrialUp } from "../cli/running.ts";
import { Kubectl } from "../kubectl/kubectl.ts";

const launcher = fileURLToPath(new URL("../../bin/seatrial.js", import.meta.url));

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number | null>;
}

/** `seatrial up` over one data directory, in one process after the other. */
export class UpProcess {
  readonly directory = mkdtempSync(join(tmpdir(), "seatrial-up-"));
  readonly kubectl: Kubectl;
  readonly #flags: readonly string[];
  #running: Running | undefined;
  /** What the present process has printed. */
  output = "";
  /** How long the present process took until it was ready. */
  readyMs = 0;

  constructor(flags: readonly string[]) {
    this.#flags = flags;
    this.kubectl = this.#kubectlFor(join(this.directory, "data", "kubeconfig"));
  }

  get data(): string {
    return join(this.directory, "data");
  }

  /** Starts it, and resolves once it says that it is ready. */
  async start(): Promise<void> {
    const startedMs = performance.now();
    const flags = ["--kube-port=0", "--aws-port=0", `--data-dir=${this.data}`, ...this.#flags];
    const child = spawn(process.execPath, [launcher, "up", ...flags]);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    this.#running = { child, ended };
    this.output = "";
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.output += chunk.toString("utf8");
        if (this.output.includes("Stop with Ctrl-C")) resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("close", () => reject(new Error(`seatrial up ended: ${this.output}`)));
    });
    this.readyMs = performance.now() - startedMs;
  }

  get awsUrl(): string {
    return /AWS +(http:\S+)/.exec(this.output)?.[1] ?? "";
  }

  /** Everything that somebody made in AWS, as "type/id". */
  async inventory(): Promise<readonly string[]> {
    const running = new SeatrialUp(this.data);
    return (await running.ask<{ inventory: readonly string[] }>("GET", "/inventory")).inventory;
  }

  /** Ends it with a signal; returns its exit code, null where the signal left it no time for one. */
  async end(signal: "SIGINT" | "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const running = this.#running;
    this.#running = undefined;
    running?.child.kill(signal);
    return running?.ended ?? null;
  }

  async remove(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** kubectl on a workload cluster, with what the management cluster's Secret holds and nothing else. */
  async workload(cluster: string): Promise<Kubectl> {
    const encoded = await this.kubectl.ok(
      `get secret ${cluster}-kubeconfig -o jsonpath={.data.value}`,
    );
    const file = join(this.directory, `${cluster}.kubeconfig`);
    writeFileSync(file, Buffer.from(encoded, "base64"), { mode: 0o600 });
    return this.#kubectlFor(file);
  }

  #kubectlFor(kubeconfig: string): Kubectl {
    return new Kubectl({
      kubeconfig,
      cacheDir: join(this.directory, "cache"),
      namespace: "default",
    });
  }
}

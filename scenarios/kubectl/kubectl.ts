import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import process from "node:process";

/** What one run of kubectl printed, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface KubectlOptions {
  readonly kubeconfig: string;
  /** Where discovery is remembered: shared by all runs, as a person's is. */
  readonly cacheDir: string;
  readonly namespace: string;
}

/** How a case differs from an ordinary call. */
export interface CallOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function isKubectlInstalled(): boolean {
  return spawnSync("kubectl", ["version", "--client"], { stdio: "ignore" }).status === 0;
}

/** The real kubectl, in one namespace of one cluster. */
export class Kubectl {
  readonly #options: KubectlOptions;

  constructor(options: KubectlOptions) {
    this.#options = options;
  }

  get namespace(): string {
    return this.#options.namespace;
  }

  in(namespace: string): Kubectl {
    return new Kubectl({ ...this.#options, namespace });
  }

  /** A kubectl that goes on running: a watch, a forwarded port. */
  start(args: readonly string[], { env = {} }: CallOptions = {}): ChildProcessWithoutNullStreams {
    const { kubeconfig, cacheDir, namespace } = this.#options;
    return spawn("kubectl", [`--cache-dir=${cacheDir}`, `--namespace=${namespace}`, ...args], {
      env: { ...process.env, KUBECONFIG: kubeconfig, ...env },
    });
  }

  async run(args: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    const child = this.start(args, options);
    const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
    child.stdin.end(options.input ?? "");
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? -1));
    });
    return { code, out: out(), err: withoutSkew(err()) };
  }

  /** Runs what must succeed; returns what it printed. Words are separated by single spaces. */
  async ok(command: string, options: CallOptions = {}): Promise<string> {
    const { code, out, err } = await this.run(command.split(" "), options);
    if (code !== 0) throw new Error(`kubectl ${command} ended with ${code}: ${err}${out}`);
    return out.trimEnd();
  }

  /** Runs what must be refused; returns the complaint. */
  async refused(command: string, options: CallOptions = {}): Promise<string> {
    const { code, out, err } = await this.run(command.split(" "), options);
    if (code === 0) throw new Error(`kubectl ${command} succeeded: ${out}`);
    return err.trimEnd();
  }
}

function textOf(stream: ChildProcessWithoutNullStreams["stdout"]): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** kubectl remarks on the versions of servers that are newer than itself. */
function withoutSkew(text: string): string {
  return text.replaceAll(/^WARNING: version difference .*\n/gm, "");
}

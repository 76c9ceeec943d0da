import { execFile } from "node:child_process";
import { parseTime, realClock } from "./clock.ts";
import { messageOf } from "./errors.ts";

/** The `exec` of a kubeconfig user. */
export interface ExecPlugin {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
  readonly installHint?: string;
}

interface ExecCredential {
  readonly status?: {
    readonly token?: string;
    readonly expirationTimestamp?: string;
    readonly clientCertificateData?: string;
  };
}

const defaultApiVersion = "client.authentication.k8s.io/v1";
const pluginTimeoutMs = 60_000;
/** A token that ends this soon is not worth sending. */
const earlyMs = 10_000;

/**
 * A bearer token from a credential plug-in: asked for once, kept until it expires or the API server refuses it. Calls that come while
 * the plug-in runs wait for the same answer.
 */
export class PluginToken {
  readonly #plugin: ExecPlugin;
  readonly #cluster: object;
  #current: Promise<string> | undefined;
  #expiresMs = Number.POSITIVE_INFINITY;

  constructor(plugin: ExecPlugin, cluster: object) {
    this.#plugin = plugin;
    this.#cluster = cluster;
  }

  token(): Promise<string> {
    if (realClock.now() >= this.#expiresMs - earlyMs) this.#current = undefined;
    if (this.#current === undefined) {
      const asked = this.#ask();
      this.#current = asked;
      // What has failed is asked for again by the next call.
      asked.catch(() => this.#forget(asked));
    }
    return this.#current;
  }

  /** The API server does not accept it (any more). */
  refuse(): void {
    this.#current = undefined;
  }

  #forget(asked: Promise<string>): void {
    if (this.#current === asked) this.#current = undefined;
  }

  async #ask(): Promise<string> {
    const { command, installHint = "" } = this.#plugin;
    this.#expiresMs = Number.POSITIVE_INFINITY;
    let status: ExecCredential["status"];
    try {
      ({ status } = JSON.parse(await this.#run()) as ExecCredential);
    } catch (error) {
      const hint = installHint === "" ? "" : ` (${installHint.trim()})`;
      throw new Error(`the credential plug-in ${command} has failed: ${messageOf(error)}${hint}`, {
        cause: error,
      });
    }
    if (status?.token === undefined) {
      const what = status?.clientCertificateData === undefined ? "no token" : "a certificate only";
      throw new Error(`the credential plug-in ${command} gives ${what}; a token is needed`);
    }
    this.#expiresMs = parseTime(status.expirationTimestamp ?? "") ?? Number.POSITIVE_INFINITY;
    return status.token;
  }

  #run(): Promise<string> {
    const { apiVersion = defaultApiVersion, command, args, env, provideClusterInfo } = this.#plugin;
    const spec = { interactive: false, ...(provideClusterInfo === true ? this.#cluster : {}) };
    const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec });
    const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const options = {
      env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: info },
      timeout: pluginTimeoutMs,
    };
    return new Promise((resolve, reject) => {
      execFile(command, [...(args ?? [])], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr.trim() === "" ? error.message : stderr.trim()));
      });
    });
  }
}

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
    readonly clientKeyData?: string;
  };
}

/** What a plug-in gives: a bearer token, a client certificate with its key (PEM), or both. */
export interface PluginAnswer {
  readonly token?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

const defaultApiVersion = "client.authentication.k8s.io/v1";
const pluginTimeoutMs = 60_000;
/** A credential that ends this soon is not worth sending. */
const earlyMs = 10_000;

/**
 * The credential of a plug-in: asked for once, kept until it expires or the API server refuses it. Calls that come while the plug-in
 * runs wait for the same answer.
 */
export class PluginCredential {
  readonly #plugin: ExecPlugin;
  readonly #cluster: object;
  #current: Promise<PluginAnswer> | undefined;
  #expiresMs = Number.POSITIVE_INFINITY;

  constructor(plugin: ExecPlugin, cluster: object) {
    this.#plugin = plugin;
    this.#cluster = cluster;
  }

  get(): Promise<PluginAnswer> {
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

  #forget(asked: Promise<PluginAnswer>): void {
    if (this.#current === asked) this.#current = undefined;
  }

  async #ask(): Promise<PluginAnswer> {
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
    this.#expiresMs = parseTime(status?.expirationTimestamp ?? "") ?? Number.POSITIVE_INFINITY;
    return answerOf(command, status ?? {});
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

function answerOf(command: string, status: NonNullable<ExecCredential["status"]>): PluginAnswer {
  const { token, clientCertificateData: certificate, clientKeyData: privateKey } = status;
  const pair =
    certificate === undefined || privateKey === undefined ? {} : { certificate, privateKey };
  if (token !== undefined) return { token, ...pair };
  if ("certificate" in pair) return pair;
  throw new Error(`the credential plug-in ${command} gives neither a token nor a certificate`);
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AdminAccess, accessFile } from "../factory/admin-access.ts";
import { InputError } from "../runner/input-error.ts";

/** A running `up` or `cloud`, found by its data directory and asked through its admin API. */
export class Running {
  readonly #dataDir: string;
  readonly #access: AdminAccess;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    const file = join(dataDir, accessFile);
    if (!existsSync(file)) throw this.#gone();
    this.#access = JSON.parse(readFileSync(file, "utf8")) as AdminAccess;
  }

  /** Changes with every start. */
  get token(): string {
    return this.#access.token;
  }

  async ask<T>(method: "DELETE" | "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const answer = await this.#send(method, path, body);
    if (answer.status < 400) return answer.body as T;
    throw new InputError((answer.body as { readonly error: string }).error);
  }

  /** Undefined if there is no such thing. */
  async find<T>(path: string): Promise<T | undefined> {
    const answer = await this.#send("GET", path);
    if (answer.status === 404) return undefined;
    if (answer.status < 400) return answer.body as T;
    throw new InputError((answer.body as { readonly error: string }).error);
  }

  async #send(method: string, path: string, body?: unknown) {
    const { url, token } = this.#access;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    let response: Response;
    try {
      response = await fetch(`${url}/_seatrial${path}`, init);
    } catch {
      throw this.#gone();
    }
    return { status: response.status, body: await response.json() };
  }

  #gone(): InputError {
    return new InputError(
      `nothing runs with the data directory ${this.#dataDir}: start "seatrial up" or "seatrial cloud" there, or name another one with --data-dir`,
    );
  }
}

export interface MachineFacts {
  readonly name: string;
  readonly instanceId: string;
  readonly state: string;
  readonly zone: string;
  readonly nodeName: string;
  /** The first obstacle that keeps it from joining. */
  readonly why?: string;
}

import type { Kind } from "./client.ts";
import { isNotFound, NoMatchError } from "./errors.ts";
import { groupVersionPath } from "./resource-path.ts";
import type { RestClient } from "./rest.ts";

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Maps apiVersion and kind to what a path needs. Hits are kept for good; a miss asks again, because CRDs come late. */
export class Discovery {
  readonly #rest: RestClient;
  readonly #known = new Map<string, Kind>();

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  async kindFor(apiVersion: string, kind: string): Promise<Kind> {
    const known = this.#known.get(`${apiVersion} ${kind}`);
    if (known !== undefined) return known;
    await this.#load(apiVersion);
    const found = this.#known.get(`${apiVersion} ${kind}`);
    if (found === undefined) {
      throw new NoMatchError(`no matches for kind "${kind}" in version "${apiVersion}"`);
    }
    return found;
  }

  async #load(apiVersion: string): Promise<void> {
    const slash = apiVersion.indexOf("/");
    const group = slash === -1 ? "" : apiVersion.slice(0, slash);
    const version = apiVersion.slice(slash + 1);
    const resources = await this.#resources(groupVersionPath({ group, version }));
    for (const { name, kind, namespaced } of resources) {
      if (name.includes("/")) continue; // A subresource.
      const entry: Kind = { group, version, kind, plural: name, namespaced };
      this.#known.set(`${apiVersion} ${kind}`, Object.freeze(entry));
    }
  }

  async #resources(path: string): Promise<readonly ApiResource[]> {
    try {
      const body = await this.#rest.call({ method: "GET", path });
      return (body as { resources?: readonly ApiResource[] }).resources ?? [];
    } catch (error) {
      if (isNotFound(error)) return []; // The group or version is not served: no match.
      throw error;
    }
  }
}

import { hash } from "node:crypto";
import type { ApiAnswer, ApiRequest } from "../contract.ts";
import { deepFreeze } from "../json.ts";
import type { Registry } from "../registry/registry.ts";
import { aggregatedDiscovery } from "./aggregated.ts";
import { type DiscoveredGroup, discoverGroups } from "./groups.ts";
import { indexPaths } from "./index-paths.ts";
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from "./plain.ts";

/** What is served, told in the two dialects that clients speak. Answers are kept until the registry changes. */
export class Discovery {
  readonly #registry: Registry;
  readonly #address: string;
  readonly #answers = new Map<string, ApiAnswer>();
  #groups: readonly DiscoveredGroup[] = [];
  #generation = -1;

  constructor(registry: Registry, address: string) {
    this.#registry = registry;
    this.#address = address;
  }

  /** Undefined if the path is none of discovery, or nothing is served there. */
  answer(request: ApiRequest): ApiAnswer | undefined {
    if (request.path === "/" || request.path === "/index.html") return this.#index();
    const segments = request.path.split("/").filter((segment) => segment !== "");
    const [root, group, version, ...more] = segments;
    if (more.length > 0 || (root !== "api" && root !== "apis")) return undefined;
    this.#refresh();
    const dialect = group === undefined ? aggregatedVersion(request.headers["accept"] ?? "") : "";
    const key = `${segments.join("/")} ${dialect}`;
    let known = this.#answers.get(key);
    if (known === undefined) {
      const body =
        root === "api" ? this.#core(group, version, dialect) : this.#named(group, version, dialect);
      if (body === undefined) return undefined;
      known = made(body, dialect);
      this.#answers.set(key, known);
    }
    return unlessKnown(known, request);
  }

  #index(): ApiAnswer {
    this.#refresh();
    let known = this.#answers.get("/");
    if (known === undefined) {
      known = made({ paths: indexPaths(this.#groups) }, "");
      this.#answers.set("/", known);
    }
    return known;
  }

  #refresh(): void {
    if (this.#generation === this.#registry.generation) return;
    this.#generation = this.#registry.generation;
    this.#groups = discoverGroups(this.#registry);
    this.#answers.clear();
  }

  #core(version: string | undefined, more: string | undefined, dialect: Dialect): unknown {
    const core = this.#groups.filter(({ group }) => group === "");
    if (more !== undefined) return undefined;
    if (version === undefined) {
      return dialect === "" ? apiVersions(this.#address) : aggregatedDiscovery(core, dialect);
    }
    const found = core[0]?.versions.find((each) => each.version === version);
    return found === undefined ? undefined : apiResourceList("", found);
  }

  #named(name: string | undefined, version: string | undefined, dialect: Dialect): unknown {
    if (name === undefined) {
      const named = this.#groups.filter(({ group }) => group !== "");
      return dialect === "" ? apiGroupList(named) : aggregatedDiscovery(named, dialect);
    }
    const group = this.#groups.find((each) => each.group === name);
    if (group === undefined) return undefined;
    if (version === undefined) return apiGroup(group);
    const found = group.versions.find((each) => each.version === version);
    return found === undefined ? undefined : apiResourceList(name, found);
  }
}

type Dialect = "" | "v2" | "v2beta1";

/** Which aggregated document the client would rather have than the old one. */
function aggregatedVersion(accept: string): Dialect {
  for (const clause of accept.split(",")) {
    const parameters = new Set(clause.split(";").map((part) => part.trim()));
    if (!parameters.has("g=apidiscovery.k8s.io")) {
      if (parameters.has("application/json")) return "";
      continue;
    }
    if (!parameters.has("as=APIGroupDiscoveryList")) continue;
    if (parameters.has("v=v2")) return "v2";
    if (parameters.has("v=v2beta1")) return "v2beta1";
  }
  return "";
}

/** Nothing but the news that the client has it already, if it has. */
function unlessKnown(answer: ApiAnswer, request: ApiRequest): ApiAnswer {
  const etag = answer.headers["etag"];
  const isKnown = etag !== undefined && request.headers["if-none-match"] === etag;
  return isKnown ? { ...answer, status: 304, body: "" } : answer;
}

function made(body: unknown, dialect: Dialect): ApiAnswer {
  const plain = { "content-type": "application/json", "cache-control": "no-cache, private" };
  if (dialect === "") {
    return { kind: "answer", status: 200, headers: plain, body: deepFreeze(body) };
  }
  const etag = hash("sha512", JSON.stringify(body), "hex").toUpperCase();
  return {
    kind: "answer",
    status: 200,
    headers: {
      "content-type": `application/json;g=apidiscovery.k8s.io;v=${dialect};as=APIGroupDiscoveryList`,
      "cache-control": "public",
      etag: `"${etag}"`,
      vary: "Accept",
    },
    body: deepFreeze(body),
  };
}

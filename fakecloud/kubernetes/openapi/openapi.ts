import { hash } from "node:crypto";
import { formatTime } from "../../kernel/clock.ts";
import type { Clock } from "../../kernel/clock.ts";
import { textAnswer } from "../answer.ts";
import type { ApiAnswer, ApiRequest } from "../contract.ts";
import { discoverGroups } from "../discovery/groups.ts";
import { deepFreeze } from "../json.ts";
import { gvOf, type JsonObject } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import type { Resource } from "../registry/resource.ts";
import { documentV2, documentV3 } from "./documents.ts";

interface Document {
  readonly resources: readonly Resource[];
  readonly body: JsonObject;
  readonly etag: string;
}

// The built-in kinds are the same in every cluster of a process: their documents are made once.
const builtinDocuments = new WeakMap<object, Document>();
const yearMs = 365 * 86_400_000;

/** Serves what the registry knows as OpenAPI. Documents are made when they are asked for, and kept while they are true. */
export class OpenApi {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #version: string;
  readonly #documents = new Map<string, Document>();
  #v2Etag: { readonly body: JsonObject; readonly etag: string } | undefined;
  #v2: { readonly generation: number; readonly body: JsonObject } | undefined;

  constructor(registry: Registry, clock: Clock, version: string) {
    this.#registry = registry;
    this.#clock = clock;
    this.#version = version;
  }

  /** Everything in one Swagger 2 document, as plain JSON. */
  v2(): JsonObject {
    const { generation } = this.#registry;
    if (this.#v2?.generation !== generation) {
      this.#v2 = { generation, body: documentV2(this.#registry.list(), this.#version) };
    }
    return this.#v2.body;
  }

  /** Undefined if the path is none of OpenAPI. The binary forms are a matter of those who serve bytes. */
  answer(request: ApiRequest): ApiAnswer | undefined {
    const { path } = request;
    // The real server lets a handler for files write it, which takes it for text.
    if (path === "/openapi/v3") return json(200, this.#root(), { "content-type": plainText });
    if (path === "/openapi/v2") return acceptsJson(request) ? this.#serveV2(request) : unacceptable;
    if (!path.startsWith("/openapi/v3/")) return undefined;
    const name = path.slice("/openapi/v3/".length);
    const document = this.#document(name);
    if (document === undefined) return textAnswer(404, "");
    return acceptsJson(request) ? this.#serve(request, name, document) : unacceptable;
  }

  #serveV2(request: ApiRequest): ApiAnswer {
    const body = this.v2();
    if (this.#v2Etag?.body !== body) this.#v2Etag = { body, etag: `"${etagOf(body)}"` };
    const headers = { etag: this.#v2Etag.etag, vary: "Accept" };
    const isKnown = request.headers["if-none-match"] === headers.etag;
    return isKnown ? json(304, "", headers) : json(200, body, headers);
  }

  #serve(request: ApiRequest, name: string, { body, etag }: Document): ApiAnswer {
    const hashed = request.query["hash"]?.[0];
    const headers = { etag: `"${etag}"`, vary: "Accept" };
    if (hashed !== undefined && hashed !== etag) {
      return json(301, "", { ...headers, location: `/openapi/v3/${name}?hash=${etag}` });
    }
    if (request.headers["if-none-match"] === headers.etag) return json(304, "", headers);
    const caching =
      hashed === undefined
        ? {}
        : {
            "cache-control": "public, immutable",
            expires: httpDate(this.#clock.now() + yearMs),
          };
    return json(200, body, { ...headers, ...caching });
  }

  #root(): JsonObject {
    const paths: Record<string, JsonObject> = {};
    for (const { group, versions } of discoverGroups(this.#registry)) {
      for (const { version } of versions) {
        const name = group === "" ? `api/${version}` : `apis/${gvOf(group, version)}`;
        const etag = this.#document(name)?.etag ?? "";
        paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${etag}` };
      }
    }
    return { paths };
  }

  #document(name: string): Document | undefined {
    const resources = this.#resources(name);
    const [first] = resources;
    if (first === undefined) return undefined;
    if (first.custom) return this.#customDocument(name, resources);
    const shared = builtinDocuments.get(first.openApi);
    if (shared !== undefined) return shared;
    const made = this.#make(resources);
    builtinDocuments.set(first.openApi, made);
    return made;
  }

  #customDocument(name: string, resources: readonly Resource[]): Document {
    const known = this.#documents.get(name);
    const same =
      known?.resources.length === resources.length &&
      known.resources.every((each, index) => each === resources[index]);
    if (known !== undefined && same) return known;
    const made = this.#make(resources);
    this.#documents.set(name, made);
    return made;
  }

  /** What "api/v1" or "apis/apps/v1" holds. */
  #resources(name: string): readonly Resource[] {
    const [root, first = "", second = ""] = name.split("/");
    if (root !== "api" && root !== "apis") return [];
    const [group, version] = root === "api" ? ["", first] : [first, second];
    return this.#registry.list().filter((each) => each.group === group && each.version === version);
  }

  #make(resources: readonly Resource[]): Document {
    const body = deepFreeze(documentV3(resources, this.#version));
    return { resources, body, etag: etagOf(body) };
  }
}

const plainText = "text/plain; charset=utf-8";
const unacceptable = textAnswer(406, "");

function acceptsJson({ headers }: ApiRequest): boolean {
  const { accept = "" } = headers;
  return accept === "" || /application\/json|\*\/\*|application\/\*/.test(accept);
}

function etagOf(body: JsonObject): string {
  return hash("sha512", JSON.stringify(body), "hex").toUpperCase();
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>>): ApiAnswer {
  return {
    kind: "answer",
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-cache, private",
      ...headers,
    },
    body,
  };
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "Mon, 05 Jan 2026 08:00:00 UTC", in the words of Go and without asking a locale. */
function httpDate(ms: number): string {
  const [date = "", time = ""] = formatTime(ms).replace("Z", "").split("T");
  const [year = "", month = "", day = ""] = date.split("-");
  const weekday = days[(Math.floor(ms / 86_400_000) + 4) % 7] ?? "";
  return `${weekday}, ${day} ${months[Number(month) - 1] ?? ""} ${year} ${time} UTC`;
}

import type { RequestContext, Verb } from "./context.ts";
import { isTrue } from "./context.ts";
import type { ApiRequest, ApiResponse } from "./contract.ts";
import type { Core } from "./core.ts";
import { negotiate } from "./negotiation.ts";
import { present, watchHeaders } from "./presentation.ts";
import type { Resource } from "./registry/resource.ts";
import { parseResourcePath, type ResourcePath } from "./request-path.ts";
import {
  badRequest,
  methodNotAllowed,
  notFound,
  PlainTextError,
  unknownResource,
} from "./status.ts";
import { review, reviewKinds } from "./reviews/reviews.ts";
import { subresourceHandlers } from "./subresources/handlers.ts";
import { create } from "./verbs/create.ts";
import { remove } from "./verbs/delete.ts";
import { awaitVersion, futureOf } from "./verbs/future-read.ts";
import { removeCollection } from "./verbs/delete-collection.ts";
import { list } from "./verbs/list.ts";
import { patch } from "./verbs/patch.ts";
import { get } from "./verbs/read.ts";
import { update } from "./verbs/update.ts";
import { WatchStream } from "./watch/watch-stream.ts";

/** Answers every request below `/api/v1` and `/apis/<group>/<version>`. */
export class ResourceHandler {
  readonly #core: Core;
  readonly #streams = new Set<WatchStream>();

  constructor(core: Core) {
    this.#core = core;
    core.state.registry.onChange(() => this.#endOrphanedWatches());
  }

  /** Undefined if the path is none of a resource. Throws what the client is to see. */
  route(request: ApiRequest): RequestContext | undefined {
    const path = parseResourcePath(request.path);
    if (path === undefined) return undefined;
    const resource = this.#core.state.registry.byKey(path.key);
    if (resource === undefined) throw this.#unknown(path);
    const inNamespace = path.namespace !== "" && path.plural !== "namespaces";
    // A namespaced kind may be listed over all namespaces; everything else must fit the scope.
    const misplaced = resource.namespaced ? !inNamespace && path.name !== "" : inNamespace;
    if (misplaced) throw this.#unknown(path);
    return {
      request,
      resource,
      path,
      verb: verbOf(request, path, resource.custom),
      namespace: resource.namespaced ? path.namespace : "",
      name: path.name,
      subresource: path.subresource,
      user: request.user,
      warnings: resource.deprecation === undefined ? [] : [resource.deprecation],
    };
  }

  async run(context: RequestContext): Promise<ApiResponse> {
    const { resource, subresource } = context;
    negotiate(context.request);
    const future = futureOf(this.#core, context);
    if (future !== undefined) await awaitVersion(this.#core, future);
    this.requireServed(context);
    if (subresource !== "" && subresource !== "status") return this.#runSubresource(context);
    if (resource.kind in reviewKinds && !resource.custom) {
      return this.#answer(context, 201, review(this.#core, context));
    }
    switch (context.verb) {
      case "get":
        return this.#answer(context, 200, get(this.#core, context));
      case "list":
        return this.#answer(context, 200, list(this.#core, context));
      case "watch":
        return this.#watch(context);
      case "deletecollection":
        return this.#answer(context, 200, await removeCollection(this.#core, context));
      default: {
        const { status, object } = await this.#write(context);
        return this.#answer(context, status, object);
      }
    }
  }

  /** Throws if nobody is there to look at the body of the request. */
  requireServed(context: RequestContext): void {
    const { resource, subresource } = context;
    if (subresource === "status") requireStatus(resource, context);
    else if (subresource !== "") requireSubresource(context);
    if (["", "status"].includes(subresource) && !resource.verbs.includes(context.verb)) {
      throw methodNotAllowed();
    }
  }

  closeWatches(): void {
    for (const stream of Array.from(this.#streams)) stream.close();
  }

  get openWatches(): number {
    return this.#streams.size;
  }

  #write(context: RequestContext): Promise<{ readonly status: number; readonly object: unknown }> {
    switch (context.verb) {
      case "create":
        return create(this.#core, context);
      case "update":
        return update(this.#core, context);
      case "patch":
        return patch(this.#core, context);
      default:
        return remove(this.#core, context);
    }
  }

  async #runSubresource(context: RequestContext): Promise<ApiResponse> {
    const { status, object } = await requireSubresource(context)(this.#core, context);
    return this.#answer(context, status, object);
  }

  #answer(context: RequestContext, status: number, body: unknown): ApiResponse {
    return present(context, this.#core.clock, { status, body });
  }

  #watch(context: RequestContext): WatchStream {
    const stream = new WatchStream(this.#core, context, watchHeaders(context), (ended) => {
      this.#streams.delete(ended);
    });
    this.#streams.add(stream);
    return stream;
  }

  /** When a definition changes what it serves, watches on what it served before end. */
  #endOrphanedWatches(): void {
    const { registry } = this.#core.state;
    for (const stream of Array.from(this.#streams)) {
      const { group, version, plural } = stream.resource;
      if (registry.find(group, version, plural) !== stream.resource) stream.close();
    }
  }

  /** Inside an installed built-in group the answer is a Status, elsewhere nobody is there to make one. */
  #unknown({ group }: ResourcePath): Error {
    const builtin = this.#core.state.registry
      .list()
      .some((each) => !each.custom && each.group === group);
    return builtin ? unknownResource() : new PlainTextError(404, "404 page not found\n");
  }
}

function requireSubresource({ resource, subresource, name }: RequestContext) {
  const handler = subresourceHandlers[subresource];
  if (handler !== undefined && resource.subresources.has(subresource)) return handler;
  throw resource.custom ? notFound(resource, name) : unknownResource();
}

function requireStatus(resource: Resource, context: RequestContext): void {
  if (!resource.subresources.has("status")) {
    throw resource.custom ? notFound(resource, context.name) : unknownResource();
  }
  if (!["get", "patch", "update"].includes(context.verb)) throw methodNotAllowed();
}

const namedVerbs = { GET: "get", PUT: "update", PATCH: "patch", DELETE: "delete" } as const;
const collectionVerbs = { GET: "list", POST: "create", DELETE: "deletecollection" } as const;

function verbOf(request: ApiRequest, path: ResourcePath, custom: boolean): Verb {
  const { method } = request;
  const watching = path.legacyWatch || isTrue(request.query["watch"]?.[0] ?? "");
  if (method === "GET" && watching && path.subresource === "") return "watch";
  // What is posted to a subresource is created there, whatever that means.
  if (method === "POST" && path.subresource !== "") return "create";
  const verbs: Partial<Record<string, Verb>> = path.name === "" ? collectionVerbs : namedVerbs;
  return verbs[method] ?? misfit(method, custom);
}

/** Custom kinds have one handler for all, which finds out later what does not fit. */
function misfit(method: string, custom: boolean): Verb {
  if (!custom) throw methodNotAllowed();
  if (method === "POST") return "create";
  throw badRequest("name must be provided");
}

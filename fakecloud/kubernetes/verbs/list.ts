import { isTrue, query, queryInteger, type RequestContext } from "../context.ts";
import { type Core, tableOf } from "../core.ts";
import { type FieldError, forbiddenValue, invalid, unsupportedValue } from "../field-error.ts";
import type { Entry } from "../history.ts";
import { compareText } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { present } from "../registry/views.ts";
import { badRequest, expired, tooLargeVersion } from "../status.ts";
import type { Table } from "../table.ts";
import { listItem, parseVersion, select, type Selection, selectionOf } from "./read.ts";

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface ObjectList {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ListMeta;
  readonly items: readonly KubeObject[];
}

export function list(core: Core, context: RequestContext): ObjectList {
  const page = listPage(core, context);
  const { resource } = context;
  return {
    kind: resource.listKind,
    apiVersion: resource.apiVersion,
    metadata: page.metadata,
    items: page.items,
  };
}

interface Page {
  readonly metadata: ListMeta;
  /** As list items: built-in ones without apiVersion and kind. */
  readonly items: readonly KubeObject[];
}

const plainQueries = new Set(["timeout", "timeoutSeconds", "pretty", "includeObject"]);

export function listPage(core: Core, context: RequestContext): Page {
  for (const parameter in context.request.query) {
    if (!plainQueries.has(parameter)) return selectivePage(core, context);
  }
  if (context.resource.conversion.isRemote === true) return selectivePage(core, context);
  // The common case, a whole list without options, is derived once per write.
  core.store.requireAvailable();
  const { resource, namespace } = context;
  const items = tableOf(core, context).view(namespace, resource.version, (entries) =>
    Object.freeze(entries.map((entry) => listItem(resource, present(resource, entry.object)))),
  );
  return { metadata: { resourceVersion: String(core.store.revision) }, items };
}

interface ListRequest {
  readonly limit: number;
  readonly continueFrom: Continue | undefined;
  readonly version: number | undefined;
  readonly match: string;
  readonly selection: Selection;
}

function selectivePage(core: Core, context: RequestContext): Page {
  requireListOptions(context);
  const token = query(context, "continue");
  const request: ListRequest = {
    limit: queryInteger(context, "limit") ?? 0,
    continueFrom: token === "" ? undefined : parseContinue(token),
    version: parseVersion(query(context, "resourceVersion")),
    match: query(context, "resourceVersionMatch"),
    selection: selectionOf(context),
  };
  if (request.continueFrom !== undefined && (request.version ?? 0) !== 0) {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const revision = chooseRevision(core, context, request);
  const table = tableOf(core, context);
  const entries = narrow(context, table, revision, request);
  return cutPage(context, entries, revision, request);
}

function requireListOptions(context: RequestContext): void {
  const errors: FieldError[] = [];
  const match = query(context, "resourceVersionMatch");
  const version = query(context, "resourceVersion");
  const at = "resourceVersionMatch";
  if (match !== "") {
    if (version === "") {
      errors.push(
        forbiddenValue(at, "resourceVersionMatch is forbidden unless resourceVersion is provided"),
      );
    }
    if (query(context, "continue") !== "") {
      errors.push(
        forbiddenValue(at, "resourceVersionMatch is forbidden when continue is provided"),
      );
    }
    if (match !== "Exact" && match !== "NotOlderThan") {
      errors.push(unsupportedValue(at, match, ["Exact", "NotOlderThan", ""]));
    }
    if (match === "Exact" && version === "0") {
      errors.push(
        forbiddenValue(at, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
      );
    }
  }
  if (isTrue(query(context, "sendInitialEvents"))) {
    errors.push(forbiddenValue("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  if (errors.length > 0) {
    throw invalid({ group: "meta.k8s.io", kind: "ListOptions", name: "" }, errors);
  }
}

/** Which version of the world is listed; see the table in the reference of list semantics. */
function chooseRevision(core: Core, context: RequestContext, request: ListRequest): number {
  const { store } = core;
  const { continueFrom, version, match, limit } = request;
  if (continueFrom !== undefined) {
    if (continueFrom.revision < 0) return store.revision;
    const tooOld = continueFrom.revision < oldestRevision(core, context);
    if (tooOld) throw expiredContinue(continueFrom);
    return continueFrom.revision;
  }
  if (version === undefined) {
    store.requireAvailable();
    return store.revision;
  }
  if (version > store.revision) throw tooLargeVersion(version, store.revision);
  const exact = match === "Exact" || (match === "" && limit > 0 && version > 0);
  if (!exact) return store.revision;
  if (version < oldestRevision(core, context)) {
    throw expired("The resourceVersion for the provided list is too old.");
  }
  return version;
}

function oldestRevision(core: Core, context: RequestContext): number {
  const table = tableOf(core, context);
  table.forget(core.clock.now());
  // A kind that has not changed since is the same in all versions that etcd still has.
  const forgotten = table.historyStart > 1 && table.lastChange > 0 ? table.historyStart : 0;
  return Math.max(core.store.compactedRevision(), forgotten);
}

function narrow(
  context: RequestContext,
  table: Table,
  revision: number,
  { selection }: ListRequest,
): readonly Entry[] {
  const { namespace } = context;
  const { name } = selection;
  if (name !== undefined && namespace !== "" && revision >= table.lastChange) {
    const entry = table.get(`${namespace}/${name}`);
    return entry === undefined ? [] : [entry];
  }
  return table.listAt(revision, namespace);
}

function cutPage(
  context: RequestContext,
  entries: readonly Entry[],
  revision: number,
  request: ListRequest,
): Page {
  const { resource } = context;
  const { continueFrom, selection } = request;
  const start = continueFrom === undefined ? 0 : firstFrom(context, entries, continueFrom.start);
  // The watch cache serves "0" and ignores the limit.
  const limit = request.version === 0 && request.match === "" ? 0 : request.limit;
  if (limit <= 0) {
    const rest = start === 0 ? entries : entries.slice(start);
    const items = select(resource, rest, selection).map((each) => listItem(resource, each));
    return { metadata: { resourceVersion: String(revision) }, items };
  }
  const items: KubeObject[] = [];
  let next = start;
  while (next < entries.length && items.length < limit) {
    const [object] = select(resource, entries.slice(next, next + 1), selection);
    if (object !== undefined) items.push(listItem(resource, object));
    next += 1;
  }
  const metadata = pageMeta(context, entries, next, { revision, request });
  return { metadata, items };
}

function pageMeta(
  context: RequestContext,
  entries: readonly Entry[],
  next: number,
  at: { readonly revision: number; readonly request: ListRequest },
): ListMeta {
  const resourceVersion = String(at.revision);
  const last = entries[next - 1];
  if (next >= entries.length || last === undefined) return { resourceVersion };
  const start = `${keyWithin(context, last)}\u0000`;
  const pinned = at.request.continueFrom?.revision === -1 ? -1 : at.revision;
  const selective = at.request.selection.matches !== undefined;
  return {
    resourceVersion,
    continue: formatContinue({ revision: pinned, start }),
    ...(selective ? {} : { remainingItemCount: entries.length - next }),
  };
}

/** Keys in tokens are relative to what is listed: a namespace, or all of a kind. */
function keyWithin(context: RequestContext, entry: Entry): string {
  return context.namespace === "" ? entry.key : entry.name;
}

function firstFrom(context: RequestContext, entries: readonly Entry[], start: string): number {
  const index = entries.findIndex((entry) => compareText(keyWithin(context, entry), start) >= 0);
  return index < 0 ? entries.length : index;
}

interface Continue {
  /** -1 asks for the rest of whatever is there now. */
  readonly revision: number;
  readonly start: string;
}

function formatContinue({ revision, start }: Continue): string {
  const token = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start });
  return Buffer.from(token, "utf8").toString("base64url");
}

function parseContinue(token: string): Continue {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    const { v, rv, start } = decoded as Record<string, unknown>;
    if (v === "meta.k8s.io/v1" && typeof start === "string" && typeof rv === "number") {
      if (rv !== 0) return { revision: rv, start };
      throw badRequest(
        "invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
      );
    }
  } catch (error) {
    if (error instanceof Error && error.name === "StatusError") throw error;
  }
  throw badRequest(
    "invalid continue token: continue key is not valid: illegal base64 data at input byte 0",
  );
}

function expiredContinue({ start }: Continue): Error {
  return expired(
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    formatContinue({ revision: -1, start }),
  );
}

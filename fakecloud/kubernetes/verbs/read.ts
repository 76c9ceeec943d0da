import { type RequestContext, query } from "../context.ts";
import { type Core, tableOf } from "../core.ts";
import { fieldPredicate, parseFieldSelector, selectedName } from "../field-selector.ts";
import type { Entry } from "../history.ts";
import { labelPredicate } from "../label-selector.ts";
import type { KubeObject } from "../object.ts";
import { prepareViews, present } from "../registry/views.ts";
import type { Resource } from "../registry/resource.ts";
import { badRequest, notFound, tooLargeVersion } from "../status.ts";
import { storageKey } from "../store.ts";

/** Parses a resourceVersion from the query; undefined if there is none. */
export function parseVersion(text: string): number | undefined {
  if (text === "") return undefined;
  if (!/^\d{1,20}$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return Number(text);
}

export function get(core: Core, context: RequestContext): KubeObject {
  const asked = parseVersion(query(context, "resourceVersion"));
  // A cached read ("0" or any known version) works without quorum; a consistent one asks etcd.
  if (asked === undefined) core.store.requireAvailable();
  else if (asked > core.store.revision) throw tooLargeVersion(asked, core.store.revision);
  const entry = tableOf(core, context).get(storageKey(context.namespace, context.name));
  if (entry === undefined) throw notFound(context.resource, context.name);
  return present(context.resource, entry.object);
}

/** What a list, a watch or a deletecollection selects. */
export interface Selection {
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** The only name that can match, if the selector says so. */
  readonly name: string | undefined;
}

const everything: Selection = { matches: undefined, name: undefined };

export function selectionOf(context: RequestContext): Selection {
  const labels = query(context, "labelSelector");
  const fields = query(context, "fieldSelector");
  if (labels === "" && fields === "" && context.name === "") return everything;
  const terms = parseFieldSelector(fields);
  const byLabels = labels === "" ? undefined : labelPredicate(labels);
  const byFields = fieldPredicate(terms, context.resource.selectable);
  let name = selectedName(terms);
  if (context.name !== "") {
    if (name !== undefined && name !== context.name) {
      throw badRequest("fieldSelector metadata.name doesn't match requested name");
    }
    name = context.name;
  }
  if (byLabels === undefined && byFields === undefined && name === undefined) return everything;
  return {
    name,
    matches: (object) =>
      (name === undefined || object.metadata.name === name) &&
      (byFields === undefined || byFields(object)) &&
      (byLabels === undefined || byLabels(object.metadata.labels)),
  };
}

/** The entries of a list that a selection keeps. Selectors see objects as the requested version shows them. */
export function select(
  resource: Resource,
  entries: readonly Entry[],
  { matches }: Selection,
): readonly KubeObject[] {
  prepareViews(
    resource,
    entries.map(({ object }) => object),
  );
  const objects: KubeObject[] = [];
  for (const entry of entries) {
    const object = present(resource, entry.object);
    if (matches === undefined || matches(object)) objects.push(object);
  }
  return objects;
}

const listItems = new WeakMap<KubeObject, KubeObject>();

/** Items of built-in lists don't repeat what the list says: apiVersion and kind. */
export function listItem(resource: Resource, object: KubeObject): KubeObject {
  if (resource.custom) return object;
  let item = listItems.get(object);
  if (item === undefined) {
    const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
    item = Object.freeze(rest) as unknown as KubeObject;
    listItems.set(object, item);
  }
  return item;
}

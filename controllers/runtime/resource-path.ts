import type { Kind, KubeObject, ListOptions, ObjectKey } from "./client.ts";

/** A kind without the type of its objects: every `Kind<T>` is one. */
export type KindAddress = Omit<Kind, "type">;

export function groupVersionPath(kind: { readonly group: string; readonly version: string }) {
  return kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
}

/** The path of a collection; of all namespaces if none is given. */
export function collectionPath(kind: KindAddress, namespace = ""): string {
  const base = groupVersionPath(kind);
  return kind.namespaced && namespace !== ""
    ? `${base}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`
    : `${base}/${kind.plural}`;
}

export function objectPath(kind: KindAddress, key: ObjectKey, subresource?: string): string {
  if (key.name === "") throw new Error(`a ${kind.kind} without a name has no path`);
  const path = `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

export function apiVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** One text per kind and version: what caches and metrics are keyed by. */
export function kindId(kind: KindAddress): string {
  return `${kind.plural}.${kind.version}.${kind.group}`;
}

export function keyText(key: ObjectKey): string {
  return key.namespace === "" ? key.name : `${key.namespace}/${key.name}`;
}

export function parseKeyText(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return slash === -1
    ? { namespace: "", name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

export function keyTextOf(object: KubeObject): string {
  const { namespace = "", name } = object.metadata;
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** The selectors of a list or watch as query parameters. */
export function selectorQuery(options: ListOptions): Record<string, string> {
  const terms = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  if (options.labelSelector !== undefined && options.labelSelector !== "") {
    terms.push(options.labelSelector);
  }
  return {
    ...(terms.length === 0 ? {} : { labelSelector: terms.join(",") }),
    ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
  };
}

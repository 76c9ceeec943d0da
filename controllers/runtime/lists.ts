import type { Kind, KubeObject, ListOptions } from "./client.ts";
import { isExpired } from "./errors.ts";
import { apiVersionOf, collectionPath, selectorQuery } from "./resource-path.ts";
import type { RestClient } from "./rest.ts";

/** As client-go's pager: large enough to be rare, small enough for the server's memory. */
const pageSize = "500";

export interface ListResult<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

interface ListBody<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

/** Reads a whole collection in chunks of one version. When that version expires on the way, once more without chunks. */
export async function listAll<T extends KubeObject>(
  rest: RestClient,
  kind: Kind<T>,
  options: ListOptions & { readonly signal?: AbortSignal } = {},
): Promise<ListResult<T>> {
  const request = {
    method: "GET" as const,
    path: collectionPath(kind, options.namespace),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const query = selectorQuery(options);
  const items: T[] = [];
  let token = "";
  for (;;) {
    let page: ListBody<T>;
    try {
      const position = token === "" ? {} : { continue: token };
      page = (await rest.call({
        ...request,
        query: { ...query, limit: pageSize, ...position },
      })) as ListBody<T>;
    } catch (error) {
      if (token === "" || !isExpired(error)) throw error;
      page = (await rest.call({ ...request, query })) as ListBody<T>;
      items.length = 0;
    }
    for (const item of page.items ?? []) items.push(typed(kind, item));
    token = page.metadata.continue ?? "";
    if (token === "") return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

/** Items of built-in lists carry neither apiVersion nor kind. */
export function typed<T extends KubeObject>(kind: Kind<T>, item: T): T {
  if (item.kind !== undefined && item.apiVersion !== undefined) return item;
  return Object.freeze({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind });
}

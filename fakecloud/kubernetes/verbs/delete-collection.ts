import type { RequestContext } from "../context.ts";
import type { Core } from "../core.ts";
import { StatusError } from "../status.ts";
import { removeOne } from "./delete.ts";
import { deleteOptions } from "./delete-options.ts";
import { listPage, type ObjectList } from "./list.ts";

/** Deletes what a list finds, one by one, and answers with what was found. */
export async function removeCollection(core: Core, context: RequestContext): Promise<ObjectList> {
  core.store.requireAvailable();
  const options = deleteOptions(context);
  const { resource } = context;
  const page = listPage(core, context);
  for (const { metadata } of page.items) {
    const one: RequestContext = {
      ...context,
      verb: "delete",
      namespace: metadata.namespace ?? "",
      name: metadata.name ?? "",
    };
    try {
      await removeOne(core, one, options);
    } catch (error) {
      // Somebody else was faster: that is what was wanted.
      if (!(error instanceof StatusError) || error.code !== 404) throw error;
    }
  }
  return {
    kind: resource.listKind,
    apiVersion: resource.apiVersion,
    metadata: page.metadata,
    items: page.items,
  };
}

import { type RequestContext, writeOptions } from "../context.ts";
import { type Core, tableOf } from "../core.ts";
import type { KubeObject } from "../object.ts";
import { badRequest, conflict } from "../status.ts";
import { storageKey } from "../store.ts";
import { type Created, createDecoded, inNamespace } from "./create.ts";
import { cannotBeHandled, decodeObject } from "./decode.ts";
import { type Changed, uidPrecondition, writeExisting } from "./write-existing.ts";

export async function update(core: Core, context: RequestContext): Promise<Changed | Created> {
  core.store.requireAvailable();
  const options = writeOptions(context, "UpdateOptions");
  const decoded = decodeObject(context, context.request.body, {
    validation: options.fieldValidation,
    strictError: (problems) => cannotBeHandled(context, `strict decoding error: ${problems}`),
  });
  requireName(context, decoded);
  const wanted = inNamespace(context, decoded);
  const entry = tableOf(core, context).get(storageKey(context.namespace, context.name));
  if (entry === undefined && context.resource.rules.createOnUpdate && context.subresource === "") {
    const { uid } = wanted.metadata;
    if (uid !== undefined) {
      throw conflict(context.resource, context.name, uidPrecondition(context, uid, ""));
    }
    return createDecoded(core, context, { object: wanted, options, verb: "update" });
  }
  return writeExisting(core, context, { options, verb: "update", change: () => wanted });
}

/** The name in the body must be there, and be the one in the path. */
export function requireName(context: RequestContext, object: KubeObject): void {
  const { name } = object.metadata;
  if (name === undefined) {
    throw badRequest(
      `the name of the object (${context.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== context.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${context.name})`,
    );
  }
}

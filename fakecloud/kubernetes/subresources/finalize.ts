import { type RequestContext, writeOptions } from "../context.ts";
import type { Core } from "../core.ts";
import { record } from "../crds/definition.ts";
import { type KubeObject, withField, withMeta } from "../object.ts";
import { methodNotAllowed } from "../status.ts";
import { cannotBeHandled, decodeObject } from "../verbs/decode.ts";
import { requireName } from "../verbs/update.ts";
import { writeExisting } from "../verbs/write-existing.ts";
import type { SubresourceAnswer } from "./subresource.ts";

/** Lets go of a namespace: changes `spec.finalizers` and nothing else. */
export async function finalize(core: Core, context: RequestContext): Promise<SubresourceAnswer> {
  if (context.verb !== "update") throw methodNotAllowed();
  const options = writeOptions(context, "UpdateOptions");
  const wanted = decodeObject(context, context.request.body, {
    validation: options.fieldValidation,
    strictError: (problems) => cannotBeHandled(context, `strict decoding error: ${problems}`),
  });
  requireName(context, wanted);
  const { finalizers } = record(wanted["spec"]);
  const { resourceVersion, uid } = wanted.metadata;
  const change = (live: KubeObject): KubeObject => {
    const spec: Record<string, unknown> = { ...record(live["spec"]) };
    if (Array.isArray(finalizers) && finalizers.length > 0) spec["finalizers"] = finalizers;
    else delete spec["finalizers"];
    return withField(
      withMeta(live, {
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(uid === undefined ? {} : { uid }),
      }),
      "spec",
      spec,
    );
  };
  return writeExisting(core, context, { options, verb: "update", change });
}

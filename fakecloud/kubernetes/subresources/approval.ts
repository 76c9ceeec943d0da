import { type RequestContext, writeOptions } from "../context.ts";
import type { Core } from "../core.ts";
import { record } from "../crds/definition.ts";
import { type KubeObject, withField, withMeta } from "../object.ts";
import { methodNotAllowed } from "../status.ts";
import { cannotBeHandled, decodeObject } from "../verbs/decode.ts";
import { requireName } from "../verbs/update.ts";
import { get } from "../verbs/read.ts";
import { writeExisting } from "../verbs/write-existing.ts";
import type { SubresourceAnswer } from "./subresource.ts";

/** Approves or denies a CertificateSigningRequest: changes its conditions and nothing else. */
export async function approve(core: Core, context: RequestContext): Promise<SubresourceAnswer> {
  if (context.verb === "get") return { status: 200, object: get(core, context) };
  if (context.verb !== "update") throw methodNotAllowed();
  const options = writeOptions(context, "UpdateOptions");
  const wanted = decodeObject(context, context.request.body, {
    validation: options.fieldValidation,
    strictError: (problems) => cannotBeHandled(context, `strict decoding error: ${problems}`),
  });
  requireName(context, wanted);
  const { resourceVersion, uid } = wanted.metadata;
  const change = (live: KubeObject): KubeObject =>
    withField(
      withMeta(live, {
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(uid === undefined ? {} : { uid }),
      }),
      "status",
      { ...record(live["status"]), conditions: record(wanted["status"])["conditions"] },
    );
  return writeExisting(core, context, { options, verb: "update", change });
}

import { query, isTrue, type RequestContext, type WriteOptions, writeOptions } from "../context.ts";
import { type Core, tableOf } from "../core.ts";
import { forbiddenValue, invalid, invalidValue, requiredValue } from "../field-error.ts";
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  PatchError,
} from "../library.ts";
import { isObject, type KubeObject, parseApiVersion, withMeta, without } from "../object.ts";
import { badRequest, failure, conflict, StatusError, unsupportedMediaType } from "../status.ts";
import { storageKey } from "../store.ts";
import { type Created, createDecoded, inNamespace } from "./create.ts";
import { decodeObject } from "./decode.ts";
import { applied } from "./ownership.ts";
import { requireName } from "./update.ts";
import { type Changed, type ChangeInput, writeExisting } from "./write-existing.ts";

const jsonPatch = "application/json-patch+json";
const mergePatch = "application/merge-patch+json";
const strategicMergePatch = "application/strategic-merge-patch+json";
export const serverSideApply = "application/apply-patch+yaml";

export function patchType(context: RequestContext): string {
  const type = (context.request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  const accepted = context.resource.custom
    ? [jsonPatch, mergePatch, serverSideApply]
    : [jsonPatch, mergePatch, strategicMergePatch, serverSideApply];
  if (accepted.includes(type)) return type;
  // Built-in kinds are refused by the router, before anybody who could say more has seen the request.
  if (context.resource.custom) throw unsupportedMediaType(accepted);
  throw failure({
    code: 415,
    reason: "UnsupportedMediaType",
    message: "415: Unsupported Media Type",
    details: {},
  });
}

export async function patch(core: Core, context: RequestContext): Promise<Changed | Created> {
  const type = patchType(context);
  core.store.requireAvailable();
  const options = writeOptions(context, "PatchOptions");
  requirePatchOptions(context, type);
  if (type === serverSideApply) return apply(core, context, options);
  const change: ChangeInput["change"] = (live, known) => {
    const patched = applyAnyPatch(context, type, live);
    if (patched === live) return live;
    const decoded = decodeObject(context, patched, {
      validation: options.fieldValidation,
      known,
      strictError: (problems) => badPatchResult(patched, `strict decoding error: ${problems}`),
    });
    requireName(context, decoded);
    return inNamespace(context, decoded);
  };
  return writeExisting(core, context, { options, verb: "patch", change });
}

export function requirePatchOptions(context: RequestContext, type: string): void {
  const about = { group: "meta.k8s.io", kind: "PatchOptions", name: "" };
  if (type === serverSideApply) {
    if (query(context, "fieldManager") !== "") return;
    throw invalid(about, [requiredValue("fieldManager", "is required for apply patch")]);
  }
  if (query(context, "force") !== "") {
    throw invalid(about, [forbiddenValue("force", "may not be specified for non-apply patch")]);
  }
}

function badPatchResult(patched: unknown, problem: string): Error {
  return invalid({ group: "", kind: "", name: "" }, [
    invalidValue("patch", JSON.stringify(patched), problem),
  ]);
}

function applyAnyPatch(context: RequestContext, type: string, live: KubeObject): unknown {
  const { body } = context.request;
  try {
    if (type === mergePatch) {
      requireMergePatch(body);
      return applyMergePatch(live, body);
    }
    if (type === jsonPatch) return applyJsonPatch(live, body);
    requireStrategicPatch(body);
    return applyStrategicMergePatch(live, body, context.resource.openApi);
  } catch (error) {
    if (error instanceof StatusError) throw error;
    if (error instanceof PatchError) throw rejected(error);
    throw error;
  }
}

function requireMergePatch(body: unknown): void {
  if (isObject(body)) return;
  const found = Array.isArray(body) ? "array" : typeof body;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  );
}

function requireStrategicPatch(body: unknown): void {
  if (isObject(body)) return;
  const found = Array.isArray(body) ? "array" : typeof body;
  throw badRequest(`json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
}

function rejected({ code, reason, message }: PatchError): Error {
  return failure({ code, reason, message, ...(code === 422 ? { details: {} } : {}) });
}

async function apply(
  core: Core,
  context: RequestContext,
  options: WriteOptions,
): Promise<Changed | Created> {
  const config = applyConfig(context);
  const entry = tableOf(core, context).get(storageKey(context.namespace, context.name));
  const run = (live: KubeObject | undefined, known: KubeObject | undefined): KubeObject => {
    const merged = applied(core, context, {
      live,
      config: resetConfig(context, config),
      manager: options.manager,
      force: isTrue(query(context, "force")),
    });
    if (merged === live) return merged;
    return decodeObject(context, merged, {
      validation: "Ignore",
      keepsNulls: true,
      known,
      strictError: (problems) => badRequest(problems),
    });
  };
  if (entry === undefined && context.subresource === "") {
    requireNoUid(context, config);
    const object = run(undefined, undefined);
    return createDecoded(core, context, { object, options, verb: "apply", tracked: true });
  }
  return writeExisting(core, context, {
    options,
    verb: "apply",
    change: (live, known) => versioned(run(live, known), config),
    tracked: true,
  });
}

function requireNoUid(context: RequestContext, config: KubeObject): void {
  const { uid } = config.metadata;
  if (uid === undefined) return;
  throw conflict(
    context.resource,
    context.name,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
}

/** A resourceVersion or uid in the configuration is a precondition. */
function versioned(merged: KubeObject, config: KubeObject): KubeObject {
  const { resourceVersion, uid } = config.metadata;
  if (resourceVersion === undefined && uid === undefined) return merged;
  return withMeta(merged, {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(uid === undefined ? {} : { uid }),
  });
}

function applyConfig(context: RequestContext): KubeObject {
  const { body } = context.request;
  const { resource } = context;
  if (!isObject(body)) {
    throw badRequest("error decoding YAML: error unmarshaling JSON: not an object");
  }
  const { apiVersion, kind, metadata } = body as Partial<KubeObject>;
  if (apiVersion !== resource.apiVersion || kind !== resource.kind) {
    const [group, version] = parseApiVersion(apiVersion ?? "");
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind ?? ""}`);
  }
  if (metadata?.managedFields !== undefined && metadata.managedFields !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const object = { ...body, metadata: metadata ?? {} } as unknown as KubeObject;
  const named =
    object.metadata.name === undefined ? withMeta(object, { name: context.name }) : object;
  requireName(context, named);
  inNamespace(context, named); // Throws if it is another one; complaints show the configuration as it came.
  return named;
}

/** Leaves out of a configuration what the endpoint does not write, so that nobody comes to own it there. */
function resetConfig(context: RequestContext, config: KubeObject): KubeObject {
  const { resource, subresource } = context;
  if (subresource === "status") {
    const { name, namespace } = config.metadata;
    const metadata = namespace === undefined ? { name } : { name, namespace };
    return {
      apiVersion: config.apiVersion,
      kind: config.kind,
      metadata: metadata as KubeObject["metadata"],
      ...(config["status"] === undefined ? {} : { status: config["status"] }),
    };
  }
  return resource.subresources.has("status") ? without(config, "status") : config;
}

import { isTrue, query, type RequestContext, type WriteOptions, writeOptions } from "../context.ts";
import { type Core } from "../core.ts";
import { record, text } from "../crds/definition.ts";
import { invalid, invalidValue } from "../field-error.ts";
import { applyMergePatch, applyJsonPatch } from "../library.ts";
import { isObject, type KubeObject, withMeta } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { badRequest, methodNotAllowed } from "../status.ts";
import { pathsOf, readPath, scaleOf, writePath } from "../registry/scale-view.ts";
import { applied } from "../verbs/ownership.ts";
import { patchType, requirePatchOptions, serverSideApply } from "../verbs/patch.ts";
import { get } from "../verbs/read.ts";
import { requireName } from "../verbs/update.ts";
import { writeExisting } from "../verbs/write-existing.ts";
import type { SubresourceAnswer } from "./subresource.ts";

export async function scale(core: Core, context: RequestContext): Promise<SubresourceAnswer> {
  const { resource, verb } = context;
  if (verb === "get") return { status: 200, object: scaleOf(resource, get(core, context)) };
  if (verb !== "update" && verb !== "patch") throw methodNotAllowed();
  const options = writeOptions(context, verb === "update" ? "UpdateOptions" : "PatchOptions");
  const type = verb === "patch" ? patchType(context) : "";
  if (type === serverSideApply) return applyScale(core, context, options);
  const change = (live: KubeObject): KubeObject => {
    const before = scaleOf(resource, live);
    const wanted = wantedScale(context, before, type);
    requireName(context, wanted);
    const replicas = requireReplicas(context, wanted);
    return withReplicas(resource, { live, wanted, replicas });
  };
  const { object } = await writeExisting(core, context, { options, verb, change });
  return { status: 200, object: scaleOf(resource, object) };
}

/** An applied scale belongs to its applier as a part of the object that it scales. */
async function applyScale(
  core: Core,
  context: RequestContext,
  options: WriteOptions,
): Promise<SubresourceAnswer> {
  requirePatchOptions(context, serverSideApply);
  const { resource } = context;
  const { apiVersion, kind, metadata, spec } = record(context.request.body);
  if (apiVersion !== "autoscaling/v1" || kind !== "Scale") {
    throw badRequest(`invalid object type: ${text(apiVersion)}, Kind=${text(kind)}`);
  }
  const { replicas } = record(spec);
  const steps = pathsOf(resource).specReplicasPath.replace(/^\./, "").split(".");
  const bare = {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    metadata: { name: context.name },
  };
  const config = replicas === undefined ? bare : writePath(bare, steps, replicas);
  const { resourceVersion } = record(metadata);
  const change = (live: KubeObject): KubeObject => {
    const merged = applied(core, context, {
      live,
      config: config as unknown as KubeObject,
      manager: options.manager,
      force: isTrue(query(context, "force")),
    });
    return typeof resourceVersion === "string" ? withMeta(merged, { resourceVersion }) : merged;
  };
  const write = { options, verb: "apply", change, tracked: true } as const;
  const { object } = await writeExisting(core, context, write);
  return { status: 200, object: scaleOf(resource, object) };
}

function wantedScale(context: RequestContext, before: KubeObject, type: string): KubeObject {
  const { body } = context.request;
  if (type === "application/json-patch+json") {
    return applyJsonPatch(before, body) as unknown as KubeObject;
  }
  // The patch of a scale has no lists to merge, so a strategic merge comes down to a plain one.
  const wanted = type === "" ? body : applyMergePatch(before, body);
  if (!isObject(wanted) || !isObject(wanted["metadata"])) {
    throw badRequest("the object provided is unrecognized (must be of type Scale)");
  }
  if (type === "" && wanted["kind"] !== undefined && wanted["kind"] !== "Scale") {
    throw badRequest(
      `expected input object type to be Scale, but got ${JSON.stringify(wanted["kind"])}`,
    );
  }
  return wanted as unknown as KubeObject;
}

function requireReplicas(context: RequestContext, wanted: KubeObject): number {
  const { replicas } = record(wanted["spec"]);
  const value = replicas ?? 0;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw badRequest(
      "json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32",
    );
  }
  // A custom object is validated as a whole afterwards, and complains itself.
  if (value >= 0 || context.resource.custom) return value;
  throw invalid({ group: "autoscaling", kind: "Scale", name: context.name }, [
    invalidValue("spec.replicas", value, "must be greater than or equal to 0"),
  ]);
}

function withReplicas(
  resource: Resource,
  { live, wanted, replicas }: { live: KubeObject; wanted: KubeObject; replicas: number },
): KubeObject {
  const { resourceVersion, uid } = wanted.metadata;
  const path = pathsOf(resource).specReplicasPath;
  if (readPath(live, path) === replicas && resourceVersion === live.metadata.resourceVersion) {
    return live;
  }
  const changed = writePath(live, path.replace(/^\./, "").split("."), replicas);
  return {
    ...changed,
    metadata: {
      ...live.metadata,
      // A scale without a version is written over whatever is there.
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(uid === undefined ? {} : { uid }),
    },
  } as KubeObject;
}

import type { RequestContext } from "../context.ts";
import { type KubeObject, type ObjectMeta, withField, withMeta } from "../object.ts";

/** Puts back what the endpoint of a request does not write: the status on the main one, everything else on `/status`. */
export function restoreForEndpoint(
  context: RequestContext,
  wanted: KubeObject,
  live: KubeObject,
): KubeObject {
  const { resource, subresource } = context;
  if (subresource === "status") return statusOnly(context, wanted, live);
  if (subresource !== "" || !resource.subresources.has("status")) return wanted;
  return wanted["status"] === live["status"] ? wanted : withField(wanted, "status", live["status"]);
}

function statusOnly(context: RequestContext, wanted: KubeObject, live: KubeObject): KubeObject {
  if (sharesAllButStatus(wanted, live) && sharesAllButStatus(live, wanted)) return wanted;
  const { managedFields, resourceVersion, uid, labels, annotations, finalizers } = wanted.metadata;
  // Deployments take annotations along with their status, but no labels.
  const both = context.resource.table === "deployments.apps" ? {} : { labels };
  const taken = context.resource.rules.statusMetadata
    ? { managedFields, resourceVersion, uid, annotations, finalizers, ...both }
    : { managedFields, resourceVersion, uid };
  const kept = withMeta(live, taken);
  return withField(kept, "status", wanted["status"]);
}

function sharesAllButStatus(one: KubeObject, other: KubeObject): boolean {
  for (const field in one) if (field !== "status" && one[field] !== other[field]) return false;
  return true;
}

const systemFields = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "name",
  "namespace",
  "uid",
] as const satisfies readonly (keyof ObjectMeta)[];

/** What clients can't change is taken from the live object, whatever they sent. */
export function restoreSystemMeta(wanted: KubeObject, live: KubeObject): KubeObject {
  const { metadata } = wanted;
  if (metadata === live.metadata) return wanted;
  if (systemFields.every((field) => metadata[field] === live.metadata[field])) {
    return metadata.resourceVersion === live.metadata.resourceVersion
      ? wanted
      : withMeta(wanted, { resourceVersion: live.metadata.resourceVersion });
  }
  const restored: Record<string, unknown> = {};
  for (const field of systemFields) restored[field] = live.metadata[field];
  return withMeta(wanted, { ...restored, resourceVersion: live.metadata.resourceVersion });
}

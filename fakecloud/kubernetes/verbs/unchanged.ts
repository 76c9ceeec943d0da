import type { RequestContext } from "../context.ts";
import { deepEqual } from "../json.ts";
import { isObject, type KubeObject, type ObjectMeta } from "../object.ts";

function equalFields(a: object, b: object, ignored: readonly string[]): boolean {
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  for (const field of Object.keys(one)) {
    if (ignored.includes(field)) continue;
    if (one[field] !== other[field] && !deepEqual(one[field], other[field])) return false;
  }
  for (const field of Object.keys(other)) {
    if (!(field in one) && !ignored.includes(field)) return false;
  }
  return true;
}

const versionAndOwners = ["managedFields", "resourceVersion"];

/** True if a write would change nothing but times in the managed fields. */
export function isUnchanged(next: KubeObject, live: KubeObject): boolean {
  if (!equalFields(next, live, ["metadata"])) return false;
  if (next.metadata === live.metadata) return true;
  if (!equalFields(next.metadata, live.metadata, versionAndOwners)) return false;
  return sameOwners(next.metadata, live.metadata);
}

function sameOwners(a: ObjectMeta, b: ObjectMeta): boolean {
  const one = a.managedFields ?? [];
  const other = b.managedFields ?? [];
  if (one === other) return true;
  if (one.length !== other.length) return false;
  return one.every((entry, index) => {
    const against = other[index];
    if (!isObject(entry) || !isObject(against)) return deepEqual(entry, against);
    return equalFields(entry, against, ["time"]);
  });
}

const aside = new Set(["apiVersion", "kind", "metadata"]);

/** The generation after a change: one more if anything changed that a spec is made of. */
export function nextGeneration(
  context: RequestContext,
  next: KubeObject,
  live: KubeObject,
): number | undefined {
  const { resource, subresource } = context;
  const { generation } = live.metadata;
  if (!resource.rules.generation) return generation;
  const current = generation === undefined || generation === 0 ? 1 : generation;
  if (subresource === "status" || subresource === "binding") return current;
  const ignoresStatus = resource.subresources.has("status") || !resource.custom;
  const changed = [...new Set([...Object.keys(next), ...Object.keys(live)])].some(
    (field) =>
      !aside.has(field) &&
      !(field === "status" && ignoresStatus) &&
      next[field] !== live[field] &&
      !deepEqual(next[field], live[field]),
  );
  return changed || deploymentAnnotated(resource.table, next, live) ? current + 1 : current;
}

/** Deployments also count changes of their annotations. */
function deploymentAnnotated(table: string, next: KubeObject, live: KubeObject): boolean {
  if (table !== "deployments.apps") return false;
  return !deepEqual(next.metadata.annotations, live.metadata.annotations);
}

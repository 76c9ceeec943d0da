import type { Client, UnstructuredObject } from "../runtime/client.ts";
import { isAlreadyExists, messageOf } from "../runtime/errors.ts";
import { parseResources } from "./parse-resources.ts";

export type Strategy = "ApplyOnce" | "Reconcile";

/** Brings the objects of one source to the workload cluster. All are tried; the failures are reported together. */
export async function applyResources(
  workload: Client,
  texts: readonly string[],
  strategy: Strategy,
): Promise<void> {
  const failures: string[] = [];
  for (const text of texts) {
    for (const object of parseResources(text)) {
      try {
        await applyOne(workload, object, strategy);
      } catch (error) {
        failures.push(`${object.kind} ${object.metadata.name}: ${messageOf(error)}`);
      }
    }
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
}

async function applyOne(
  workload: Client,
  object: UnstructuredObject,
  strategy: Strategy,
): Promise<void> {
  const kind = await workload.kindFor(object.apiVersion, object.kind);
  const { namespace = "default", name } = object.metadata;
  const key = { namespace: kind.namespaced ? namespace : "", name };
  const placed = kind.namespaced
    ? { ...object, metadata: { ...object.metadata, namespace } }
    : object;
  const existing = strategy === "Reconcile" ? await workload.get(kind, key) : undefined;
  if (existing !== undefined) {
    const { resourceVersion } = existing.metadata;
    await workload.mergePatch(kind, key, {
      ...placed,
      metadata: { ...placed.metadata, resourceVersion },
    });
    return;
  }
  try {
    await workload.create(kind, placed);
  } catch (error) {
    // With ApplyOnce what is there is not touched; otherwise somebody was faster, and the next round merges.
    if (!isAlreadyExists(error)) throw error;
  }
}

import type { Client, Kind, KubeObject } from "./client.ts";
import { keyOf } from "./client.ts";
import { isNotFound } from "./errors.ts";

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** The finalizers with this one; the same list if it is there. */
export function withFinalizer(object: KubeObject, finalizer: string): string[] {
  const finalizers = object.metadata.finalizers ?? [];
  return finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer];
}

export function withoutFinalizer(object: KubeObject, finalizer: string): string[] {
  return (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
}

/**
 * Adds the finalizer with a write of its own, before anything is created that it protects. Returns the object as it is then; a
 * conflict is thrown, because the whole list is written.
 */
export async function ensureFinalizer<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: T,
  finalizer: string,
): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object;
  return writeFinalizers(client, kind, object, withFinalizer(object, finalizer));
}

/** Removes the finalizer, which lets the object go. */
export async function removeFinalizer<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: T,
  finalizer: string,
): Promise<void> {
  if (!hasFinalizer(object, finalizer)) return;
  try {
    await writeFinalizers(client, kind, object, withoutFinalizer(object, finalizer));
  } catch (error) {
    if (!isNotFound(error)) throw error; // Gone already: that was the aim.
  }
}

function writeFinalizers<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: T,
  finalizers: readonly string[],
): Promise<T> {
  const { resourceVersion } = object.metadata;
  return client.mergePatch(kind, keyOf(object), { metadata: { resourceVersion, finalizers } });
}

import type { Kind, KubeObject, OwnerReference } from "./client.ts";

/** The reference that makes `owner` an owner. */
export function ownerReferenceTo(
  owner: KubeObject,
  flags: { readonly controller?: boolean; readonly blockOwnerDeletion?: boolean } = {},
): OwnerReference {
  const { uid, name } = owner.metadata;
  if (uid === undefined)
    throw new Error(`${owner.kind} ${name} has no UID yet: it can't be an owner`);
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, ...flags };
}

/** A controller reference, as controllers set on what they create. */
export function controllerReferenceTo(owner: KubeObject): OwnerReference {
  return ownerReferenceTo(owner, { controller: true, blockOwnerDeletion: true });
}

/** The one reference with `controller: true`. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

export function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  const { uid } = owner.metadata;
  return (object.metadata.ownerReferences ?? []).some((reference) => reference.uid === uid);
}

/** The owner of this kind, of whatever version: references outlive a change of the storage version. */
export function ownerOfKind(
  object: KubeObject,
  kind: Pick<Kind, "group" | "kind">,
): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(
    (reference) => reference.kind === kind.kind && groupOf(reference.apiVersion) === kind.group,
  );
}

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/**
 * The references with this one added, or put in place of one to the same group, kind and name. Throws if another controller
 * owns the object already.
 */
export function withOwnerReference(
  references: readonly OwnerReference[] | undefined,
  reference: OwnerReference,
): OwnerReference[] {
  const kept = references ?? [];
  const rival = kept.find((other) => other.controller === true && !isSameOwner(other, reference));
  if (reference.controller === true && rival !== undefined) {
    throw new Error(`the object is controlled by ${rival.kind} ${rival.name} already`);
  }
  const at = kept.findIndex((other) => isSameOwner(other, reference));
  return at === -1 ? [...kept, reference] : kept.with(at, reference);
}

export function withoutOwnerReference(
  references: readonly OwnerReference[] | undefined,
  reference: Pick<OwnerReference, "apiVersion" | "kind" | "name">,
): OwnerReference[] {
  return (references ?? []).filter((other) => !isSameOwner(other, reference));
}

function isSameOwner(
  a: Pick<OwnerReference, "apiVersion" | "kind" | "name">,
  b: Pick<OwnerReference, "apiVersion" | "kind" | "name">,
): boolean {
  return a.kind === b.kind && a.name === b.name && groupOf(a.apiVersion) === groupOf(b.apiVersion);
}

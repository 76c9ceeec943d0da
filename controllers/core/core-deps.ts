import type { KubeObject } from "../runtime/client.ts";
import type { ControllerDeps } from "../runtime/controller.ts";
import { ownerOfKind } from "../runtime/owner-references.ts";
import { keyOf, type Kind, type ObjectKey } from "../runtime/client.ts";

export type CoreDeps = ControllerDeps;

/** For watches: the owners of one kind. */
export function ownersOfKind(object: KubeObject, kind: Pick<Kind, "group" | "kind">): ObjectKey[] {
  const owner = ownerOfKind(object, kind);
  return owner === undefined ? [] : [{ namespace: keyOf(object).namespace, name: owner.name }];
}

import { type Client, keyOf, type Kind, type KubeObject } from "../../runtime/client.ts";
import { mergePatchOf } from "./merge-patch.ts";

type WithStatus = KubeObject & { status?: object };

/**
 * Writes the difference between two states of one object: metadata and spec first, then the status. Nothing is written
 * when nothing changed. Every write carries the resourceVersion that was read: lists (conditions, owners) are replaced as
 * a whole, so a change by somebody else in between must lead to a new reconcile and not be overwritten.
 */
export async function patchObject<T extends WithStatus>(
  client: Client,
  kind: Kind<T>,
  before: T,
  after: T,
): Promise<T> {
  const { status: oldStatus = {}, ...oldMain } = before;
  const { status: newStatus = {}, ...newMain } = after;
  let current = before;
  const main = mergePatchOf(oldMain, newMain);
  if (main !== undefined) {
    current = await client.mergePatch(kind, keyOf(before), withVersion(main, current));
  }
  const status = mergePatchOf({ status: oldStatus }, { status: newStatus });
  if (status !== undefined) {
    const options = { subresource: "status" } as const;
    current = await client.mergePatch(kind, keyOf(before), withVersion(status, current), options);
  }
  return current;
}

function withVersion(patch: Record<string, unknown>, object: KubeObject): unknown {
  const metadata = patch["metadata"] as object | undefined;
  const { resourceVersion } = object.metadata;
  return { ...patch, metadata: { ...metadata, resourceVersion } };
}

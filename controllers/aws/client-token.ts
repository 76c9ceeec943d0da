import { createHash } from "node:crypto";

/**
 * The idempotency token of a create: the same owner, role and ordinal give the same token, so a call whose answer was lost
 * can be made again without buying a second resource. AWS takes at most 64 characters.
 */
export function clientToken(ownerUid: string, role: string, ordinal: string): string {
  return createHash("sha256").update([ownerUid, role, ordinal].join("\u0000")).digest("hex");
}

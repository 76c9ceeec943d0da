import type { UserInfo } from "../contract.ts";

const prefix = "system:node:";

/** The node that a kubelet speaks for; undefined for everybody else. */
export function nodeOf({ username, groups }: UserInfo): string | undefined {
  if (!username.startsWith(prefix) || !groups.includes("system:nodes")) return undefined;
  return username.slice(prefix.length);
}

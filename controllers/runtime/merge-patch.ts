import { deepEqual } from "./json.ts";

/** The JSON merge patch (RFC 7386) that turns `before` into `after`; undefined if they are equal. Lists are taken whole. */
export function computeMergePatch(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(after)) {
    const [from, to] = [before[key], after[key]];
    if (to === undefined || from === to || deepEqual(from, to)) continue;
    // A group of fields none of which is set says nothing, and many schemas refuse it.
    if (from === undefined && isRecord(to) && Object.keys(to).length === 0) continue;
    patch[key] = isRecord(from) && isRecord(to) ? (computeMergePatch(from, to) ?? {}) : to;
  }
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

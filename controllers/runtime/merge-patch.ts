import { deepEqual } from "./json.ts";

/** The JSON merge patch (RFC 7386) that turns `before` into `after`; undefined if they are equal. Lists are taken whole. */
export function computeMergePatch(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const key in after) {
    const change = changeOf(before[key], after[key]);
    if (change !== undefined) patch[key] = change;
  }
  for (const key in before) {
    if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function changeOf(from: unknown, to: unknown): unknown {
  if (to === undefined || from === to) return undefined;
  if (isRecord(from) && isRecord(to)) return computeMergePatch(from, to);
  // A group of fields none of which is set says nothing, and many schemas refuse it.
  if (from === undefined && isRecord(to) && Object.keys(to).length === 0) return undefined;
  return deepEqual(from, to) ? undefined : to;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

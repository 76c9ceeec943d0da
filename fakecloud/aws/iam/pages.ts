import { iamError } from "./errors.ts";

/** One page of a list; the marker is the index that the next one begins at. */
export function page<T>(
  all: readonly T[],
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): { readonly items: readonly T[]; readonly IsTruncated: boolean; readonly Marker?: string } {
  const size = input.MaxItems ?? 100;
  if (size < 1 || size > 1000) throw iamError("ValidationError", "MaxItems must be 1 to 1000");
  const from = input.Marker === undefined ? 0 : Number(input.Marker);
  if (!Number.isInteger(from) || from < 0) {
    throw iamError("ValidationError", `Invalid Marker: ${input.Marker}`);
  }
  const to = from + size;
  const more = to < all.length;
  return { items: all.slice(from, to), IsTruncated: more, ...(more ? { Marker: `${to}` } : {}) };
}

import { s3Error } from "./errors.ts";
import type { ObjectVersion } from "./s3-store.ts";

interface Conditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

function matches(wanted: string, version: ObjectVersion | undefined): boolean {
  if (version === undefined || version.isDeleteMarker) return false;
  return wanted === "*" || wanted.replaceAll('"', "") === version.etag;
}

/** Reads answer 304 where nothing is new; everything else that does not hold is 412. */
export function checkConditions(
  input: Conditions,
  version: ObjectVersion | undefined,
  purpose: "read" | "write",
): void {
  const { IfMatch, IfNoneMatch } = input;
  if (IfMatch !== undefined && !matches(IfMatch, version)) throw preconditionFailed("If-Match");
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, version)) {
    if (purpose === "write") throw preconditionFailed("If-None-Match");
    throw s3Error("NotModified", "Not Modified");
  }
  checkTimes(input, version);
}

/** Times are asked only where no digest is; HTTP knows whole seconds. */
function checkTimes(input: Conditions, version: ObjectVersion | undefined): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = input;
  const modifiedAtMs = Math.floor((version?.modifiedAtMs ?? 0) / 1000) * 1000;
  if (IfUnmodifiedSince !== undefined && IfMatch === undefined) {
    if (modifiedAtMs > IfUnmodifiedSince.getTime()) throw preconditionFailed("If-Unmodified-Since");
  }
  if (IfModifiedSince !== undefined && IfNoneMatch === undefined) {
    if (modifiedAtMs <= IfModifiedSince.getTime()) throw s3Error("NotModified", "Not Modified");
  }
}

function preconditionFailed(condition: string) {
  const message = "At least one of the pre-conditions you specified did not hold";
  return s3Error("PreconditionFailed", message, { fields: { Condition: condition } });
}

/** "bytes=0-99", "bytes=100-", "bytes=-10"; what cannot be read is no range at all, as HTTP has it. */
export function rangeOf(
  text: string | undefined,
  size: number,
): { readonly from: number; readonly to: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? "");
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (from <= to && from < size) return { from, to };
  throw s3Error("InvalidRange", "The requested range is not satisfiable", {
    fields: { RangeRequested: text, ActualObjectSize: size },
    headers: { "content-range": `bytes */${size}` },
  });
}

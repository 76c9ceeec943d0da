import { isTrue, query, queryInteger, type RequestContext } from "../context.ts";
import { type FieldError, forbiddenValue, invalid, unsupportedValue } from "../field-error.ts";
import { untyped } from "../status.ts";

export interface WatchOptions {
  /** 0 for "any version": the current state first. */
  readonly version: number;
  readonly bookmarks: boolean;
  /** Undefined if the client did not say. */
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

export function watchOptions(context: RequestContext): WatchOptions {
  const sendInitial = query(context, "sendInitialEvents");
  const match = query(context, "resourceVersionMatch");
  requireConsistent(context, sendInitial, match);
  const text = query(context, "resourceVersion");
  if (text !== "" && !/^\d+$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw untyped(
      `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return {
    version: Number(text),
    bookmarks: isTrue(query(context, "allowWatchBookmarks")),
    sendInitialEvents: sendInitial === "" ? undefined : isTrue(sendInitial),
    timeoutSeconds: queryInteger(context, "timeoutSeconds"),
  };
}

function requireConsistent(context: RequestContext, sendInitial: string, match: string): void {
  const errors: FieldError[] = [];
  const at = "resourceVersionMatch";
  if (sendInitial !== "" && match !== "NotOlderThan") {
    errors.push(
      forbiddenValue(at, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    );
  }
  if (match !== "" && sendInitial === "") {
    errors.push(
      forbiddenValue(
        at,
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
      ),
    );
  }
  if (match !== "" && match !== "NotOlderThan") {
    errors.push(unsupportedValue(at, match, ["NotOlderThan"]));
  }
  if (match !== "" && query(context, "continue") !== "") {
    errors.push(forbiddenValue(at, "resourceVersionMatch is forbidden when continue is provided"));
  }
  if (errors.length > 0) {
    throw invalid({ group: "meta.k8s.io", kind: "ListOptions", name: "" }, errors);
  }
}

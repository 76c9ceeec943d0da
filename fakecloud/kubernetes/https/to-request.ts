import type { IncomingMessage } from "node:http";
import type { ApiRequest, UserInfo } from "../contract.ts";
import { badRequest } from "../status.ts";

const methods = new Set(["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"]);

/** A request without its body. Throws a Status for a target that is no URL path. */
export function toApiRequest(message: IncomingMessage, user: UserInfo): Omit<ApiRequest, "body"> {
  const method = message.method === "HEAD" ? "GET" : (message.method ?? "GET");
  const [rawPath, search] = splitOnce(message.url ?? "/", "?");
  return {
    method: (methods.has(method) ? method : "OPTIONS") as ApiRequest["method"],
    path: decodePath(rawPath),
    query: parseQuery(search),
    headers: singleHeaders(message),
    user,
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(path)}`);
  }
}

function parseQuery(search: string): Readonly<Record<string, readonly string[]>> {
  // Without a prototype, so that no parameter name means anything but itself.
  const query = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of new URLSearchParams(search)) (query[name] ??= []).push(value);
  return query;
}

function singleHeaders(message: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    // What proves who somebody is stays with the adapter.
    if (value === undefined || name === "authorization") continue;
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const type = headers["content-type"];
  if (type !== undefined) headers["content-type"] = (type.split(";")[0] ?? "").trim();
  return headers;
}

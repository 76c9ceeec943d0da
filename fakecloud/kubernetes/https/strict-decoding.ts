import { warningHeader } from "../answer.ts";
import type { ApiRequest } from "../contract.ts";
import { parseResourcePath } from "../request-path.ts";
import { badRequest } from "../status.ts";
import type { KindAtPath } from "./decode-body.ts";

/**
 * What becomes of fields that stand twice in a body: an error if the client asked for strict validation, warnings (the text
 * of the header) unless it asked for none.
 */
export async function applyStrictness(
  request: Pick<ApiRequest, "headers" | "method" | "path" | "query">,
  problems: readonly string[],
  kindAt: KindAtPath,
): Promise<string> {
  if (problems.length === 0) return "";
  const validation = request.query["fieldValidation"]?.[0] ?? "Warn";
  if (validation === "Ignore") return "";
  if (validation !== "Strict") return warningHeader(problems);
  const text = `strict decoding error: ${problems.join(", ")}`;
  if (request.method === "PATCH") throw badRequest(`error decoding patch: ${text}`);
  const kind = await kindAt(request.path);
  const version = parseResourcePath(request.path)?.version ?? "";
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${text}`);
}

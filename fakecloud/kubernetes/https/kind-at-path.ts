import type { ServedApi } from "../contract.ts";
import { isObject } from "../object.ts";
import { parseResourcePath } from "../request-path.ts";

/** Asks the API server's own discovery which kind a path stands for; "" if none. */
export function kindFinder(server: ServedApi): (path: string) => Promise<string> {
  return async (path) => {
    const parsed = parseResourcePath(path);
    if (parsed === undefined) return "";
    const { group, version } = parsed;
    const answer = await server.handle({
      method: "GET",
      path: group === "" ? `/api/${version}` : `/apis/${group}/${version}`,
      query: {},
      headers: { accept: "application/json" },
      user: { username: "system:apiserver", groups: ["system:masters"] },
    });
    if (answer.kind !== "answer" || !isObject(answer.body)) return "";
    const { resources } = answer.body;
    if (!Array.isArray(resources)) return "";
    const name =
      parsed.subresource === "" ? parsed.plural : `${parsed.plural}/${parsed.subresource}`;
    const entry = resources.find((each: unknown) => isObject(each) && each["name"] === name) as
      | { readonly kind?: string }
      | undefined;
    return entry?.kind ?? "";
  };
}

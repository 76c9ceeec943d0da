import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { definitionOf } from "./definitions.ts";
import { kindTable } from "./tables/kinds.ts";

/** How one version of a built-in kind is addressed, and what it looks like. */
export interface BuiltinKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly schema: OpenApiSchema;
  readonly subresources: readonly string[];
}

/** All built-in kinds; the first version of a kind is the one that clients are offered first. */
export const builtinKinds: readonly BuiltinKind[] = parseKinds();

function parseKinds(): BuiltinKind[] {
  const kinds: BuiltinKind[] = [];
  let group = "";
  let version = "";
  for (const line of kindTable.split("\n")) {
    if (line === "") continue;
    if (line.startsWith(" ")) kinds.push(parseKind(line.trim(), group, version));
    else {
      const slash = line.indexOf("/");
      group = line.slice(0, Math.max(slash, 0));
      version = line.slice(slash + 1);
    }
  }
  return kinds;
}

function parseKind(line: string, group: string, version: string): BuiltinKind {
  const [kind = "", plural = "", shortNames = "", marks = "", subresources = ""] = line.split(" ");
  return {
    group,
    version,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: listOf(shortNames),
    categories: [
      ...(marks.includes("a") ? ["all"] : []),
      ...(marks.includes("e") ? ["api-extensions"] : []),
    ],
    namespaced: marks.includes("n"),
    schema: definitionOf(`${packageOf(group)}.${version}.${kind}`),
    subresources: listOf(subresources),
  };
}

function listOf(text: string): readonly string[] {
  return text === "." ? [] : text.split(",");
}

/** "rbac.authorization.k8s.io" → "rbac", "" → "core": the Go package that defines the group. */
function packageOf(group: string): string {
  if (group === "") return "core";
  return group.split(".")[0] ?? group;
}

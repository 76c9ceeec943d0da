/**
 * Names that Kubernetes' library and the base engine both have, but with another behaviour (RE2 instead of backtracking,
 * characters instead of UTF-16 units): calls are sent to our own functions.
 */
const replacedMethods: ReadonlyMap<string, string> = new Map(
  ["indexOf", "lastIndexOf", "lowerAscii", "matches", "substring", "trim", "upperAscii"].map(
    (name) => [name, `k8s_${name}`] as const,
  ),
);
const aliases: ReadonlyMap<string, string> = new Map([["existsOne", "exists_one"]]);

const token =
  /(?:[rR]?[bB]?|[bB][rR]?)(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/[^\n]*|[A-Za-z_]\w*|[\s\S]/g;

export interface SourceParts {
  /** The expression as the engine is to see it. */
  readonly source: string;
  readonly identifiers: ReadonlySet<string>;
}

/** Renames calls of the functions above; texts and comments stay as they are. */
export function rewriteSource(expression: string): SourceParts {
  const tokens = expression.match(token) ?? [];
  const identifiers = new Set<string>();
  let isMember = false;
  const rewritten = tokens.map((part, index) => {
    if (!/^[A-Za-z_]\w*$/.test(part)) {
      if (part.trim() !== "") isMember = part === ".";
      return part;
    }
    const wasMember = isMember;
    isMember = false;
    if (!wasMember) identifiers.add(part);
    const isCall = nextVisible(tokens, index) === "(";
    if (!isCall) return part;
    if (wasMember) return replacedMethods.get(part) ?? aliases.get(part) ?? part;
    return part === "matches" ? "k8s_matches" : part;
  });
  return { source: rewritten.join(""), identifiers };
}

function nextVisible(tokens: readonly string[], index: number): string | undefined {
  for (let next = index + 1; next < tokens.length; next += 1) {
    const part = tokens[next] ?? "";
    if (part.trim() !== "") return part;
  }
  return undefined;
}

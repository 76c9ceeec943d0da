const compiled = new Map<string, RegExp>();
const maxKept = 5000;

/** `*` stands for any text, `?` for one character. */
export function matchesWildcard(pattern: string, text: string, ignoreCase = false): boolean {
  if (pattern === "*") return true;
  const key = `${ignoreCase ? "i" : "c"}${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, "[^]*")
      .replace(/\?/g, "[^]");
    expression = new RegExp(`^${source}$`, ignoreCase ? "i" : "");
    if (compiled.size >= maxKept) compiled.clear();
    compiled.set(key, expression);
  }
  return expression.test(text);
}

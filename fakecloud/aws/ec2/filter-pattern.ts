const compiled = new Map<string, RegExp>();
const maxKept = 5000;

/** It stands for nothing but itself. */
export function isLiteral(pattern: string): boolean {
  return !/[*?\\]/.test(pattern);
}

/** Values of filters: `*` stands for any text, `?` for one character, a backslash takes the next character as it is. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (isLiteral(pattern)) return pattern === text;
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern.replaceAll(/\\[^]|[*?]|[.+^${}()|[\]\\]/g, (part) => {
      if (part === "*") return "[^]*";
      if (part === "?") return "[^]";
      return (part.at(-1) ?? "").replaceAll(/[.+^${}()|[\]\\*?]/g, "\\$&");
    });
    expression = new RegExp(`^${source}$`);
    if (compiled.size >= maxKept) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

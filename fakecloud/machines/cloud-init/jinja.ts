/** The template cannot be rendered at all: cloud-init then ignores the part that it is in. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

export interface Rendered {
  readonly text: string;
  /** Variables that do not exist, as they were written. */
  readonly missing: readonly string[];
}

export type TemplateData = { readonly [key: string]: TemplateData | string };

const token = /\{\{-?([\s\S]*?)-?\}\}|\{%-?\s*([\s\S]*?)\s*-?%\}|\{#[\s\S]*?#\}/g;
const path = /^\s*[A-Za-z_]\w*(?:\.\w+|\['[^']+'\]|\["[^"]+"\])*\s*$/;
const quoted = /^\s*(?:'([^']*)'|"([^"]*)")\s*$/;

/**
 * As much of Jinja as user data uses: variables, literal strings, comments and raw blocks. A variable that does not exist
 * is rendered as cloud-init renders it; anything else is an error, as a mistake in a template is for the real engine.
 */
export function renderTemplate(text: string, data: TemplateData): Rendered {
  const missing: string[] = [];
  let rawFrom: number | undefined;
  let result = "";
  let position = 0;
  for (const match of text.matchAll(token)) {
    const [whole, expression, statement] = match;
    if (rawFrom !== undefined && statement !== "endraw") continue;
    result += text.slice(position, match.index);
    position = match.index + whole.length;
    if (statement !== undefined) rawFrom = runStatement(statement, rawFrom, match.index);
    else if (expression !== undefined) result += evaluate(expression, data, missing);
  }
  if (rawFrom !== undefined) throw new TemplateError("Missing end of raw directive");
  return { text: result + text.slice(position), missing };
}

function runStatement(
  statement: string,
  rawFrom: number | undefined,
  index: number,
): number | undefined {
  if (statement === "raw") return index;
  if (statement === "endraw" && rawFrom !== undefined) return undefined;
  throw new TemplateError(`Encountered unknown tag '${statement.split(/\s/)[0] ?? ""}'.`);
}

function evaluate(expression: string, data: TemplateData, missing: string[]): string {
  const literal = quoted.exec(expression);
  if (literal !== null) return literal[1] ?? literal[2] ?? "";
  if (!path.test(expression)) throw new TemplateError(`cannot evaluate {{${expression}}}`);
  const name = expression.trim();
  const keys = name.split(/\.|\['|\["|'\]|"\]/).filter((key) => key !== "");
  let value: TemplateData | string | undefined = data;
  for (const [index, key] of keys.entries()) {
    if (typeof value !== "object") {
      throw new TemplateError(`'${keys.slice(0, index).join(".")}' is undefined`);
    }
    value = value[key];
  }
  if (typeof value === "string") return value;
  missing.push(name);
  return `CI_MISSING_JINJA_VAR/${name}`;
}

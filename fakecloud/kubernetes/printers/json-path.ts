import { isObject } from "../object.ts";

/** One step of a path: from the values so far to the next ones. */
type Step = (values: readonly unknown[]) => readonly unknown[];

export type JsonPath = (object: unknown) => readonly unknown[];

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function field(name: string): Step {
  return (values) =>
    values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));
}

const wildcard: Step = (values) => values.flatMap(children);

function descend(values: readonly unknown[]): readonly unknown[] {
  return values.flatMap((value) => [value, ...descend(children(value))]);
}

function slice(text: string): Step {
  const [from = "", to, step = ""] = text.split(":");
  return (values) =>
    values.flatMap((value) => {
      if (!Array.isArray(value)) return [];
      if (to === undefined) {
        const index = Number(from);
        const at = index < 0 ? value.length + index : index;
        return at in value ? [value[at] as unknown] : [];
      }
      const part = value.slice(
        from === "" ? 0 : Number(from),
        to === "" ? value.length : Number(to),
      ) as unknown[];
      return step === "" ? part : part.filter((_each, index) => index % Number(step) === 0);
    });
}

type Compare = (a: unknown, b: unknown) => boolean;

const comparisons: Readonly<Record<string, Compare>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => typeof a === typeof b && (a as number) < (b as number),
  "<=": (a, b) => typeof a === typeof b && (a as number) <= (b as number),
  ">": (a, b) => typeof a === typeof b && (a as number) > (b as number),
  ">=": (a, b) => typeof a === typeof b && (a as number) >= (b as number),
};

function operand(text: string): (value: unknown) => unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith("@")) {
    const path = parseJsonPath(trimmed.slice(1));
    return (value) => path(value)[0];
  }
  const quoted = /^(["'])(.*)\1$/s.exec(trimmed);
  if (quoted !== null) return () => quoted[2];
  if (trimmed === "true" || trimmed === "false") return () => trimmed === "true";
  const number = Number(trimmed);
  return () => (Number.isNaN(number) ? trimmed : number);
}

function filter(text: string): Step {
  const match = /^(.*?)(==|!=|<=|>=|<|>)(.*)$/s.exec(text);
  const keep = match === null ? exists(text) : compared(match);
  return (values) => values.flatMap((value) => children(value).filter(keep));
}

function exists(text: string): (value: unknown) => boolean {
  const path = parseJsonPath(text.trim().slice(1));
  return (value) => path(value).length > 0;
}

function compared([, left = "", operator = "", right = ""]: RegExpExecArray) {
  const [one, other] = [operand(left), operand(right)];
  const compare = comparisons[operator];
  return (value: unknown) => compare?.(one(value), other(value)) ?? false;
}

/** Where the bracket that opens at `start` closes; quotes and inner brackets are stepped over. */
function closing(text: string, start: number): number {
  let depth = 0;
  let quote = "";
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "[") depth += 1;
    else if (character === "]") depth -= 1;
    if (depth === 0) return index;
  }
  throw new SyntaxError(`unterminated array: ${text}`);
}

function bracket(inner: string): Step {
  if (inner === "*") return wildcard;
  if (inner.startsWith("?(") && inner.endsWith(")")) return filter(inner.slice(2, -1));
  const quoted = /^(["'])(.*)\1$/s.exec(inner);
  if (quoted !== null) return field(quoted[2] ?? "");
  if (/^-?\d*(:-?\d*){0,2}$/.test(inner)) return slice(inner);
  throw new SyntaxError(`invalid array index ${inner}`);
}

/** A path as kubectl understands it, without the braces: `.status.conditions[?(@.type=="Ready")].status`. */
export function parseJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  let index = text.startsWith("$") ? 1 : 0;
  while (index < text.length) {
    if (text.charAt(index) === "[") {
      const end = closing(text, index);
      steps.push(bracket(text.slice(index + 1, end)));
      index = end + 1;
      continue;
    }
    if (text.startsWith("..", index)) {
      steps.push(descend);
      index += 1;
    }
    const match = /^\.?((?:\\.|[^.[\\])*)/.exec(text.slice(index));
    const name = (match?.[1] ?? "").replaceAll(/\\(.)/g, "$1");
    if (name === "*") steps.push(wildcard);
    else if (name !== "") steps.push(field(name));
    index += Math.max(1, match?.[0].length ?? 1);
  }
  return (object) => {
    let values: readonly unknown[] = [object];
    for (const step of steps) values = step(values);
    return values;
  };
}

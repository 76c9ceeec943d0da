import { compilePattern, parsePattern } from "../../schema/patterns.ts";
import { CelValueError, type Functions } from "./register.ts";

/** Characters, not UTF-16 units: positions in CEL count code points. */
function runesOf(text: string): string[] {
  return Array.from(text);
}

function isPlain(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function find(text: string, part: string, from: bigint, isLast: boolean): bigint {
  const runes = runesOf(text);
  const start = Number(from);
  if (start < 0 || start > runes.length) {
    throw new CelValueError(`index out of range: ${start}`);
  }
  if (isPlain(text)) {
    return BigInt(isLast ? text.lastIndexOf(part, start) : text.indexOf(part, start));
  }
  const wanted = runesOf(part);
  const fits = (at: number) => wanted.every((rune, offset) => runes[at + offset] === rune);
  const places = [...runes.keys()].filter(fits);
  const found = isLast
    ? places.filter((at) => at <= start).at(-1)
    : places.find((at) => at >= start);
  return BigInt(found ?? -1);
}

function substring(text: string, from: bigint, to: bigint): string {
  const runes = runesOf(text);
  const [start, end] = [Number(from), Number(to)];
  if (start < 0 || start > runes.length) throw new CelValueError(`index out of range: ${start}`);
  if (end < 0 || end > runes.length) throw new CelValueError(`index out of range: ${end}`);
  if (start > end) {
    throw new CelValueError(`invalid substring range. start: ${start}, end: ${end}`);
  }
  return runes.slice(start, end).join("");
}

function replace(text: string, from: string, to: string, most: bigint): string {
  if (most < 0n) return text.replaceAll(from, () => to);
  let result = "";
  let rest = text;
  for (let left = Number(most); left > 0; left -= 1) {
    const at = rest.indexOf(from);
    if (at < 0 || (from === "" && rest === "")) break;
    result += rest.slice(0, at) + to + (from === "" ? rest.slice(0, 1) : "");
    rest = rest.slice(at + Math.max(from.length, from === "" ? 1 : 0));
  }
  return result + rest;
}

function findAll(text: string, pattern: string, most: number): string[] {
  const matcher = parsePattern(pattern).matcher(text);
  const found: string[] = [];
  while (found.length < most && matcher.find()) found.push(matcher.group() ?? "");
  return found;
}

const lower = (text: string) => text.replaceAll(/[A-Z]+/g, (part) => part.toLowerCase());
const upper = (text: string) => text.replaceAll(/[a-z]+/g, (part) => part.toUpperCase());

type Printer = (value: unknown, precision: number | undefined) => string;

const hex: Printer = (value) =>
  typeof value === "string"
    ? Buffer.from(value, "utf8").toString("hex")
    : (value as bigint).toString(16);

/** What the clauses of a format print. */
const printers: Readonly<Record<string, Printer>> = {
  b: (value) =>
    typeof value === "boolean" ? String(Number(value)) : (value as bigint).toString(2),
  d: (value) => (value as bigint).toString(),
  e: (value, precision) =>
    Number(value)
      .toExponential(precision ?? 6)
      .replace(/e([+-])(\d)$/, "e$10$2"),
  f: (value, precision) => Number(value).toFixed(precision ?? 6),
  o: (value) => (value as bigint).toString(8),
  s: printText,
  x: hex,
  X: (value, precision) => hex(value, precision).toUpperCase(),
};

function printForFormat(verb: string, value: unknown, precision: number | undefined): string {
  const printer = printers[verb];
  if (printer === undefined) {
    throw new CelValueError(
      `could not parse formatting clause: unrecognized formatting clause "${verb}"`,
    );
  }
  return printer(value, precision);
}

function printText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(printText).join(", ")}]`;
  if (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([key, field]) => `${key}: ${printText(field)}`).join(", ")}}`;
  }
  return (value as bigint).toString();
}

function format(template: string, values: readonly unknown[]): string {
  let next = 0;
  return template.replaceAll(/%(?:\.(\d+))?(%|[a-zA-Z])/g, (_all, precision, verb: string) => {
    if (verb === "%") return "%";
    if (next >= values.length) throw new CelValueError(`index ${next} out of range`);
    const value = values[next];
    next += 1;
    return printForFormat(verb, value, precision === undefined ? undefined : Number(precision));
  });
}

export const stringFunctions: Functions = {
  "k8s_matches(string, string): bool": (text: string, pattern: string) =>
    compilePattern(pattern)(text),
  "string.k8s_matches(string): bool": (text: string, pattern: string) =>
    compilePattern(pattern)(text),
  "string.k8s_indexOf(string): int": (text: string, part: string) => find(text, part, 0n, false),
  "string.k8s_indexOf(string, int): int": (text: string, part: string, from: bigint) =>
    find(text, part, from, false),
  "string.k8s_lastIndexOf(string): int": (text: string, part: string) =>
    find(text, part, BigInt(runesOf(text).length), true),
  "string.k8s_lastIndexOf(string, int): int": (text: string, part: string, from: bigint) =>
    find(text, part, from, true),
  "string.k8s_lowerAscii(): string": lower,
  "string.k8s_upperAscii(): string": upper,
  "string.k8s_trim(): string": (text: string) => text.trim(),
  "string.k8s_substring(int): string": (text: string, from: bigint) =>
    substring(text, from, BigInt(runesOf(text).length)),
  "string.k8s_substring(int, int): string": substring,
  "string.charAt(int): string": (text: string, index: bigint) => {
    const runes = runesOf(text);
    const at = Number(index);
    if (at < 0 || at > runes.length) throw new CelValueError(`index out of range: ${at}`);
    return runes[at] ?? "";
  },
  "string.replace(string, string): string": (text: string, from: string, to: string) =>
    replace(text, from, to, -1n),
  "string.replace(string, string, int): string": replace,
  "string.find(string): string": (text: string, pattern: string) =>
    findAll(text, pattern, 1)[0] ?? "",
  "string.findAll(string): list<string>": (text: string, pattern: string) =>
    findAll(text, pattern, Number.POSITIVE_INFINITY),
  "string.findAll(string, int): list<string>": (text: string, pattern: string, most: bigint) =>
    findAll(text, pattern, most < 0n ? Number.POSITIVE_INFINITY : Number(most)),
  "StringsNamespace.quote(string): string": (_strings: unknown, text: string) =>
    JSON.stringify(text),
  "string.format(list): string": format,
};

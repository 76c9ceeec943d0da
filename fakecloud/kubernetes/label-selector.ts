import { checkLabelValue, checkQualifiedName } from "./names.ts";
import { badRequest } from "./status.ts";

export type Labels = Readonly<Record<string, string>> | undefined;
export type LabelPredicate = (labels: Labels) => boolean;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: "!" | "!=" | "=" | "exists" | "gt" | "in" | "lt" | "notin";
  readonly values: readonly string[];
}

interface Token {
  readonly kind: "end" | "id" | "symbol";
  readonly text: string;
}

const symbols = new Set([")", "(", ",", "!", "=", "==", "!=", ">", "<"]);
const isSymbolCharacter = (character: string) => ")(,!=<>".includes(character);
const isSpace = (character: string) => /\s/.test(character);

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    if (isSpace(character)) {
      index += 1;
      continue;
    }
    const start = index;
    if (isSymbolCharacter(character)) {
      index += symbols.has(text.slice(start, start + 2)) ? 2 : 1;
      tokens.push({ kind: "symbol", text: text.slice(start, index) });
      continue;
    }
    while (index < text.length && !isSpace(text.charAt(index))) {
      if (isSymbolCharacter(text.charAt(index))) break;
      index += 1;
    }
    tokens.push({ kind: "id", text: text.slice(start, index) });
  }
  return tokens;
}

const end: Token = { kind: "end", text: "" };
const operators = "in, notin, =, ==, !=, gt, lt";

class SelectorParser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): readonly LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === "end") return requirements;
      if (token.kind !== "id" && token.text !== "!") {
        throw badSelector(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.kind === "end") return requirements;
      if (after.text !== ",") {
        throw badSelector(`found '${after.text}', expected: ',' or 'end of string'`);
      }
      const following = this.#peek();
      if (following.kind !== "id" && following.text !== "!") {
        throw badSelector(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek().text === "!" && this.#peek().kind === "symbol";
    if (negated) this.#take();
    const key = this.#take();
    if (key.kind !== "id") throw badRequirement(`found '${key.text}', expected: identifier`);
    requireKey(key.text);
    if (negated) return { key: key.text, operator: "!", values: [] };
    const next = this.#peek();
    if (next.kind === "end" || next.text === ",") {
      return { key: key.text, operator: "exists", values: [] };
    }
    const operator = this.#operator();
    const values =
      operator === "in" || operator === "notin" ? this.#valueList() : [this.#exactValue()];
    requireValues(key.text, operator, values);
    return { key: key.text, operator, values };
  }

  #operator(): LabelRequirement["operator"] {
    const token = this.#take();
    switch (token.text) {
      case "in":
      case "notin":
      case "!=":
      case "=":
        return token.text;
      case "==":
        return "=";
      case ">":
        return "gt";
      case "<":
        return "lt";
      default:
        throw badRequirement(`found '${token.text}', expected: ${operators}`);
    }
  }

  #valueList(): readonly string[] {
    const open = this.#take();
    if (open.text !== "(") throw badRequirement(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const value = this.#peek();
      if (value.kind === "id") values.push(this.#take().text);
      else values.push("");
      const separator = this.#take();
      if (separator.text === ")") return [...new Set(values)];
      if (separator.text !== ",") {
        throw badRequirement(`found '${separator.text}', expected: ',' or ')'`);
      }
    }
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.kind === "end" || token.text === ",") return "";
    if (token.kind !== "id") throw badRequirement(`found '${token.text}', expected: identifier`);
    return this.#take().text;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? end;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }
}

function badSelector(message: string): Error {
  return badRequest(message);
}

function badRequirement(message: string): Error {
  return badRequest(`unable to parse requirement: ${message}`);
}

function requireKey(key: string): void {
  const errors = checkQualifiedName(key);
  if (errors.length > 0) {
    throw badRequirement(`<nil>: Invalid value: ${JSON.stringify(key)}: ${errors.join("; ")}`);
  }
}

function requireValues(
  key: string,
  operator: LabelRequirement["operator"],
  values: readonly string[],
): void {
  for (const [index, value] of values.entries()) {
    const at = `values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}`;
    if ((operator === "gt" || operator === "lt") && !/^-?\d+$/.test(value)) {
      const where = `values[${index}]: Invalid value: ${JSON.stringify(value)}`;
      throw badRequirement(`${where}: for 'Gt', 'Lt' operators, the value must be an integer`);
    }
    const errors = checkLabelValue(value);
    if (errors.length > 0) throw badRequirement(`${at}: ${errors.join("; ")}`);
  }
}

export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  return new SelectorParser(text).parse();
}

type Test = (value: string | undefined, values: readonly string[]) => boolean;

const isInteger = (value: string | undefined) => value !== undefined && /^-?\d+$/.test(value);
const isIn: Test = (value, values) => value !== undefined && values.includes(value);
const isNotIn: Test = (value, values) => value === undefined || !values.includes(value);

const tests: Readonly<Record<LabelRequirement["operator"], Test>> = {
  "!": (value) => value === undefined,
  exists: (value) => value !== undefined,
  "=": isIn,
  in: isIn,
  "!=": isNotIn,
  notin: isNotIn,
  gt: (value, [limit]) => isInteger(value) && Number(value) > Number(limit),
  lt: (value, [limit]) => isInteger(value) && Number(value) < Number(limit),
};

function matches({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  return tests[operator](value, values);
}

/** Undefined for a selector that selects everything. */
export function labelPredicate(text: string): LabelPredicate | undefined {
  const requirements = parseLabelSelector(text);
  if (requirements.length === 0) return undefined;
  return (labels) => requirements.every((requirement) => matches(requirement, labels));
}

/** A `metav1.LabelSelector` in an object: what PodDisruptionBudgets and webhook configurations carry. */
export function matchesLabelSelector(selector: unknown, labels: Labels): boolean {
  if (typeof selector !== "object" || selector === null) return false;
  const { matchLabels, matchExpressions } = selector as {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  };
  const equal = Object.entries(matchLabels ?? {}).every(([key, value]) => labels?.[key] === value);
  if (!equal) return false;
  return (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const names = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" } as const;
    const known = names[operator as keyof typeof names];
    return known !== undefined && matches({ key, operator: known, values }, labels);
  });
}

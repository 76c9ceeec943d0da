import { isObject, type KubeObject } from "./object.ts";
import { badRequest } from "./status.ts";

export interface FieldTerm {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

export type FieldPredicate = (object: KubeObject) => boolean;

/** What a kind may be selected by. */
export interface SelectableFields {
  /** Some cluster-scoped kinds do not even know the label. */
  readonly withoutNamespace?: boolean;
  /** Field label → path in the object, beyond `metadata.name` and `metadata.namespace`. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** The words of the refusal differ between kinds with and without a list of their own. */
  readonly refusal: (field: string) => string;
}

export const metadataFieldsOnly: SelectableFields = {
  paths: {},
  refusal: (field) =>
    `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
};

function unescape(text: string, term: string, whole: string): string {
  let result = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character !== "\\") {
      result += character;
      continue;
    }
    index += 1;
    const escaped = text.charAt(index);
    if (escaped === "" || !"\\,=".includes(escaped)) {
      throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
    }
    result += escaped;
  }
  return result;
}

/** Splits at commas that no backslash precedes. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\") index += 1;
    else if (character === ",") {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms.filter((term) => term !== "");
}

export function parseFieldSelector(text: string): readonly FieldTerm[] {
  return splitTerms(text).map((term) => {
    const match = /^((?:[^\\=!]|\\.|!(?!=))*?)(!=|==|=)(.*)$/s.exec(term);
    if (match === null) {
      throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    }
    const [, field = "", operator, value = ""] = match;
    return { field, negated: operator === "!=", value: unescape(value, term, text) };
  });
}

function read(object: unknown, path: readonly string[]): string {
  let value: unknown = object;
  for (const step of path) {
    if (!isObject(value)) return "";
    value = Object.hasOwn(value, step) ? value[step] : undefined;
  }
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

const metadataPaths: Readonly<Record<string, readonly string[]>> = {
  "metadata.name": ["metadata", "name"],
  "metadata.namespace": ["metadata", "namespace"],
};

/** Undefined for a selector that selects everything. */
export function fieldPredicate(
  terms: readonly FieldTerm[],
  selectable: SelectableFields,
): FieldPredicate | undefined {
  if (terms.length === 0) return undefined;
  const checks = terms.map((term) => {
    const isForeign = selectable.withoutNamespace === true && term.field === "metadata.namespace";
    const path = metadataPaths[term.field] ?? selectable.paths[term.field];
    if (path === undefined || isForeign) throw badRequest(selectable.refusal(term.field));
    return { path, term };
  });
  return (object) =>
    checks.every(({ path, term }) => (read(object, path) === term.value) !== term.negated);
}

/** The name that `metadata.name=x` asks for, if the selector does. */
export function selectedName(terms: readonly FieldTerm[]): string | undefined {
  return terms.find(({ field, negated }) => field === "metadata.name" && !negated)?.value;
}

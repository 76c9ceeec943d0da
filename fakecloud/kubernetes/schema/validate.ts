import type { FieldError } from "../field-error.ts";
import { deepEqual } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { compileRules, type RuleFindings } from "../cel/rules.ts";
import { compileComposites } from "./composites.ts";
import { correlator } from "./correlate.ts";
import { keywordChecks } from "./keywords.ts";
import { compileUniqueness } from "./list-type.ts";
import type { Check, Findings } from "./findings.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { perField, perNode } from "./per-node.ts";

/** Errors refuse the write; warnings only travel in its answer. */
export interface ValidationOutcome {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly string[];
}

export function compileValidator(
  schema: OpenApiSchema,
): (value: unknown, old?: unknown) => ValidationOutcome {
  const check = checkOf(schema);
  const findDuplicates = compileUniqueness(schema);
  const runRules = compileRules(schema);
  return (value, old) => {
    const findings: Findings = { errors: [], visited: 0 };
    check(value, old, "", findings);
    const duplicates = findDuplicates(value, old);
    // What is stored with duplicates already may be updated: the client that meets them need not have made them.
    const tolerated = duplicates.length > 0 && old !== undefined && findDuplicates(old).length > 0;
    if (!tolerated) findings.errors.push(...duplicates);
    const { errors } = findings;
    const warnings: string[] = [];
    if (runRules !== undefined) {
      if (errors.some(({ type }) => blocksRules.has(type))) errors.push(rulesNotChecked);
      else runRules(value, old, "", { errors, warnings } satisfies RuleFindings);
    }
    return { errors, warnings };
  };
}

/** After these the rules could not rely on the types of what they read. */
const blocksRules: ReadonlySet<FieldError["type"]> = new Set([
  "NotSupported",
  "Required",
  "TooLong",
  "TooMany",
  "TypeInvalid",
]);
const rulesNotChecked: FieldError = {
  type: "Invalid",
  field: "<nil>",
  message:
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
};

/** The check of a node, made when a value first comes to it. Errors about a value that is as it was before are dropped. */
const checkOf = perNode((schema): Check => {
  let check: Check | undefined;
  return (value, old, path, findings) => {
    const isRatcheted = old !== undefined && path !== "apiVersion" && path !== "kind";
    if (isRatcheted && value === old) return;
    const before = findings.errors.length;
    check ??= buildCheck(schema);
    check(value, old, path, findings);
    if (findings.errors.length === before || !isRatcheted) return;
    if (deepEqual(value, old)) findings.errors.length = before;
  };
});

function buildCheck(schema: OpenApiSchema): Check {
  const local = keywordChecks(schema);
  const composites = compileComposites(schema, checkOf);
  const children = childrenCheck(schema);
  const required = schema.required ?? [];
  if (composites.length === 0 && children === undefined && required.length === 0) {
    return (value, _old, path, findings) => {
      findings.visited += 1;
      for (const check of local) check(value, path, findings);
    };
  }
  return (value, old, path, findings) => {
    findings.visited += 1;
    for (const check of local) check(value, path, findings);
    if (value === null) return;
    for (const check of composites) check(value, path, findings);
    children?.(value, old, path, findings);
    if (required.length > 0 && isObject(value)) checkRequired(value, required, path, findings);
  };
}

function checkRequired(
  value: JsonObject,
  required: readonly string[],
  path: string,
  findings: Findings,
): void {
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    findings.errors.push({
      type: "Required",
      field: joinPath(path, name),
      message: "Required value",
    });
  }
}

function joinPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function childrenCheck(schema: OpenApiSchema): Check | undefined {
  const { items, properties, additionalProperties: rest } = schema;
  if (items !== undefined) return checkItems(schema, checkOf(items));
  if (properties === undefined && (rest === undefined || rest === true)) return undefined;
  const checkFor = perField(properties ?? {}, checkOf);
  const fallback = typeof rest === "object" ? checkOf(rest) : undefined;
  return (value, old, path, findings) => {
    if (!isObject(value)) return;
    const before = isObject(old) ? old : undefined;
    for (const key of Object.keys(value)) {
      const check = checkFor(key) ?? fallback;
      if (check !== undefined) {
        const field = value[key];
        const oldField =
          before !== undefined && Object.hasOwn(before, key) ? before[key] : undefined;
        // What did not change is ratcheted, and the path of it need not be known.
        if (field === oldField && path !== "") continue;
        check(field, oldField, joinPath(path, key), findings);
      } else if (rest === false) findings.errors.push(forbiddenProperty(path, key));
    }
  };
}

function forbiddenProperty(path: string, key: string): FieldError {
  return {
    type: "Invalid",
    field: path === "" ? "<nil>" : path,
    message: `Invalid value: "": ${path}.${key} in body is a forbidden property`,
  };
}

function checkItems(schema: OpenApiSchema, item: Check): Check {
  const correlate = correlator(schema);
  return (value, old, path, findings) => {
    if (!Array.isArray(value)) return;
    const oldItemOf = correlate(old, value);
    for (let index = 0; index < value.length; index += 1) {
      item(value[index], oldItemOf(index), `${path}[${index}]`, findings);
    }
  };
}

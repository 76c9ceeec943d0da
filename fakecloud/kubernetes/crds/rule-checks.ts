import { type CheckedExpression, checkExpression } from "../cel/check-expression.ts";
import { estimateCost } from "../cel/estimate-cost.ts";
import { asWholeObject, type RuleScope, ruleScope } from "../cel/rule-types.ts";
import { mostOccurrences } from "../cel/schema-sizes.ts";
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../field-error.ts";
import { celEngine, type OpenApiSchema, ruleVariables } from "../library.ts";
import { isObject, type JsonObject } from "../object.ts";
import { records, text } from "./definition.ts";

/** What rules may cost, in the units of the estimator: one, and all of a schema together. */
const mostOfOne = 10_000_000;
const mostOfAll = 100_000_000;
const advice =
  "try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared";

interface Costly {
  readonly field: string;
  readonly cost: number;
}

interface Findings {
  readonly errors: FieldError[];
  readonly costs: Costly[];
}

/** Where a node stands, and how often it may occur in an object; undefined if nothing limits that but the size of a request. */
interface Place {
  readonly path: string;
  readonly count: number | undefined;
}

/** Complaints about the rules of a structural schema. Fields are relative to the schema. */
export function checkRules(schema: JsonObject): readonly FieldError[] {
  const findings: Findings = { errors: [], costs: [] };
  visit(asWholeObject(schema), { path: "", count: 1 }, findings);
  const total = findings.costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= mostOfAll) return findings.errors;
  const worst = findings.costs
    .filter(({ cost }) => cost >= mostOfAll / 100)
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, 4);
  const contributed =
    "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
  const what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
  return [
    ...findings.errors,
    ...worst.map(({ field }) => forbiddenValue(field, contributed)),
    forbiddenValue("", overBudget(what, total, mostOfAll)),
  ];
}

function overBudget(what: string, cost: number, most: number): string {
  const factor = cost / most;
  const times =
    factor > 100 ? "more than 100x" : `${factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${times} (${advice})`;
}

function at(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

function visit(schema: OpenApiSchema, place: Place, findings: Findings): void {
  const { path, count } = place;
  const rules = records(schema["x-kubernetes-validations"]);
  if (rules.length > 0) checkNode(schema, rules, place, findings);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    visit(field, { path: at(path, `properties[${name}]`), count }, findings);
  }
  const { items, additionalProperties: rest } = schema;
  if (items !== undefined) {
    visit(items, { path: at(path, "items"), count: times(count, schema.maxItems) }, findings);
  }
  if (isObject(rest)) {
    const inner = {
      path: at(path, "additionalProperties"),
      count: times(count, schema.maxProperties),
    };
    visit(rest, inner, findings);
  }
}

function times(count: number | undefined, most: number | undefined): number | undefined {
  return count === undefined || most === undefined ? undefined : count * most;
}

function checkNode(
  schema: OpenApiSchema,
  rules: readonly JsonObject[],
  { path, count }: Place,
  { errors, costs }: Findings,
): void {
  const scopes = scopesOf(schema);
  for (const [index, rule] of rules.entries()) {
    const field = at(path, `x-kubernetes-validations[${index}]`);
    const simple = simpleErrors(rule, field, schema);
    errors.push(...simple);
    if (simple.length > 0) continue;
    const scope = scopes(rule);
    const expression = text(rule["rule"]);
    const checked = checkExpression(expression, scope);
    const problem = problemOf(rule, checked);
    if (problem !== undefined) {
      errors.push(invalidValue(`${field}.rule`, printed(rule), problem));
      continue;
    }
    errors.push(...messageErrors(rule, field, scope));
    if (checked === undefined || "problem" in checked) continue;
    const occurrences = count ?? mostOccurrences(schema);
    const cost = estimateCost(checked.ast, schema, scope) * occurrences;
    costs.push({ field: `${field}.rule`, cost });
    if (cost > mostOfOne) {
      const why = overBudget("estimated rule cost", cost, mostOfOne);
      errors.push(forbiddenValue(`${field}.rule`, why));
    }
  }
}

/** Types are declared when the first rule asks for them. */
function scopesOf(schema: OpenApiSchema): (rule: JsonObject) => RuleScope {
  const made = new Map<boolean, RuleScope>();
  return (rule) => {
    const isOptional = rule["optionalOldSelf"] === true;
    const scope = made.get(isOptional) ?? ruleScope(schema, isOptional);
    made.set(isOptional, scope);
    return scope;
  };
}

function problemOf(rule: JsonObject, checked: CheckedExpression): string | undefined {
  if (checked === undefined) return syntaxProblem(rule);
  if ("problem" in checked) return checked.problem;
  if (checked.type === "bool" || checked.type === "dyn") return undefined;
  return "cel expression must evaluate to a bool";
}

function syntaxProblem(rule: JsonObject): string | undefined {
  try {
    celEngine().compile(text(rule["rule"]), ruleVariables(rule["optionalOldSelf"] === true));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function messageErrors(rule: JsonObject, field: string, scope: RuleScope): readonly FieldError[] {
  const expression = text(rule["messageExpression"]);
  if (expression === "") return [];
  const checked = checkExpression(expression, scope);
  const complain = (why: string) => [
    invalidValue(`${field}.messageExpression`, printed(rule), why),
  ];
  if (checked === undefined) return [];
  if ("problem" in checked) return complain(`messageExpression ${checked.problem}`);
  if (checked.type === "string" || checked.type === "dyn") return [];
  return complain("messageExpression must evaluate to a string");
}

function printed(rule: JsonObject): JsonObject {
  return {
    Rule: text(rule["rule"]),
    Message: text(rule["message"]),
    MessageExpression: text(rule["messageExpression"]),
    Reason: rule["reason"] ?? null,
    FieldPath: text(rule["fieldPath"]),
    OptionalOldSelf: rule["optionalOldSelf"] ?? null,
  };
}

const reasons = [
  "FieldValueDuplicate",
  "FieldValueForbidden",
  "FieldValueInvalid",
  "FieldValueRequired",
];

/** What can be said of a rule without understanding its expressions. */
function simpleErrors(
  rule: JsonObject,
  field: string,
  schema: OpenApiSchema,
): readonly FieldError[] {
  const { message, reason, fieldPath } = rule;
  const errors: FieldError[] = [];
  if (text(rule["rule"]).trim() === "") {
    errors.push(requiredValue(`${field}.rule`, "rule is not specified"));
  }
  if (text(rule["rule"]).trim().includes("\n") && text(message) === "") {
    const why = "message must be specified if rule contains line breaks";
    errors.push(requiredValue(`${field}.message`, why));
  }
  if (text(message).includes("\n")) {
    errors.push(invalidValue(`${field}.message`, message, "must not contain line breaks"));
  }
  if (reason !== undefined && !reasons.includes(text(reason))) {
    errors.push(unsupportedValue(`${field}.reason`, reason, reasons));
  }
  if (text(fieldPath) !== "" && !leadsSomewhere(schema, text(fieldPath))) {
    errors.push(invalidValue(`${field}.fieldPath`, fieldPath, "must be a valid path"));
  }
  return errors;
}

/** Paths are of fields and of keys: ".spec.name", ".labels['a.b/c']". */
function leadsSomewhere(schema: OpenApiSchema, path: string): boolean {
  const steps = path.match(/\.[A-Za-z_][\w-]*|\['[^']*'\]/g) ?? [];
  if (steps.join("") !== path) return false;
  let node: OpenApiSchema | undefined = schema;
  for (const step of steps) {
    const name = step.startsWith(".") ? step.slice(1) : step.slice(2, -2);
    const rest: OpenApiSchema | boolean | undefined = node?.additionalProperties;
    node = node?.properties?.[name] ?? (typeof rest === "object" ? rest : undefined);
  }
  return node !== undefined;
}

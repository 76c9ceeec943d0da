import { printValue, type FieldError } from "../field-error.ts";
import { deepEqual } from "../json.ts";
import { isObject } from "../object.ts";
import { correlator } from "../schema/correlate.ts";
import type { OpenApiSchema, ValidationRule } from "../schema/open-api-schema.ts";
import { anyBelow, perNode } from "../schema/per-node.ts";
import { createCelEngine, CelError, type CelEngine, type CelExpression } from "./cel-engine.ts";
import { asWholeObject } from "./rule-types.ts";
import { toCelOf, type ToCel } from "./values.ts";

export interface RuleFindings {
  readonly errors: FieldError[];
  readonly warnings: string[];
}

/** Evaluates all rules of a schema against a value. */
export type RuleCheck = (
  value: unknown,
  old: unknown,
  path: string,
  findings: RuleFindings,
) => void;

let shared: CelEngine | undefined;

/** The engine that all schemas share. */
export function celEngine(): CelEngine {
  shared ??= createCelEngine();
  return shared;
}

/** Undefined where neither a node nor anything below it has rules, so that the rest is not looked at. */
export function compileRules(schema: OpenApiSchema): RuleCheck | undefined {
  return hasRules(schema) ? ruleCheck(schema, true) : undefined;
}

const hasRules = anyBelow((schema) => (schema["x-kubernetes-validations"] ?? []).length > 0);

const checkOf = perNode((schema) => ruleCheck(schema, false));

/** Rules are compiled when there is first a value for them: of most schemas an object has but a few of the fields. */
function ruleCheck(schema: OpenApiSchema, isRoot: boolean): RuleCheck {
  let built: RuleCheck | undefined;
  return (value, old, path, findings) => {
    if (value === null || value === undefined) return;
    built ??= join(ownRules(schema, isRoot), rulesBelow(schema));
    built?.(value, old, path, findings);
  };
}

function rulesBelow(schema: OpenApiSchema): RuleCheck | undefined {
  return schema.items === undefined ? fieldRules(schema) : itemRules(schema);
}

function join(a: RuleCheck | undefined, b: RuleCheck | undefined): RuleCheck | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (value, old, path, findings) => {
    a(value, old, path, findings);
    b(value, old, path, findings);
  };
}

function fieldRules(schema: OpenApiSchema): RuleCheck | undefined {
  const checks: (readonly [string, RuleCheck])[] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (hasRules(property)) checks.push([name, checkOf(property)]);
  }
  const rest = schema.additionalProperties;
  const entry = typeof rest === "object" && hasRules(rest) ? checkOf(rest) : undefined;
  if (checks.length === 0 && entry === undefined) return undefined;
  return (value, old, path, findings) => {
    if (!isObject(value)) return;
    const before = isObject(old) ? old : undefined;
    const oldOf = (key: string) =>
      before !== undefined && Object.hasOwn(before, key) ? before[key] : undefined;
    for (const [name, check] of checks) {
      if (!Object.hasOwn(value, name)) continue;
      check(value[name], oldOf(name), path === "" ? name : `${path}.${name}`, findings);
    }
    if (entry === undefined) return;
    for (const key of Object.keys(value)) {
      entry(value[key], oldOf(key), `${path}[${key}]`, findings);
    }
  };
}

function itemRules(schema: OpenApiSchema): RuleCheck | undefined {
  const { items } = schema;
  if (items === undefined || !hasRules(items)) return undefined;
  const item = checkOf(items);
  const correlate = correlator(schema);
  return (value, old, path, findings) => {
    if (!Array.isArray(value)) return;
    const oldOf = correlate(old, value);
    for (const [index, each] of value.entries()) {
      item(each, oldOf(index), `${path}[${index}]`, findings);
    }
  };
}

function ownRules(schema: OpenApiSchema, isRoot: boolean): RuleCheck | undefined {
  const rules = schema["x-kubernetes-validations"] ?? [];
  if (rules.length === 0) return undefined;
  const toCel = toCelOf(isRoot ? asWholeObject(schema) : schema);
  const ready = rules.map((rule) => prepare(rule));
  const isScalar = schema.items === undefined && schema.type !== "object";
  return (value, old, path, findings) => {
    const context: RuleContext = { value, old, path, isScalar, toCel };
    for (const rule of ready) runRule(rule, context, findings);
  };
}

interface PreparedRule {
  readonly rule: ValidationRule;
  readonly expression: CelExpression | CelError;
  readonly message: CelExpression | undefined;
  readonly isTransition: boolean;
}

const plainVariables = ["self", "oldSelf"];
const optionalVariables = ["self", "oldSelf:optional<dyn>"];

/** What rules may speak of: with `optionalOldSelf` the old value has to be unwrapped. */
export function ruleVariables(isOptional: boolean): readonly string[] {
  return isOptional ? optionalVariables : plainVariables;
}

function prepare(rule: ValidationRule): PreparedRule {
  const variables = ruleVariables(rule.optionalOldSelf === true);
  const expression = compile(rule.rule, variables);
  const message =
    rule.messageExpression === undefined ? undefined : compile(rule.messageExpression, variables);
  return {
    rule,
    expression,
    message: message instanceof CelError ? undefined : message,
    isTransition: !(expression instanceof CelError) && expression.uses("oldSelf"),
  };
}

function compile(text: string, variables: readonly string[]): CelExpression | CelError {
  try {
    return celEngine().compile(text, variables);
  } catch (error) {
    if (error instanceof CelError) return error;
    throw error;
  }
}

interface RuleContext {
  readonly value: unknown;
  readonly old: unknown;
  readonly path: string;
  readonly isScalar: boolean;
  readonly toCel: ToCel;
}

function runRule(prepared: PreparedRule, context: RuleContext, findings: RuleFindings): void {
  const { rule, isTransition } = prepared;
  const isOptional = rule.optionalOldSelf === true;
  if (isTransition && !isOptional && context.old === undefined) return;
  const failure = evaluate(prepared, context);
  if (failure === undefined) return;
  const { old, value } = context;
  const error = toFieldError(rule, failure, context);
  // What was wrong before and did not change is not this writer's fault.
  const isUnchanged =
    !isTransition && old !== undefined && (old === value || deepEqual(old, value));
  if (isUnchanged) findings.warnings.push(`${error.field}: ${error.message}`);
  else findings.errors.push(error);
}

/** The text of a violation; undefined if the rule holds. */
function evaluate(prepared: PreparedRule, context: RuleContext): string | undefined {
  const { expression, rule } = prepared;
  if (expression instanceof CelError) return `rule compile error: ${expression.message}`;
  const values = variablesOf(rule, context);
  try {
    return expression.evaluate(values) === true ? undefined : messageOf(prepared, values);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const about = rule.message ?? rule.rule;
    if (error.isOverload) {
      return `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${about}`;
    }
    return `${error.message} evaluating rule: ${about}`;
  }
}

function variablesOf(
  rule: ValidationRule,
  { value, old, toCel }: RuleContext,
): Readonly<Record<string, unknown>> {
  const self = toCel(value);
  const before = old === undefined || old === null ? undefined : toCel(old);
  if (rule.optionalOldSelf === true) return { self, oldSelf: celEngine().optional(before) };
  return before === undefined ? { self } : { self, oldSelf: before };
}

const mostMessageBytes = 5120;

function messageOf(
  { rule, message }: PreparedRule,
  values: Readonly<Record<string, unknown>>,
): string {
  const fallback = rule.message?.trim() ?? `failed rule: ${rule.rule.trim()}`;
  if (message === undefined) return fallback;
  try {
    const text = message.evaluate(values);
    const trimmed = typeof text === "string" ? text.trim() : "";
    const isUsable =
      trimmed !== "" && !trimmed.includes("\n") && Buffer.byteLength(trimmed) <= mostMessageBytes;
    return isUsable ? trimmed : fallback;
  } catch {
    return fallback;
  }
}

function toFieldError(
  { reason, fieldPath }: ValidationRule,
  message: string,
  { path, value, isScalar }: RuleContext,
): FieldError {
  const full = `${path}${fieldPath ?? ""}`.replace(/^\./, "");
  const field = full === "" ? "<nil>" : full.replaceAll(/\['([^']*)'\]/g, "[$1]");
  switch (reason) {
    case "FieldValueForbidden":
      return { type: "Forbidden", field, message: `Forbidden: ${message}` };
    case "FieldValueRequired":
      return { type: "Required", field, message: `Required value: ${message}` };
    case "FieldValueDuplicate":
      return { type: "Duplicate", field, message: `Duplicate value: ${printValue(value)}` };
    case undefined:
    default: {
      const shown = isScalar ? `${printValue(value)}: ` : "";
      return { type: "Invalid", field, message: `Invalid value: ${shown}${message}` };
    }
  }
}

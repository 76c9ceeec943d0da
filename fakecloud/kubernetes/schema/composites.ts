import type { FieldError } from "../field-error.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import type { Check, Findings, LocalCheck } from "./findings.ts";

/**
 * allOf, anyOf, oneOf and not. Their complaints name the place in the text only: the real server attaches them to no
 * field. Along come the errors of the branch that got furthest.
 */
export function compileComposites(
  schema: OpenApiSchema,
  compile: (part: OpenApiSchema) => Check,
): LocalCheck[] {
  const checks: LocalCheck[] = [];
  if (schema.anyOf !== undefined) checks.push(checkAnyOf(schema.anyOf.map(compile)));
  if (schema.oneOf !== undefined) checks.push(checkOneOf(schema.oneOf.map(compile)));
  if (schema.allOf !== undefined) checks.push(checkAllOf(schema.allOf.map(compile)));
  if (schema.not !== undefined) checks.push(checkNot(compile(schema.not)));
  return checks;
}

function complain(path: string, text: string): FieldError {
  return {
    type: "Invalid",
    field: "<nil>",
    message: `Invalid value: "": "${path}" must ${text}`,
  };
}

function run(check: Check, value: unknown, path: string): Findings {
  const findings: Findings = { errors: [], visited: 0 };
  // Without an old value: a branch is right or wrong as a whole.
  check(value, undefined, path, findings);
  return findings;
}

function furthest(branches: readonly Findings[]): readonly FieldError[] {
  let best = branches[0];
  for (const branch of branches) {
    if (best === undefined || branch.visited > best.visited) best = branch;
  }
  return best?.errors ?? [];
}

function checkAnyOf(branches: readonly Check[]): LocalCheck {
  return (value, path, findings) => {
    const failed: Findings[] = [];
    for (const branch of branches) {
      const found = run(branch, value, path);
      if (found.errors.length === 0) return;
      failed.push(found);
    }
    findings.errors.push(
      complain(path, "validate at least one schema (anyOf)"),
      ...furthest(failed),
    );
  };
}

function checkOneOf(branches: readonly Check[]): LocalCheck {
  return (value, path, findings) => {
    const results = branches.map((branch) => run(branch, value, path));
    const valid = results.filter(({ errors }) => errors.length === 0).length;
    if (valid === 1) return;
    const count = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
    findings.errors.push(complain(path, `validate one and only one schema (oneOf). ${count}`));
    if (valid === 0) findings.errors.push(...furthest(results));
  };
}

function checkAllOf(branches: readonly Check[]): LocalCheck {
  return (value, path, findings) => {
    const results = branches.map((branch) => run(branch, value, path));
    const failed = results.filter(({ errors }) => errors.length > 0);
    if (failed.length === 0) return;
    for (const { errors } of failed) findings.errors.push(...errors);
    const none = failed.length === results.length ? ". None validated" : "";
    findings.errors.push(complain(path, `validate all the schemas (allOf)${none}`));
  };
}

function checkNot(branch: Check): LocalCheck {
  return (value, path, findings) => {
    if (run(branch, value, path).errors.length > 0) return;
    findings.errors.push(complain(path, "not validate the schema (not)"));
  };
}

import { compilationProblem } from "../../cel/request-expressions.ts";
import { record, records, text } from "../../crds/definition.ts";
import { type FieldError, invalidValue, requiredValue } from "../../field-error.ts";
import type { JsonObject } from "../../object.ts";
import type { Strategy } from "./strategy.ts";

function expressionErrors(path: string, list: unknown): readonly FieldError[] {
  return records(list).flatMap((each, index) => {
    const field = `${path}[${index}].expression`;
    const expression = text(each["expression"]);
    if (expression.trim() === "") return [requiredValue(field, "expression is not specified")];
    const problem = compilationProblem(expression);
    return problem === undefined ? [] : [invalidValue(field, expression, problem)];
  });
}

function policyErrors(spec: JsonObject): readonly FieldError[] {
  return [
    ...(spec["matchConstraints"] === undefined ? [requiredValue("spec.matchConstraints")] : []),
    ...expressionErrors("spec.matchConditions", spec["matchConditions"]),
    ...expressionErrors("spec.variables", spec["variables"]),
    ...expressionErrors("spec.validations", spec["validations"]),
  ];
}

/** Expressions must compile before anybody is judged by them. */
export const policies: Strategy = {
  validate: (policy) => policyErrors(record(policy["spec"])),
};

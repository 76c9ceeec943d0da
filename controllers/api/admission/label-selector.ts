import type { LabelSelector } from "../generated/definitions.ts";
import { type FieldError, invalid, required } from "./field-error.ts";

const labelName = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const labelPrefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

export function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  const isNameValid = labelName.test(name) && name.length <= 63;
  if (slash === -1) return isNameValid;
  const prefix = key.slice(0, slash);
  return isNameValid && labelPrefix.test(prefix) && prefix.length <= 253;
}

export function isLabelValue(value: string): boolean {
  return labelValue.test(value) && value.length <= 63;
}

/** An operator or value that the API server's label selectors would not understand. */
export function validateSelector(
  selector: LabelSelector | undefined,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    const at = `${field}.matchLabels`;
    if (!isLabelKey(key)) errors.push(invalid(at, key, "must be a valid label key"));
    if (!isLabelValue(value)) errors.push(invalid(at, value, "must be a valid label value"));
  }
  for (const [index, expression] of (selector?.matchExpressions ?? []).entries()) {
    errors.push(...validateExpression(expression, `${field}.matchExpressions[${index}]`));
  }
  return errors;
}

type Expression = NonNullable<LabelSelector["matchExpressions"]>[number];

function validateExpression({ key, operator, values = [] }: Expression, field: string) {
  const errors: FieldError[] = [];
  if (!isLabelKey(key)) errors.push(invalid(`${field}.key`, key, "must be a valid label key"));
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) {
      errors.push(
        required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
      );
    }
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) {
      errors.push(
        invalid(
          `${field}.values`,
          values,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
      );
    }
  } else {
    errors.push(invalid(`${field}.operator`, operator, "not a valid selector operator"));
  }
  return errors;
}

export function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isListed = value !== undefined && values.includes(value);
      return operator === "In" ? isListed : !isListed;
    })
  );
}

/** As Kubernetes prints a selector: "a=b,c in (d,e)". */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}=${matchLabels[key] ?? ""}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values.toSorted().join(",")})`;
  });
  return [...labels, ...expressions].join(",");
}

import { record, records, text, texts } from "../../crds/definition.ts";
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "../../field-error.ts";
import { checkLabelValue, checkQualifiedName } from "../../names.ts";
import type { JsonObject } from "../../object.ts";

/** What is wrong with a label selector in an object. */
export function labelSelectorErrors(at: string, selector: JsonObject): readonly FieldError[] {
  const labels = Object.entries(record(selector["matchLabels"])).flatMap(([key, value]) => [
    ...checkQualifiedName(key).map((why) => invalidValue(`${at}.matchLabels`, key, why)),
    ...checkLabelValue(text(value)).map((why) => invalidValue(`${at}.matchLabels`, value, why)),
  ]);
  const terms = records(selector["matchExpressions"]).flatMap((term, index) =>
    termErrors(`${at}.matchExpressions[${index}]`, term),
  );
  return [...labels, ...terms];
}

function termErrors(at: string, term: JsonObject): readonly FieldError[] {
  const { operator } = term;
  const [key, values] = [text(term["key"]), texts(term["values"])];
  return [
    ...operatorErrors(at, operator, values),
    ...checkQualifiedName(key).map((why) => invalidValue(`${at}.key`, key, why)),
    ...values.flatMap((value, index) =>
      checkLabelValue(value).map((why) => invalidValue(`${at}.values[${index}]`, value, why)),
    ),
  ];
}

function operatorErrors(
  at: string,
  operator: unknown,
  values: readonly string[],
): readonly FieldError[] {
  if (operator === "In" || operator === "NotIn") {
    const why = "must be specified when `operator` is 'In' or 'NotIn'";
    return values.length === 0 ? [requiredValue(`${at}.values`, why)] : [];
  }
  if (operator === "Exists" || operator === "DoesNotExist") {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return values.length > 0 ? [forbiddenValue(`${at}.values`, why)] : [];
  }
  return [invalidValue(`${at}.operator`, operator ?? "", "not a valid selector operator")];
}

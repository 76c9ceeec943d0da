import { compilationProblem } from "../../cel/request-expressions.ts";
import { record, records, text, texts } from "../../crds/definition.ts";
import { clientConfigErrors, reviewVersionErrors } from "../../crds/client-config.ts";
import {
  duplicateValue,
  type FieldError,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../../field-error.ts";
import { checkQualifiedName, dnsSubdomain } from "../../names.ts";
import type { JsonObject } from "../../object.ts";
import { labelSelectorErrors } from "./label-selectors.ts";
import type { Strategy } from "./strategy.ts";

const operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

function nameErrors(at: string, name: string): readonly FieldError[] {
  if (name === "") return [requiredValue(at)];
  const errors = dnsSubdomain(name).map((why) => invalidValue(at, name, why));
  if (errors.length > 0 || name.split(".").length >= 3) return errors;
  const why = "should be a domain with at least three segments separated by dots";
  return [invalidValue(at, name, why)];
}

/** A list that must not be empty, and in which a star stands alone. */
function starredErrors(at: string, list: readonly string[], others: string): readonly FieldError[] {
  if (list.length === 0) return [requiredValue(at)];
  if (list.length === 1 || !list.includes("*")) return [];
  return [invalidValue(at, list, `if '*' is present, must not specify other ${others}`)];
}

function ruleErrors(at: string, rule: JsonObject): readonly FieldError[] {
  const [actions, versions] = [texts(rule["operations"]), texts(rule["apiVersions"])];
  const { scope } = rule;
  const scopes = ["*", "Cluster", "Namespaced"];
  return [
    ...starredErrors(`${at}.operations`, actions, "operations"),
    ...actions.flatMap((each, index) =>
      operations.includes(each)
        ? []
        : [unsupportedValue(`${at}.operations[${index}]`, each, operations)],
    ),
    ...starredErrors(`${at}.apiGroups`, texts(rule["apiGroups"]), "API groups"),
    ...starredErrors(`${at}.apiVersions`, versions, "API versions"),
    ...versions.flatMap((each, index) =>
      each === "" ? [requiredValue(`${at}.apiVersions[${index}]`)] : [],
    ),
    ...resourceErrors(`${at}.resources`, texts(rule["resources"])),
    ...(scope === undefined || scopes.includes(text(scope))
      ? []
      : [unsupportedValue(`${at}.scope`, scope, scopes)]),
  ];
}

function resourceErrors(at: string, list: readonly string[]): readonly FieldError[] {
  if (list.length === 0) return [requiredValue(at)];
  const errors = list.flatMap((_each, index) => coveredErrors(`${at}[${index}]`, list, index));
  if (list.length > 1 && list.includes("*/*")) {
    const why = "if '*/*' is present, must not specify other resources";
    errors.push(invalidValue(at, list, why));
  }
  if (list.includes("*") && list.some((each) => each !== "*" && !/[/]|^$/.test(each))) {
    const why = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalidValue(at, list, why));
  }
  return errors;
}

/** An entry of the list that is empty, or that a star before it covers already. */
function coveredErrors(at: string, list: readonly string[], index: number): readonly FieldError[] {
  const each = list[index] ?? "";
  if (each === "") return [requiredValue(at)];
  const [resource = "", below] = each.split(/\/(.*)/s);
  if (below === undefined) return [];
  const stars = [`${resource}/*`, `*/${below}`];
  const star = stars.find((one) => list.indexOf(one) >= 0 && list.indexOf(one) < index);
  if (star === undefined) return [];
  return [invalidValue(at, each, `if '${star}' is present, must not specify ${each}`)];
}

function choiceErrors(
  at: string,
  value: unknown,
  choices: readonly string[],
): readonly FieldError[] {
  return value === undefined || choices.includes(text(value))
    ? []
    : [unsupportedValue(at, value, choices)];
}

function sideEffectErrors(at: string, effects: unknown): readonly FieldError[] {
  const choices = ["None", "NoneOnDryRun"];
  if (effects === undefined) return [requiredValue(at, "must specify one of None, NoneOnDryRun")];
  return choiceErrors(at, effects, choices);
}

function timeoutErrors(at: string, seconds: unknown): readonly FieldError[] {
  if (typeof seconds !== "number" || (seconds >= 1 && seconds <= 30)) return [];
  return [invalidValue(at, seconds, "the timeout value must be between 1 and 30 seconds")];
}

function conditionErrors(at: string, conditions: readonly JsonObject[]): readonly FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap(({ name, expression }, index) => {
    const [place, called, rule] = [`${at}[${index}]`, text(name), text(expression)];
    const problem = rule.trim() === "" ? undefined : compilationProblem(rule, "bool");
    const errors: FieldError[] = [];
    if (rule.trim() === "") errors.push(requiredValue(`${place}.expression`));
    if (problem !== undefined) errors.push(invalidValue(`${place}.expression`, rule, problem));
    if (called === "") errors.push(requiredValue(`${place}.name`));
    else {
      const wrong = checkQualifiedName(called);
      errors.push(...wrong.map((why) => invalidValue(`${place}.name`, called, why)));
    }
    if (seen.has(called)) errors.push(duplicateValue(`${place}.name`, called));
    seen.add(called);
    return errors;
  });
}

function webhookErrors(at: string, webhook: JsonObject): readonly FieldError[] {
  return [
    ...nameErrors(`${at}.name`, text(webhook["name"])),
    ...records(webhook["rules"]).flatMap((rule, index) =>
      ruleErrors(`${at}.rules[${index}]`, rule),
    ),
    ...choiceErrors(`${at}.failurePolicy`, webhook["failurePolicy"], ["Fail", "Ignore"]),
    ...choiceErrors(`${at}.matchPolicy`, webhook["matchPolicy"], ["Equivalent", "Exact"]),
    ...sideEffectErrors(`${at}.sideEffects`, webhook["sideEffects"]),
    ...timeoutErrors(`${at}.timeoutSeconds`, webhook["timeoutSeconds"]),
    ...choiceErrors(`${at}.reinvocationPolicy`, webhook["reinvocationPolicy"], [
      "IfNeeded",
      "Never",
    ]),
    ...labelSelectorErrors(`${at}.namespaceSelector`, record(webhook["namespaceSelector"])),
    ...labelSelectorErrors(`${at}.objectSelector`, record(webhook["objectSelector"])),
    ...clientConfigErrors(`${at}.clientConfig`, record(webhook["clientConfig"])),
    ...conditionErrors(`${at}.matchConditions`, records(webhook["matchConditions"])),
    ...reviewVersionErrors(
      `${at}.admissionReviewVersions`,
      texts(webhook["admissionReviewVersions"]),
    ),
  ];
}

/** A webhook that could never be asked is refused when it is configured. */
export const webhookConfigurations: Strategy = {
  validate: (configuration) => {
    const names: string[] = [];
    return records(configuration["webhooks"]).flatMap((webhook, index) => {
      const [at, name] = [`webhooks[${index}]`, text(webhook["name"])];
      const twice = names.includes(name) ? [duplicateValue(`${at}.name`, name)] : [];
      names.push(name);
      return [...webhookErrors(at, webhook), ...twice];
    });
  },
};

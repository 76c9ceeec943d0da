import { record, records } from "../crds/definition.ts";
import type { Entry } from "../history.ts";
import { compareText, deepEqual } from "../json.ts";
import { matchesLabelSelector } from "../label-selector.ts";
import type { JsonObject, ObjectMeta } from "../object.ts";

interface Role {
  readonly metadata: ObjectMeta;
  readonly aggregationRule?: unknown;
}

export function selectorsOf(role: Role) {
  return records(record(role.aggregationRule)["clusterRoleSelectors"]);
}

/** The rules of all selected roles, by name, each rule once. */
export function aggregatedRules(role: Role, all: readonly Entry[]): readonly JsonObject[] {
  const rules: JsonObject[] = [];
  for (const selector of selectorsOf(role)) {
    const parts = all
      .map(({ object }) => object)
      .filter(({ metadata }) => metadata.name !== role.metadata.name)
      .filter(({ metadata }) => matchesLabelSelector(selector, metadata.labels))
      .toSorted((a, b) => compareText(a.metadata.name ?? "", b.metadata.name ?? ""));
    for (const rule of parts.flatMap((part) => records(part["rules"]))) {
      if (!rules.some((each) => deepEqual(each, rule))) rules.push(rule);
    }
  }
  return rules;
}

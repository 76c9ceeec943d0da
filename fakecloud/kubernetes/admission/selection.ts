import { record, texts } from "../crds/definition.ts";
import { matchesLabelSelector } from "../label-selector.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import type { Store } from "../store.ts";
import type { AdmissionRequest } from "./admission.ts";

/** Which requests a webhook or a policy is asked about: rules, and selectors of objects and namespaces. */
export class Selection {
  readonly #store: Store;
  readonly #registry: Registry;

  constructor(store: Store, registry: Registry) {
    this.#store = store;
    this.#registry = registry;
  }

  /** The version in which somebody wants to see an object; undefined if none of the rules matches. */
  version(
    rules: readonly JsonObject[],
    matchPolicy: unknown,
    request: AdmissionRequest,
  ): string | undefined {
    if (rules.some((rule) => ruleMatches(rule, request))) return request.version;
    if (matchPolicy === "Exact") return undefined;
    const others = this.#registry
      .list()
      .filter((each) => each.group === request.group && each.plural === request.plural)
      .map(({ version }) => version);
    return others.find((version) =>
      rules.some((rule) => ruleMatches(rule, { ...request, version })),
    );
  }

  /** `selectors` has an objectSelector and a namespaceSelector, or not. */
  isSelected(selectors: JsonObject, request: AdmissionRequest): boolean {
    const bySelector = (selector: unknown, object: KubeObject | undefined) =>
      object !== undefined && matchesLabelSelector(record(selector), object.metadata.labels);
    const objects = selectors["objectSelector"];
    const either = [request.object, request.oldObject];
    if (objects !== undefined && !either.some((object) => bySelector(objects, object))) {
      return false;
    }
    const namespaces = selectors["namespaceSelector"];
    if (namespaces === undefined) return true;
    if (request.kind === "Namespace") return either.some((each) => bySelector(namespaces, each));
    if (request.namespace === "") return true;
    return bySelector(namespaces, this.namespaceOf(request));
  }

  namespaceOf({ namespace }: AdmissionRequest): KubeObject | undefined {
    return this.#store.table("namespaces").get(namespace)?.object;
  }
}

function ruleMatches(rule: JsonObject, request: AdmissionRequest): boolean {
  const covers = (field: string, wanted: string) => {
    const list = texts(rule[field]);
    return list.includes("*") || list.includes(wanted);
  };
  if (!covers("operations", request.operation) || !covers("apiGroups", request.group)) return false;
  if (!covers("apiVersions", request.version) || !scopeMatches(rule, request)) return false;
  if (!namesMatch(rule, request)) return false;
  const { plural, subresource } = request;
  return texts(rule["resources"]).some((pattern) => {
    const [resource = "", below = ""] = pattern.split("/");
    const matches = (each: string, wanted: string) => each === "*" || each === wanted;
    return matches(resource, plural) && matches(below, subresource);
  });
}

function scopeMatches(rule: JsonObject, { namespace, kind }: AdmissionRequest): boolean {
  const { scope } = rule;
  const isNamespaced = namespace !== "" && kind !== "Namespace";
  if (scope === "Namespaced") return isNamespaced;
  return scope !== "Cluster" || !isNamespaced;
}

/** Rules of policies may name objects. */
function namesMatch(rule: JsonObject, { name }: AdmissionRequest): boolean {
  const names = texts(rule["resourceNames"]);
  return names.length === 0 || names.includes(name);
}

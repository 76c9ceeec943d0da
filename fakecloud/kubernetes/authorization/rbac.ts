import type { UserInfo } from "../contract.ts";
import { record, records, text, texts } from "../crds/definition.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import type { Store } from "../store.ts";

/** What somebody wants to do: with a resource, or with a path that is none. */
export interface Attributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  /** Plural name; empty for a path. */
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
  readonly path: string;
  /** Of a list or a watch, as the client wrote it. */
  readonly fieldSelector?: string;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

const group = "rbac.authorization.k8s.io";
const serviceAccountPrefix = "system:serviceaccount:";

function ruleOf(rule: JsonObject): PolicyRule {
  return {
    verbs: texts(rule["verbs"]),
    apiGroups: texts(rule["apiGroups"]),
    resources: texts(rule["resources"]),
    resourceNames: texts(rule["resourceNames"]),
    nonResourceURLs: texts(rule["nonResourceURLs"]),
  };
}

export function rulesOf(role: KubeObject): readonly PolicyRule[] {
  return records(role["rules"]).map(ruleOf);
}

function covers(list: readonly string[], wanted: string): boolean {
  return list.includes(wanted) || list.includes("*");
}

function coversResource(rule: PolicyRule, { resource, subresource }: Attributes): boolean {
  const { resources } = rule;
  if (resources.includes("*")) return true;
  if (subresource === "") return resources.includes(resource);
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

function coversPath(rule: PolicyRule, path: string): boolean {
  return rule.nonResourceURLs.some(
    (url) =>
      url === "*" || url === path || (url.endsWith("*") && path.startsWith(url.slice(0, -1))),
  );
}

/** Whether a rule allows what is wanted. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!covers(rule.verbs, attributes.verb)) return false;
  if (attributes.resource === "") return coversPath(rule, attributes.path);
  if (!covers(rule.apiGroups, attributes.group) || !coversResource(rule, attributes)) return false;
  return rule.resourceNames.length === 0 || rule.resourceNames.includes(attributes.name);
}

/** The subject of a binding as messages name it; undefined if the user is not meant. */
function subjectFor(user: UserInfo, subject: JsonObject, namespace: string): string | undefined {
  const name = text(subject["name"]);
  switch (subject["kind"]) {
    case "User":
      return user.username === name ? `User ${JSON.stringify(name)}` : undefined;
    case "Group":
      return user.groups.includes(name) ? `Group ${JSON.stringify(name)}` : undefined;
    case "ServiceAccount": {
      const home = text(subject["namespace"]) || namespace;
      const matches = user.username === `${serviceAccountPrefix}${home}:${name}`;
      return matches ? `ServiceAccount ${JSON.stringify(`${name}/${home}`)}` : undefined;
    }
    default:
      return undefined;
  }
}

interface Grant {
  readonly rule: PolicyRule;
  readonly why: string;
}

/** Decides by the roles and bindings that are stored. */
export class RbacAuthorizer {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  authorize(attributes: Attributes): Decision {
    // The privileged group is beyond all roles, so that nobody can lock the administrator out.
    if (attributes.user.groups.includes("system:masters")) return { allowed: true, reason: "" };
    const errors: string[] = [];
    for (const { rule, why } of this.#grants(attributes.user, attributes.namespace, errors)) {
      if (ruleAllows(rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${why}` };
    }
    const reason = errors.length === 0 ? "" : `RBAC: ${aggregate(errors)}`;
    return { allowed: false, reason };
  }

  /** Everything that a user may do in a namespace, and in the cluster. */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] {
    return [...this.#grants(user, namespace, [])].map(({ rule }) => rule);
  }

  *#grants(user: UserInfo, namespace: string, errors: string[]): Generator<Grant> {
    for (const { object } of this.#store.table(`clusterrolebindings.${group}`).list()) {
      yield* this.#grantsOf(user, object, errors);
    }
    if (namespace === "") return;
    for (const { object } of this.#store.table(`rolebindings.${group}`).list(namespace)) {
      yield* this.#grantsOf(user, object, errors);
    }
  }

  *#grantsOf(user: UserInfo, binding: KubeObject, errors: string[]): Generator<Grant> {
    const { name = "", namespace = "" } = binding.metadata;
    const subject = records(binding["subjects"])
      .map((each) => subjectFor(user, each, namespace))
      .find((each) => each !== undefined);
    if (subject === undefined) return;
    const { kind, name: roleName } = record(binding["roleRef"]);
    const role = this.#role(text(kind), text(roleName), namespace);
    if (role === undefined) {
      const plural = kind === "Role" ? "role" : "clusterrole";
      errors.push(`${plural}.${group} ${JSON.stringify(roleName)} not found`);
      return;
    }
    const bindingName =
      namespace === ""
        ? `ClusterRoleBinding ${JSON.stringify(name)}`
        : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`;
    const why = `${bindingName} of ${text(kind)} ${JSON.stringify(roleName)} to ${subject}`;
    for (const rule of rulesOf(role)) yield { rule, why };
  }

  #role(kind: string, name: string, namespace: string): KubeObject | undefined {
    if (kind === "ClusterRole") return this.#store.table(`clusterroles.${group}`).get(name)?.object;
    return this.#store.table(`roles.${group}`).get(`${namespace}/${name}`)?.object;
  }
}

function aggregate(errors: readonly string[]): string {
  return errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`;
}

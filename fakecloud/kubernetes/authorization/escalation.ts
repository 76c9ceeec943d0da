import type { RequestContext } from "../context.ts";
import type { UserInfo } from "../contract.ts";
import type { Core } from "../core.ts";
import { record, text } from "../crds/definition.ts";
import { deepEqual } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { forbidden } from "../status.ts";
import { type Attributes, type PolicyRule, ruleAllows, rulesOf } from "./rbac.ts";

const group = "rbac.authorization.k8s.io";

/**
 * Nobody hands out rights that they do not have themselves, unless they may `escalate` roles or `bind` them. Does nothing where
 * everybody may do everything.
 */
export function requireNoEscalation(
  core: Core,
  context: RequestContext,
  object: KubeObject,
  live?: KubeObject,
): void {
  const { resource, user, namespace } = context;
  if (core.authorizer.rulesFor === undefined || resource.group !== group) return;
  if (user.groups.includes("system:masters") || grantsTheSame(object, live)) return;
  const { attributes, granted } = grantOf(core, context, object);
  if (core.authorizer.authorize(attributes).allowed) return;
  const held = core.authorizer.rulesFor(user, namespace);
  const missing = granted.flatMap(breakDown).filter((rule) => !isHeld(held, rule));
  if (missing.length === 0) return;
  throw forbidden(
    resource,
    object.metadata.name ?? "",
    `${describeUser(user)} is attempting to grant RBAC permissions not currently held:\n${describe(missing)}`,
  );
}

function grantsTheSame(object: KubeObject, live: KubeObject | undefined): boolean {
  if (live === undefined) return false;
  return ["rules", "subjects"].every((field) => deepEqual(object[field], live[field]));
}

interface Grant {
  /** The right that would allow to hand out anything. */
  readonly attributes: Attributes;
  readonly granted: readonly PolicyRule[];
}

function grantOf(core: Core, context: RequestContext, object: KubeObject): Grant {
  const { resource, user, namespace } = context;
  const isBinding = resource.kind.endsWith("Binding");
  const { kind, name } = isBinding
    ? record(object["roleRef"])
    : { kind: resource.kind, name: object.metadata.name };
  const plural = kind === "Role" ? "roles" : "clusterroles";
  const attributes: Attributes = {
    user,
    verb: isBinding ? "bind" : "escalate",
    group,
    resource: plural,
    subresource: "",
    name: text(name),
    namespace,
    path: "",
  };
  const granted = isBinding ? grantedBy(core, plural, text(name), namespace) : rulesOf(object);
  return { attributes, granted };
}

function grantedBy(core: Core, plural: string, name: string, namespace: string) {
  const key = plural === "roles" ? `${namespace}/${name}` : name;
  const role = core.store.table(`${plural}.${group}`).get(key)?.object;
  return role === undefined ? [] : rulesOf(role);
}

/** A rule as rules about one verb and one thing each. */
function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const names = rule.resourceNames.length === 0 ? [undefined] : rule.resourceNames;
  return rule.verbs.flatMap((verb) => [
    ...rule.nonResourceURLs.map((url) => ({ ...none, verbs: [verb], nonResourceURLs: [url] })),
    ...rule.apiGroups.flatMap((apiGroup) =>
      rule.resources.flatMap((resource) =>
        names.map((name) => ({
          ...none,
          verbs: [verb],
          apiGroups: [apiGroup],
          resources: [resource],
          resourceNames: name === undefined ? [] : [name],
        })),
      ),
    ),
  ]);
}

function isHeld(held: readonly PolicyRule[], rule: PolicyRule): boolean {
  const [resource = "", subresource = ""] = (rule.resources[0] ?? "").split("/");
  const attributes: Attributes = {
    user: { username: "", groups: [] },
    verb: rule.verbs[0] ?? "",
    group: rule.apiGroups[0] ?? "",
    resource,
    subresource,
    name: rule.resourceNames[0] ?? "",
    namespace: "",
    path: rule.nonResourceURLs[0] ?? "",
  };
  return held.some((each) => ruleAllows(each, attributes));
}

function quoted(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}

function describeUser({ username, groups }: UserInfo): string {
  return `user ${JSON.stringify(username)} (groups=${quoted(groups)})`;
}

/** Rules that differ in nothing but their verb are told as one. */
function describe(rules: readonly PolicyRule[]): string {
  const verbs = new Map<string, string[]>();
  for (const {
    apiGroups,
    resources,
    resourceNames,
    nonResourceURLs,
    verbs: [verb = ""],
  } of rules) {
    const parts = [
      ...(nonResourceURLs.length === 0 ? [] : [`NonResourceURLs:${quoted(nonResourceURLs)}`]),
      ...(resources.length === 0
        ? []
        : [`APIGroups:${quoted(apiGroups)}`, `Resources:${quoted(resources)}`]),
      ...(resourceNames.length === 0 ? [] : [`ResourceNames:${quoted(resourceNames)}`]),
    ].join(", ");
    const known = verbs.get(parts) ?? [];
    known.push(verb);
    verbs.set(parts, known);
  }
  return [...verbs.keys()]
    .sort()
    .map((parts) => `{${parts}, Verbs:${quoted(verbs.get(parts) ?? [])}}`)
    .join("\n");
}

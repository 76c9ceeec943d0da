import type { UserInfo } from "../contract.ts";
import { record, text } from "../crds/definition.ts";
import type { KubeObject } from "../object.ts";
import type { Store } from "../store.ts";
import { storageKey } from "../store.ts";
import { bootstrapPolicy } from "./generated/bootstrap-policy.ts";
import { nodeOf } from "./node-identity.ts";
import { mirrorAnnotation, podReferences, type PodReferences } from "./pod-references.ts";
import type { Authorizer } from "./authorize.ts";
import { type Attributes, type Decision, type PolicyRule, ruleAllows, rulesOf } from "./rbac.ts";

const allowed: Decision = { allowed: true, reason: "" };
const refused = (reason: string): Decision => ({ allowed: false, reason });
const reading = ["get", "list", "watch"];
const leaseNamespace = "kube-node-lease";

/**
 * What kubelets may do: read what their own pods need and their own Node, and else what the role of nodes says. Who is no kubelet,
 * and what kubelets may not do, is left to the roles.
 */
export class NodeAuthorizer implements Authorizer {
  readonly #store: Store;
  readonly #roles: Authorizer;
  #rules: readonly PolicyRule[] | undefined;

  constructor(store: Store, roles: Authorizer) {
    this.#store = store;
    this.#roles = roles;
  }

  authorize(attributes: Attributes): Decision {
    const node = nodeOf(attributes.user);
    if (node === undefined) return this.#roles.authorize(attributes);
    const own = this.#decide(node, attributes);
    if (own.allowed) return own;
    const byRole = this.#roles.authorize(attributes);
    if (byRole.allowed) return byRole;
    return refused([own.reason, byRole.reason].filter((reason) => reason !== "").join("\n"));
  }

  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] {
    return this.#roles.rulesFor?.(user, namespace) ?? [];
  }

  #decide(node: string, attributes: Attributes): Decision {
    const { group, resource } = attributes;
    switch (group === "" ? resource : `${resource}.${group}`) {
      case "secrets":
      case "configmaps":
        return this.#needed(node, attributes, resource as "configmaps" | "secrets");
      case "persistentvolumeclaims":
        return attributes.subresource === "status"
          ? this.#byRules(attributes)
          : this.#needed(node, attributes, "persistentvolumeclaims");
      case "serviceaccounts":
        return this.#token(node, attributes);
      case "nodes":
        return this.#node(node, attributes);
      case "pods":
        return this.#pod(node, attributes);
      case "leases.coordination.k8s.io":
        return lease(node, attributes);
      case "csinodes.storage.k8s.io":
        return csiNode(node, attributes);
      default:
        return this.#byRules(attributes);
    }
  }

  #byRules(attributes: Attributes): Decision {
    this.#rules ??= bootstrapPolicy.clusterroles
      .filter(({ metadata }) => metadata.name === "system:node")
      .flatMap((role) => rulesOf(role as unknown as KubeObject));
    return this.#rules.some((rule) => ruleAllows(rule, attributes)) ? allowed : refused("");
  }

  #needed(node: string, attributes: Attributes, kind: keyof PodReferences): Decision {
    const { verb, name, subresource } = attributes;
    if (!reading.includes(verb)) return refused("can only read resources of this type");
    if (subresource !== "") return refused("cannot read subresource");
    if (name === "") return refused("No Object name found");
    return this.#related(node, attributes, kind);
  }

  #related(node: string, { namespace, name }: Attributes, kind: keyof PodReferences): Decision {
    const isNeeded = this.#podsOn(node, namespace).some((pod) =>
      podReferences(pod)[kind].has(name),
    );
    return isNeeded ? allowed : unrelated(node);
  }

  #podsOn(node: string, namespace: string): readonly KubeObject[] {
    return this.#store
      .table("pods")
      .list(namespace)
      .map(({ object }) => object)
      .filter((pod) => record(pod["spec"])["nodeName"] === node)
      .filter(({ metadata }) => metadata.annotations?.[mirrorAnnotation] === undefined);
  }

  #token(node: string, attributes: Attributes): Decision {
    const { verb, subresource, name } = attributes;
    if (verb !== "create" || name === "") {
      return refused("can only create tokens for individual service accounts");
    }
    if (subresource !== "token") return refused("can only create token subresources");
    return this.#related(node, attributes, "serviceaccounts");
  }

  #node(node: string, attributes: Attributes): Decision {
    const { verb, name, subresource } = attributes;
    if (reading.includes(verb) && subresource === "" && name !== node) {
      const whom = name === "" ? "all nodes" : `'${name}'`;
      return refused(`node '${node}' cannot read ${whom}, only its own Node object`);
    }
    return this.#byRules(attributes);
  }

  #pod(node: string, attributes: Attributes): Decision {
    const { verb, namespace, name, subresource, fieldSelector = "" } = attributes;
    if (subresource !== "" || !reading.includes(verb)) return this.#byRules(attributes);
    if (verb === "get") {
      const pod = this.#store.table("pods").get(storageKey(namespace, name))?.object;
      return text(record(pod?.["spec"])["nodeName"]) === node ? allowed : unrelated(node);
    }
    if (fieldSelector.split(",").some((term) => /^spec\.nodeName==?/.test(term))) {
      const own = fieldSelector
        .split(",")
        .some((term) => term.replace("==", "=") === `spec.nodeName=${node}`);
      return own ? allowed : unrelated(node);
    }
    return refused("can only list/watch pods with spec.nodeName field selector");
  }
}

function unrelated(node: string): Decision {
  return refused(`no relationship found between node '${node}' and this object`);
}

const owning = ["create", "delete", "get", "patch", "update"];

function lease(node: string, { verb, namespace, name }: Attributes): Decision {
  if (!owning.includes(verb)) {
    return refused("can only get, create, update, patch, or delete a node lease");
  }
  if (namespace !== leaseNamespace) {
    return refused(`can only access leases in the "${leaseNamespace}" system namespace`);
  }
  // The name of a new object is not known yet; admission looks at it.
  if (verb === "create" || name === node) return allowed;
  return refused("can only access node lease with the same name as the requesting node");
}

function csiNode(node: string, { verb, name }: Attributes): Decision {
  if (!owning.includes(verb)) {
    return refused("can only get, create, update, patch, or delete a CSINode");
  }
  if (verb === "create" || name === node) return allowed;
  return refused("can only access CSINode with the same name as the requesting node");
}

import { record, records, text, texts } from "../../crds/definition.ts";
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../../field-error.ts";
import { deepEqual } from "../../json.ts";
import { type JsonObject, type KubeObject, withField, withMeta } from "../../object.ts";
import type { KindEnvironment } from "../resource.ts";
import type { Strategy } from "./strategy.ts";

function goTaint(taint: JsonObject): string {
  const { key, value, effect, timeAdded } = taint;
  return JSON.stringify({
    Key: text(key),
    Value: text(value),
    Effect: text(effect),
    TimeAdded: timeAdded ?? null,
  });
}

/** A new Namespace is Active, and held by the finalizer that the namespace controller removes in the end. */
export const namespaces: Strategy = {
  prepareCreate: (object) => ({
    ...object,
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  }),
  prepareUpdate: (object, live) =>
    withField(withField(object, "spec", live["spec"]), "status", live["status"]),
  prepareDelete: (live) =>
    withField(live, "status", { ...record(live["status"]), phase: "Terminating" }),
};

const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };

/** A node begins as not ready, whatever its kubelet says of itself, until somebody has seen it. */
export const nodes: Strategy = {
  keepsStatusOnCreate: true,
  prepareCreate: (node) => {
    const spec = record(node["spec"]);
    const taints = records(spec["taints"]);
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) {
      return node;
    }
    return withField(node, "spec", { ...spec, taints: [...taints, notReady] });
  },
  validate: (node, live) => {
    const errors = duplicateTaints(node);
    if (live === undefined) return errors;
    const [now, before] = [record(node["spec"]), record(live["spec"])];
    const frozen = (field: string, shown: string) =>
      before[field] !== undefined && !deepEqual(now[field], before[field])
        ? [
            forbiddenValue(
              `spec.${field}`,
              `node updates may not change ${shown} except from "" to valid`,
            ),
          ]
        : [];
    return [...errors, ...frozen("podCIDRs", "podCIDR"), ...frozen("providerID", "providerID")];
  },
};

function duplicateTaints(node: KubeObject): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, taint] of records(record(node["spec"])["taints"]).entries()) {
    const id = `${text(taint["key"])}:${text(taint["effect"])}`;
    if (seen.has(id)) {
      errors.push({
        type: "Duplicate",
        field: `metadata.taints[${index}]`,
        message: `Duplicate value: ${goTaint(taint)}: taints must be unique by key and effect pair`,
      });
    }
    seen.add(id);
  }
  return errors;
}

function ruleErrors(role: KubeObject, namespaced: boolean): readonly FieldError[] {
  return records(role["rules"]).flatMap((rule, index) => {
    const at = `rules[${index}]`;
    const errors: FieldError[] = [];
    const paths = texts(rule["nonResourceURLs"]);
    const resources = texts(rule["resources"]);
    if (texts(rule["verbs"]).length === 0) {
      errors.push(requiredValue(`${at}.verbs`, "verbs must contain at least one value"));
    }
    if (paths.length > 0) {
      if (namespaced) {
        const why = "namespaced rules cannot apply to non-resource URLs";
        errors.push(invalidValue(`${at}.nonResourceURLs`, paths, why));
      }
      if (resources.length > 0) {
        const why = "rules cannot apply to both regular resources and non-resource URLs";
        errors.push(invalidValue(`${at}.nonResourceURLs`, paths, why));
      }
      return errors;
    }
    if (texts(rule["apiGroups"]).length === 0) {
      const why = "resource rules must supply at least one api group";
      errors.push(requiredValue(`${at}.apiGroups`, why));
    }
    if (resources.length === 0) {
      const why = "resource rules must supply at least one resource";
      errors.push(requiredValue(`${at}.resources`, why));
    }
    return errors;
  });
}

/** What holds a volume while something uses it. */
export const claims: Strategy = {
  prepareCreate: (claim) =>
    withMeta(withField(claim, "status", { phase: "Pending" }), {
      finalizers: [...(claim.metadata.finalizers ?? []), "kubernetes.io/pvc-protection"],
    }),
};

export const volumes: Strategy = {
  prepareCreate: (volume) =>
    withMeta(withField(volume, "status", { phase: "Pending" }), {
      finalizers: [...(volume.metadata.finalizers ?? []), "kubernetes.io/pv-protection"],
    }),
};

export const roles: Strategy = { validate: (role) => ruleErrors(role, true) };
export const clusterRoles: Strategy = { validate: (role) => ruleErrors(role, false) };

const subjectKinds = ["ServiceAccount", "User", "Group"];

function bindingErrors(binding: KubeObject): readonly FieldError[] {
  const { kind, name } = record(binding["roleRef"]);
  const roleKinds = binding.kind === "RoleBinding" ? ["Role", "ClusterRole"] : ["ClusterRole"];
  return [
    ...(roleKinds.includes(text(kind))
      ? []
      : [unsupportedValue("roleRef.kind", text(kind), roleKinds)]),
    ...(text(name) === "" ? [requiredValue("roleRef.name")] : []),
    ...records(binding["subjects"]).flatMap((subject, index) => {
      const at = `subjects[${index}]`;
      if (text(subject["name"]) === "") return [requiredValue(`${at}.name`)];
      return subjectKinds.includes(text(subject["kind"]))
        ? []
        : [unsupportedValue(`${at}.kind`, text(subject["kind"]), subjectKinds)];
    }),
  ];
}

export const roleBindings: Strategy = {
  validate: (binding, live) => [
    ...bindingErrors(binding),
    ...(live === undefined || deepEqual(binding["roleRef"], live["roleRef"])
      ? []
      : [invalidValue("roleRef", binding["roleRef"], "cannot change roleRef")]),
  ],
};

function whoAsks({ user }: KindEnvironment): JsonObject {
  return {
    username: user.username,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(user.extra === undefined ? {} : { extra: user.extra }),
  };
}

/** Who asks for a certificate is what the server knows, not what the request says. */
export const signingRequests: Strategy = {
  prepareCreate: (request, environment) => {
    const { username, uid, groups, extra, ...rest } = record(request["spec"]);
    void [username, uid, groups, extra];
    return withField(request, "spec", { ...rest, ...whoAsks(environment) });
  },
  prepareUpdate: (request, live) => withField(request, "spec", live["spec"]),
  validate: (request, live) => {
    if (live !== undefined) return [];
    const { signerName, usages, expirationSeconds, request: pem } = record(request["spec"]);
    const errors: FieldError[] = [];
    const decoded = Buffer.from(text(pem), "base64").toString("latin1");
    if (!decoded.includes("-----BEGIN CERTIFICATE REQUEST-----")) {
      const why = "PEM block type must be CERTIFICATE REQUEST";
      errors.push(invalidValue("spec.request", pem ?? null, why));
    }
    if (texts(usages).length === 0) errors.push(requiredValue("spec.usages"));
    if (text(signerName) === "") errors.push(requiredValue("spec.signerName"));
    if (typeof expirationSeconds === "number" && expirationSeconds < 600) {
      const why = "may not specify a duration less than 600 seconds (10 minutes)";
      errors.push(invalidValue("spec.expirationSeconds", expirationSeconds, why));
    }
    return errors;
  },
};

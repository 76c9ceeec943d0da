import { isObject, type JsonObject, type KubeObject } from "../object.ts";
import { compileSchema, type CompiledSchema } from "../schema/structural-schema.ts";
import { builtinKinds } from "./builtin-kinds.ts";
import { defaultPod, defaultPodTemplate } from "./pod-defaults.ts";
import { canonicalizeQuantities } from "./quantities.ts";
import { change, fill, mapItems, type Edit } from "./rewrite.ts";
import { defaultService } from "./service-defaults.ts";

/**
 * The object as the API server decodes it: with the defaults of its type, the empty structs that Go writes, and quantities in
 * canonical form. Unchanged input is returned as it is. What it shares with `known` is taken to have its defaults already.
 */
export function applyBuiltinDefaults(
  { group, kind }: { readonly group: string; readonly kind: string },
  object: KubeObject,
  known?: KubeObject,
): KubeObject {
  const schema = schemaOf(group, kind, object.apiVersion);
  if (schema === undefined) return object;
  const withStatic = schema.applyDefaults(object, known) as JsonObject;
  const edit = edits[group === "" ? kind : `${kind}.${group}`];
  const withAll = edit === undefined ? withStatic : edit(withStatic);
  return canonicalizeQuantities(withAll, schema.schema, known) as KubeObject;
}

let schemas: Map<string, CompiledSchema> | undefined;

function schemaOf(group: string, kind: string, apiVersion: string): CompiledSchema | undefined {
  schemas ??= new Map(
    builtinKinds.flatMap((each) => {
      const compiled = compileSchema(each.schema);
      const gv = each.group === "" ? each.version : `${each.group}/${each.version}`;
      return [
        [`${each.group}/${each.kind}`, compiled] as const,
        [`${each.group}/${each.kind}/${gv}`, compiled] as const,
      ];
    }),
  );
  return schemas.get(`${group}/${kind}/${apiVersion}`) ?? schemas.get(`${group}/${kind}`);
}

const rbacGroup = "rbac.authorization.k8s.io";

const defaultRollingUpdate: Edit = (spec) =>
  change(spec, "strategy", (strategy) =>
    strategy["type"] !== "RollingUpdate"
      ? strategy
      : change(fill(strategy, { rollingUpdate: {} }), "rollingUpdate", (rolling) =>
          fill(rolling, { maxUnavailable: "25%", maxSurge: "25%" }),
        ),
  );

function defaultUpdateStrategy(values: JsonObject): Edit {
  return (spec) =>
    change(spec, "updateStrategy", (strategy) =>
      strategy["type"] !== "RollingUpdate"
        ? strategy
        : change(fill(strategy, { rollingUpdate: {} }), "rollingUpdate", (rolling) =>
            fill(rolling, values),
          ),
    );
}

const inTemplate: Edit = (spec) => change(spec, "template", defaultPodTemplate);

const defaultJobSpec: Edit = (spec) => {
  const counted =
    spec["completions"] === undefined && spec["parallelism"] === undefined
      ? fill(spec, { completions: 1, parallelism: 1 })
      : fill(spec, { parallelism: 1 });
  const replacement = spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed";
  return inTemplate(fill(counted, { podReplacementPolicy: replacement }));
};

const defaultRoleBinding: Edit = (binding) => {
  const withGroup = change(binding, "roleRef", (ref) =>
    ref["apiGroup"] === "" || ref["apiGroup"] === undefined ? { ...ref, apiGroup: rbacGroup } : ref,
  );
  return mapItems(withGroup, "subjects", (subject) => {
    const isNamed = subject["kind"] === "User" || subject["kind"] === "Group";
    return isNamed ? fill(subject, { apiGroup: rbacGroup }) : subject;
  });
};

/** `stringData` is a convenience of writing: it ends up in `data`, and reading never shows it. */
const mergeStringData: Edit = (secret) => {
  const { stringData, ...rest } = secret;
  if (!isObject(stringData)) return secret;
  const data: Record<string, unknown> = { ...(rest["data"] as JsonObject | undefined) };
  for (const [key, value] of Object.entries(stringData)) {
    if (typeof value === "string") data[key] = Buffer.from(value, "utf8").toString("base64");
  }
  return { ...rest, data };
};

const nameLabel = "kubernetes.io/metadata.name";

const labelNamespace: Edit = (namespace) =>
  change(namespace, "metadata", (metadata) => {
    const { name, labels } = metadata;
    if (typeof name !== "string" || name === "") return metadata;
    if (isObject(labels) && labels[nameLabel] === name) return metadata;
    return { ...metadata, labels: { ...(isObject(labels) ? labels : {}), [nameLabel]: name } };
  });

const defaultPolicyTypes: Edit = (spec) => {
  const egress = spec["egress"];
  const hasEgress = Array.isArray(egress) && egress.length > 0;
  return fill(spec, { policyTypes: hasEgress ? ["Ingress", "Egress"] : ["Ingress"] });
};

const defaultAllocatable: Edit = (status) =>
  isObject(status["capacity"]) ? fill(status, { allocatable: status["capacity"] }) : status;

const defaultLimit: Edit = (limit) => {
  if (limit["type"] !== "Container") return limit;
  const limits = { ...(limit["max"] as JsonObject), ...(limit["default"] as JsonObject) };
  const requests = {
    ...(limit["min"] as JsonObject),
    ...limits,
    ...(limit["defaultRequest"] as JsonObject),
  };
  return {
    ...limit,
    ...(Object.keys(limits).length === 0 ? {} : { default: limits }),
    ...(Object.keys(requests).length === 0 ? {} : { defaultRequest: requests }),
  };
};

const inSpec =
  (edit: Edit): Edit =>
  (object) =>
    change(object, "spec", edit);

const edits: Readonly<Record<string, Edit>> = {
  LimitRange: inSpec((spec) => mapItems(spec, "limits", defaultLimit)),
  Namespace: labelNamespace,
  Node: (node) => change(node, "status", defaultAllocatable),
  Pod: defaultPod,
  PodTemplate: inTemplate,
  ReplicationController: inSpec(inTemplate),
  Secret: mergeStringData,
  Service: inSpec(defaultService),
  "ClusterRoleBinding.rbac.authorization.k8s.io": defaultRoleBinding,
  "CronJob.batch": inSpec((spec) => change(spec, "jobTemplate", inSpec(defaultJobSpec))),
  "DaemonSet.apps": inSpec((spec) =>
    inTemplate(defaultUpdateStrategy({ maxUnavailable: 1, maxSurge: 0 })(spec)),
  ),
  "Deployment.apps": inSpec((spec) => inTemplate(defaultRollingUpdate(spec))),
  "Job.batch": inSpec(defaultJobSpec),
  "NetworkPolicy.networking.k8s.io": inSpec(defaultPolicyTypes),
  "ReplicaSet.apps": inSpec(inTemplate),
  "RoleBinding.rbac.authorization.k8s.io": defaultRoleBinding,
  "StatefulSet.apps": inSpec((spec) => inTemplate(defaultUpdateStrategy({ partition: 0 })(spec))),
};

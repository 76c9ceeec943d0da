import { stringify } from "yaml";

export const bootstrappers = "system:bootstrappers:kubeadm:default-node-token";
export const rbac = "rbac.authorization.k8s.io";

/** An object to create, and where. */
export interface ObjectToCreate {
  /** The collection: "/api/v1/namespaces/kube-system/configmaps". */
  readonly path: string;
  readonly object: Readonly<Record<string, unknown>>;
}

export function inNamespace(
  namespace: string,
  resource: string,
  object: Readonly<Record<string, unknown>>,
): ObjectToCreate {
  const apiVersion = String(object["apiVersion"]);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return { path: `${root}/namespaces/${namespace}/${resource}`, object };
}

export function configMap(name: string, data: Readonly<Record<string, string>>): ObjectToCreate {
  return inNamespace("kube-system", "configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "kube-system" },
    data,
  });
}

export function toYaml(document: unknown): string {
  return stringify(document, { sortMapEntries: true, lineWidth: 0 });
}

export function groups(names: readonly string[]): readonly unknown[] {
  return names.map((name) => ({ apiGroup: rbac, kind: "Group", name }));
}

/** Grants a ClusterRole to a group, or to whoever is described. */
export function groupBinding(
  name: string,
  clusterRole: string,
  subject: Readonly<Record<string, string>> | string,
): ObjectToCreate {
  return {
    path: `/apis/${rbac}/v1/clusterrolebindings`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterRole },
      subjects: typeof subject === "string" ? groups([subject]) : [subject],
    },
  };
}

export function role(
  namespace: string,
  name: string,
  configMapName: string,
  subjects: readonly unknown[],
): readonly ObjectToCreate[] {
  const apiVersion = `${rbac}/v1`;
  return [
    inNamespace(namespace, "roles", {
      apiVersion,
      kind: "Role",
      metadata: { name, namespace },
      rules: [
        {
          apiGroups: [""],
          resources: ["configmaps"],
          resourceNames: [configMapName],
          verbs: ["get"],
        },
      ],
    }),
    inNamespace(namespace, "rolebindings", {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects,
    }),
  ];
}

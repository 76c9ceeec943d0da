import { ClusterRole, ClusterRoleBinding } from "../../api/kubernetes.ts";
import type { Client, Kind, KubeObject } from "../../runtime/client.ts";

const rbac = "rbac.authorization.k8s.io";
const apiVersion = `${rbac}/v1` as const;

/** What newer kubeadms expect and older ones did not create: reading Nodes while joining, and the group of administrators. */
export async function ensureKubeadmPermissions(workload: Client): Promise<void> {
  await ensure(workload, ClusterRole, {
    apiVersion,
    kind: "ClusterRole",
    metadata: { name: "kubeadm:get-nodes" },
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
  });
  await ensure(
    workload,
    ClusterRoleBinding,
    binding("kubeadm:get-nodes", "kubeadm:get-nodes", {
      kind: "Group",
      name: "system:bootstrappers:kubeadm:default-node-token",
    }),
  );
  await ensure(
    workload,
    ClusterRoleBinding,
    binding("kubeadm:cluster-admins", "cluster-admin", {
      kind: "Group",
      name: "kubeadm:cluster-admins",
    }),
  );
  await ensure(
    workload,
    ClusterRoleBinding,
    binding("kubeadm:apiserver-kubelet-client", "system:kubelet-api-admin", {
      kind: "User",
      name: "kube-apiserver-kubelet-client",
    }),
  );
}

function binding(
  name: string,
  role: string,
  subject: { readonly kind: string; readonly name: string },
): ClusterRoleBinding {
  return {
    apiVersion,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: rbac, ...subject }],
  };
}

/** What is there stays as it is. */
async function ensure<T extends KubeObject>(
  workload: Client,
  kind: Kind<T>,
  object: T,
): Promise<void> {
  const key = { namespace: "", name: object.metadata.name };
  if ((await workload.get(kind, key)) === undefined) await workload.create(kind, object);
}

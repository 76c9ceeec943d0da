import { createHash } from "node:crypto";
import type { Kubelet } from "./kubelet.ts";

const components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** Mirror pods of what kubeadm put into /etc/kubernetes/manifests. */
export async function createStaticPods(kubelet: Kubelet): Promise<void> {
  const client = kubelet.client();
  const { nodeName } = kubelet.options;
  const node = await client?.get(`/api/v1/nodes/${nodeName}`);
  if (client === undefined || node === undefined) return;
  for (const component of components) {
    const name = `${component}-${nodeName}`;
    const hash = createHash("sha256").update(name).digest("hex").slice(0, 32);
    await client.ensure("/api/v1/namespaces/kube-system/pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        namespace: "kube-system",
        labels: { component, tier: "control-plane" },
        annotations: {
          "kubernetes.io/config.hash": hash,
          "kubernetes.io/config.mirror": hash,
          "kubernetes.io/config.source": "file",
          ...addressAnnotation(component, kubelet.host.instance.privateIp),
        },
        ownerReferences: [
          {
            apiVersion: "v1",
            kind: "Node",
            name: nodeName,
            uid: node.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: {
        nodeName,
        hostNetwork: true,
        priorityClassName: "system-node-critical",
        tolerations: [{ operator: "Exists", effect: "NoExecute" }],
        containers: [{ name: component, image: `registry.k8s.io/${component}` }],
      },
    });
  }
}

function addressAnnotation(component: string, ip: string): Readonly<Record<string, string>> {
  if (component === "etcd") {
    return { "kubeadm.kubernetes.io/etcd.advertise-client-urls": `https://${ip}:2379` };
  }
  if (component === "kube-apiserver") {
    return { "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": `${ip}:6443` };
  }
  return {};
}

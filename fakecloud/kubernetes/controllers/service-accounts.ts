import { type ControllerContext, objectsOf } from "./context.ts";
import type { Meta } from "./objects.ts";

interface NamespaceObject {
  readonly metadata: Meta;
}

const rootCa = "kube-root-ca.crt";

/** Every namespace has a default service account, and the certificate that its pods trust the API server by. */
export async function syncServiceAccounts(context: ControllerContext): Promise<void> {
  const accounts = context.store.table("serviceaccounts");
  const configMaps = context.store.table("configmaps");
  for (const { metadata } of objectsOf<NamespaceObject>(context, "namespaces")) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const { name: namespace } = metadata;
    const path = `/api/v1/namespaces/${namespace}`;
    if (accounts.get(`${namespace}/default`) === undefined) {
      await context.call().ensure(`${path}/serviceaccounts`, {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "default", namespace },
      });
    }
    if (configMaps.get(`${namespace}/${rootCa}`) !== undefined) continue;
    await context.call().ensure(`${path}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: rootCa,
        namespace,
        annotations: {
          "kubernetes.io/description":
            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
        },
      },
      data: { [rootCa]: context.ca.certificatePem },
    });
  }
}

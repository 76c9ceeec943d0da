import { parse } from "yaml";
import { SkipCoreDNSAnnotation, SkipKubeProxyAnnotation } from "../../api/constants.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { ConfigMap, type Container, DaemonSet } from "../../api/kubernetes.ts";
import { clusterDocument, toYaml } from "../../bootstrap/kubeadm/kubeadm-documents.ts";
import { kubeadmApiVersion, requireVersion } from "../../bootstrap/kubeadm/kubernetes-version.ts";
import { deepEqual } from "../../runtime/json.ts";
import type { Client, ObjectKey } from "../../runtime/client.ts";
import { updateCoreDns } from "./core-dns/update-core-dns.ts";
import { withLocalKubelets } from "./desired-config.ts";

type Fields = Record<string, unknown>;

/** What machines of the new version must find when they join; the rest of the stored configuration stays. */
const managedFields = [
  "kubernetesVersion",
  "imageRepository",
  "featureGates",
  "apiServer",
  "controllerManager",
  "scheduler",
  "etcd",
  "certificateValidityPeriod",
  "encryptionAlgorithm",
  "dns",
] as const;

function systemKey(name: string): ObjectKey {
  return { namespace: "kube-system", name };
}

/** Before the first machine of a new version or configuration joins: kubeadm reads its configuration from here. */
export async function updateKubeadmConfig(
  workload: Client,
  kcp: KubeadmControlPlane,
): Promise<void> {
  const key = systemKey("kubeadm-config");
  const stored = await workload.get(ConfigMap, key);
  const text = stored?.data?.["ClusterConfiguration"];
  if (text === undefined)
    throw new Error("ConfigMap kube-system/kubeadm-config holds no ClusterConfiguration");
  const before = parse(text) as Fields;
  const after = desiredConfiguration(before, kcp);
  if (deepEqual(before, after)) return;
  await workload.mergePatch(ConfigMap, key, { data: { ClusterConfiguration: toYaml(after) } });
}

function desiredConfiguration(before: Fields, kcp: KubeadmControlPlane): Fields {
  const { version, kubeadmConfigSpec = {} } = kcp.spec;
  const apiVersion = kubeadmApiVersion(requireVersion(version));
  const clusterConfiguration = withLocalKubelets(kubeadmConfigSpec.clusterConfiguration, version);
  const desired = clusterDocument(
    apiVersion,
    {
      ...kubeadmConfigSpec,
      ...(clusterConfiguration === undefined ? {} : { clusterConfiguration }),
    },
    { clusterName: "", kubernetesVersion: version, controlPlaneEndpoint: "" },
  );
  const after: Fields = { ...before, apiVersion };
  for (const field of managedFields) {
    const value = desired[field];
    // An empty section says as much as none; what kubeadm itself stored as a default is kept.
    if (isEmpty(value)) {
      if (field === "featureGates") delete after[field];
    } else {
      after[field] = value;
    }
  }
  return after;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}

/**
 * The add-ons that kubeadm installed follow the version once every machine has it. Returns what could not be done and why,
 * in words.
 */
export async function updateAddons(
  workload: Client,
  kcp: KubeadmControlPlane,
): Promise<string | undefined> {
  const annotations = kcp.metadata.annotations ?? {};
  if (annotations[SkipKubeProxyAnnotation] === undefined) await updateKubeProxy(workload, kcp);
  return annotations[SkipCoreDNSAnnotation] === undefined
    ? updateCoreDns(workload, kcp)
    : undefined;
}

/** Without the DaemonSet something else does its work. */
async function updateKubeProxy(workload: Client, kcp: KubeadmControlPlane): Promise<void> {
  const key = systemKey("kube-proxy");
  const daemonSet = await workload.get(DaemonSet, key);
  const containers = daemonSet?.spec?.template.spec?.containers;
  if (containers === undefined) return;
  const repository = kcp.spec.kubeadmConfigSpec?.clusterConfiguration?.imageRepository;
  const after = withImage(containers, "kube-proxy", {
    tag: kcp.spec.version.replace("+", "_"),
    repository,
  });
  if (deepEqual(containers, after)) return;
  await workload.mergePatch(DaemonSet, key, {
    spec: { template: { spec: { containers: after } } },
  });
}

/** The image with another tag, and another repository if one is asked for. */
function withImage(
  containers: readonly Container[],
  name: string,
  image: { readonly tag: string; readonly repository: string | undefined },
): readonly Container[] {
  return containers.map((container) => {
    if (container.name !== name) return container;
    const present = (container.image ?? "").replace(/:[^/:]*$/, "");
    const base =
      image.repository === undefined
        ? present
        : `${image.repository}/${present.split("/").at(-1) ?? name}`;
    return { ...container, image: `${base}:${image.tag}` };
  });
}

import type { Host } from "../host.ts";
import { type ClusterConfiguration, KubeadmError } from "./documents.ts";
import { minorOf } from "./versions.ts";

/** kubeadm deploys its own minor or the one before; a kubelet never runs ahead of its control plane. */
export function checkVersions(installed: string, kubernetesVersion: string): void {
  const [own, wanted] = [minorOf(installed), minorOf(kubernetesVersion)];
  if (wanted < own - 1) {
    throw new KubeadmError(
      `this version of kubeadm only supports deploying clusters with the control plane version >= v1.${own - 1}.0. Current version: ${kubernetesVersion}`,
    );
  }
  if (own > wanted) {
    throw fatal(
      "KubeletVersion",
      `the kubelet version is higher than the control plane version. This is not a supported version skew and may lead to a malfunctional cluster. Kubelet version: "${installed.slice(1)}" Control plane version: "${kubernetesVersion.slice(1)}"`,
    );
  }
}

/** Images for the version that the machine image was built for are there already; others must be pulled. */
export async function checkImages(
  host: Host,
  installed: string,
  configuration: ClusterConfiguration,
): Promise<void> {
  const { imageRepository, kubernetesVersion } = configuration;
  if (installed === kubernetesVersion && imageRepository === "registry.k8s.io") return;
  host.log.write("[preflight] Pulling images required for setting up a Kubernetes cluster");
  const [registry = imageRepository] = imageRepository.split("/");
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const reach = host.aws.network.canReach(origin, registry, 443);
  if (!reach.reachable) {
    throw fatal(
      "ImagePull",
      `failed to pull image ${imageRepository}/kube-apiserver:${kubernetesVersion}: ${reach.obstacle.message}`,
    );
  }
  await host.work("pull images", 20_000, 60_000);
}

function fatal(check: string, message: string): KubeadmError {
  return new KubeadmError(
    `[preflight] Some fatal errors occurred:\n\t[ERROR ${check}]: ${message}\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``,
  );
}

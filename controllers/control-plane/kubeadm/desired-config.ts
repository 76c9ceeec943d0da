import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import { isAtLeast, requireVersion } from "../../bootstrap/kubeadm/kubernetes-version.ts";

/** The first machine initializes, every later one joins. */
export type Role = "init" | "join";

/** A config with a join section was written for a joining machine. */
export function roleOf(spec: KubeadmConfigSpec | undefined): Role {
  return spec?.joinConfiguration === undefined ? "init" : "join";
}

export function desiredConfigSpec(kcp: KubeadmControlPlane, role: Role): KubeadmConfigSpec {
  const { initConfiguration, joinConfiguration, ...rest } = kcp.spec.kubeadmConfigSpec ?? {};
  const clusterConfiguration = withLocalKubelets(rest.clusterConfiguration, kcp.spec.version);
  const common = {
    ...rest,
    ...(clusterConfiguration === undefined ? {} : { clusterConfiguration }),
  };
  if (role === "init") {
    return { ...common, ...(initConfiguration === undefined ? {} : { initConfiguration }) };
  }
  const controlPlane = joinConfiguration?.controlPlane ?? {};
  return { ...common, joinConfiguration: { ...joinConfiguration, controlPlane } };
}

type ClusterConfiguration = NonNullable<KubeadmConfigSpec["clusterConfiguration"]>;

/**
 * From 1.31 on a kubelet must not talk to an older API server, which it may reach through the load balancer during an
 * upgrade: with this gate it uses the one on its own node. 1.36 knows the gate no more and refuses it.
 */
export function withLocalKubelets(
  configuration: ClusterConfiguration | undefined,
  kubernetesVersion: string,
): ClusterConfiguration | undefined {
  const version = requireVersion(kubernetesVersion);
  const gates = configuration?.featureGates ?? {};
  const isKnown = isAtLeast(version, "1.31") && !isAtLeast(version, "1.36");
  if (!isKnown || "ControlPlaneKubeletLocalMode" in gates) return configuration;
  return { ...configuration, featureGates: { ...gates, ControlPlaneKubeletLocalMode: true } };
}

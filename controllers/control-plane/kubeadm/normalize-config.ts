import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";

/** Set by this controller for the versions where kubeadm knows it; not the user's choice, so not compared. */
const ownFeatureGate = "ControlPlaneKubeletLocalMode";

/**
 * What of a KubeadmConfigSpec decides whether a running machine still matches: discovery tokens are filled in per
 * machine, DNS and the endpoint are kept up to date inside the cluster, and an empty object says as much as none.
 */
export function normalizeForComparison(spec: KubeadmConfigSpec): unknown {
  const { clusterConfiguration, initConfiguration, joinConfiguration, ...rest } = spec;
  const { dns: _dns, controlPlaneEndpoint: _endpoint, ...cluster } = clusterConfiguration ?? {};
  const featureGates = Object.fromEntries(
    Object.entries(cluster.featureGates ?? {}).filter(([gate]) => gate !== ownFeatureGate),
  );
  const { controlPlane: _controlPlane, discovery, ...join } = joinConfiguration ?? {};
  const { bootstrapToken: _token, ...otherDiscovery } = discovery ?? {};
  return withoutEmpty({
    ...rest,
    format: rest.format ?? "cloud-config",
    clusterConfiguration: { ...cluster, featureGates },
    initConfiguration,
    joinConfiguration: { ...join, discovery: otherDiscovery },
  });
}

/** An empty list of taints is kept: for kubeadm it means none, where nothing at all means its own. */
function withoutEmpty(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) {
    if (value.length === 0 && name !== "taints") return undefined;
    return value.map((item) => withoutEmpty(item));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item, key)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

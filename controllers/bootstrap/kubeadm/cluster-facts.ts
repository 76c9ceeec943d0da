import type { Cluster, Machine } from "../../api/core/v1beta2.ts";
import type { ClusterFacts } from "./kubeadm-documents.ts";

/** "host:port", or undefined while the endpoint is not known. */
export function endpointOf(cluster: Cluster): string | undefined {
  const { host = "", port = 0 } = cluster.spec.controlPlaneEndpoint ?? {};
  if (host === "" || port === 0) return undefined;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export function clusterFacts(cluster: Cluster, machine: Machine): ClusterFacts {
  const network = cluster.spec.clusterNetwork;
  const version = machine.spec.version;
  if (version === undefined) {
    throw new Error(`Machine ${machine.metadata.name} has no spec.version`);
  }
  return {
    clusterName: cluster.metadata.name,
    kubernetesVersion: version,
    controlPlaneEndpoint: endpointOf(cluster) ?? "",
    ...(network?.serviceDomain === undefined ? {} : { dnsDomain: network.serviceDomain }),
    ...(network?.services === undefined
      ? {}
      : { serviceSubnet: network.services.cidrBlocks.join(",") }),
    ...(network?.pods === undefined ? {} : { podSubnet: network.pods.cidrBlocks.join(",") }),
  };
}

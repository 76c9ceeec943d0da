import { createHash } from "node:crypto";

// Names follow the upstream provider (v2.11), so that existing resources and habits carry over.

export function vpcName(cluster: string): string {
  return `${cluster}-vpc`;
}

/** Also the name of a carrier gateway. */
export function internetGatewayName(cluster: string): string {
  return `${cluster}-igw`;
}

export function egressOnlyInternetGatewayName(cluster: string): string {
  return `${cluster}-eigw`;
}

export function natGatewayName(cluster: string): string {
  return `${cluster}-nat`;
}

export function elasticIpName(cluster: string, role: string): string {
  return `${cluster}-eip-${role}`;
}

export function routeTableName(
  cluster: string,
  visibility: "private" | "public",
  zone: string,
): string {
  return `${cluster}-rt-${visibility}-${zone}`;
}

export function subnetName(
  cluster: string,
  kind: "private" | "public" | "secondary",
  zone: string,
): string {
  return `${cluster}-subnet-${kind}-${zone}`;
}

/** AWS forbids security group names that begin with `sg-`. */
export function securityGroupName(cluster: string, role: string): string {
  return `${cluster.startsWith("sg-") ? "@" : ""}${cluster}-${role}`;
}

export function bastionName(cluster: string): string {
  return `${cluster}-bastion`;
}

const maxLoadBalancerName = 32;
const hashedSuffix = "-k8s";

/**
 * The name of the API server's load balancer where the user gave none: readable if it fits into AWS's 32 characters, a hash
 * otherwise. Classic load balancers are named after the cluster, newer ones after namespace and cluster.
 */
export function apiServerLoadBalancerName(
  cluster: { readonly namespace: string; readonly name: string },
  type: "classic" | "v2",
): string {
  const base = type === "classic" ? cluster.name : `${cluster.namespace}-${cluster.name}`;
  const readable = `${base.replaceAll(".", "-")}-apiserver`;
  if (readable.length <= maxLoadBalancerName) return readable;
  const digest = createHash("blake2b512").update(base).digest();
  const length = maxLoadBalancerName - hashedSuffix.length;
  return (
    [...digest.subarray(0, length)].map((byte) => (byte % 36).toString(36)).join("") + hashedSuffix
  );
}

/** `aws:///<zone>/<instance id>`, as the cloud controller manager writes it too. */
export function providerId(zone: string, instanceId: string): string {
  return `aws:///${zone}/${instanceId}`;
}

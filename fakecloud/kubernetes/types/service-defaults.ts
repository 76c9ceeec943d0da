import { mapItems, change, fill, type Edit } from "./rewrite.ts";

/** What can be said without allocating: addresses and node ports are given out when the service is stored. */
export const defaultService: Edit = (spec) => {
  let result = mapItems(spec, "ports", (port) => fill(port, { targetPort: port["port"] }));
  const { type } = result;
  if (type !== "ExternalName") result = fill(result, { internalTrafficPolicy: "Cluster" });
  if (type === "NodePort" || type === "LoadBalancer") {
    result = fill(result, { externalTrafficPolicy: "Cluster" });
  }
  if (type === "LoadBalancer") result = fill(result, { allocateLoadBalancerNodePorts: true });
  if (result["sessionAffinity"] !== "ClientIP") return result;
  return change(fill(result, { sessionAffinityConfig: {} }), "sessionAffinityConfig", (config) =>
    change(fill(config, { clientIP: {} }), "clientIP", (clientIp) =>
      fill(clientIp, { timeoutSeconds: 10_800 }),
    ),
  );
};

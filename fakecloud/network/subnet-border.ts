import type { Obstacle } from "./contract.ts";
import { aclAllows, ephemeralPorts } from "./network-acls.ts";
import { dropped } from "./obstacle.ts";
import type { SubnetNode, Topology } from "./topology.ts";

/** Both directions of one connection at the border of a subnet: network ACLs are stateless. */
export function checkAcl(
  topology: Topology,
  subnet: SubnetNode,
  passage: { readonly outwards: boolean; readonly ip: string; readonly port: number },
): Obstacle | undefined {
  const acl = topology.networkAclOf(subnet.subnetId);
  if (acl === undefined) return undefined;
  const { outwards, ip, port } = passage;
  const request = { from: port, to: port };
  const [egress, ingress] = outwards ? [request, ephemeralPorts] : [ephemeralPorts, request];
  const checks = outwards
    ? ([
        ["egress", egress],
        ["ingress", ingress],
      ] as const)
    : ([
        ["ingress", ingress],
        ["egress", egress],
      ] as const);
  for (const [direction, ports] of checks) {
    if (aclAllows(acl, direction, ip, ports)) continue;
    const code = direction === "egress" ? "NetworkAclEgress" : "NetworkAclIngress";
    const [word, way] = direction === "egress" ? ["outbound", "to"] : ["inbound", "from"];
    const range = ports.from === ports.to ? `${ports.from}` : `${ports.from}-${ports.to} (answers)`;
    return dropped(
      code,
      acl.networkAclId,
      `network ACL ${acl.networkAclId} of ${subnet.subnetId} does not allow ${word} tcp ${range} ${way} ${ip}`,
    );
  }
  return undefined;
}

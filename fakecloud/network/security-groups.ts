import { cidrContains } from "./ip.ts";
import type { SecurityGroupRuleNode, Topology } from "./topology.ts";

/** The other side of a connection as a security group sees it. */
export interface Peer {
  readonly ip: string;
  /** Groups of the peer's interface: only known while the packet keeps its private address. */
  readonly securityGroupIds: readonly string[];
}

/** True if any of the groups has a rule for TCP to or from the peer. Groups are stateful: answers always pass. */
export function groupsAllow(
  topology: Topology,
  groupIds: readonly string[],
  connection: { readonly egress: boolean; readonly peer: Peer; readonly port: number },
): boolean {
  return groupIds.some((groupId) =>
    (topology.securityGroup(groupId)?.rules ?? []).some(
      (rule) =>
        rule.egress === connection.egress &&
        coversPort(rule, connection.port) &&
        coversPeer(topology, rule, connection.peer),
    ),
  );
}

function coversPort(rule: SecurityGroupRuleNode, port: number): boolean {
  if (rule.protocol === "-1" || rule.protocol === "all") return true;
  if (rule.protocol !== "tcp" && rule.protocol !== "6") return false;
  return (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65_535);
}

function coversPeer(topology: Topology, rule: SecurityGroupRuleNode, peer: Peer): boolean {
  if (rule.cidr !== undefined) return cidrContains(rule.cidr, peer.ip);
  if (rule.groupId !== undefined) return peer.securityGroupIds.includes(rule.groupId);
  if (rule.prefixListId === undefined) return false;
  const cidrs = topology.prefixList(rule.prefixListId) ?? [];
  return cidrs.some((cidr) => cidrContains(cidr, peer.ip));
}

/** "sg-0abc (my-cluster-node), sg-0def (my-cluster-lb)". */
export function describeGroups(topology: Topology, groupIds: readonly string[]): string {
  if (groupIds.length === 0) return "no security group";
  return groupIds
    .map((groupId) => {
      const name = topology.securityGroup(groupId)?.groupName;
      return name === undefined ? groupId : `${groupId} (${name})`;
    })
    .join(", ");
}

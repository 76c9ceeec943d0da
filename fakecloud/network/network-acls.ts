import { cidrContains } from "./ip.ts";
import type { NetworkAclEntryNode, NetworkAclNode } from "./topology.ts";

/** Answers go back to a port that the client's system drew; Linux and AWS's own nodes draw from this range. */
export const ephemeralPorts = { from: 1024, to: 65_535 } as const;

/**
 * True if the first rule that matches, in the order of rule numbers, allows TCP packets between the two. `ip` is the
 * other side. A whole range of ports must be covered by one rule, because nobody knows which port will be drawn.
 */
export function aclAllows(
  acl: NetworkAclNode,
  direction: "egress" | "ingress",
  ip: string,
  ports: { readonly from: number; readonly to: number },
): boolean {
  const entries = acl.entries
    .filter((entry) => entry.egress === (direction === "egress"))
    .toSorted((left, right) => left.ruleNumber - right.ruleNumber);
  for (const entry of entries) {
    if (!isTcp(entry.protocol) || !cidrContains(entry.cidrBlock, ip)) continue;
    const covered = portsOf(entry);
    if (entry.allow && covered.from <= ports.from && covered.to >= ports.to) return true;
    // A denial of some of the ports is enough to break connections now and then: it counts as a denial.
    if (!entry.allow && covered.from <= ports.to && covered.to >= ports.from) return false;
  }
  return false;
}

function portsOf(entry: NetworkAclEntryNode): { readonly from: number; readonly to: number } {
  if (entry.protocol === "-1") return { from: 0, to: 65_535 };
  return { from: entry.fromPort ?? 0, to: entry.toPort ?? 65_535 };
}

function isTcp(protocol: string): boolean {
  return protocol === "-1" || protocol === "6" || protocol === "tcp";
}

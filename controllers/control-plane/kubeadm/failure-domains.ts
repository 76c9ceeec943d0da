import type { Cluster } from "../../api/core/v1beta2.ts";
import { type ControlPlane, isDeleting, type Member } from "./control-plane.ts";

/** Names of the domains that may hold control-plane machines, sorted. */
export function controlPlaneDomains(cluster: Cluster): readonly string[] {
  return (cluster.status?.failureDomains ?? [])
    .filter((domain) => domain.controlPlane === true)
    .map((domain) => domain.name)
    .sort();
}

/** For the next machine: fewest up-to-date machines that stay, then fewest machines at all, then the first name. */
export function domainForNewMachine(
  { cluster, members }: ControlPlane,
  isUpToDate: (member: Member) => boolean,
): string | undefined {
  const ranked = controlPlaneDomains(cluster).map((name) => {
    const inside = members.filter((member) => member.machine.spec.failureDomain === name);
    const staying = inside.filter((member) => isUpToDate(member) && !isDeleting(member));
    return { name, staying: staying.length, all: inside.length };
  });
  ranked.sort((a, b) => a.staying - b.staying || a.all - b.all);
  return ranked[0]?.name;
}

/**
 * Of some candidates those in the domain with most of the control plane's machines. Machines in no known domain are in
 * the way of balance and come first.
 */
export function candidatesInFullestDomain(
  { cluster, members }: ControlPlane,
  candidates: readonly Member[],
): readonly Member[] {
  const domains = controlPlaneDomains(cluster);
  if (domains.length === 0) return candidates;
  const domainOf = (member: Member) => {
    const name = member.machine.spec.failureDomain ?? "";
    return domains.includes(name) ? name : "";
  };
  const strays = candidates.filter((member) => domainOf(member) === "");
  if (strays.length > 0) return strays;
  const count = (name: string) => members.filter((member) => domainOf(member) === name).length;
  const fullest = [...new Set(candidates.map(domainOf))].sort(
    (a, b) => count(b) - count(a) || (a < b ? -1 : 1),
  )[0];
  return candidates.filter((member) => domainOf(member) === fullest);
}

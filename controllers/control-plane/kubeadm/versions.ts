import compare from "semver/functions/compare.js";
import type { Member } from "./control-plane.ts";

function versionsOf(members: readonly Member[]): readonly string[] {
  return members
    .map(({ machine }) => machine.spec.version)
    .filter((version) => version !== undefined)
    .sort((a, b) => compare(a, b));
}

/** The oldest of the machines decides what the control plane may be called. */
export function lowestVersion(members: readonly Member[]): string | undefined {
  return versionsOf(members)[0];
}

/** Every version with the number of machines that have it, oldest first. */
export function versionCounts(members: readonly Member[]): { version: string; replicas: number }[] {
  const counts = new Map<string, number>();
  for (const version of versionsOf(members)) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].map(([version, replicas]) => ({ version, replicas }));
}

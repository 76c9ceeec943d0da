import { compareText } from "../json.ts";
import type { Registry } from "../registry/registry.ts";
import type { Resource } from "../registry/resource.ts";
import { compareVersions } from "../registry/version-order.ts";
import { customGroupPriority, groupPriorities } from "../tables/group-priorities.ts";

export interface DiscoveredVersion {
  readonly version: string;
  readonly resources: readonly Resource[];
}

export interface DiscoveredGroup {
  /** Empty for the core group. */
  readonly group: string;
  /** Preferred first. */
  readonly versions: readonly DiscoveredVersion[];
}

/** What the registry serves, in the order in which discovery shows it. */
export function discoverGroups(registry: Registry): readonly DiscoveredGroup[] {
  const groups = new Map<string, Map<string, Resource[]>>();
  for (const resource of registry.list()) {
    let versions = groups.get(resource.group);
    if (versions === undefined) groups.set(resource.group, (versions = new Map()));
    const resources = versions.get(resource.version) ?? [];
    resources.push(resource);
    versions.set(resource.version, resources);
  }
  return [...groups]
    .map(([group, versions]) => ({
      group,
      versions: [...versions.keys()].sort(compareVersions).map((version) => ({
        version,
        resources: (versions.get(version) ?? []).toSorted((a, b) =>
          compareText(a.plural, b.plural),
        ),
      })),
    }))
    .sort((a, b) => priority(b.group) - priority(a.group) || compareText(a.group, b.group));
}

function priority(group: string): number {
  return groupPriorities[group] ?? customGroupPriority;
}

/** What may be done with a kind; a definition that is going away takes nothing new. */
export function servedVerbs(resource: Resource): readonly string[] {
  if (!resource.terminating) return resource.verbs;
  return resource.verbs.filter((verb) => !["create", "patch", "update"].includes(verb));
}

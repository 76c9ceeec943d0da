import type { Resource } from "../registry/resource.ts";
import { proxyKinds, subresourceDescriptions } from "../tables/group-priorities.ts";
import { type DiscoveredGroup, servedVerbs } from "./groups.ts";

/** Built-in kinds leave group and version out where they are those of the document. */
function shown({ custom, group, version }: Resource) {
  return custom ? { group, version } : { group: "", version: "" };
}

function kindOf(resource: Resource, subresource: string): string {
  return subresourceDescriptions[subresource]?.kind ?? resource.kind;
}

function describeSubresource(resource: Resource, name: string): unknown {
  const described = subresourceDescriptions[name];
  return {
    subresource: name,
    responseKind: {
      group: described?.group ?? shown(resource).group,
      version: described?.version ?? shown(resource).version,
      kind: name === "proxy" ? (proxyKinds[resource.plural] ?? "") : kindOf(resource, name),
    },
    verbs: described?.verbs ?? [],
  };
}

function describeResource(resource: Resource): unknown {
  const { plural, singular, namespaced, kind, shortNames, categories, subresources } = resource;
  return {
    resource: plural,
    responseKind: { ...shown(resource), kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs: servedVerbs(resource),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.size === 0
      ? {}
      : {
          subresources: [...subresources].sort().map((name) => describeSubresource(resource, name)),
        }),
  };
}

/** All that a client wants to know about many groups in one answer. */
export function aggregatedDiscovery(
  groups: readonly DiscoveredGroup[],
  version: "v2" | "v2beta1",
): unknown {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: group.group === "" ? {} : { name: group.group },
      versions: group.versions.map((each) => ({
        version: each.version,
        resources: each.resources.map(describeResource),
        freshness: "Current",
      })),
    })),
  };
}

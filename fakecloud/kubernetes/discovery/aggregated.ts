import type { Resource } from "../registry/resource.ts";
import { subresourceDescriptions } from "../tables/group-priorities.ts";
import { type DiscoveredGroup, servedVerbs } from "./groups.ts";

function describeSubresource(resource: Resource, name: string): unknown {
  const described = subresourceDescriptions[name];
  return {
    subresource: name,
    responseKind: {
      group: described?.group ?? resource.group,
      version: described?.version ?? resource.version,
      kind: described?.kind ?? resource.kind,
    },
    verbs: described?.verbs ?? [],
  };
}

function describeResource(resource: Resource): unknown {
  const { plural, singular, namespaced, kind, shortNames, categories, subresources } = resource;
  return {
    resource: plural,
    responseKind: { group: resource.group, version: resource.version, kind },
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
      metadata: { name: group.group, creationTimestamp: null },
      versions: group.versions.map((each) => ({
        version: each.version,
        resources: each.resources.map(describeResource),
        freshness: "Current",
      })),
    })),
  };
}

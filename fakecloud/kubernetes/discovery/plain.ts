import { createHash } from "node:crypto";
import { gvOf } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { proxyKinds, subresourceDescriptions } from "../tables/group-priorities.ts";
import { type DiscoveredGroup, type DiscoveredVersion, servedVerbs } from "./groups.ts";

function groupVersions(group: DiscoveredGroup) {
  return group.versions.map(({ version }) => ({
    groupVersion: gvOf(group.group, version),
    version,
  }));
}

function describeGroup(group: DiscoveredGroup) {
  const versions = groupVersions(group);
  return { name: group.group, versions, preferredVersion: versions[0] };
}

export function apiGroup(group: DiscoveredGroup): unknown {
  return { kind: "APIGroup", apiVersion: "v1", ...describeGroup(group) };
}

export function apiGroupList(groups: readonly DiscoveredGroup[]): unknown {
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: groups.filter(({ group }) => group !== "").map(describeGroup),
  };
}

export function apiVersions(address: string): unknown {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
  };
}

/** Lets clients see that two versions of a kind are stored as one. */
function storageVersionHash({ group, storageApiVersion, kind }: Resource): string {
  const version = storageApiVersion.split("/").at(-1) ?? "";
  const digest = createHash("sha256").update(`${group}/${version}/${kind}`).digest();
  return digest.subarray(0, 8).toString("base64");
}

function describeResource(resource: Resource): readonly unknown[] {
  const { plural, singular, namespaced, kind, shortNames, categories } = resource;
  const main = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: servedVerbs(resource),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(resource.verbs.includes("list")
      ? { storageVersionHash: storageVersionHash(resource) }
      : {}),
  };
  // Custom kinds tell of their status first; built-in ones go by the alphabet.
  const names = [...resource.subresources];
  const below = (resource.custom ? names : names.sort()).map((name) => {
    const described = subresourceDescriptions[name];
    return {
      name: `${plural}/${name}`,
      singularName: "",
      namespaced,
      ...(described?.group === undefined ? {} : { group: described.group }),
      ...(described?.version === undefined ? {} : { version: described.version }),
      kind: name === "proxy" ? (proxyKinds[plural] ?? kind) : (described?.kind ?? kind),
      verbs: described?.verbs ?? [],
    };
  });
  return [main, ...below];
}

export function apiResourceList(group: string, { version, resources }: DiscoveredVersion): unknown {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: gvOf(group, version),
    resources: resources.flatMap(describeResource),
  };
}

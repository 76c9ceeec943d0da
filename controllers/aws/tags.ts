/** Prefix of the provider's own tag keys. */
export const providerTag = "sigs.k8s.io/cluster-api-provider-aws";

export type ResourceRole =
  | "apiserver"
  | "apiserver-lb"
  | "bastion"
  | "common"
  | "control-plane"
  | "controlplane"
  | "lb"
  | "lb-apiserver"
  | "node"
  | "private"
  | "public";

export type Tags = Readonly<Record<string, string>>;

/** The tag that says that a cluster owns a resource: only such resources are changed or deleted. */
export function ownedTagKey(clusterName: string): string {
  return `${providerTag}/cluster/${clusterName}`;
}

/** The tag that the cloud controller manager looks for. */
export function cloudProviderTagKey(clusterName: string): string {
  return `kubernetes.io/cluster/${clusterName}`;
}

export function isOwned(tags: Tags, clusterName: string): boolean {
  return tags[ownedTagKey(clusterName)] === "owned";
}

export interface TagOptions {
  readonly clusterName: string;
  readonly name?: string;
  readonly role?: ResourceRole | `ec2-${string}`;
  /** From the user; may override `Name`, never the ownership and role tags. */
  readonly additional?: Tags;
  /** Set by the provider itself: cloud provider tags, `MachineName`. */
  readonly extra?: Tags;
}

/** All tags of a managed resource, keys in code-point order. */
export function buildTags(options: TagOptions): Tags {
  const { clusterName, name, role, additional = {}, extra = {} } = options;
  const tags: Record<string, string> = {
    ...(name === undefined ? {} : { Name: name }),
    ...additional,
    ...extra,
    [ownedTagKey(clusterName)]: "owned",
    ...(role === undefined ? {} : { [`${providerTag}/role`]: role }),
  };
  return Object.fromEntries(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The tags that are missing or differ; AWS's own (`aws:`) can't be written. */
export function missingTags(current: Tags, desired: Tags): Tags {
  return Object.fromEntries(
    Object.entries(desired).filter(
      ([key, value]) => !key.startsWith("aws:") && current[key] !== value,
    ),
  );
}

/** As AWS lists tags in requests. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** From the list form of an answer. */
export function tagMap(
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Tags {
  return Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value]));
}

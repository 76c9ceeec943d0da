/** Object metadata as the API server keeps it. Everything that is stored is deeply frozen. */
export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly unknown[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isEmpty(record: JsonObject): boolean {
  for (const _key in record) return false;
  return true;
}

export function gvOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** "apps/v1" → ["apps", "v1"]; "v1" → ["", "v1"]. */
export function parseApiVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf("/");
  if (slash < 0) return ["", apiVersion];
  return [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

/** The same object with some metadata changed; a field set to undefined goes away. */
export function withMeta(
  object: KubeObject,
  changes: { readonly [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined },
): KubeObject {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const field in changes) {
    const value = changes[field as keyof ObjectMeta];
    if (value !== undefined) metadata[field] = value;
    else if (field in metadata) delete metadata[field];
  }
  return { ...object, metadata };
}

/** The same object without one top-level field. */
export function without(object: KubeObject, field: string): KubeObject {
  if (!(field in object)) return object;
  const rest: Record<string, unknown> = { ...object };
  delete rest[field];
  return rest as unknown as KubeObject;
}

/** The same object with a top-level field set, or removed if the value is undefined. */
export function withField(object: KubeObject, field: string, value: unknown): KubeObject {
  if (value === undefined) return without(object, field);
  return { ...object, [field]: value };
}

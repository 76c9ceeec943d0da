/** The part of Kubernetes object metadata that controllers read and write. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object of a kind that is known only at run time: an external reference of the Cluster API contract. */
export interface UnstructuredObject extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

/**
 * How a kind is addressed: all that a REST path needs. `T` is the type of its objects (phantom: never set).
 */
export interface Kind<T extends KubeObject = UnstructuredObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly type?: T;
}

/** `namespace` is empty for cluster-scoped objects. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

export interface ListOptions {
  readonly namespace?: string;
  /** Equality only here; `labelSelector` takes the full grammar. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Reader {
  /** Undefined if there is no such object; every other failure throws. */
  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<readonly T[]>;
}

export interface PatchOptions {
  readonly subresource?: "scale" | "status";
  readonly dryRun?: boolean;
}

export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Objects that come out are frozen: change a copy. */
export interface Client extends Reader {
  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  /** A PUT with optimistic concurrency when `metadata.resourceVersion` is set. */
  update<T extends KubeObject>(kind: Kind<T>, object: T, options?: PatchOptions): Promise<T>;
  /** JSON merge patch. Put `metadata.resourceVersion` into it for optimistic concurrency. */
  mergePatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<T>;
  /** Server-side apply. */
  apply<T extends KubeObject>(
    kind: Kind<T>,
    object: unknown,
    options: PatchOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<T>;
  /** Not found is fine: somebody else was faster. */
  delete(kind: Kind<KubeObject>, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /** Evicts a pod (policy/v1); throws a status error that `isTooManyRequests` when a budget forbids it. */
  evict(pod: ObjectKey, gracePeriodSeconds?: number): Promise<void>;
  /** Looks the kind up in discovery; throws `isNoMatch` when the API server does not serve it. */
  kindFor(apiVersion: string, kind: string): Promise<Kind>;
}

export function keyOf(object: KubeObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

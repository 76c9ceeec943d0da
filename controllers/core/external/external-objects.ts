import {
  CustomResourceDefinition,
  type CustomResourceDefinitionObject,
} from "../../api/kubernetes.ts";
import type { Kind, ObjectKey, Reader, UnstructuredObject } from "../../runtime/client.ts";
import { NoMatchError } from "../../runtime/errors.ts";

/** Which version of the Cluster API contract a provider's kind fulfils. */
export type Contract = "v1beta1" | "v1beta2";

export interface GroupKind {
  readonly apiGroup: string;
  readonly kind: string;
}

export interface ExternalKind {
  readonly kind: Kind;
  readonly contract: Contract;
}

export interface ExternalObject extends ExternalKind {
  readonly object: UnstructuredObject;
}

/** Newest first: what the core prefers. */
const contracts: readonly Contract[] = ["v1beta2", "v1beta1"];

/** The kind behind a reference; its version is the one that the CRD's labels name for the contract. */
export async function resolveKind(reader: Reader, reference: GroupKind): Promise<ExternalKind> {
  const definitions = await reader.list(CustomResourceDefinition);
  const definition = definitions.find(
    ({ spec }) => spec.group === reference.apiGroup && spec.names.kind === reference.kind,
  );
  if (definition === undefined) {
    throw new NoMatchError(
      `no matches for kind "${reference.kind}" in group "${reference.apiGroup}"`,
    );
  }
  let known = kinds.get(definition);
  if (known === undefined) {
    known = kindOf(definition);
    kinds.set(definition, known);
  }
  return known;
}

/** Every reconcile asks for some; a CRD that has changed is another object. */
const kinds = new WeakMap<CustomResourceDefinitionObject, ExternalKind>();

function kindOf({ metadata, spec }: CustomResourceDefinitionObject): ExternalKind {
  const { group, names, scope } = spec;
  const labels = metadata.labels ?? {};
  for (const contract of contracts) {
    const versions = labels[`cluster.x-k8s.io/${contract}`]?.split("_") ?? [];
    const version = versions.toSorted(compareVersions).at(-1);
    if (version === undefined) continue;
    const namespaced = scope === "Namespaced";
    return {
      contract,
      kind: { group, version, kind: names.kind, plural: names.plural, namespaced },
    };
  }
  throw new NoMatchError(
    `the CRD of ${names.kind}.${group} has no label that names a contract version`,
  );
}

/** Undefined if there is no such object. */
export async function getExternal(
  reader: Reader,
  reference: GroupKind,
  key: ObjectKey,
): Promise<ExternalObject | undefined> {
  const external = await resolveKind(reader, reference);
  const object = await reader.get(external.kind, key);
  return object === undefined ? undefined : { ...external, object };
}

const versionPattern = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** As Kubernetes orders versions: v1 above v1beta2 above v1beta1 above v1alpha1. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  for (const [index, value] of x.entries()) {
    const other = y[index] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
}

function rank(version: string): readonly number[] {
  const [, major = "0", stage, minor = "0"] = versionPattern.exec(version) ?? [];
  return [stage === undefined ? 3 : stage === "beta" ? 2 : 1, Number(major), Number(minor)];
}

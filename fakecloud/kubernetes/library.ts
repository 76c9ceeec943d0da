/** The one place where the core meets schemas, patches, structured merge and the built-in kinds. */
import type { FieldError } from "./field-error.ts";
import type { KubeObject } from "./object.ts";
import type { OpenApiSchema } from "./schema/open-api-schema.ts";
import { applyMergePatch } from "./patch/merge-patch.ts";

export interface BuiltinKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly schema: OpenApiSchema;
  readonly subresources: readonly string[];
}

export { compileSchema, type CompiledSchema } from "./schema/structural-schema.ts";
export type { OpenApiSchema } from "./schema/open-api-schema.ts";

export function checkStructural(_schema: unknown): readonly FieldError[] {
  return [];
}

export { applyJsonPatch } from "./patch/json-patch.ts";
export { applyMergePatch } from "./patch/merge-patch.ts";
export { PatchError } from "./patch/patch-error.ts";
export { applyStrategicMergePatch } from "./patch/strategic-merge-patch.ts";

export interface TrackInput {
  readonly live: KubeObject | undefined;
  readonly updated: KubeObject;
  readonly schema: unknown;
  readonly manager: string;
  readonly subresource: string;
  readonly apiVersion: string;
  readonly time: string;
}

export function trackUpdate(input: TrackInput): readonly unknown[] | undefined {
  return input.updated.metadata.managedFields;
}

export interface ApplyInput {
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly schema: unknown;
  readonly manager: string;
  readonly force: boolean;
  readonly subresource: string;
  readonly apiVersion: string;
  readonly time: string;
}

export type ApplyResult =
  | { readonly object: KubeObject }
  | { readonly conflicts: readonly { readonly manager: string; readonly path: string }[] };

export function applyPatch(input: ApplyInput): ApplyResult {
  return { object: applyMergePatch(input.live ?? {}, input.config) as KubeObject };
}

export function applyBuiltinDefaults(
  _group: string,
  _kind: string,
  object: KubeObject,
): KubeObject {
  return object;
}

// Until the generated table of built-in kinds arrives: enough to address them.
const names =
  "Namespace:ns! Secret ConfigMap:cm Node:no!+ Pod:po+ Service:svc+ ServiceAccount:sa Endpoints:ep Event:ev PersistentVolume:pv!+ PersistentVolumeClaim:pvc+ " +
  "apps/Deployment:deploy+ apps/ReplicaSet:rs+ apps/DaemonSet:ds+ apps/StatefulSet:sts+ batch/Job+ coordination.k8s.io/Lease policy/PodDisruptionBudget:pdb+ " +
  "rbac.authorization.k8s.io/Role rbac.authorization.k8s.io/RoleBinding rbac.authorization.k8s.io/ClusterRole! rbac.authorization.k8s.io/ClusterRoleBinding! " +
  "certificates.k8s.io/CertificateSigningRequest:csr!+ storage.k8s.io/StorageClass:sc! storage.k8s.io/VolumeAttachment!+ discovery.k8s.io/EndpointSlice " +
  "apiextensions.k8s.io/CustomResourceDefinition:crd!+";

export const builtinKinds: readonly BuiltinKind[] = names.split(" ").map((text) => {
  const [, group = "", kind = "", shortName] =
    /^(?:([a-z0-9.]+)\/)?([A-Za-z]+)(?::(\w+))?/.exec(text) ?? [];
  const singular = kind.toLowerCase();
  const plural = singular.endsWith("s")
    ? singular === "endpoints"
      ? singular
      : `${singular}es`
    : `${singular}s`;
  return {
    group,
    version: "v1",
    kind,
    listKind: `${kind}List`,
    plural,
    singular,
    shortNames: shortName === undefined ? [] : [shortName],
    categories: [],
    namespaced: !text.includes("!"),
    schema: { "x-kubernetes-preserve-unknown-fields": true },
    subresources: text.includes("+") ? ["status"] : [],
  };
});

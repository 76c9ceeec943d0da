/** The one place where the core meets schemas, patches, structured merge and the built-in kinds. */
import type { FieldError } from "./field-error.ts";
import type { KubeObject } from "./object.ts";
import type { OpenApiSchema } from "./schema/open-api-schema.ts";

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

export { ApplyError, applyPatch, type OtherVersions, trackUpdate } from "./apply/field-manager.ts";

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

const extra: Readonly<Record<string, readonly string[]>> = {
  CertificateSigningRequest: ["approval"],
  Deployment: ["scale"],
  Namespace: ["finalize"],
  Pod: ["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward"],
  ReplicaSet: ["scale"],
  ServiceAccount: ["token"],
  StatefulSet: ["scale"],
};

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
    subresources: [...(text.includes("+") ? ["status"] : []), ...(extra[kind] ?? [])],
  };
});

import { record, records, text } from "../crds/definition.ts";
import type { JsonObject, KubeObject } from "../object.ts";

/** What a pod needs from its namespace, by plural name. */
export interface PodReferences {
  readonly secrets: ReadonlySet<string>;
  readonly configmaps: ReadonlySet<string>;
  readonly persistentvolumeclaims: ReadonlySet<string>;
  readonly serviceaccounts: ReadonlySet<string>;
}

export const mirrorAnnotation = "kubernetes.io/config.mirror";

/** Mirrors of static pods refer to nothing: the kubelet that makes them could otherwise read what it likes. */
export function podReferences(pod: KubeObject): PodReferences {
  const spec = record(pod["spec"]);
  const found = {
    secrets: new Set<string>(),
    configmaps: new Set<string>(),
    persistentvolumeclaims: new Set<string>(),
    serviceaccounts: new Set<string>(),
  };
  const add = (kind: keyof PodReferences, name: unknown) => {
    if (text(name) !== "") found[kind].add(text(name));
  };
  add("serviceaccounts", spec["serviceAccountName"]);
  for (const { name } of records(spec["imagePullSecrets"])) add("secrets", name);
  for (const container of containersOf(spec)) {
    for (const source of records(container["envFrom"])) {
      add("secrets", record(source["secretRef"])["name"]);
      add("configmaps", record(source["configMapRef"])["name"]);
    }
    for (const { valueFrom } of records(container["env"])) {
      add("secrets", record(record(valueFrom)["secretKeyRef"])["name"]);
      add("configmaps", record(record(valueFrom)["configMapKeyRef"])["name"]);
    }
  }
  for (const volume of records(spec["volumes"])) {
    add("secrets", record(volume["secret"])["secretName"]);
    add("configmaps", record(volume["configMap"])["name"]);
    add("persistentvolumeclaims", record(volume["persistentVolumeClaim"])["claimName"]);
    for (const source of records(record(volume["projected"])["sources"])) {
      add("secrets", record(source["secret"])["name"]);
      add("configmaps", record(source["configMap"])["name"]);
    }
  }
  return found;
}

function containersOf(spec: JsonObject): readonly JsonObject[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((field) =>
    records(spec[field]),
  );
}

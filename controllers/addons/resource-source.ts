import { createHash } from "node:crypto";
import { ClusterResourceSetSecretType } from "../api/constants.ts";
import type { Resource } from "../api/generated/definitions.ts";
import { ConfigMap, Secret } from "../api/kubernetes.ts";
import type { Client, KubeObject } from "../runtime/client.ts";

/** What a ConfigMap or Secret holds: texts of manifests in the order of their keys. */
export interface ResourceSource {
  readonly reference: Resource;
  readonly object: KubeObject;
  readonly texts: readonly string[];
  readonly hash: string;
}

/** Undefined if there is no such object. */
export async function readSource(
  client: Client,
  reference: Resource,
  namespace: string,
): Promise<ResourceSource | undefined> {
  const key = { namespace, name: reference.name };
  if (reference.kind === "ConfigMap") {
    const object = await client.get(ConfigMap, key);
    if (object === undefined) return undefined;
    const binary = Object.entries(object.binaryData ?? {}).map(([name, value]) => [
      name,
      decode(value),
    ]);
    const data = { ...object.data, ...(Object.fromEntries(binary) as Record<string, string>) };
    return source(reference, object, data);
  }
  const object = await client.get(Secret, key);
  if (object === undefined) return undefined;
  if (object.type !== ClusterResourceSetSecretType) {
    throw new Error(
      `Secret ${reference.name} must have the type ${ClusterResourceSetSecretType}, not ${object.type ?? "none"}`,
    );
  }
  const data = Object.entries(object.data ?? {}).map(([name, value]) => [name, decode(value)]);
  return source(reference, object, Object.fromEntries(data) as Record<string, string>);
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

function source(
  reference: Resource,
  object: KubeObject,
  data: Readonly<Record<string, string>>,
): ResourceSource {
  const texts = Object.entries(data)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text);
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text);
  return { reference, object, texts, hash: `sha256:${hash.digest("hex")}` };
}

import {
  AutoscalerMaxSizeAnnotation,
  AutoscalerMinSizeAnnotation,
  ClusterNameLabel,
} from "../constants.ts";
import type { ObjectMeta } from "../metadata.ts";

/** "1.34.2" becomes "v1.34.2", as every kind with a version has it. */
export function withVersionPrefix<S extends { version?: string }>(spec: S): S {
  const { version } = spec;
  if (version === undefined || version === "" || version.startsWith("v")) return spec;
  return { ...spec, version: `v${version}` };
}

export function withClusterNameLabel<T extends { metadata: ObjectMeta }>(
  object: T,
  clusterName: string,
): T {
  const labels = object.metadata.labels;
  if (labels?.[ClusterNameLabel] === clusterName) return object;
  const merged = { ...labels, [ClusterNameLabel]: clusterName };
  return { ...object, metadata: { ...object.metadata, labels: merged } };
}

/**
 * The number of replicas where the manifest leaves it out: 1, or what the autoscaler annotations allow next to what was
 * there before.
 */
export function defaultReplicas(metadata: ObjectMeta, previous: number | undefined): number {
  const min = integerOf(metadata.annotations?.[AutoscalerMinSizeAnnotation]);
  const max = integerOf(metadata.annotations?.[AutoscalerMaxSizeAnnotation]);
  if (min === undefined || max === undefined) return 1;
  if (previous === undefined || previous < min) return min;
  return previous > max ? max : previous;
}

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** A label value that is always valid: names longer than 63 characters are replaced by a hash. */
export function formatLabelValue(value: string): string {
  const isValid = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value) && value.length <= 63;
  return isValid ? value : `hash_${fnv32aBase64(value)}_z`;
}

function fnv32aBase64(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  const bytes = Uint8Array.of(hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff);
  return Buffer.from(bytes).toString("base64url");
}

import { type Fields, isFields, withoutValue, withValue } from "./json.ts";

/** How one value is written in v1beta1 and in v1beta2. What neither direction understands is left out. */
export interface Codec {
  up(value: unknown): unknown;
  down(value: unknown): unknown;
}

export const asIs: Codec = { up: (value) => value, down: (value) => value };

const units: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  ns: 1e-9,
};

/** "1h5m0s" ↔ 3900. */
export const duration: Codec = {
  up: (value) => (typeof value === "string" ? parseDuration(value) : undefined),
  down: (value) => (typeof value === "number" ? formatDuration(value) : undefined),
};

function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|ns|s)/g)];
  if (parts.map(([part]) => part).join("") !== text || parts.length === 0) return undefined;
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0),
    0,
  );
  return Math.floor(seconds);
}

function formatDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

/** Versions that references of v1beta1 name, per group; any other group gets the newest that is likely. */
const referenceVersions: Readonly<Record<string, string>> = {
  "bootstrap.cluster.x-k8s.io": "v1beta1",
  "controlplane.cluster.x-k8s.io": "v1beta1",
  "infrastructure.cluster.x-k8s.io": "v1beta2",
};

/** A corev1.ObjectReference ↔ group, kind and name. No namespace is made up: an applied manifest must come back as it was. */
export const reference: Codec = {
  up: (value) => {
    if (!isFields(value)) return undefined;
    const { apiVersion, kind, name } = value;
    return { apiGroup: groupOf(apiVersion), kind, name };
  },
  down: (value) => {
    if (!isFields(value)) return undefined;
    const { apiGroup, kind, name } = value;
    const version = referenceVersions[String(apiGroup)] ?? "v1beta1";
    return { apiVersion: `${String(apiGroup)}/${version}`, kind, name };
  },
};

function groupOf(apiVersion: unknown): string {
  return typeof apiVersion === "string" ? apiVersion.replace(/\/[^/]*$/, "") : "";
}

/** A reference that keeps its version: of a remediation template. */
export const versionedReference: Codec = {
  up: (value) => {
    if (!isFields(value)) return undefined;
    const { apiVersion, kind, name } = value;
    return { apiVersion, kind, name };
  },
  down: (value) => value,
};

export const nodeReference: Codec = {
  up: (value) => (isFields(value) ? { name: value["name"] } : undefined),
  down: (value) =>
    isFields(value) ? { apiVersion: "v1", kind: "Node", name: value["name"] } : undefined,
};

/** A map ↔ a list of names and values. */
export const argumentsList: Codec = {
  up: (value) =>
    isFields(value)
      ? Object.keys(value)
          .sort()
          .map((name) => ({ name, value: value[name] }))
      : value,
  down: (value) =>
    Array.isArray(value)
      ? Object.fromEntries(
          (value as readonly Fields[]).map((each) => [String(each["name"]), each["value"] ?? ""]),
        )
      : value,
};

/** A map by name ↔ a list with names. */
export const failureDomains: Codec = {
  up: (value) =>
    isFields(value)
      ? Object.keys(value)
          .sort()
          .map((name) => ({ name, ...(value[name] as Fields) }))
      : value,
  down: (value) =>
    Array.isArray(value)
      ? Object.fromEntries(
          (value as readonly Fields[]).map(({ name, ...domain }) => [String(name), domain]),
        )
      : value,
};

/** Every item of a list has one field that is called and written differently. */
export function eachItem(oldName: string, newName: string, codec: Codec): Codec {
  return {
    up: (value) => mapItems(value, (item) => rename(item, oldName, newName, codec.up)),
    down: (value) => mapItems(value, (item) => rename(item, newName, oldName, codec.down)),
  };
}

export function mapItems(value: unknown, change: (item: Fields) => Fields): unknown {
  return Array.isArray(value) ? (value as readonly Fields[]).map(change) : value;
}

function rename(
  item: Fields,
  from: string,
  to: string,
  convert: (value: unknown) => unknown,
): Fields {
  if (item[from] === undefined) return item;
  const converted = convert(item[from]);
  const rest = withoutValue(item, from);
  return converted === undefined ? rest : withValue(rest, to, converted);
}

import { type Fields, isSame, mergeThreeWay } from "./conversion/json.ts";
import { applyMoves, type Version, type Way } from "./conversion/apply-moves.ts";
import { movesOfKind } from "./conversion/moves.ts";

/** Holds, as JSON, the spec and status of the other version where the conversion would lose some of them. */
const dataAnnotation = "cluster.x-k8s.io/conversion-data";

interface Versioned {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields & {
    readonly name?: string;
    readonly annotations?: Fields;
  };
}

type Content = Fields;

/**
 * The object in another version of its group: v1beta1 ↔ v1beta2, for every kind that has both. There and back again gives
 * the same object: what the other version has no place for travels in an annotation.
 */
export function convert<T extends Versioned>(object: T, desiredApiVersion: string): T {
  if (object.apiVersion === desiredApiVersion) return object;
  const moves = movesOfKind[object.kind];
  const [group, from] = split(object.apiVersion);
  const [desiredGroup, to] = split(desiredApiVersion);
  if (moves === undefined || group !== desiredGroup || !isVersion(from) || !isVersion(to)) {
    throw new Error(
      `${object.kind} cannot be converted from ${object.apiVersion} to ${desiredApiVersion}`,
    );
  }
  const { apiVersion: _, kind, metadata, ...content } = object;
  const { annotations, data } = takeData(metadata.annotations, object);
  const way: Way = { moves, from, to };
  const converted = restore(way, data, applyMoves(way, content));
  const back = applyMoves(reverse(way), converted);
  const lost = lostSections(content, back);
  const { name } = metadata;
  const kept =
    lost === undefined ? undefined : { apiVersion: object.apiVersion, kind, name, content: lost };
  return {
    apiVersion: desiredApiVersion,
    kind,
    metadata: withAnnotations(metadata, annotations, kept),
    ...converted,
  } as unknown as T;
}

/**
 * The sections (spec, status) that do not come back as they were. Another spelling counts as well: what comes back must not
 * differ from what was applied, or it is applied for ever. A status that comes back is left out: it would change with every write.
 */
function lostSections(content: Content, back: Content): Content | undefined {
  const lost = Object.entries(content).filter(([name, section]) => !isSame(section, back[name]));
  return lost.length === 0 ? undefined : Object.fromEntries(lost);
}

function reverse(way: Way): Way {
  return { ...way, from: way.to, to: way.from };
}

/** What the annotation kept of the version that is wanted holds wherever nobody has changed it since. */
function restore(way: Way, data: Kept | undefined, converted: Content): Content {
  if (data === undefined || split(data.apiVersion)[1] !== way.to) return converted;
  const base = applyMoves(way, applyMoves(reverse(way), data.content));
  return mergeThreeWay(base, converted, data.content) as Content;
}

interface Kept {
  readonly apiVersion: string;
  /** Controllers copy annotations from object to object: what belongs to another one is of no use here. */
  readonly kind: unknown;
  readonly name: unknown;
  readonly content: Content;
}

/** Splits our annotation from the others. One that cannot be read holds nothing. */
function takeData(
  all: Fields | undefined,
  { kind, metadata }: Versioned,
): { readonly annotations: Fields | undefined; readonly data: Kept | undefined } {
  const text = all?.[dataAnnotation];
  if (all === undefined || typeof text !== "string") return { annotations: all, data: undefined };
  const annotations = withoutValueAtKey(all, dataAnnotation);
  const data = parseKept(text);
  const isOwn = data?.kind === kind && data.name === metadata.name;
  return { annotations, data: isOwn ? data : undefined };
}

function parseKept(text: string): Kept | undefined {
  try {
    const { apiVersion, kind, name, ...content } = JSON.parse(text) as Fields;
    return typeof apiVersion === "string" ? { apiVersion, kind, name, content } : undefined;
  } catch {
    return undefined;
  }
}

function withoutValueAtKey(fields: Fields, key: string): Fields {
  const { [key]: _, ...rest } = fields;
  return rest;
}

function withAnnotations(
  metadata: Versioned["metadata"],
  annotations: Fields | undefined,
  kept: Kept | undefined,
): Fields {
  const data =
    kept === undefined
      ? {}
      : { [dataAnnotation]: JSON.stringify({ ...identityOf(kept), ...kept.content }) };
  const all = { ...annotations, ...data };
  const { annotations: before, ...rest } = metadata;
  // An empty map stays if there was one; none is made.
  if (Object.keys(all).length === 0 && (before === undefined || annotations !== before))
    return rest;
  return { ...rest, annotations: all };
}

function identityOf({ apiVersion, kind, name }: Kept): Fields {
  return { apiVersion, kind, name };
}

function split(apiVersion: string): readonly [group: string, version: string] {
  const slash = apiVersion.indexOf("/");
  return [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
}

function isVersion(version: string): version is Version {
  return version === "v1beta1" || version === "v1beta2";
}

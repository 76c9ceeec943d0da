import type { NormalizedSchema } from "@smithy/core/schema";
import { scalarFromText } from "./scalars.ts";
import { WireError } from "./wire-error.ts";

/** A form body as a tree: "Filter.1.Name=x" becomes Filter → 1 → Name → "x". */
interface FormNode {
  text?: string;
  /** Set once a decoder has read it: what is left over is a parameter that the operation does not have. */
  used?: boolean;
  readonly children: Map<string, FormNode>;
}

/** Decodes the request of a query protocol by the schema of the operation's input. */
export function decodeQuery(
  form: URLSearchParams,
  schema: NormalizedSchema,
  dialect: "awsQuery" | "ec2Query",
): Record<string, unknown> {
  const root = parseForm(form);
  const value = decodeStruct(root, schema, { ec2: dialect === "ec2Query", path: "" });
  const unknown = leftover(root, "");
  if (unknown !== undefined) {
    throw new WireError("UnknownParameter", `The parameter ${unknown} is not recognized`);
  }
  return value;
}

interface Place {
  readonly ec2: boolean;
  readonly path: string;
}

const protocolParameters = new Set(["Action", "Version"]);

function parseForm(form: URLSearchParams): FormNode {
  const root: FormNode = { children: new Map() };
  for (const [key, text] of form) {
    if (protocolParameters.has(key)) continue;
    let node = root;
    for (const segment of key.split(".")) {
      let child = node.children.get(segment);
      if (child === undefined) {
        child = { children: new Map() };
        node.children.set(segment, child);
      }
      node = child;
    }
    node.text = text;
  }
  return root;
}

function decode(node: FormNode, schema: NormalizedSchema, place: Place): unknown {
  if (schema.isStructSchema()) {
    node.used = true;
    return decodeStruct(node, schema, place);
  }
  if (schema.isListSchema()) {
    node.used = true;
    return decodeList(node, schema, place);
  }
  if (schema.isMapSchema()) {
    node.used = true;
    return decodeMap(node, schema, place);
  }
  if (node.text === undefined) return undefined;
  node.used = true;
  const value = scalarFromText(schema, node.text);
  if (value !== undefined) return value;
  throw new WireError(
    "InvalidParameterValue",
    `Value (${node.text}) for parameter ${place.path} is invalid.`,
  );
}

function decodeStruct(
  node: FormNode,
  schema: NormalizedSchema,
  place: Place,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, key, schema: member } of membersOf(schema, place.ec2)) {
    const child = node.children.get(key);
    if (child === undefined) continue;
    const value = decode(child, member, { ec2: place.ec2, path: join(place.path, key) });
    if (value !== undefined) result[name] = value;
  }
  return result;
}

interface Member {
  readonly name: string;
  /** As it is called in a request. */
  readonly key: string;
  readonly schema: NormalizedSchema;
}

const members = new WeakMap<object, readonly Member[]>();

/** Read once per shape, which belongs to one service and so to one dialect. */
function membersOf(schema: NormalizedSchema, ec2: boolean): readonly Member[] {
  // An operation without input has a schema that is no shape.
  if (!schema.isStructSchema()) return [];
  const shape = schema.getSchema() as object;
  const known = members.get(shape);
  if (known !== undefined) return known;
  const read = [...schema.structIterator()].map(([name, member]) => {
    return { name, key: wireKey(name, member, ec2), schema: member };
  });
  members.set(shape, read);
  return read;
}

/** How a member is called in a request; EC2 has rules of its own. */
function wireKey(name: string, member: NormalizedSchema, ec2: boolean): string {
  const traits = member.getMemberTraits() as { ec2QueryName?: string; xmlName?: string };
  if (!ec2) return traits.xmlName ?? name;
  const key = traits.ec2QueryName ?? traits.xmlName ?? name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function decodeList(node: FormNode, schema: NormalizedSchema, place: Place): unknown[] {
  const value = schema.getValueSchema();
  const traits = schema.getMergedTraits() as { xmlFlattened?: unknown };
  const flattened = place.ec2 || traits.xmlFlattened !== undefined;
  const itemName = (value.getMergedTraits() as { xmlName?: string }).xmlName ?? "member";
  const parent = flattened ? node : node.children.get(itemName);
  if (parent === undefined) return [];
  parent.used = true;
  return [...parent.children]
    .filter(([index]) => /^[0-9]+$/.test(index))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([index, child]) => decode(child, value, { ...place, path: join(place.path, index) }));
}

function decodeMap(
  node: FormNode,
  schema: NormalizedSchema,
  place: Place,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const traits = schema.getMergedTraits() as { xmlFlattened?: unknown };
  const parent = traits.xmlFlattened === undefined ? node.children.get("entry") : node;
  if (parent === undefined) return result;
  parent.used = true;
  const keyName = xmlNameOf(schema.getKeySchema(), "key");
  const valueName = xmlNameOf(schema.getValueSchema(), "value");
  for (const entry of parent.children.values()) {
    entry.used = true;
    const key = entry.children.get(keyName);
    const value = entry.children.get(valueName);
    if (key?.text === undefined || value === undefined) continue;
    key.used = true;
    // A key of `__proto__` must become an entry like any other.
    Object.defineProperty(result, key.text, {
      value: decode(value, schema.getValueSchema(), {
        ...place,
        path: join(place.path, valueName),
      }),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

function xmlNameOf(schema: NormalizedSchema, fallback: string): string {
  return (schema.getMergedTraits() as { xmlName?: string }).xmlName ?? fallback;
}

/** The path of the first parameter that no decoder has read. */
function leftover(node: FormNode, path: string): string | undefined {
  if (node.text !== undefined && node.text !== "" && node.used !== true) return path;
  for (const [segment, child] of node.children) {
    const found = leftover(child, join(path, segment));
    if (found !== undefined) return found;
  }
  return undefined;
}

function join(path: string, segment: string): string {
  return path === "" ? segment : `${path}.${segment}`;
}

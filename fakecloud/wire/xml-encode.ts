import type { NormalizedSchema } from "@smithy/core/schema";
import { scalarToText } from "./scalars.ts";

/** Writes a value into a buffer of XML text. */
type Encoder = (value: unknown, tag: string) => string;

const encoders = new WeakMap<object, Encoder>();

/** The members of an answer as XML, without an envelope. Compiled once per shape. */
export function encodeMembers(schema: NormalizedSchema, value: unknown): string {
  // An operation without an answer has a schema that is no shape.
  if (!schema.isStructSchema()) return "";
  return structBody(schema)(value as Record<string, unknown>);
}

/** One element with its namespace: an answer whose body is a structure. */
export function encodeElement(
  schema: NormalizedSchema,
  value: unknown,
  tag: string,
  namespace: string,
): string {
  const body = structBody(schema)(value as Record<string, unknown>);
  return `<${tag} xmlns="${namespace}">${body}</${tag}>`;
}

type BodyEncoder = (value: Readonly<Record<string, unknown>>) => string;
const bodies = new WeakMap<object, BodyEncoder>();

function structBody(schema: NormalizedSchema): BodyEncoder {
  const key = schema.getSchema() as object;
  const known = bodies.get(key);
  if (known !== undefined) return known;
  let members: readonly { name: string; tag: string; encode: Encoder }[] | undefined;
  const body: BodyEncoder = (value) => {
    members ??= [...schema.structIterator()]
      .filter(([, member]) => isElement(member))
      .map(([name, member]) => ({
        name,
        tag: (member.getMemberTraits() as { xmlName?: string }).xmlName ?? name,
        encode: encoderOf(member),
      }));
    let text = "";
    for (const { name, tag, encode } of members) {
      const item = value[name];
      if (item !== undefined && item !== null) text += encode(item, tag);
    }
    return text;
  };
  bodies.set(key, body);
  return body;
}

/** Members that go elsewhere: into attributes of the element, or into headers. */
function isElement(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits() as { httpHeader?: string; xmlAttribute?: unknown };
  return traits.xmlAttribute === undefined && traits.httpHeader === undefined;
}

const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

/** ` xmlns:xsi="…" xsi:type="CanonicalUser"`: the only attributes that there are. */
function attributesOf(schema: NormalizedSchema): (value: Record<string, unknown>) => string {
  const members = [...schema.structIterator()].flatMap(([name, member]) => {
    const traits = member.getMergedTraits() as { xmlAttribute?: unknown; xmlName?: string };
    return traits.xmlAttribute === undefined ? [] : [{ name, attribute: traits.xmlName ?? name }];
  });
  if (members.length === 0) return () => "";
  return (value) => {
    const given = members.filter(({ name }) => value[name] !== undefined);
    const texts = given.map(
      ({ name, attribute }) => ` ${attribute}="${escapeXml(String(value[name]))}"`,
    );
    return given.length === 0 ? "" : ` xmlns:xsi="${schemaInstance}"${texts.join("")}`;
  };
}

function encoderOf(schema: NormalizedSchema): Encoder {
  const ref = schema.ref as unknown;
  const key = typeof ref === "object" && ref !== null ? ref : undefined;
  const known = key === undefined ? undefined : encoders.get(key);
  if (known !== undefined) return known;
  const encoder = makeEncoder(schema);
  if (key !== undefined) encoders.set(key, encoder);
  return encoder;
}

function makeEncoder(schema: NormalizedSchema): Encoder {
  if (schema.isStructSchema()) {
    const body = structBody(schema);
    const attributes = attributesOf(schema);
    return (value, tag) => {
      const fields = value as Record<string, unknown>;
      return `<${tag}${attributes(fields)}>${body(fields)}</${tag}>`;
    };
  }
  if (schema.isListSchema()) return listEncoder(schema);
  if (schema.isMapSchema()) return mapEncoder(schema);
  return (value, tag) => `<${tag}>${escapeXml(scalarToText(schema, value))}</${tag}>`;
}

function listEncoder(schema: NormalizedSchema): Encoder {
  const valueSchema = schema.getValueSchema();
  const traits = schema.getMergedTraits() as { xmlFlattened?: unknown };
  const itemTag = (valueSchema.getMergedTraits() as { xmlName?: string }).xmlName ?? "member";
  let encodeItem: Encoder | undefined;
  const items = (value: unknown, tag: string) => {
    encodeItem ??= encoderOf(valueSchema);
    let text = "";
    for (const item of value as readonly unknown[]) text += encodeItem(item, tag);
    return text;
  };
  if (traits.xmlFlattened !== undefined) return items;
  return (value, tag) => `<${tag}>${items(value, itemTag)}</${tag}>`;
}

function mapEncoder(schema: NormalizedSchema): Encoder {
  const keyTag = xmlNameOf(schema.getKeySchema(), "key");
  const valueTag = xmlNameOf(schema.getValueSchema(), "value");
  const flattened =
    (schema.getMergedTraits() as { xmlFlattened?: unknown }).xmlFlattened !== undefined;
  return (value, tag) => {
    const encodeValue = encoderOf(schema.getValueSchema());
    const entries = Object.entries(value as Record<string, unknown>).map(
      ([key, item]) => `<${keyTag}>${escapeXml(key)}</${keyTag}>${encodeValue(item, valueTag)}`,
    );
    if (flattened) return entries.map((entry) => `<${tag}>${entry}</${tag}>`).join("");
    return `<${tag}>${entries.map((entry) => `<entry>${entry}</entry>`).join("")}</${tag}>`;
  };
}

function xmlNameOf(schema: NormalizedSchema, fallback: string): string {
  return (schema.getMergedTraits() as { xmlName?: string }).xmlName ?? fallback;
}

// Line ends are written as entities, because XML readers fold them; most texts have nothing to escape.
const special = /[&<>"'\r\n\u0085\u2028]/;

export function escapeXml(text: string): string {
  if (!special.test(text)) return text;
  return text.replaceAll(
    /[&<>"'\r\n\u0085\u2028]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

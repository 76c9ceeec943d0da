import type { NormalizedSchema } from "@smithy/core/schema";
import { scalarFromText } from "./scalars.ts";
import { WireError } from "./wire-error.ts";
import type { XmlElement } from "./xml-reader.ts";

interface XmlTraits {
  readonly xmlAttribute?: unknown;
  readonly xmlFlattened?: unknown;
  readonly xmlName?: string;
}

function traitsOf(schema: NormalizedSchema): XmlTraits {
  return schema.getMergedTraits();
}

/** An element of a request body as the SDK's types promise it; an element that the schema lacks is an error that names it. */
export function decodeXmlStruct(
  element: XmlElement,
  schema: NormalizedSchema,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of schema.structIterator()) {
    const { xmlName = name, xmlAttribute } = traitsOf(member);
    if (xmlAttribute !== undefined) {
      const text = element.attributes[xmlName];
      if (text !== undefined) result[name] = text;
      continue;
    }
    known.add(xmlName);
    const found = element.children.filter(({ tag }) => tag === xmlName);
    const [first] = found;
    if (first !== undefined) result[name] = decodeMember(found, first, member);
  }
  const unknown = element.children.find(({ tag }) => !known.has(tag));
  if (unknown === undefined) return result;
  const message = `The XML you provided was not well-formed or did not validate against our published schema: ${unknown.tag}`;
  throw new WireError("MalformedXML", message);
}

function decodeMember(
  all: readonly XmlElement[],
  first: XmlElement,
  member: NormalizedSchema,
): unknown {
  if (member.isListSchema()) {
    const value = member.getValueSchema();
    const items =
      traitsOf(member).xmlFlattened === undefined
        ? first.children.filter(({ tag }) => tag === (traitsOf(value).xmlName ?? "member"))
        : all;
    return items.map((item) => decodeValue(item, value));
  }
  return decodeValue(first, member);
}

function decodeValue(element: XmlElement, schema: NormalizedSchema): unknown {
  if (schema.isStructSchema()) return decodeXmlStruct(element, schema);
  const value = scalarFromText(schema, element.text);
  if (value !== undefined) return value;
  const message = `The XML you provided was not well-formed or did not validate against our published schema: ${element.tag}`;
  throw new WireError("MalformedXML", message);
}

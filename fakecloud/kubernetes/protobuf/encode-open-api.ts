import { stringify } from "yaml";
import { isObject, type JsonObject } from "../object.ts";
import { openApiV2Table } from "./tables/open-api-v2.ts";
import { ProtobufWriter } from "./writer.ts";

/** What is answered to kubectl, which asks with an "@" that Go itself does not read in answers. */
export const openApiV2MediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** A Swagger 2 document as the protobuf message that kubectl reads. */
export function encodeOpenApiV2(document: JsonObject): Uint8Array {
  return encode("Document", document);
}

interface Field {
  readonly number: number;
  readonly type: string;
}

const messages = parseTable();

function parseTable(): ReadonlyMap<string, ReadonlyMap<string, Field>> {
  const parsed = new Map<string, Map<string, Field>>();
  let current = new Map<string, Field>();
  for (const line of openApiV2Table.split("\n")) {
    const [name = "", number = "", type = ""] = line.trim().split(" ");
    if (name === "") continue;
    if (line.startsWith(" ")) current.set(name, { number: Number(number), type });
    else {
      current = new Map();
      parsed.set(name, current);
    }
  }
  return parsed;
}

function encode(message: string, value: unknown): Uint8Array {
  const special = specials[message];
  if (special !== undefined) return special(value);
  const writer = new ProtobufWriter();
  const fields = messages.get(message);
  if (fields === undefined || !isObject(value)) return writer.finish();
  for (const [name, part] of Object.entries(value)) {
    const extension = name.startsWith("x-") ? fields.get("x-") : undefined;
    if (extension !== undefined) writer.bytes(extension.number, namedAny(name, part));
    const field = fields.get(name);
    if (field !== undefined) writeField(writer, field, part);
  }
  return writer.finish();
}

function writeField(writer: ProtobufWriter, { number, type }: Field, value: unknown): void {
  if (type.startsWith("[]")) {
    const item: Field = { number, type: type.slice(2) };
    for (const each of Array.isArray(value) ? value : []) writeField(writer, item, each);
  } else if (type === "text") writer.text(number, typeof value === "string" ? value : "");
  else if (type === "flag") writer.flag(number, value === true);
  else if (type === "whole") writer.whole(number, Number(value));
  else if (type === "real") writer.real(number, Number(value));
  else if (type === "any") writer.bytes(number, any(value));
  else writer.bytes(number, encode(type, value));
}

const anyBytes = new Map<string, Uint8Array>();
const mostRemembered = 5000;

/** Values of any kind travel as YAML text. Most of them occur again and again. */
function any(value: unknown): Uint8Array {
  const key = JSON.stringify(value);
  const known = anyBytes.get(key);
  if (known !== undefined) return known;
  const writer = new ProtobufWriter();
  writer.text(2, stringify(value));
  const bytes = writer.finish();
  if (anyBytes.size < mostRemembered) anyBytes.set(key, bytes);
  return bytes;
}

function namedAny(name: string, value: unknown): Uint8Array {
  return named(name, any(value));
}

function named(name: string, value: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter();
  writer.text(1, name);
  writer.bytes(2, value);
  return writer.finish();
}

function wrap(number: number, value: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter();
  writer.bytes(number, value);
  return writer.finish();
}

/** A message whose fields are the entries of a map. */
function entries(number: number, message: string): (value: unknown) => Uint8Array {
  return (value) => {
    const writer = new ProtobufWriter();
    for (const [name, part] of Object.entries(isObject(value) ? value : {})) {
      writer.bytes(number, named(name, encode(message, part)));
    }
    return writer.finish();
  };
}

function encodeParameter(value: unknown): Uint8Array {
  const place = isObject(value) ? value["in"] : undefined;
  if (place === "body") return wrap(1, wrap(1, encode("BodyParameter", value)));
  const isPath = place === "path";
  const parameter = encode(isPath ? "PathParameter" : "QueryParameter", value);
  return wrap(1, wrap(2, wrap(isPath ? 4 : 3, parameter)));
}

function encodeType(value: unknown): Uint8Array {
  const writer = new ProtobufWriter();
  const types: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const type of types) if (typeof type === "string") writer.text(1, type);
  return writer.finish();
}

function encodeAdditional(value: unknown): Uint8Array {
  if (typeof value !== "boolean") return wrap(1, encode("Schema", value));
  const writer = new ProtobufWriter();
  writer.flag(2, value);
  return writer.finish();
}

const specials: Readonly<Record<string, (value: unknown) => Uint8Array>> = {
  AdditionalPropertiesItem: encodeAdditional,
  Definitions: entries(1, "Schema"),
  ItemsItem: (value) => wrap(1, encode("Schema", value)),
  ParametersItem: encodeParameter,
  Paths: entries(2, "PathItem"),
  Properties: entries(1, "Schema"),
  ResponseValue: (value) => wrap(1, encode("Response", value)),
  Responses: entries(1, "ResponseValue"),
  SchemaItem: (value) => wrap(1, encode("Schema", value)),
  TypeItem: encodeType,
};

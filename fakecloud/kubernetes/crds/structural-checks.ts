import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "../field-error.ts";
import { compileSchema, type OpenApiSchema } from "../library.ts";
import { isObject, type JsonObject } from "../object.ts";
import { record, text, texts } from "./definition.ts";
import { checkRules } from "./rule-checks.ts";

const types = new Set(["array", "boolean", "integer", "number", "object", "string"]);
const unsupported = [
  "$ref",
  "additionalItems",
  "definitions",
  "dependencies",
  "id",
  "patternProperties",
];
const intOrString = "x-kubernetes-int-or-string";
const preserve = "x-kubernetes-preserve-unknown-fields";
const listType = "x-kubernetes-list-type";
const mapKeys = "x-kubernetes-list-map-keys";

/** Where a node of a schema stands: its path, and how a missing type is complained about there. */
interface Place {
  readonly path: string;
  readonly untyped: string;
}

function at({ path }: Place, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

/**
 * Complaints about a schema that is not structural: one that does not say of every field what it is, so that unknown fields could
 * be told from known ones. Fields are relative to the schema.
 */
export function checkStructural(schema: unknown): readonly FieldError[] {
  const root = record(schema);
  const place = { path: "", untyped: "must not be empty at the root" };
  const errors: FieldError[] = [];
  if (text(root["type"]) !== "" && root["type"] !== "object") {
    errors.push(invalidValue("type", root["type"], "must be object at the root"));
  }
  if (root["nullable"] === true) {
    errors.push(forbiddenValue("nullable", "nullable cannot be true at the root"));
  }
  if (root["additionalProperties"] !== undefined) {
    errors.push(forbiddenValue("additionalProperties", "must not be used at the root"));
  }
  errors.push(...checkNode(root, place));
  return errors.length > 0 ? errors : checkRules(root);
}

function checkNode(schema: JsonObject, place: Place): readonly FieldError[] {
  return [
    ...typeErrors(schema, place),
    ...keywordErrors(schema, place),
    ...listErrors(schema, place),
    ...defaultErrors(schema, place),
    ...["allOf", "anyOf", "oneOf"].flatMap((keyword) => {
      const branches = schema[keyword];
      if (!Array.isArray(branches)) return [];
      return branches.flatMap((branch, index) =>
        nestedErrors(record(branch), schema, at(place, `${keyword}[${index}]`)),
      );
    }),
    ...(isObject(schema["not"]) ? nestedErrors(schema["not"], schema, at(place, "not")) : []),
    ...childErrors(schema, place),
  ];
}

function childErrors(schema: JsonObject, place: Place): readonly FieldError[] {
  const { items, additionalProperties } = schema;
  const errors: FieldError[] = [];
  for (const [name, child] of Object.entries(record(schema["properties"]))) {
    const path = at(place, `properties[${name}]`);
    const untyped = "must not be empty for specified object fields";
    errors.push(...checkNode(record(child), { path, untyped }));
  }
  if (isObject(items)) {
    const untyped = "must not be empty for specified array items";
    errors.push(...checkNode(items, { path: at(place, "items"), untyped }));
  }
  if (isObject(additionalProperties)) {
    const untyped = "must not be empty for specified object fields";
    const path = at(place, "additionalProperties");
    errors.push(...checkNode(additionalProperties, { path, untyped }));
  }
  return errors;
}

function typeErrors(schema: JsonObject, place: Place): readonly FieldError[] {
  const type = text(schema["type"]);
  if (type === "") {
    const isFree = schema[intOrString] === true || schema[preserve] === true;
    return isFree && place.path !== "" ? [] : [requiredValue(at(place, "type"), place.untyped)];
  }
  if (type === "null") {
    const why = "type cannot be set to null, use nullable as an alternative";
    return [forbiddenValue(at(place, "type"), why)];
  }
  if (!types.has(type)) {
    const known = [...types].map((each) => JSON.stringify(each)).join(", ");
    return [
      {
        type: "NotSupported",
        field: at(place, "type"),
        message: `Unsupported value: ${JSON.stringify(type)}: supported values: ${known}`,
      },
    ];
  }
  return type === "array" && schema["items"] === undefined
    ? [requiredValue(at(place, "items"), "must be specified")]
    : [];
}

function keywordErrors(schema: JsonObject, place: Place): readonly FieldError[] {
  const errors = unsupported
    .filter((keyword) => schema[keyword] !== undefined)
    .map((keyword) => forbiddenValue(at(place, keyword), `${keyword} is not supported`));
  if (schema["uniqueItems"] === true) {
    const why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    errors.push(forbiddenValue(at(place, "uniqueItems"), why));
  }
  if (Array.isArray(schema["items"])) {
    const why = "items must be a schema object and not an array";
    errors.push(forbiddenValue(at(place, "items"), why));
  }
  const { additionalProperties, properties } = schema;
  if (additionalProperties !== undefined && Object.keys(record(properties)).length > 0) {
    const why = "additionalProperties and properties are mutual exclusive";
    errors.push(forbiddenValue(at(place, "additionalProperties"), why));
  }
  return errors;
}

function listErrors(schema: JsonObject, place: Place): readonly FieldError[] {
  const kind = schema[listType];
  if (kind === undefined) return [];
  if (schema["type"] !== "array") {
    const why = `must be array if ${listType} is specified`;
    return [invalidValue(at(place, "type"), schema["type"] ?? "", why)];
  }
  if (kind !== "map") return [];
  const keys = texts(schema[mapKeys]);
  const items = record(schema["items"]);
  const errors: FieldError[] = [];
  if (keys.length === 0) {
    errors.push(requiredValue(at(place, mapKeys), `must not be empty if ${listType} is map`));
  }
  if (items["type"] !== "object") {
    const why = `must be object if parent array's ${listType} is map`;
    errors.push(invalidValue(at(place, "items.type"), items["type"] ?? "", why));
  }
  return [...errors, ...keys.flatMap((key, index) => keyErrors({ items, key, index }, place))];
}

function keyErrors(
  { items, key, index }: { items: JsonObject; key: string; index: number },
  place: Place,
): readonly FieldError[] {
  const property = record(items["properties"])[key];
  if (property === undefined) {
    const why = "entries must all be names of item properties";
    return [invalidValue(at(place, `${mapKeys}[${index}]`), key, why)];
  }
  const isThere = texts(items["required"]).includes(key);
  if (isThere || record(property)["default"] !== undefined) return [];
  const why = `this property is in ${mapKeys}, so it must have a default or be a required property`;
  return [requiredValue(at(place, `items.properties[${key}].default`), why)];
}

/** A default must be what its own schema asks for. */
function defaultErrors(schema: JsonObject, place: Place): readonly FieldError[] {
  const { default: value, ...rest } = schema;
  if (value === undefined || typeErrors(rest, { ...place, path: "x" }).length > 0) return [];
  const field = at(place, "default");
  // A default of its own would be checked in turn; here only the value counts.
  const wrapped = { type: "object", properties: { v: rest } } as OpenApiSchema;
  return compileSchema(wrapped)
    .validate({ v: value })
    .map((error) => ({
      ...error,
      field: error.field === "v" ? field : error.field.replace(/^v/, field),
      message: error.message.replaceAll(/\bv in body/g, " in body"),
    }));
}

const outsideOnly: readonly (readonly [string, string])[] = [
  ["type", "must be empty to be structural"],
  ["additionalProperties", "must be undefined to be structural"],
  ["default", "must be undefined to be structural"],
  ["description", "must be empty to be structural"],
  ["title", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
];

/** Inside of allOf and its like only values are judged: what a field is must be said outside. */
function nestedErrors(nested: JsonObject, outer: JsonObject, path: string): readonly FieldError[] {
  const free = outer[intOrString] === true;
  const errors: FieldError[] = [];
  for (const [keyword, why] of outsideOnly) {
    if (nested[keyword] === undefined || (keyword === "type" && free)) continue;
    errors.push(forbiddenValue(`${path}.${keyword}`, why));
  }
  const outside = record(outer["properties"]);
  for (const [name, child] of Object.entries(record(nested["properties"]))) {
    const known = outside[name];
    if (known === undefined && outer[preserve] !== true) {
      errors.push(
        requiredValue(
          `properties[${name}]`,
          `because it is defined in ${path}.properties[${name}]`,
        ),
      );
    }
    errors.push(...nestedErrors(record(child), record(known), `${path}.properties[${name}]`));
  }
  if (isObject(nested["items"])) {
    errors.push(...nestedErrors(nested["items"], record(outer["items"]), `${path}.items`));
  }
  return errors;
}

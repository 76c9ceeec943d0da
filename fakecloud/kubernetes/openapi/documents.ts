import { isObject, type JsonObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { Components } from "./components.ts";
import { type Operation, operationsOf } from "./operations.ts";

function pathParameters(path: string): readonly JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", uniqueItems: true },
  }));
}

function operationId(operation: Operation, resource: Resource): string {
  const { action, path, gvk } = operation;
  const group = gvk.group === "" ? "Core" : upperFirst(gvk.group.split(".")[0] ?? "");
  const scope = path.includes("{namespace}") ? "Namespaced" : "";
  const everywhere = resource.namespaced && scope === "" ? "ForAllNamespaces" : "";
  const below = path.split("{name}/")[1] ?? "";
  const version = upperFirst(gvk.version);
  return `${action}${group}${version}${scope}${resource.kind}${upperFirst(below)}${everywhere}`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const patchTypes = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
];
// kubectl looks here for the kind of patch to send.
const builtinPatchTypes = [...patchTypes, "application/strategic-merge-patch+json"];

function bodyTypes(method: Operation["method"], { custom }: Resource): readonly string[] {
  if (method !== "patch") return ["application/json", "application/yaml"];
  return custom ? patchTypes : builtinPatchTypes;
}

function describe(operation: Operation, resource: Resource, kindReference: JsonObject): JsonObject {
  const { method, action, gvk, parameters, ofKind } = operation;
  const body = ofKind ? kindReference : { type: "object" };
  const types = bodyTypes(method, resource);
  const takesBody = method === "post" || method === "put" || method === "patch";
  const bodySchema = method === "patch" ? { type: "object" } : body;
  const content = (schema: JsonObject, media: readonly string[]) =>
    Object.fromEntries(media.map((type) => [type, { schema }]));
  return {
    operationId: operationId(operation, resource),
    parameters,
    ...(takesBody ? { requestBody: { content: content(bodySchema, types), required: true } } : {}),
    responses: {
      "200": { description: "OK", content: content(body, ["application/json"]) },
      "401": { description: "Unauthorized" },
    },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
  };
}

/** Only the first two parts of a version count for what an API looks like. */
function info(version: string): JsonObject {
  return { title: "Kubernetes", version: /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version };
}

const customInfo: JsonObject = { title: "Kubernetes CRD Swagger", version: "v0.1.0" };

/** The OpenAPI 3 document of one group and version. */
export function documentV3(resources: readonly Resource[], version: string): JsonObject {
  const components = new Components("#/components/schemas/");
  const paths: Record<string, Record<string, unknown>> = {};
  for (const resource of resources) {
    const name = components.addKind(resource);
    for (const operation of operationsOf(resource)) {
      const item = (paths[operation.path] ??= { parameters: pathParameters(operation.path) });
      item[operation.method] = describe(operation, resource, components.reference(name));
    }
  }
  return {
    openapi: "3.0.0",
    info: resources.some(({ custom }) => custom) ? customInfo : info(version),
    paths,
    components: { schemas: components.schemas },
  };
}

/** Version 2 has fewer words: parameters carry their type themselves. */
function toV2Parameter(parameter: JsonObject): JsonObject {
  const { schema, ...rest } = parameter;
  return { ...rest, ...(schema as JsonObject) };
}

// What a Swagger 2 reader would not understand of a schema.
const notInV2 = ["allOf", "anyOf", "default", "not", "nullable", "oneOf"];

/** Where anything goes, nothing is said about it: kubectl would refuse what does not fit. */
function untypedInV2(schema: JsonObject): readonly string[] {
  if (schema["x-kubernetes-int-or-string"] === true) return ["type"];
  const isOpen = schema["nullable"] === true || schema["x-kubernetes-preserve-unknown-fields"];
  return isOpen === true ? ["type", "items", "properties", "required"] : [];
}

/** Schemas of custom resources lose in version 2 what only version 3 can say. */
function toV2Schema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toV2Schema);
  if (!isObject(schema)) return schema;
  const { allOf, description } = schema as { readonly allOf?: readonly JsonObject[] } & JsonObject;
  const reference = allOf?.[0]?.["$ref"];
  if (reference !== undefined) {
    return { ...(description === undefined ? {} : { description }), $ref: reference };
  }
  const { oneOf, format } = schema;
  const isNamed = "type" in schema || "properties" in schema;
  // What may be text or a number is text there.
  if (oneOf !== undefined && !isNamed) {
    return format === undefined ? { type: "string" } : { type: "string", format };
  }
  const dropped = [...notInV2, ...untypedInV2(schema)];
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !dropped.includes(key))
      .map(([key, value]) => [key, key === "properties" ? fieldsInV2(value) : toV2Schema(value)]),
  );
}

/** Fields may have the names of keywords. */
function fieldsInV2(fields: unknown): unknown {
  if (!isObject(fields)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, toV2Schema(field)]),
  );
}

/** One Swagger 2 document over everything: plain JSON; whoever serves it encodes it. */
export function documentV2(resources: readonly Resource[], version: string): JsonObject {
  const components = new Components("#/definitions/");
  const paths: Record<string, Record<string, unknown>> = {};
  for (const resource of resources) {
    components.addKind(resource);
    for (const operation of operationsOf(resource)) {
      const item = (paths[operation.path] ??= {
        parameters: pathParameters(operation.path).map(toV2Parameter),
      });
      item[operation.method] = {
        operationId: operationId(operation, resource),
        parameters: operation.parameters.map(toV2Parameter),
        responses: { "200": { description: "OK" }, "401": { description: "Unauthorized" } },
        "x-kubernetes-action": operation.action,
        "x-kubernetes-group-version-kind": operation.gvk,
      };
    }
  }
  return {
    swagger: "2.0",
    info: info(version),
    paths,
    definitions: fieldsInV2(components.schemas),
  };
}

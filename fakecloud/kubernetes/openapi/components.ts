import { objectMetaSchema, type OpenApiSchema } from "../library.ts";
import { isObject, type JsonObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";

type Json = Record<string, unknown>;

const packages: Readonly<Record<string, string>> = {
  apiextensions: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
  apiregistration: "io.k8s.kube-aggregator.pkg.apis.apiregistration",
  api: "io.k8s.apimachinery.pkg.api",
  meta: "io.k8s.apimachinery.pkg.apis.meta",
  util: "io.k8s.apimachinery.pkg.util",
};

/** Two types that are written in two ways. */
const twofold: Readonly<Record<string, JsonObject>> = {
  "api.resource.Quantity": { oneOf: [{ type: "string" }, { type: "number" }] },
  "util.intstr.IntOrString": {
    format: "int-or-string",
    oneOf: [{ type: "integer" }, { type: "string" }],
  },
};

/** "core.v1.PodSpec" → "io.k8s.api.core.v1.PodSpec". */
function componentName(definition: string): string {
  const [group = "", ...rest] = definition.split(".");
  return `${packages[group] ?? `io.k8s.api.${group}`}.${rest.join(".")}`;
}

/** "cluster.x-k8s.io", "v1beta2", "Machine" → "io.x-k8s.cluster.v1beta2.Machine". */
export function customComponentName(group: string, version: string, kind: string): string {
  return [...group.split(".").toReversed(), version, kind].join(".");
}

export function componentNameOf(resource: Resource): string {
  const definition = resource.openApi["x-seatrial-definition"];
  if (definition !== undefined) return componentName(definition);
  return customComponentName(resource.group, resource.version, resource.kind);
}

/** The named schemas of one document. */
export class Components {
  readonly schemas: Record<string, JsonObject> = {};
  readonly #prefix: string;

  /** `prefix` is where references point: "#/components/schemas/" or "#/definitions/". */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  reference(name: string): JsonObject {
    return { $ref: this.#prefix + name };
  }

  /** Adds a kind and its list, and returns the name of the kind. */
  addKind(resource: Resource): string {
    const { group, version, kind, listKind, openApi } = resource;
    const name = componentNameOf(resource);
    const schema = this.#body(openApi);
    const properties = { ...(schema["properties"] as Json | undefined) };
    properties["apiVersion"] ??= { type: "string", description: apiVersionText };
    properties["kind"] ??= { type: "string", description: kindText };
    properties["metadata"] = this.#metadata("ObjectMeta", resource.custom);
    const marks = (gvkKind: string) => ({
      "x-kubernetes-group-version-kind": [{ group, kind: gvkKind, version }],
      ...selectableFieldsOf(resource),
    });
    this.schemas[name] = { ...schema, properties, ...marks(kind) };
    const list = name.slice(0, name.length - kind.length) + listKind;
    this.schemas[list] = {
      type: "object",
      description: `${listKind} is a list of ${kind}`,
      required: ["items"],
      properties: {
        apiVersion: { type: "string", description: apiVersionText },
        items: this.#items(name, resource),
        kind: { type: "string", description: kindText },
        metadata: this.#metadata("ListMeta", resource.custom),
      },
      ...marks(listKind),
    };
    return name;
  }

  #items(name: string, { custom, plural }: Resource): JsonObject {
    const reference = this.reference(name);
    if (!custom) return { type: "array", items: { allOf: [reference], default: {} } };
    const more =
      "More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
    return { type: "array", description: `List of ${plural}. ${more}`, items: reference };
  }

  #metadata(type: "ListMeta" | "ObjectMeta", isCustom: boolean): JsonObject {
    const name = `io.k8s.apimachinery.pkg.apis.meta.v1.${type}`;
    if (type === "ListMeta" && this.schemas[name] === undefined) {
      const string = { type: "string" };
      this.schemas[name] = {
        type: "object",
        properties: {
          continue: string,
          remainingItemCount: { type: "integer", format: "int64" },
          resourceVersion: string,
          selfLink: string,
        },
      };
    }
    if (type === "ObjectMeta") this.#named("meta.v1.ObjectMeta", objectMetaSchema);
    const more = isCustom ? { description: metadataTexts[type] } : { default: {} };
    return { allOf: [this.reference(name)], ...more };
  }

  /** A schema as a document shows it: named types by reference, our own marks left out. */
  #convert(schema: OpenApiSchema): JsonObject {
    const definition = schema["x-seatrial-definition"];
    if (definition === undefined) return this.#body(schema);
    const reference = { allOf: [this.#named(definition, schema)] };
    return definition in twofold ? reference : { ...reference, default: {} };
  }

  #named(definition: string, schema: OpenApiSchema): JsonObject {
    const name = componentName(definition);
    if (this.schemas[name] === undefined) {
      // Types may contain themselves: the name must be known before the inside is looked at.
      this.schemas[name] = {};
      this.schemas[name] = twofold[definition] ?? this.#body(schema);
    }
    return this.reference(name);
  }

  #body(schema: OpenApiSchema): JsonObject {
    const body: Json = {};
    for (const [key, value] of Object.entries(schema)) {
      if (key === "x-seatrial-required" && Array.isArray(value) && value.length > 0) {
        body["required"] = value;
      }
      if (!key.startsWith("x-seatrial-")) body[key] = this.#keyword(key, value);
    }
    return schema["x-kubernetes-embedded-resource"] === true ? this.#embedded(body) : body;
  }

  /** An object within an object says at least what it is. */
  #embedded(body: Json): JsonObject {
    const { required, properties } = body as { readonly required?: readonly string[] } & Json;
    return {
      ...body,
      required: [...new Set([...(required ?? []), "kind", "apiVersion"])],
      properties: {
        ...(properties as Json | undefined),
        apiVersion: { type: "string", description: embeddedVersionText },
        kind: { type: "string", description: embeddedKindText },
        metadata: this.#metadata("ObjectMeta", true),
      },
    };
  }

  #keyword(key: string, value: unknown): unknown {
    if (key === "properties" && isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, child]) => [name, this.#convert(child as OpenApiSchema)]),
      );
    }
    if ((key === "items" || key === "additionalProperties" || key === "not") && isObject(value)) {
      return this.#convert(value);
    }
    if ((key === "allOf" || key === "anyOf" || key === "oneOf") && Array.isArray(value)) {
      return value.map((each: OpenApiSchema) => this.#convert(each));
    }
    return value;
  }
}

const apiVersionText =
  "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
const kindText =
  "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
const conventions =
  "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
const embeddedVersionText = `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`;
const embeddedKindText = `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`;
const metadataTexts = {
  ObjectMeta: `Standard object's metadata. More info: ${conventions}#metadata`,
  ListMeta: `Standard list metadata. More info: ${conventions}#types-kinds`,
} as const;

/** The fields by which objects of a custom kind can be chosen, beside their names. */
function selectableFieldsOf({ custom, selectable }: Resource): JsonObject {
  const fields = custom ? Object.keys(selectable.paths) : [];
  if (fields.length === 0) return {};
  return { "x-kubernetes-selectable-fields": fields.map((fieldPath) => ({ fieldPath })) };
}

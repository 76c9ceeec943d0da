import type { OpenApiSchema } from "./open-api-schema.ts";

const text: OpenApiSchema = { type: "string" };
const time: OpenApiSchema = { type: "string", format: "date-time" };
const flag: OpenApiSchema = { type: "boolean" };
const count: OpenApiSchema = { type: "integer", format: "int64" };
const textMap: OpenApiSchema = { type: "object", additionalProperties: text };

/** ObjectMeta (apimachinery, meta/v1): the same for every kind, so custom resources get it whatever their schema says. */
export const objectMetaSchema: OpenApiSchema = {
  type: "object",
  "x-seatrial-definition": "meta.v1.ObjectMeta",
  properties: {
    annotations: textMap,
    creationTimestamp: time,
    deletionGracePeriodSeconds: count,
    deletionTimestamp: time,
    finalizers: {
      type: "array",
      items: text,
      "x-kubernetes-list-type": "set",
      "x-kubernetes-patch-strategy": "merge",
    },
    generateName: text,
    generation: count,
    labels: textMap,
    managedFields: {
      type: "array",
      "x-kubernetes-list-type": "atomic",
      items: {
        type: "object",
        "x-seatrial-definition": "meta.v1.ManagedFieldsEntry",
        properties: {
          apiVersion: text,
          fieldsType: text,
          fieldsV1: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          manager: text,
          operation: text,
          subresource: text,
          time,
        },
      },
    },
    name: text,
    namespace: text,
    ownerReferences: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["uid"],
      "x-kubernetes-patch-strategy": "merge",
      "x-kubernetes-patch-merge-key": "uid",
      items: {
        type: "object",
        "x-kubernetes-map-type": "atomic",
        "x-seatrial-definition": "meta.v1.OwnerReference",
        properties: {
          apiVersion: text,
          blockOwnerDeletion: flag,
          controller: flag,
          kind: text,
          name: text,
          uid: text,
        },
      },
    },
    resourceVersion: text,
    selfLink: text,
    uid: text,
  },
};

const resources = new WeakMap<OpenApiSchema, OpenApiSchema>();

/** The schema of a whole resource: a custom resource's own schema, plus apiVersion, kind and the real ObjectMeta. */
export function resourceSchema(schema: OpenApiSchema): OpenApiSchema {
  const known = resources.get(schema);
  if (known !== undefined) return known;
  const whole: OpenApiSchema = {
    ...schema,
    properties: {
      ...schema.properties,
      apiVersion: { ...text, ...schema.properties?.["apiVersion"] },
      kind: { ...text, ...schema.properties?.["kind"] },
      metadata: objectMetaSchema,
    },
  };
  resources.set(schema, whole);
  return whole;
}

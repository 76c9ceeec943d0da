import { absent, type ConformanceCase, type Request } from "../case.ts";

const group = "${ns}.seatrial.dev";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const document = `/openapi/v3/apis/${group}/v1`;

const get = (path: string, more: Partial<Request> = {}): Request => ({
  method: "GET",
  path,
  ...more,
});

const spec = {
  type: "object",
  description: "What is wanted.",
  required: ["name"],
  "x-kubernetes-validations": [{ rule: "self.name != 'x'", message: "no x" }],
  properties: {
    name: { type: "string", maxLength: 10, pattern: "^a", default: "a" },
    count: { type: "integer", format: "int32", minimum: 1, maximum: 5, nullable: true },
    either: {
      "x-kubernetes-int-or-string": true,
      anyOf: [{ type: "integer" }, { type: "string" }],
    },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    template: {
      type: "object",
      "x-kubernetes-embedded-resource": true,
      "x-kubernetes-preserve-unknown-fields": true,
    },
    list: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["key"],
      items: {
        type: "object",
        required: ["key"],
        properties: {
          key: { type: "string" },
          value: { type: "string", enum: ["x", "y"] },
        },
      },
    },
    map: {
      type: "object",
      "x-kubernetes-map-type": "atomic",
      additionalProperties: { type: "string" },
    },
    choice: {
      type: "object",
      properties: { a: { type: "string" } },
      oneOf: [{ required: ["a"] }, { not: { required: ["a"] } }],
    },
  },
} as const;

const define: Request = {
  method: "POST",
  path: definitions,
  body: {
    metadata: { name: `flags.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "flags", kind: "Flag" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: {
            status: {},
            scale: { specReplicasPath: ".spec.count", statusReplicasPath: ".status.count" },
          },
          selectableFields: [{ jsonPath: ".spec.name" }],
          schema: {
            openAPIV3Schema: {
              type: "object",
              description: "A flag.",
              required: ["spec"],
              properties: {
                spec,
                status: { type: "object", properties: { count: { type: "integer" } } },
              },
            },
          },
        },
      ],
    },
  },
};

// Aggregation in a real server takes its time.
const defined = [{ send: define, expect: { status: 201 } }, { waitMs: 10_000 }];
const after: readonly Request[] = [{ method: "DELETE", path: `${definitions}/flags.${group}` }];

const component = "dev.seatrial.${ns}.v1.Flag";
const meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
const conventions =
  "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

export const openApiCases: readonly ConformanceCase[] = [
  {
    title: "OpenAPI 3 of built-in kinds names types, links them and says what they are",
    steps: [
      {
        send: get("/openapi/v3/apis/apps/v1"),
        expect: {
          status: 200,
          headers: {
            "content-type": "application/json",
            "cache-control": "no-cache, private",
            etag: /^"[0-9A-F]{128}"$/,
            vary: "Accept",
          },
          body: {
            openapi: "3.0.0",
            info: { title: "Kubernetes", version: "1.36" },
            components: {
              schemas: {
                "io.k8s.api.apps.v1.Deployment": {
                  type: "object",
                  properties: {
                    apiVersion: { type: "string" },
                    spec: {
                      allOf: [{ $ref: "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec" }],
                      default: {},
                    },
                  },
                  "x-kubernetes-group-version-kind": [
                    { group: "apps", kind: "Deployment", version: "v1" },
                  ],
                },
                "io.k8s.api.core.v1.Container": {
                  required: ["name"],
                  properties: {
                    ports: {
                      type: "array",
                      "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
                      "x-kubernetes-list-type": "map",
                      "x-kubernetes-patch-merge-key": "containerPort",
                      "x-kubernetes-patch-strategy": "merge",
                    },
                  },
                },
                "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
                  format: "int-or-string",
                  oneOf: [{ type: "integer" }, { type: "string" }],
                },
                "io.k8s.apimachinery.pkg.api.resource.Quantity": {
                  oneOf: [{ type: "string" }, { type: "number" }],
                },
              },
            },
            paths: {
              "/apis/apps/v1/namespaces/{namespace}/deployments/{name}": {
                patch: {
                  operationId: "patchAppsV1NamespacedDeployment",
                  "x-kubernetes-action": "patch",
                  "x-kubernetes-group-version-kind": {
                    group: "apps",
                    version: "v1",
                    kind: "Deployment",
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
  {
    title: "OpenAPI 3 of a custom kind says all that its definition says",
    steps: [
      ...defined,
      {
        send: get(document),
        expect: {
          status: 200,
          body: {
            info: { title: "Kubernetes CRD Swagger", version: "v0.1.0" },
            components: {
              schemas: {
                [component]: {
                  description: "A flag.",
                  type: "object",
                  required: ["spec"],
                  properties: {
                    apiVersion: { type: "string", description: /^APIVersion defines/ },
                    kind: { type: "string", description: /^Kind is a string/ },
                    metadata: {
                      description: `Standard object's metadata. More info: ${conventions}#metadata`,
                      allOf: [{ $ref: `#/components/schemas/${meta}.ObjectMeta` }],
                      default: absent,
                    },
                    spec: {
                      ...spec,
                      properties: {
                        ...spec.properties,
                        template: {
                          required: ["kind", "apiVersion"],
                          properties: {
                            apiVersion: { type: "string", description: /^apiVersion defines/ },
                            kind: { type: "string", description: /^kind is a string/ },
                            metadata: {
                              allOf: [{ $ref: `#/components/schemas/${meta}.ObjectMeta` }],
                            },
                          },
                        },
                      },
                    },
                  },
                  "x-kubernetes-group-version-kind": [{ group, kind: "Flag", version: "v1" }],
                  "x-kubernetes-selectable-fields": [{ fieldPath: "spec.name" }],
                },
                [`${component}List`]: {
                  description: "FlagList is a list of Flag",
                  required: ["items"],
                  properties: {
                    items: {
                      description: `List of flags. More info: ${conventions}`,
                      type: "array",
                      items: { $ref: `#/components/schemas/${component}` },
                    },
                    metadata: {
                      description: `Standard list metadata. More info: ${conventions}#types-kinds`,
                    },
                  },
                  "x-kubernetes-group-version-kind": [{ group, kind: "FlagList", version: "v1" }],
                },
              },
            },
            paths: {
              [`/apis/${group}/v1/namespaces/{namespace}/flags/{name}/scale`]: {
                get: { "x-kubernetes-action": "get" },
              },
              [`/apis/${group}/v1/namespaces/{namespace}/flags`]: {
                delete: { "x-kubernetes-action": "deletecollection" },
                post: {
                  "x-kubernetes-action": "post",
                  requestBody: {
                    content: {
                      "application/json": {
                        schema: { $ref: `#/components/schemas/${component}` },
                      },
                    },
                    required: true,
                  },
                },
              },
            },
          },
        },
      },
    ],
    after,
  },
  {
    title: "OpenAPI 2 of a custom kind leaves out what only version 3 can say",
    steps: [
      ...defined,
      {
        send: get("/openapi/v2"),
        expect: {
          status: 200,
          headers: { "content-type": "application/json", etag: /^"[0-9A-F]{128}"$/ },
          body: {
            swagger: "2.0",
            info: { title: "Kubernetes", version: "1.36" },
            definitions: {
              [component]: {
                type: "object",
                required: ["spec"],
                properties: {
                  metadata: { $ref: `#/definitions/${meta}.ObjectMeta`, allOf: absent },
                  spec: {
                    properties: {
                      name: { type: "string", maxLength: 10, pattern: "^a", default: absent },
                      count: { format: "int32", minimum: 1, type: absent, nullable: absent },
                      either: {
                        "x-kubernetes-int-or-string": true,
                        anyOf: absent,
                        type: absent,
                      },
                      free: { "x-kubernetes-preserve-unknown-fields": true, type: absent },
                      template: {
                        "x-kubernetes-embedded-resource": true,
                        type: absent,
                        properties: absent,
                        required: absent,
                      },
                      list: {
                        type: "array",
                        items: { properties: { value: { type: "string", enum: ["x", "y"] } } },
                        "x-kubernetes-list-map-keys": ["key"],
                      },
                      map: { additionalProperties: { type: "string" } },
                      choice: { properties: { a: { type: "string" } }, oneOf: absent },
                    },
                    "x-kubernetes-validations": [{ message: "no x", rule: "self.name != 'x'" }],
                  },
                },
                "x-kubernetes-group-version-kind": [{ group, kind: "Flag", version: "v1" }],
                "x-kubernetes-selectable-fields": [{ fieldPath: "spec.name" }],
              },
            },
          },
        },
      },
    ],
    after,
  },
  {
    title: "a document is named by its hash, and is not sent again to who has it",
    steps: [
      {
        send: get("/openapi/v3", { accept: "*/*" }),
        expect: { status: 200, headers: { "content-type": "text/plain; charset=utf-8" } },
      },
      {
        send: get("/openapi/v3/apis/batch/v1", { query: { hash: "WRONG" } }),
        expect: {
          status: 301,
          headers: {
            etag: /^"[0-9A-F]{128}"$/,
            location: /^\/openapi\/v3\/apis\/batch\/v1\?hash=[0-9A-F]{128}$/,
          },
        },
        save: { etag: "headers.etag" },
      },
      {
        send: get("/openapi/v3/apis/batch/v1", { headers: { "if-none-match": "${etag}" } }),
        expect: { status: 304, headers: { etag: "${etag}" } },
      },
      {
        send: get("/openapi/v3/apis/batch/v1", { headers: { "if-none-match": '"other"' } }),
        expect: { status: 200, headers: { etag: "${etag}" } },
      },
    ],
  },
  {
    title: "a document changes its hash with the definition, and goes with it",
    steps: [
      ...defined,
      { send: get(document), expect: { status: 200 }, save: { etag: "headers.etag" } },
      {
        send: {
          method: "PATCH",
          path: `${definitions}/flags.${group}`,
          type: "application/json-patch+json",
          body: [
            {
              op: "replace",
              path: "/spec/versions/0/schema/openAPIV3Schema/description",
              value: "Another flag.",
            },
          ],
        },
        expect: { status: 200 },
      },
      { waitMs: 10_000 },
      {
        send: get(document, { headers: { "if-none-match": "${etag}" } }),
        expect: {
          status: 200,
          body: { components: { schemas: { [component]: { description: "Another flag." } } } },
        },
      },
      {
        send: { method: "DELETE", path: `${definitions}/flags.${group}` },
        expect: { status: 200 },
      },
      { waitMs: 10_000 },
      { send: get(document), expect: { status: 404 } },
    ],
    after,
  },
  {
    title: "OpenAPI comes as JSON, and not as what it can't be",
    steps: [
      {
        send: get("/openapi/v3/api/v1", { accept: "application/yaml" }),
        expect: { status: 406 },
      },
      { send: get("/openapi/v2", { accept: "text/plain" }), expect: { status: 406 } },
      {
        send: get("/openapi/v3/api/v1", { accept: "text/html, */*;q=0.8" }),
        expect: { status: 200, headers: { "content-type": "application/json" } },
      },
      { send: get("/openapi/v3/apis/nothing.seatrial.dev/v1"), expect: { status: 404 } },
    ],
  },
];

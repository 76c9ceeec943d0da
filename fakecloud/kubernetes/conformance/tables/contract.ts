import {
  absent,
  type ConformanceCase,
  mergePatch,
  type Request,
  serverSideApply,
  strategicMergePatch,
} from "../case.ts";

const group = "conformance.seatrial.dev";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const configMaps = "/api/v1/namespaces/${ns}/configmaps";
const deployments = "/apis/apps/v1/namespaces/${ns}/deployments";
const autoscalers = (version: string) =>
  `/apis/autoscaling/${version}/namespaces/\${ns}/horizontalpodautoscalers`;
const policies = "/apis/admissionregistration.k8s.io/v1";
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io";

const post = (path: string, body: unknown): Request => ({ method: "POST", path, body });

function definition(plural: string, kind: string, spec: unknown): Request {
  return post(definitions, {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind, shortNames: ["gg"] },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  });
}

function deployment(name: string, containers: readonly unknown[], replicas = 1) {
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}

function applyWidget(spec: unknown): Request {
  return {
    method: "PATCH",
    path: `/apis/${group}/v1/namespaces/\${ns}/widgets/a`,
    query: { fieldManager: "one" },
    type: serverSideApply,
    body: { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name: "a" }, spec },
  };
}

const web = { name: "web", image: "web:1" };

/** The lines of the fidelity contract that the other tables leave out. */
export const contractCases: readonly ConformanceCase[] = [
  {
    title: "rules in CEL refuse in their own words, and a transition rule looks back",
    steps: [
      {
        send: definition("gauges", "Gauge", {
          type: "object",
          required: ["size"],
          "x-kubernetes-validations": [
            { rule: "self.size <= self.most", message: "size must not be over most" },
            {
              rule: "self.size >= oldSelf.size",
              message: "size must not shrink",
              reason: "FieldValueForbidden",
              fieldPath: ".size",
            },
          ],
          properties: {
            size: { type: "integer" },
            most: { type: "integer", default: 10 },
          },
        }),
        expect: { status: 201 },
      },
      {
        waitMs: 5000,
        send: post(`/apis/${group}/v1/namespaces/\${ns}/gauges`, {
          apiVersion: `${group}/v1`,
          kind: "Gauge",
          metadata: { name: "a" },
          spec: { size: 11 },
        }),
        expect: {
          status: 422,
          reason: "Invalid",
          message: `Gauge.${group} "a" is invalid: spec: Invalid value: size must not be over most`,
        },
      },
      {
        send: post(`/apis/${group}/v1/namespaces/\${ns}/gauges`, {
          apiVersion: `${group}/v1`,
          kind: "Gauge",
          metadata: { name: "a" },
          spec: { size: 5 },
        }),
        expect: { status: 201, body: { spec: { size: 5, most: 10 } } },
      },
      {
        send: {
          method: "PATCH",
          path: `/apis/${group}/v1/namespaces/\${ns}/gauges/a`,
          type: mergePatch,
          body: { spec: { size: 4 } },
        },
        expect: {
          status: 422,
          message: `Gauge.${group} "a" is invalid: spec.size: Forbidden: size must not shrink`,
        },
      },
      {
        send: definition("gaugesets", "Gauge", { type: "object" }),
        expect: { status: 201 },
      },
      {
        waitMs: 3000,
        send: { method: "GET", path: `${definitions}/gaugesets.${group}` },
        expect: {
          status: 200,
          body: {
            status: {
              acceptedNames: {
                plural: "gaugesets",
                kind: "",
                listKind: absent,
                singular: absent,
                shortNames: absent,
              },
            },
          },
        },
      },
      { send: { method: "DELETE", path: `${definitions}/gauges.${group}` } },
      { send: { method: "DELETE", path: `${definitions}/gaugesets.${group}` } },
    ],
  },
  {
    title: "what is wrong with a template for pods is told with its place in the workload",
    steps: [
      {
        send: post(
          deployments,
          deployment("a", [
            {
              name: "Web",
              ports: [{ containerPort: 70_000 }],
              volumeMounts: [{ name: "data", mountPath: "/data" }],
            },
          ]),
        ),
        expect: {
          status: 422,
          body: {
            details: {
              causes: [
                { field: "spec.template.spec.containers[0].name", reason: "FieldValueInvalid" },
                {
                  field: "spec.template.spec.containers[0].image",
                  reason: "FieldValueRequired",
                  message: "Required value",
                },
                {
                  field: "spec.template.spec.containers[0].ports[0].containerPort",
                  message: "Invalid value: 70000: must be between 1 and 65535, inclusive",
                },
                {
                  field: "spec.template.spec.containers[0].volumeMounts[0].name",
                  reason: "FieldValueNotFound",
                  message: 'Not found: "data"',
                },
              ],
            },
          },
        },
      },
      {
        send: post("/apis/batch/v1/namespaces/${ns}/cronjobs", {
          metadata: { name: "a" },
          spec: {
            schedule: "60 * * * *",
            jobTemplate: {
              spec: { template: { spec: { restartPolicy: "Never", containers: [web] } } },
            },
          },
        }),
        expect: {
          status: 422,
          message:
            'CronJob.batch "a" is invalid: spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60',
        },
      },
    ],
  },
  {
    title: "a strategic patch merges containers by name, deletes one and orders the others",
    steps: [
      { send: post(deployments, deployment("a", [web, { name: "log", image: "log:1" }])) },
      {
        send: {
          method: "PATCH",
          path: `${deployments}/a`,
          type: strategicMergePatch,
          body: {
            spec: {
              template: {
                spec: {
                  "$setElementOrder/containers": [{ name: "new" }, { name: "web" }],
                  containers: [
                    { name: "new", image: "new:1" },
                    { name: "web", image: "web:2" },
                    { name: "log", $patch: "delete" },
                  ],
                },
              },
            },
          },
        },
        expect: {
          status: 200,
          body: {
            metadata: { generation: 2 },
            spec: {
              template: {
                spec: {
                  containers: [
                    { name: "new", image: "new:1" },
                    { name: "web", image: "web:2" },
                  ],
                },
              },
            },
          },
        },
      },
    ],
  },
  {
    title: "labels and annotations that are all gone leave no empty map behind",
    steps: [
      {
        send: post(configMaps, {
          metadata: { name: "a", labels: { x: "1" }, annotations: {}, finalizers: [] },
        }),
        expect: {
          status: 201,
          body: { metadata: { annotations: absent, finalizers: absent } },
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${configMaps}/a`,
          type: mergePatch,
          body: { metadata: { labels: { x: null } } },
        },
        expect: { status: 200, body: { metadata: { labels: absent } } },
      },
    ],
  },
  {
    title: "an autoscaler that is written in its first version is read in its second",
    steps: [
      {
        send: post(autoscalers("v1"), {
          metadata: { name: "a" },
          spec: {
            maxReplicas: 3,
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
            targetCPUUtilizationPercentage: 80,
          },
        }),
        expect: {
          status: 201,
          body: {
            apiVersion: "autoscaling/v1",
            spec: { minReplicas: 1, targetCPUUtilizationPercentage: 80 },
          },
        },
      },
      {
        send: { method: "GET", path: `${autoscalers("v2")}/a` },
        expect: {
          status: 200,
          body: {
            apiVersion: "autoscaling/v2",
            spec: {
              minReplicas: 1,
              maxReplicas: 3,
              metrics: [
                {
                  type: "Resource",
                  resource: {
                    name: "cpu",
                    target: { type: "Utilization", averageUtilization: 80 },
                  },
                },
              ],
            },
          },
        },
      },
      {
        send: { method: "GET", path: `${autoscalers("v2")}/a`, accept: asTable },
        expect: {
          status: 200,
          body: {
            columnDefinitions: [
              { name: "Name" },
              { name: "Reference" },
              { name: "Targets" },
              { name: "MinPods" },
              { name: "MaxPods" },
              { name: "Replicas" },
              { name: "Age" },
            ],
            rows: [{ cells: ["a", "Deployment/web", "cpu: <unknown>/80%", "1", 3, 0, /^\d/] }],
          },
        },
      },
    ],
  },
  {
    title: "an Ingress is shown with its class, hosts and ports",
    steps: [
      {
        send: post("/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses", {
          metadata: { name: "a" },
          spec: {
            rules: ["a", "b", "c", "d"].map((name) => ({ host: `${name}.example.com` })),
            tls: [{ hosts: ["a.example.com"] }],
          },
        }),
        expect: { status: 201 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses",
          accept: asTable,
        },
        expect: {
          status: 200,
          body: {
            rows: [
              {
                cells: [
                  "a",
                  "<none>",
                  "a.example.com,b.example.com,c.example.com + 1 more...",
                  "",
                  "80, 443",
                  /^\d/,
                ],
              },
            ],
          },
        },
      },
    ],
  },
  {
    title: "a policy that is bound refuses, with the names of both and what is wrong",
    steps: [
      {
        send: post(`${policies}/validatingadmissionpolicies`, {
          metadata: { name: "few-${ns}" },
          spec: {
            matchConstraints: {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "${ns}" } },
              resourceRules: [
                {
                  operations: ["CREATE", "UPDATE"],
                  apiGroups: ["apps"],
                  apiVersions: ["v1"],
                  resources: ["deployments"],
                },
              ],
            },
            variables: [{ name: "most", expression: "2 + 1" }],
            validations: [
              { expression: "object.spec.replicas <= variables.most" },
              { expression: "object.metadata.name != 'b'", message: "not b", reason: "Forbidden" },
              { expression: "object.spec.nothing == 1" },
            ],
          },
        }),
        expect: { status: 201, body: { spec: { failurePolicy: "Fail" } } },
      },
      {
        send: post(`${policies}/validatingadmissionpolicybindings`, {
          metadata: { name: "bound-${ns}" },
          spec: { policyName: "few-${ns}", validationActions: ["Deny"] },
        }),
        expect: { status: 201 },
      },
      {
        waitMs: 3000,
        send: post(deployments, deployment("a", [web], 4)),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "deployments.apps \"a\" is forbidden: ValidatingAdmissionPolicy 'few-${ns}' with binding 'bound-${ns}' denied request: failed expression: object.spec.replicas <= variables.most",
          body: {
            details: {
              name: "a",
              group: "apps",
              kind: "deployments",
              causes: [{ message: /denied request: failed expression/ }],
            },
          },
        },
      },
      {
        send: post(deployments, deployment("b", [web])),
        expect: {
          status: 403,
          reason: "Forbidden",
          message:
            "deployments.apps \"b\" is forbidden: ValidatingAdmissionPolicy 'few-${ns}' with binding 'bound-${ns}' denied request: not b",
        },
      },
      {
        send: post(deployments, deployment("c", [web])),
        expect: {
          status: 422,
          message:
            /denied request: expression 'object\.spec\.nothing == 1' resulted in error: no such key: nothing$/,
        },
      },
      {
        send: {
          method: "DELETE",
          path: `${policies}/validatingadmissionpolicybindings/bound-\${ns}`,
        },
      },
      { send: { method: "DELETE", path: `${policies}/validatingadmissionpolicies/few-\${ns}` } },
    ],
  },
  {
    title: "a null that is applied is no way to leave a field out, unless it has a default",
    needs: ["widgets"],
    steps: [
      {
        send: applyWidget({ color: null }),
        expect: {
          status: 422,
          body: {
            details: {
              causes: [
                {
                  reason: "FieldValueTypeInvalid",
                  field: "spec.color",
                  message:
                    'Invalid value: "null": spec.color in body must be of type string: "null"',
                },
                {
                  reason: "FieldValueNotSupported",
                  field: "spec.color",
                  message: 'Unsupported value: null: supported values: "red", "green"',
                },
              ],
            },
          },
        },
      },
      {
        send: applyWidget({ replicas: null }),
        expect: { status: 201, body: { spec: { replicas: 1 } } },
      },
    ],
  },
  {
    title: "the number of replicas belongs to whoever has applied it, also through the scale",
    steps: [
      {
        send: {
          method: "PATCH",
          path: `${deployments}/a`,
          query: { fieldManager: "one" },
          type: serverSideApply,
          body: { apiVersion: "apps/v1", kind: "Deployment", ...deployment("a", [web], 2) },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: `${deployments}/a/scale`,
          query: { fieldManager: "two" },
          type: serverSideApply,
          body: {
            apiVersion: "autoscaling/v1",
            kind: "Scale",
            metadata: { name: "a" },
            spec: { replicas: 3 },
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${deployments}/a/scale`,
          query: { fieldManager: "two", force: "true" },
          type: serverSideApply,
          body: {
            apiVersion: "autoscaling/v1",
            kind: "Scale",
            metadata: { name: "a" },
            spec: { replicas: 3 },
          },
        },
        expect: { status: 200, body: { kind: "Scale", spec: { replicas: 3 } } },
      },
      {
        send: { method: "GET", path: `${deployments}/a` },
        expect: {
          status: 200,
          body: {
            metadata: {
              managedFields: [
                {
                  manager: "two",
                  operation: "Apply",
                  apiVersion: "apps/v1",
                  subresource: "scale",
                  time: absent,
                  fieldsV1: { "f:spec": { "f:replicas": {} } },
                },
                {
                  manager: "one",
                  operation: "Apply",
                  fieldsV1: { "f:spec": { "f:replicas": absent } },
                },
              ],
            },
            spec: { replicas: 3 },
          },
        },
      },
    ],
  },
];

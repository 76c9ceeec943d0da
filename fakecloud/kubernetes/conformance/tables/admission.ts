import {
  absent,
  type ConformanceCase,
  type Hook,
  mergePatch,
  type Request,
  type Review,
  type Step,
} from "../case.ts";

const registration = "/apis/admissionregistration.k8s.io/v1";
const configMaps = "/api/v1/namespaces/${ns}/configmaps";
type Kind = "mutating" | "validating";
const configurations = (kind: Kind) => `${registration}/${kind}webhookconfigurations`;

const remove = (kind: Kind, name = "${ns}"): Request => ({
  method: "DELETE",
  path: `${configurations(kind)}/${name}`,
});
const create = (name: string, more: object = {}, query = {}): Request => ({
  method: "POST",
  path: configMaps,
  query,
  body: { metadata: { name }, ...more },
});

/** A webhook for the config maps of the case's own namespace. */
function hookFor(path: string, more: object = {}) {
  return {
    name: "one.seatrial.dev",
    clientConfig: { url: `\${webhook}${path}`, caBundle: "${caBundle}" },
    rules: [
      { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] },
    ],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "${ns}" } },
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    ...more,
  };
}

const configure = (kind: Kind, webhooks: readonly unknown[], name = "${ns}"): Request => ({
  method: "POST",
  path: configurations(kind),
  body: { metadata: { name }, webhooks },
});

/** An API server elsewhere learns of a configuration a moment later. */
const settled: Step = { waitMs: 1500 };
const installed = (request: Request): readonly Step[] => [
  { send: request, expect: { status: 201 } },
  settled,
];

const answer =
  (response: object): Hook =>
  ({ uid }: Review) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: { uid, ...response },
  });
const allow = answer({ allowed: true });
const encoded = (operations: readonly unknown[]) =>
  Buffer.from(JSON.stringify(operations)).toString("base64");
const patching = (...operations: readonly unknown[]) =>
  answer({ allowed: true, patchType: "JSONPatch", patch: encoded(operations) });

const broken = (path: string, why: string | RegExp): Step => ({
  send: create(path.slice(1)),
  expect: { status: 500, reason: "InternalError", message: why },
});
const failing = 'Internal error occurred: failed calling webhook "one.seatrial.dev": ';

export const admissionCases: readonly ConformanceCase[] = [
  {
    title: "a webhook is shown the object, who writes it and how, and its patch is applied",
    hooks: { "/label": patching({ op: "add", path: "/data", value: { added: "yes" } }) },
    steps: [
      ...installed(configure("mutating", [hookFor("/label")])),
      {
        send: create("a", {}, { fieldManager: "tester" }),
        expect: { status: 201, body: { data: { added: "yes" } } },
        asked: [
          {
            path: "/label",
            review: {
              kind: "AdmissionReview",
              apiVersion: "admission.k8s.io/v1",
              request: {
                uid: /^[0-9a-f-]{36}$/,
                kind: { group: "", version: "v1", kind: "ConfigMap" },
                resource: { group: "", version: "v1", resource: "configmaps" },
                requestKind: { group: "", version: "v1", kind: "ConfigMap" },
                requestResource: { group: "", version: "v1", resource: "configmaps" },
                subResource: absent,
                requestSubResource: absent,
                name: "a",
                namespace: "${ns}",
                operation: "CREATE",
                userInfo: { username: /./, groups: ["system:masters", "system:authenticated"] },
                object: {
                  kind: "ConfigMap",
                  apiVersion: "v1",
                  metadata: {
                    name: "a",
                    namespace: "${ns}",
                    uid: absent,
                    creationTimestamp: absent,
                    managedFields: absent,
                  },
                },
                oldObject: null,
                dryRun: false,
                options: {
                  kind: "CreateOptions",
                  apiVersion: "meta.k8s.io/v1",
                  fieldManager: "tester",
                },
              },
            },
          },
        ],
      },
    ],
    after: [remove("mutating")],
  },
  {
    title: "updates, patches, deletes and status writes are shown with what was there before",
    hooks: { "/x": allow },
    steps: [
      ...installed(
        configure("validating", [
          hookFor("/x", {
            rules: [
              {
                operations: ["UPDATE", "DELETE"],
                apiGroups: ["", "apps"],
                apiVersions: ["*"],
                resources: ["configmaps", "deployments/*"],
              },
            ],
          }),
        ]),
      ),
      { send: create("a", { data: { x: "1" } }), expect: { status: 201 }, asked: [] },
      {
        send: {
          method: "PATCH",
          path: `${configMaps}/a`,
          type: mergePatch,
          body: { data: { x: "2" } },
        },
        expect: { status: 200 },
        asked: [
          {
            path: "/x",
            review: {
              request: {
                operation: "UPDATE",
                object: { data: { x: "2" } },
                oldObject: { data: { x: "1" }, metadata: { managedFields: [{}] } },
                options: { kind: "UpdateOptions", apiVersion: "meta.k8s.io/v1" },
              },
            },
          },
        ],
      },
      {
        send: {
          method: "PUT",
          path: `${configMaps}/a`,
          body: { metadata: { name: "a" }, data: { x: "3" } },
        },
        expect: { status: 200 },
        asked: [
          {
            path: "/x",
            review: {
              request: { options: { kind: "UpdateOptions" }, object: { data: { x: "3" } } },
            },
          },
        ],
      },
      {
        send: {
          method: "DELETE",
          path: `${configMaps}/a`,
          body: { propagationPolicy: "Background", gracePeriodSeconds: 0 },
        },
        expect: { status: 200 },
        asked: [
          {
            path: "/x",
            review: {
              request: {
                operation: "DELETE",
                name: "a",
                object: null,
                oldObject: { data: { x: "3" } },
                options: {
                  kind: "DeleteOptions",
                  apiVersion: "meta.k8s.io/v1",
                  propagationPolicy: "Background",
                  gracePeriodSeconds: 0,
                },
              },
            },
          },
        ],
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "d" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "i" }] },
              },
            },
          },
        },
        asked: [],
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d/status",
          type: mergePatch,
          body: { status: { replicas: 1 } },
        },
        expect: { status: 200 },
        asked: [
          {
            path: "/x",
            review: {
              request: {
                kind: { group: "apps", version: "v1", kind: "Deployment" },
                resource: { group: "apps", version: "v1", resource: "deployments" },
                subResource: "status",
                requestSubResource: "status",
                oldObject: { kind: "Deployment" },
              },
            },
          },
        ],
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d/scale",
          type: mergePatch,
          body: { spec: { replicas: 2 } },
        },
        expect: { status: 200 },
        asked: [
          {
            path: "/x",
            review: {
              request: {
                kind: { group: "autoscaling", version: "v1", kind: "Scale" },
                resource: { group: "apps", version: "v1", resource: "deployments" },
                subResource: "scale",
                name: "d",
                object: { kind: "Scale", apiVersion: "autoscaling/v1", spec: { replicas: 2 } },
                oldObject: { kind: "Scale", spec: { replicas: 1 } },
              },
            },
          },
        ],
      },
    ],
    after: [remove("validating")],
  },
  {
    title: "a refusal is told in the webhook's code, reason and words",
    hooks: {
      "/x": ({ uid, name }: Review) => {
        const statuses: Readonly<Record<string, unknown>> = {
          words: { message: "no such thing here" },
          reason: { reason: "SomeReason" },
          whole: {
            code: 422,
            reason: "Invalid",
            message: "it is not valid",
            details: { causes: [{ reason: "FieldValueInvalid", message: "bad", field: "data" }] },
          },
          odd: { code: 200, message: "fine", status: "Success" },
        };
        const status = statuses[String(name)];
        return {
          apiVersion: "admission.k8s.io/v1",
          kind: "AdmissionReview",
          response: { uid, allowed: false, ...(status === undefined ? {} : { status }) },
        };
      },
    },
    steps: [
      ...installed(configure("validating", [hookFor("/x")])),
      {
        send: create("plain"),
        expect: {
          status: 400,
          reason: "",
          message: 'admission webhook "one.seatrial.dev" denied the request without explanation',
        },
      },
      {
        send: create("words"),
        expect: {
          status: 400,
          message: 'admission webhook "one.seatrial.dev" denied the request: no such thing here',
        },
      },
      {
        send: create("reason"),
        expect: {
          status: 400,
          reason: "SomeReason",
          message: 'admission webhook "one.seatrial.dev" denied the request: SomeReason',
        },
      },
      {
        send: create("whole"),
        expect: {
          status: 422,
          reason: "Invalid",
          message: 'admission webhook "one.seatrial.dev" denied the request: it is not valid',
          body: {
            details: { causes: [{ reason: "FieldValueInvalid", message: "bad", field: "data" }] },
          },
        },
      },
      {
        send: create("odd"),
        expect: {
          status: 400,
          message: 'admission webhook "one.seatrial.dev" denied the request: fine',
          body: { status: "Failure" },
        },
      },
      { send: { method: "GET", path: configMaps }, expect: { status: 200 } },
    ],
    after: [remove("validating")],
  },
  {
    title: "answers that are no reviews fail the write, each in its own words",
    hooks: {
      "/x": ({ uid, name }: Review) => {
        const apiVersion = "admission.k8s.io/v1";
        const kind = "AdmissionReview";
        const patch = encoded([{ op: "add", path: "/data", value: {} }]);
        const response = { uid, allowed: true };
        const answers: Readonly<Record<string, unknown>> = {
          uid: { apiVersion, kind, response: { uid: "other", allowed: true } },
          none: { apiVersion, kind },
          old: { apiVersion: "admission.k8s.io/v1beta1", kind, response },
          untyped: { kind, response },
          other: { apiVersion: "v1", kind: "Pod", response },
          empty: "",
          text: "hello",
          untypedpatch: { apiVersion, kind, response: { ...response, patch } },
          unpatched: { apiVersion, kind, response: { ...response, patchType: "JSONPatch" } },
          oddpatch: { apiVersion, kind, response: { ...response, patch, patchType: "Merge" } },
          badpatch: {
            apiVersion,
            kind,
            response: {
              ...response,
              patchType: "JSONPatch",
              patch: encoded([{ op: "remove", path: "/data/missing" }]),
            },
          },
          unreadable: {
            apiVersion,
            kind,
            response: {
              ...response,
              patchType: "JSONPatch",
              patch: Buffer.from("nonsense").toString("base64"),
            },
          },
        };
        return answers[String(name)];
      },
    },
    steps: [
      ...installed(configure("mutating", [hookFor("/x")])),
      broken(
        "/uid",
        /^Internal error occurred: failed calling webhook "one\.seatrial\.dev": received invalid webhook response: expected response\.uid="[0-9a-f-]{36}", got "other"$/,
      ),
      broken("/none", `${failing}received invalid webhook response: webhook response was absent`),
      broken(
        "/old",
        `${failing}failed to call webhook: converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion`,
      ),
      broken(
        "/untyped",
        `${failing}received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=AdmissionReview`,
      ),
      broken(
        "/other",
        `${failing}failed to call webhook: no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"`,
      ),
      broken(
        "/empty",
        `${failing}failed to call webhook: 0-length response with status code: 200 and content type: application/json`,
      ),
      broken(
        "/text",
        `${failing}failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
      ),
      broken(
        "/untypedpatch",
        `${failing}received invalid webhook response: webhook returned response.patch but not response.patchType`,
      ),
      broken(
        "/unpatched",
        `${failing}received invalid webhook response: webhook returned response.patchType but not response.patch`,
      ),
      broken("/oddpatch", `${failing}unsupported patch type "Merge"`),
      broken(
        "/badpatch",
        'Internal error occurred: remove operation does not apply: doc is missing path: "/data/missing": missing value',
      ),
      broken(
        "/unreadable",
        `${failing}received undecodable patch in webhook response: invalid character 'o' in literal null (expecting 'u')`,
      ),
    ],
    after: [remove("mutating")],
  },
  {
    title: "a validating webhook may not bring a patch",
    hooks: { "/x": patching({ op: "add", path: "/data", value: {} }) },
    steps: [
      ...installed(configure("validating", [hookFor("/x")])),
      broken(
        "/a",
        `${failing}received invalid webhook response: validating webhook may not return response.patch`,
      ),
    ],
    after: [remove("validating")],
  },
  {
    title: "a webhook that can't be asked fails the write, unless its policy is to be ignored",
    hooks: { "/silent": () => undefined },
    steps: [
      ...installed(configure("validating", [hookFor("/missing")])),
      {
        send: create("a"),
        expect: {
          status: 500,
          reason: "InternalError",
          message: `${failing}failed to call webhook: the server could not find the requested resource`,
          body: {
            details: {
              causes: [
                {
                  message:
                    'failed calling webhook "one.seatrial.dev": failed to call webhook: the server could not find the requested resource',
                },
              ],
            },
          },
        },
      },
      { send: remove("validating") },
      ...installed(
        configure("validating", [
          hookFor("", { clientConfig: { url: "https://127.0.0.1:1/x", caBundle: "${caBundle}" } }),
        ]),
      ),
      {
        send: create("a"),
        expect: {
          status: 500,
          message: `${failing}failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused`,
        },
      },
      { send: remove("validating") },
      ...installed(
        configure("validating", [hookFor("/x", { clientConfig: { url: "${webhook}/x" } })]),
      ),
      {
        send: create("a"),
        expect: {
          status: 500,
          message: `${failing}failed to call webhook: Post "\${webhook}/x?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
        },
      },
      { send: remove("validating") },
      ...installed(configure("validating", [hookFor("/silent", { timeoutSeconds: 1 })])),
      {
        send: create("a"),
        expect: {
          status: 500,
          message: `${failing}failed to call webhook: Post "\${webhook}/silent?timeout=1s": context deadline exceeded`,
        },
      },
      { send: remove("validating") },
      ...installed(
        configure("validating", [
          hookFor("", {
            clientConfig: {
              service: { namespace: "${ns}", name: "nobody", path: "/x" },
              caBundle: "${caBundle}",
            },
          }),
        ]),
      ),
      {
        send: create("a"),
        expect: {
          status: 500,
          message: `${failing}failed to call webhook: Post "https://nobody.\${ns}.svc:443/x?timeout=10s": service "nobody" not found`,
        },
      },
      { send: remove("validating") },
      ...installed(configure("validating", [hookFor("/missing", { failurePolicy: "Ignore" })])),
      { send: create("a"), expect: { status: 201 } },
    ],
    after: [remove("validating")],
  },
  {
    title: "warnings of webhooks reach the client, refused or not",
    hooks: {
      "/x": ({ uid, name }: Review) => ({
        apiVersion: "admission.k8s.io/v1",
        kind: "AdmissionReview",
        response: {
          uid,
          allowed: name !== "bad",
          warnings: ["think of the children", 'with "quotes"'],
          auditAnnotations: { why: "because" },
        },
      }),
    },
    steps: [
      ...installed(configure("validating", [hookFor("/x")])),
      {
        send: create("good"),
        expect: {
          status: 201,
          headers: { warning: '299 - "think of the children", 299 - "with \\"quotes\\""' },
          body: { metadata: { annotations: absent } },
        },
      },
      {
        send: create("bad"),
        expect: {
          status: 400,
          headers: { warning: '299 - "think of the children", 299 - "with \\"quotes\\""' },
        },
      },
    ],
    after: [remove("validating")],
  },
  {
    title: "a dry run asks webhooks too, and tells them",
    hooks: { "/x": allow },
    steps: [
      ...installed(configure("validating", [hookFor("/x", { sideEffects: "NoneOnDryRun" })])),
      {
        send: create("a", {}, { dryRun: "All" }),
        expect: { status: 201 },
        asked: [
          {
            path: "/x",
            review: { request: { dryRun: true, options: { dryRun: ["All"] } } },
          },
        ],
      },
    ],
    after: [remove("validating")],
  },
  {
    title: "webhooks are asked where rules, selectors and conditions all hold",
    hooks: { "/x": answer({ allowed: false }) },
    steps: [
      ...installed(
        configure("validating", [
          hookFor("/x", {
            objectSelector: { matchExpressions: [{ key: "watched", operator: "Exists" }] },
            matchConditions: [
              { name: "not-spared", expression: "object.metadata.name != 'spared'" },
              { name: "by-create", expression: "request.operation == 'CREATE'" },
            ],
          }),
        ]),
      ),
      { send: create("plain"), expect: { status: 201 } },
      {
        send: create("spared", { metadata: { name: "spared", labels: { watched: "yes" } } }),
        expect: { status: 201 },
      },
      {
        send: create("seen", { metadata: { name: "seen", labels: { watched: "yes" } } }),
        expect: { status: 400 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/default/configmaps",
          query: { dryRun: "All" },
          body: { metadata: { name: "elsewhere", labels: { watched: "yes" } } },
        },
        expect: { status: 201 },
      },
    ],
    after: [remove("validating")],
  },
  {
    title: "a condition that can't be evaluated refuses, or skips the webhook where it may fail",
    hooks: { "/x": allow },
    steps: [
      ...installed(
        configure("validating", [
          hookFor("/x", {
            matchConditions: [{ name: "odd", expression: "object.data.missing == '1'" }],
          }),
        ]),
      ),
      {
        send: create("a"),
        expect: {
          status: 403,
          reason: "Forbidden",
          message:
            "configmaps \"a\" is forbidden: expression 'object.data.missing == '1'' resulted in error: no such key: data",
        },
        asked: [],
      },
      { send: remove("validating") },
      ...installed(
        configure("validating", [
          hookFor("/x", {
            failurePolicy: "Ignore",
            matchConditions: [{ name: "odd", expression: "object.data.missing == '1'" }],
          }),
        ]),
      ),
      { send: create("a"), expect: { status: 201 }, asked: [] },
    ],
    after: [remove("validating")],
  },
  {
    title: "a webhook for one version is asked about all versions of a kind, unless it says Exact",
    hooks: { "/x": allow },
    steps: [
      ...installed(
        configure("validating", [
          hookFor("/x", {
            name: "equivalent.seatrial.dev",
            rules: [
              {
                operations: ["CREATE"],
                apiGroups: ["autoscaling"],
                apiVersions: ["v2"],
                resources: ["horizontalpodautoscalers"],
              },
            ],
          }),
          hookFor("/exact", {
            name: "exact.seatrial.dev",
            matchPolicy: "Exact",
            rules: [
              {
                operations: ["CREATE"],
                apiGroups: ["autoscaling"],
                apiVersions: ["v2"],
                resources: ["horizontalpodautoscalers"],
              },
            ],
          }),
        ]),
      ),
      {
        send: {
          method: "POST",
          path: "/apis/autoscaling/v1/namespaces/${ns}/horizontalpodautoscalers",
          body: {
            metadata: { name: "a" },
            spec: {
              maxReplicas: 3,
              scaleTargetRef: { kind: "Deployment", name: "d", apiVersion: "apps/v1" },
              targetCPUUtilizationPercentage: 50,
            },
          },
        },
        expect: { status: 201 },
        asked: [
          {
            path: "/x",
            review: {
              request: {
                kind: { group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler" },
                resource: {
                  group: "autoscaling",
                  version: "v2",
                  resource: "horizontalpodautoscalers",
                },
                requestKind: {
                  group: "autoscaling",
                  version: "v1",
                  kind: "HorizontalPodAutoscaler",
                },
                requestResource: {
                  group: "autoscaling",
                  version: "v1",
                  resource: "horizontalpodautoscalers",
                },
                object: {
                  apiVersion: "autoscaling/v2",
                  spec: { metrics: [{ type: "Resource" }] },
                },
              },
            },
          },
        ],
      },
    ],
    after: [remove("validating")],
  },
  {
    title: "mutating webhooks run by name, and again if they wish and others came after them",
    hooks: {
      "/first": ({ uid, object }: Review) => {
        const { data = {} } = object as { readonly data?: object };
        const count = Object.keys(data).length;
        return patching({ op: "add", path: "/data", value: { ...data, [`first${count}`]: "" } })({
          uid,
        });
      },
      "/second": ({ uid, object }: Review) => {
        const { data = {} } = object as { readonly data?: object };
        return patching({ op: "add", path: "/data", value: { ...data, second: "" } })({ uid });
      },
    },
    steps: [
      ...installed(
        configure("mutating", [hookFor("/second", { name: "a.seatrial.dev" })], "b-${ns}"),
      ),
      ...installed(
        configure(
          "mutating",
          [hookFor("/first", { name: "z.seatrial.dev", reinvocationPolicy: "IfNeeded" })],
          "a-${ns}",
        ),
      ),
      {
        send: create("a"),
        expect: { status: 201, body: { data: { first0: "", second: "", first2: "" } } },
        asked: [
          { path: "/first", review: {} },
          { path: "/second", review: {} },
          { path: "/first", review: {} },
        ],
      },
    ],
    after: [remove("mutating", "a-${ns}"), remove("mutating", "b-${ns}")],
  },
  {
    title: "what a webhook makes of an object is validated like everything else",
    hooks: {
      "/x": patching({ op: "add", path: "/metadata/labels", value: { bad: "not a label" } }),
      "/name": patching({ op: "replace", path: "/metadata/name", value: "other" }),
      "/type": patching({ op: "add", path: "/data", value: { a: 1 } }),
      "/unknown": patching({ op: "add", path: "/surprise", value: 1 }),
    },
    steps: [
      ...installed(configure("mutating", [hookFor("/x")])),
      {
        send: create("a"),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ConfigMap \"a\" is invalid: metadata.labels: Invalid value: \"not a label\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        },
      },
      { send: remove("mutating") },
      ...installed(configure("mutating", [hookFor("/type")])),
      {
        send: create("a"),
        expect: {
          status: 500,
          message:
            "Internal error occurred: json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        },
      },
      { send: remove("mutating") },
      ...installed(configure("mutating", [hookFor("/unknown")])),
      { send: create("a"), expect: { status: 201, body: { surprise: absent } } },
      { send: remove("mutating") },
      ...installed(configure("mutating", [hookFor("/name")])),
      { send: create("b"), expect: { status: 201, body: { metadata: { name: "other" } } } },
    ],
    after: [remove("mutating")],
  },
  {
    title: "a configuration of webhooks is defaulted",
    steps: [
      {
        send: {
          ...configure("mutating", [
            {
              ...hookFor("/x"),
              namespaceSelector: undefined,
              clientConfig: { service: { namespace: "nowhere", name: "x" } },
              rules: [
                {
                  operations: ["CREATE"],
                  apiGroups: ["x.seatrial.dev"],
                  apiVersions: ["v1"],
                  resources: ["x"],
                },
              ],
            },
          ]),
        },
        expect: {
          status: 201,
          body: {
            metadata: { generation: 1 },
            webhooks: [
              {
                clientConfig: { service: { port: 443 } },
                rules: [{ scope: "*" }],
                failurePolicy: "Fail",
                matchPolicy: "Equivalent",
                namespaceSelector: {},
                objectSelector: {},
                timeoutSeconds: 10,
                reinvocationPolicy: "Never",
              },
            ],
          },
        },
      },
    ],
    after: [remove("mutating")],
  },
  {
    title: "a configuration of webhooks that could not work is refused",
    steps: [
      {
        send: configure("validating", [
          { name: "one", clientConfig: {}, sideEffects: "Some", admissionReviewVersions: [] },
        ]),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ValidatingWebhookConfiguration.admissionregistration.k8s.io "${ns}" is invalid: [webhooks[0].name: Invalid value: "one": should be a domain with at least three segments separated by dots, webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun", webhooks[0].clientConfig: Required value: exactly one of url or service is required, webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1]',
        },
      },
      {
        send: configure("validating", [
          hookFor("/x", {
            clientConfig: {
              url: "http://user@host/x?y#z",
              service: { name: "", namespace: "", path: "x", port: 70000 },
            },
            timeoutSeconds: 31,
            failurePolicy: "Never",
            matchPolicy: "Some",
            admissionReviewVersions: ["v9", "v9", ""],
            rules: [
              {
                operations: ["*", "CREATE"],
                apiGroups: ["*", "a"],
                apiVersions: [],
                resources: [],
              },
              {
                operations: ["READ"],
                apiGroups: [],
                apiVersions: ["v1", "*"],
                resources: ["*", "pods", "*/*", ""],
                scope: "World",
              },
            ],
            matchConditions: [
              { name: "", expression: "" },
              { name: "a b", expression: "true" },
              { name: "x", expression: "'text'" },
              { name: "x", expression: "true" },
            ],
          }),
          hookFor("/x"),
          hookFor("/x", {
            namespaceSelector: { matchExpressions: [{ key: "a", operator: "Like" }] },
          }),
        ]),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ValidatingWebhookConfiguration.admissionregistration.k8s.io "${ns}" is invalid: [webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations, webhooks[0].rules[0].apiGroups: Invalid value: ["*","a"]: if \'*\' is present, must not specify other API groups, webhooks[0].rules[0].apiVersions: Required value, webhooks[0].rules[0].resources: Required value, webhooks[0].rules[1].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE", webhooks[0].rules[1].apiGroups: Required value, webhooks[0].rules[1].apiVersions: Invalid value: ["v1","*"]: if \'*\' is present, must not specify other API versions, webhooks[0].rules[1].resources[3]: Required value, webhooks[0].rules[1].resources: Invalid value: ["*","pods","*/*",""]: if \'*/*\' is present, must not specify other resources, webhooks[0].rules[1].resources: Invalid value: ["*","pods","*/*",""]: if \'*\' is present, must not specify other resources without subresources, webhooks[0].rules[1].scope: Unsupported value: "World": supported values: "*", "Cluster", "Namespaced", webhooks[0].failurePolicy: Unsupported value: "Never": supported values: "Fail", "Ignore", webhooks[0].matchPolicy: Unsupported value: "Some": supported values: "Equivalent", "Exact", webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds, webhooks[0].clientConfig: Required value: exactly one of url or service is required, webhooks[0].matchConditions[0].expression: Required value, webhooks[0].matchConditions[0].name: Required value, webhooks[0].matchConditions[1].name: Invalid value: "a b": name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character (e.g. \'MyName\',  or \'my.name\',  or \'123-abc\', regex used for validation is \'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\'), webhooks[0].matchConditions[2].expression: Invalid value: "\'text\'": must evaluate to bool but got string, webhooks[0].matchConditions[3].name: Duplicate value: "x", webhooks[0].admissionReviewVersions[1]: Invalid value: "v9": duplicate version, webhooks[0].admissionReviewVersions[2]: Invalid value: "": a DNS-1035 label must consist of lower case alphanumeric characters or \'-\', start with an alphabetic character, and end with an alphanumeric character (e.g. \'my-name\',  or \'abc-123\', regex used for validation is \'[a-z]([-a-z0-9]*[a-z0-9])?\'), webhooks[0].admissionReviewVersions: Invalid value: ["v9","v9",""]: must include at least one of v1, v1beta1, webhooks[1].name: Duplicate value: "one.seatrial.dev", webhooks[2].namespaceSelector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator, webhooks[2].name: Duplicate value: "one.seatrial.dev"]',
        },
      },
      {
        send: configure("validating", [
          hookFor("/x", { clientConfig: { url: "http://user@host/x?y#z" } }),
          hookFor("/x", { name: "b.seatrial.dev", clientConfig: { url: "host" } }),
          hookFor("/x", { name: "c.seatrial.dev", clientConfig: { url: "https:///x" } }),
          hookFor("/x", {
            name: "d.seatrial.dev",
            clientConfig: { service: { name: "", namespace: "", path: "x//y_z/", port: 70_000 } },
          }),
          hookFor("/x", {
            name: "e.seatrial.dev",
            sideEffects: undefined,
            objectSelector: {
              matchLabels: { "a b": "c d" },
              matchExpressions: [
                { key: "a", operator: "In" },
                { key: "", operator: "Exists", values: ["x y"] },
              ],
            },
            rules: [
              {
                operations: [],
                apiGroups: [""],
                apiVersions: [""],
                resources: ["pods/*", "pods/status", "*/scale", "nodes/scale"],
              },
            ],
          }),
        ]),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ValidatingWebhookConfiguration.admissionregistration.k8s.io \"${ns}\" is invalid: [webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path], webhooks[0].clientConfig.url: Invalid value: \"user\": user information is not permitted in the URL, webhooks[0].clientConfig.url: Invalid value: \"z\": fragments are not permitted in the URL, webhooks[0].clientConfig.url: Invalid value: \"y\": query parameters are not permitted in the URL, webhooks[1].clientConfig.url: Invalid value: \"\": 'https' is the only allowed URL scheme; desired format: https://host[/path], webhooks[1].clientConfig.url: Invalid value: \"\": host must be specified; desired format: https://host[/path], webhooks[2].clientConfig.url: Invalid value: \"\": host must be specified; desired format: https://host[/path], webhooks[3].clientConfig.service.name: Required value, webhooks[3].clientConfig.service.namespace: Required value, webhooks[3].clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive, webhooks[3].clientConfig.service.path: Invalid value: \"x//y_z/\": must start with a '/', webhooks[3].clientConfig.service.path: Invalid value: \"x//y_z/\": segment[0] may not be empty, webhooks[3].clientConfig.service.path: Invalid value: \"x//y_z/\": segment[1] may not be empty, webhooks[3].clientConfig.service.path: Invalid value: \"x//y_z/\": segment[2]: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), webhooks[4].rules[0].operations: Required value, webhooks[4].rules[0].apiVersions[0]: Required value, webhooks[4].rules[0].resources[1]: Invalid value: \"pods/status\": if 'pods/*' is present, must not specify pods/status, webhooks[4].rules[0].resources[3]: Invalid value: \"nodes/scale\": if '*/scale' is present, must not specify nodes/scale, webhooks[4].sideEffects: Required value: must specify one of None, NoneOnDryRun, webhooks[4].objectSelector.matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), webhooks[4].objectSelector.matchLabels: Invalid value: \"c d\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'), webhooks[4].objectSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn', webhooks[4].objectSelector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist', webhooks[4].objectSelector.matchExpressions[1].key: Invalid value: \"\": name part must be non-empty, webhooks[4].objectSelector.matchExpressions[1].key: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), webhooks[4].objectSelector.matchExpressions[1].values[0]: Invalid value: \"x y\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]",
        },
      },
      {
        send: configure("validating", [
          hookFor("/x", { matchConditions: [{ name: "syntax", expression: "1 +" }] }),
        ]),
        expect: {
          status: 422,
          message:
            /^ValidatingWebhookConfiguration\.admissionregistration\.k8s\.io ".*" is invalid: webhooks\[0\]\.matchConditions\[0\]\.expression: Invalid value: "1 \+": compilation failed: .*Syntax error: /,
        },
      },
      {
        send: configure("mutating", [hookFor("/x", { reinvocationPolicy: "Always" })]),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'MutatingWebhookConfiguration.admissionregistration.k8s.io "${ns}" is invalid: webhooks[0].reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"',
        },
      },
    ],
    after: [remove("validating"), remove("mutating")],
  },
];

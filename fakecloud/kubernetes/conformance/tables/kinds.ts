import { absent, type ConformanceCase, mergePatch } from "../case.ts";

const widgets = "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const widget = (spec: unknown) => ({
  method: "POST" as const,
  path: widgets,
  body: {
    apiVersion: "conformance.seatrial.dev/v1",
    kind: "Widget",
    metadata: { name: "a" },
    spec,
  },
});
const refused = (spec: unknown, message: string | RegExp) => ({
  send: widget(spec),
  expect: { status: 422, reason: "Invalid", message },
});
const invalid = 'Widget.conformance.seatrial.dev "a" is invalid: ';
const secrets = "/api/v1/namespaces/${ns}/secrets";

/** Definitions, schemas, built-in kinds, discovery and reviews: §6, §8, §9, §10 of the behaviour reference. */
export const kindCases: readonly ConformanceCase[] = [
  {
    title: "a schema defaults what is missing and prunes what it does not know",
    needs: ["widgets"],
    steps: [
      {
        send: {
          ...widget({ free: { any: { thing: 1 } }, unknown: 1 }),
          query: { fieldValidation: "Ignore" },
        },
        expect: {
          status: 201,
          body: { spec: { replicas: 1, free: { any: { thing: 1 } }, unknown: absent } },
        },
      },
    ],
  },
  {
    title: "each keyword of a schema refuses in its own words",
    needs: ["widgets"],
    steps: [
      refused(
        { replicas: 11 },
        `${invalid}spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10`,
      ),
      refused(
        { replicas: "two" },
        `${invalid}[spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string", .spec.replicas: Invalid value: 0: .spec.replicas accessor error: two is of the type string, expected int64]`,
      ),
      refused(
        { color: "blue" },
        `${invalid}spec.color: Unsupported value: "blue": supported values: "red", "green"`,
      ),
      refused(
        { name: "a" },
        `${invalid}spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long`,
      ),
      refused({ name: "abcdef" }, `${invalid}spec.name: Too long: may not be more than 5 bytes`),
      refused(
        { name: "ABC" },
        `${invalid}spec.name: Invalid value: "ABC": spec.name in body should match '^[a-z]+$'`,
      ),
      refused({ parts: [{ size: 1 }] }, `${invalid}spec.parts[0].name: Required value`),
      refused({ tags: ["x", "x"] }, `${invalid}spec.tags[1]: Duplicate value: "x"`),
      refused(
        { parts: [{ name: "a" }, { name: "a" }] },
        `${invalid}spec.parts[1]: Duplicate value: {"name":"a"}`,
      ),
      refused(
        { parts: [{ name: "a" }, { name: "b" }, { name: "c" }, { name: "d" }] },
        `${invalid}spec.parts: Too many: 4: must have at most 3 items`,
      ),
    ],
  },
  {
    title: "a definition is refused when its name, versions or group do not fit",
    steps: [
      {
        send: {
          method: "POST",
          path: definitions,
          body: {
            metadata: { name: "wrong" },
            spec: {
              group: "bad.seatrial.dev",
              scope: "Namespaced",
              names: { plural: "bads", kind: "Bad" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "wrong" is invalid: metadata.name: Invalid value: "wrong": must be spec.names.plural+"."+spec.group',
        },
      },
      {
        send: {
          method: "POST",
          path: definitions,
          body: {
            metadata: { name: "bads.seatrial.k8s.io" },
            spec: {
              group: "seatrial.k8s.io",
              scope: "Namespaced",
              names: { plural: "bads", kind: "Bad" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "bads.seatrial.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
        },
      },
    ],
  },
  {
    title: "a definition says that it serves",
    needs: ["widgets"],
    steps: [
      {
        send: { method: "GET", path: `${definitions}/widgets.conformance.seatrial.dev` },
        expect: {
          status: 200,
          body: {
            spec: {
              names: { singular: "widget", listKind: "WidgetList" },
              conversion: { strategy: "None" },
            },
            status: {
              acceptedNames: { plural: "widgets", kind: "Widget", singular: "widget" },
              storedVersions: ["v1"],
              conditions: [
                {
                  type: "NamesAccepted",
                  status: "True",
                  reason: "NoConflicts",
                  message: "no conflicts found",
                },
                {
                  type: "Established",
                  status: "True",
                  reason: "InitialNamesAccepted",
                  message: "the initial names have been accepted",
                },
              ],
            },
          },
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${definitions}/widgets.conformance.seatrial.dev`,
          type: mergePatch,
          body: { spec: { scope: "Cluster" } },
        },
        expect: {
          status: 422,
          message: /spec\.scope: Invalid value: "Cluster": field is immutable$/,
        },
      },
    ],
  },
  {
    title: "what is not served is not found: as a Status inside built-in groups, as text elsewhere",
    steps: [
      {
        send: { method: "GET", path: "/api/v1/namespaces/${ns}/bogus" },
        expect: {
          status: 404,
          reason: "NotFound",
          message: "the server could not find the requested resource",
        },
      },
      {
        send: { method: "GET", path: "/apis/bogus.seatrial.dev/v1/bogus" },
        expect: { status: 404, body: "404 page not found\n" },
      },
      {
        send: { method: "PUT", path: "/api/v1/namespaces/${ns}/configmaps" },
        expect: {
          status: 405,
          reason: "MethodNotAllowed",
          message: "the server does not allow this method on the requested resource",
        },
      },
    ],
  },
  {
    title: "plain text in a Secret is stored encoded and not read back",
    steps: [
      {
        send: {
          method: "POST",
          path: secrets,
          body: { metadata: { name: "a" }, data: { b: "Yg==" }, stringData: { a: "hello" } },
        },
        expect: {
          status: 201,
          body: { type: "Opaque", data: { a: "aGVsbG8=", b: "Yg==" }, stringData: absent },
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${secrets}/a`,
          type: mergePatch,
          body: { type: "kubernetes.io/tls" },
        },
        expect: {
          status: 422,
          message: /type: Invalid value: "kubernetes\.io\/tls": field is immutable/,
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${secrets}/a`,
          type: mergePatch,
          body: { immutable: true },
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${secrets}/a`,
          type: mergePatch,
          body: { data: { c: "Yw==" } },
        },
        expect: {
          status: 422,
          message:
            'Secret "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
        },
      },
    ],
  },
  {
    title: "a Deployment is defaulted, and its selector never changes",
    steps: [
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "d" },
            spec: {
              selector: { matchLabels: { app: "d" } },
              template: {
                metadata: { labels: { app: "d" } },
                spec: { containers: [{ name: "c", image: "registry.example/image" }] },
              },
            },
          },
        },
        expect: {
          status: 201,
          body: {
            metadata: { generation: 1 },
            spec: {
              replicas: 1,
              revisionHistoryLimit: 10,
              progressDeadlineSeconds: 600,
              strategy: {
                type: "RollingUpdate",
                rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" },
              },
              template: {
                spec: {
                  restartPolicy: "Always",
                  dnsPolicy: "ClusterFirst",
                  terminationGracePeriodSeconds: 30,
                  containers: [{ imagePullPolicy: "Always" }],
                },
              },
            },
          },
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: mergePatch,
          body: { spec: { selector: { matchLabels: { app: "x" } } } },
        },
        expect: { status: 422, message: /field is immutable/ },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d/scale",
          type: mergePatch,
          body: { spec: { replicas: 4 } },
        },
        expect: {
          status: 200,
          body: { spec: { replicas: 4 }, status: { selector: "app=d" } },
        },
      },
    ],
  },
  {
    title: "a Role without verbs is refused, and a binding keeps its role",
    steps: [
      {
        send: {
          method: "POST",
          path: "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles",
          body: {
            metadata: { name: "r" },
            rules: [{ apiGroups: [""], resources: ["pods"], verbs: [] }],
          },
        },
        expect: {
          status: 422,
          message: /rules\[0\]\.verbs: Required value: verbs must contain at least one value/,
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings",
          body: { metadata: { name: "b" }, roleRef: { kind: "Role", name: "r" } },
        },
        expect: {
          status: 201,
          body: { roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" } },
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings/b",
          type: mergePatch,
          body: { roleRef: { name: "other" } },
        },
        expect: { status: 422, message: /cannot change roleRef/ },
      },
    ],
  },
  {
    title: "the administrator may do everything, and is told so",
    steps: [
      {
        send: {
          method: "POST",
          path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          body: {
            spec: { resourceAttributes: { namespace: "${ns}", verb: "delete", resource: "pods" } },
          },
        },
        expect: { status: 201, body: { status: { allowed: true } } },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          body: { spec: {} },
        },
        expect: {
          status: 422,
          message: /exactly one of nonResourceAttributes or resourceAttributes must be specified/,
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
          body: {},
        },
        expect: { status: 201, body: { status: { userInfo: { username: /./ } } } },
      },
    ],
  },
  {
    title: "a token stands for its service account until the account is gone",
    steps: [
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/serviceaccounts",
          body: { metadata: { name: "robot" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/serviceaccounts/robot/token",
          body: { spec: { expirationSeconds: 60 } },
        },
        expect: { status: 422, message: /may not specify a duration less than 10 minutes/ },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/serviceaccounts/robot/token",
          body: { spec: {} },
        },
        expect: {
          status: 201,
          body: {
            kind: "TokenRequest",
            spec: { expirationSeconds: 3600 },
            status: { token: /^[\w-]+\.[\w-]+\.[\w-]+$/, expirationTimestamp: /Z$/ },
          },
        },
        save: { token: "status.token" },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authentication.k8s.io/v1/tokenreviews",
          body: { spec: { token: "${token}" } },
        },
        expect: {
          status: 201,
          body: {
            status: {
              authenticated: true,
              user: { username: "system:serviceaccount:${ns}:robot" },
            },
          },
        },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/${ns}/serviceaccounts/robot" },
        expect: { status: 200 },
      },
      { waitMs: 15_000 },
      {
        send: {
          method: "POST",
          path: "/apis/authentication.k8s.io/v1/tokenreviews",
          body: { spec: { token: "${token}" } },
        },
        expect: { status: 201, body: { status: { authenticated: absent } } },
      },
    ],
  },
  {
    title: "discovery tells of groups, kinds and verbs in both dialects",
    needs: ["widgets"],
    steps: [
      {
        send: { method: "GET", path: "/apis/conformance.seatrial.dev/v1" },
        expect: {
          status: 200,
          body: {
            kind: "APIResourceList",
            groupVersion: "conformance.seatrial.dev/v1",
            resources: [
              {
                name: "widgets",
                singularName: "widget",
                namespaced: true,
                kind: "Widget",
                shortNames: ["wd"],
                categories: ["all"],
              },
              { name: "widgets/status", kind: "Widget", verbs: ["get", "patch", "update"] },
              { name: "widgets/scale", kind: "Scale", group: "autoscaling", version: "v1" },
            ],
          },
        },
      },
      {
        send: { method: "GET", path: "/apis/conformance.seatrial.dev" },
        expect: {
          status: 200,
          body: {
            kind: "APIGroup",
            preferredVersion: { groupVersion: "conformance.seatrial.dev/v1", version: "v1" },
          },
        },
      },
      {
        send: {
          method: "GET",
          path: "/api",
          accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        },
        expect: {
          status: 200,
          headers: {
            "content-type": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
          },
          body: { kind: "APIGroupDiscoveryList", items: [{ versions: [{ version: "v1" }] }] },
        },
      },
      {
        send: { method: "GET", path: "/api" },
        expect: { status: 200, body: { kind: "APIVersions", versions: ["v1"] } },
      },
      { send: { method: "GET", path: "/apis/bogus.seatrial.dev" }, expect: { status: 404 } },
      {
        send: { method: "GET", path: "/version" },
        expect: { status: 200, body: { major: "1", gitVersion: /^v\d+\./ } },
      },
      { send: { method: "GET", path: "/readyz" }, expect: { status: 200, body: "ok" } },
    ],
  },
];

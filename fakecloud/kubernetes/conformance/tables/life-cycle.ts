import { absent, type ConformanceCase, mergePatch } from "../case.ts";

const maps = "/api/v1/namespaces/${ns}/configmaps";
const pods = "/api/v1/namespaces/${ns}/pods";
const widgets = "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets";
const apiVersion = "conformance.seatrial.dev/v1";
const createWidget = (name: string, spec: unknown = {}, metadata: object = {}) => ({
  method: "POST" as const,
  path: widgets,
  body: { apiVersion, kind: "Widget", metadata: { name, ...metadata }, spec },
});
const patch = (path: string, body: unknown) => ({
  method: "PATCH" as const,
  path,
  type: mergePatch,
  body,
});
const pod = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  method: "POST" as const,
  path: pods,
  body: {
    metadata: { name, labels },
    spec: { containers: [{ name: "c", image: "registry.example/image:1" }] },
  },
});

/** Deletion, ownership, status, scale, eviction, namespaces: §3 and §4 of the behaviour reference. */
export const lifeCycleCases: readonly ConformanceCase[] = [
  {
    title: "a deleted object is gone, and the answer says what it was",
    needs: ["widgets"],
    steps: [
      { send: createWidget("a"), save: { uid: "metadata.uid" } },
      {
        send: { method: "DELETE", path: `${widgets}/a` },
        expect: {
          status: 200,
          body: {
            kind: "Status",
            status: "Success",
            code: absent,
            details: {
              name: "a",
              group: "conformance.seatrial.dev",
              kind: "widgets",
              uid: "${uid}",
            },
          },
        },
      },
      {
        send: { method: "GET", path: `${widgets}/a` },
        expect: {
          status: 404,
          reason: "NotFound",
          message: 'widgets.conformance.seatrial.dev "a" not found',
        },
      },
      { send: { method: "DELETE", path: `${widgets}/a` }, expect: { status: 404 } },
    ],
  },
  {
    title: "a finalizer holds an object, can't be joined by another, and lets it go when removed",
    needs: ["widgets"],
    steps: [
      { send: createWidget("a", {}, { finalizers: ["seatrial.dev/hold"] }) },
      {
        send: { method: "DELETE", path: `${widgets}/a` },
        expect: {
          status: 200,
          body: {
            kind: "Widget",
            metadata: {
              deletionTimestamp: /Z$/,
              deletionGracePeriodSeconds: 0,
              generation: 2,
              finalizers: ["seatrial.dev/hold"],
            },
          },
        },
        save: { version: "metadata.resourceVersion" },
      },
      {
        send: { method: "DELETE", path: `${widgets}/a` },
        expect: { status: 200, body: { metadata: { resourceVersion: "${version}" } } },
      },
      {
        send: createWidget("a"),
        expect: {
          status: 409,
          reason: "AlreadyExists",
          message: 'object is being deleted: widgets.conformance.seatrial.dev "a" already exists',
        },
      },
      {
        send: patch(`${widgets}/a`, {
          metadata: { finalizers: ["seatrial.dev/hold", "seatrial.dev/more"] },
        }),
        expect: {
          status: 422,
          message:
            /no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"seatrial\.dev\/more"\}$/,
        },
      },
      {
        send: patch(`${widgets}/a`, { metadata: { finalizers: null } }),
        expect: { status: 200, body: { metadata: { finalizers: absent } } },
      },
      { send: { method: "GET", path: `${widgets}/a` }, expect: { status: 404 } },
    ],
  },
  {
    title: "preconditions of a delete are checked",
    needs: ["widgets"],
    steps: [
      { send: createWidget("a") },
      {
        send: {
          method: "DELETE",
          path: `${widgets}/a`,
          body: { preconditions: { uid: "other" } },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            /^Operation cannot be fulfilled on Widget\.conformance\.seatrial\.dev "a": the UID in the precondition \(other\) does not match the UID in record \([0-9a-f-]+\)\. The object might have been deleted and then recreated$/,
        },
      },
      {
        send: {
          method: "DELETE",
          path: `${widgets}/a`,
          body: { preconditions: { resourceVersion: "1" } },
        },
        expect: {
          status: 409,
          message: /the ResourceVersion in the precondition \(1\) does not match/,
        },
      },
      {
        send: {
          method: "DELETE",
          path: `${widgets}/a`,
          body: { propagationPolicy: "Sideways" },
        },
        expect: {
          status: 422,
          message:
            /propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"$/,
        },
      },
    ],
  },
  {
    title: "a collection is deleted by selector and answers with what was found",
    needs: ["widgets"],
    steps: [
      { send: createWidget("a", {}, { labels: { go: "yes" } }) },
      { send: createWidget("b") },
      {
        send: { method: "DELETE", path: widgets, query: { labelSelector: "go=yes" } },
        expect: {
          status: 200,
          body: { kind: "WidgetList", items: [{ metadata: { name: "a" } }] },
        },
      },
      {
        send: { method: "GET", path: widgets },
        expect: { status: 200, body: { items: [{ metadata: { name: "b" } }] } },
      },
    ],
  },
  {
    title: "dependents of a deleted owner are collected",
    steps: [
      {
        send: { method: "POST", path: maps, body: { metadata: { name: "owner" } } },
        save: { uid: "metadata.uid" },
      },
      {
        send: {
          method: "POST",
          path: maps,
          body: {
            metadata: {
              name: "child",
              ownerReferences: [
                { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: "${uid}" },
              ],
            },
          },
        },
      },
      { send: { method: "DELETE", path: `${maps}/owner` }, expect: { status: 200 } },
      { waitMs: 3000 },
      { send: { method: "GET", path: `${maps}/child` }, expect: { status: 404 } },
    ],
  },
  {
    title: "an owner deleted in the foreground waits for what blocks it",
    steps: [
      {
        send: { method: "POST", path: maps, body: { metadata: { name: "owner" } } },
        save: { uid: "metadata.uid" },
      },
      {
        send: {
          method: "POST",
          path: maps,
          body: {
            metadata: {
              name: "child",
              finalizers: ["seatrial.dev/hold"],
              ownerReferences: [
                {
                  apiVersion: "v1",
                  kind: "ConfigMap",
                  name: "owner",
                  uid: "${uid}",
                  blockOwnerDeletion: true,
                },
              ],
            },
          },
        },
      },
      {
        send: {
          method: "DELETE",
          path: `${maps}/owner`,
          body: { propagationPolicy: "Foreground" },
        },
        expect: { status: 200, body: { metadata: { finalizers: ["foregroundDeletion"] } } },
      },
      { waitMs: 3000 },
      { send: { method: "GET", path: `${maps}/owner` }, expect: { status: 200 } },
      {
        send: { method: "GET", path: `${maps}/child` },
        expect: { status: 200, body: { metadata: { deletionTimestamp: /Z$/ } } },
      },
      { send: patch(`${maps}/child`, { metadata: { finalizers: null } }) },
      { waitMs: 3000 },
      { send: { method: "GET", path: `${maps}/owner` }, expect: { status: 404 } },
    ],
  },
  {
    title: "spec and status are written by different doors",
    needs: ["widgets"],
    steps: [
      {
        send: {
          ...createWidget("a", { color: "red" }),
          body: {
            apiVersion,
            kind: "Widget",
            metadata: { name: "a" },
            spec: { color: "red" },
            status: { phase: "x" },
          },
        },
        expect: { status: 201, body: { status: absent, metadata: { generation: 1 } } },
      },
      {
        send: patch(`${widgets}/a/status`, {
          metadata: { labels: { a: "b" } },
          spec: { color: "green" },
          status: { phase: "y" },
        }),
        expect: {
          status: 200,
          body: {
            metadata: { generation: 1, labels: absent },
            spec: { color: "red" },
            status: { phase: "y" },
          },
        },
      },
      {
        send: patch(`${widgets}/a`, { spec: { color: "green" }, status: { phase: "z" } }),
        expect: {
          status: 200,
          body: {
            metadata: { generation: 2 },
            spec: { color: "green" },
            status: { phase: "y" },
          },
        },
      },
    ],
  },
  {
    title: "the scale of an object is read and written as a Scale",
    needs: ["widgets"],
    steps: [
      { send: createWidget("a", { replicas: 2 }) },
      {
        send: patch(`${widgets}/a/status`, { status: { replicas: 1, selector: "app=a" } }),
      },
      {
        send: { method: "GET", path: `${widgets}/a/scale` },
        expect: {
          status: 200,
          body: {
            kind: "Scale",
            apiVersion: "autoscaling/v1",
            metadata: { name: "a", uid: /./, resourceVersion: /./ },
            spec: { replicas: 2 },
            status: { replicas: 1, selector: "app=a" },
          },
        },
      },
      {
        send: patch(`${widgets}/a/scale`, { spec: { replicas: 5 } }),
        expect: { status: 200, body: { kind: "Scale", spec: { replicas: 5 } } },
      },
      {
        send: { method: "GET", path: `${widgets}/a` },
        expect: { status: 200, body: { spec: { replicas: 5 }, metadata: { generation: 2 } } },
      },
      {
        send: patch(`${widgets}/a/scale`, { spec: { replicas: -1 } }),
        expect: { status: 422, reason: "Invalid" },
      },
    ],
  },
  {
    title: "a pod that is on no node needs no grace",
    steps: [
      { send: pod("a"), expect: { status: 201, body: { status: { phase: "Pending" } } } },
      {
        send: { method: "DELETE", path: `${pods}/a` },
        expect: { status: 200, body: { kind: "Pod", metadata: { name: "a" } } },
      },
      { send: { method: "GET", path: `${pods}/a` }, expect: { status: 404 } },
    ],
  },
  {
    title: "a pod is bound once, and then deleted gracefully",
    steps: [
      { send: pod("a") },
      {
        send: {
          method: "POST",
          path: `${pods}/a/binding`,
          body: {
            apiVersion: "v1",
            kind: "Binding",
            metadata: { name: "a" },
            target: { kind: "Node", name: "no-such-node" },
          },
        },
        expect: { status: 201, body: { kind: "Status", status: "Success" } },
      },
      {
        send: {
          method: "POST",
          path: `${pods}/a/binding`,
          body: {
            apiVersion: "v1",
            kind: "Binding",
            metadata: { name: "a" },
            target: { kind: "Node", name: "another" },
          },
        },
        expect: {
          status: 409,
          message:
            'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "no-such-node"',
        },
      },
      {
        send: { method: "DELETE", path: `${pods}/a` },
        expect: {
          status: 200,
          body: {
            spec: { nodeName: "no-such-node" },
            metadata: { deletionGracePeriodSeconds: 30, deletionTimestamp: /Z$/ },
          },
        },
      },
      {
        send: { method: "DELETE", path: `${pods}/a`, body: { gracePeriodSeconds: 0 } },
        expect: { status: 200 },
      },
      { send: { method: "GET", path: `${pods}/a` }, expect: { status: 404 } },
    ],
  },
  {
    title: "a budget that allows no disruption stops an eviction",
    steps: [
      { send: pod("a", { app: "guarded" }) },
      {
        send: {
          method: "POST",
          path: "/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets",
          body: {
            metadata: { name: "guard" },
            spec: { minAvailable: 1, selector: { matchLabels: { app: "guarded" } } },
          },
        },
        expect: { status: 201 },
      },
      { send: patch(`${pods}/a/status`, { status: { phase: "Running" } }) },
      {
        send: {
          method: "POST",
          path: `${pods}/a/eviction`,
          body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "a" } },
        },
        expect: {
          status: 429,
          reason: "TooManyRequests",
          message: "Cannot evict pod as it would violate the pod's disruption budget.",
          body: { details: { causes: [{ reason: "DisruptionBudget" }] } },
        },
      },
      {
        send: {
          method: "POST",
          path: `${pods}/a/eviction`,
          body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "b" } },
        },
        expect: { status: 400, message: "name in URL does not match name in Eviction object" },
      },
    ],
  },
  {
    title: "a namespace is Terminating, takes nothing new, and goes when it is empty",
    steps: [
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces",
          body: { metadata: { name: "${ns}-doomed" } },
        },
        expect: {
          status: 201,
          body: {
            metadata: { labels: { "kubernetes.io/metadata.name": "${ns}-doomed" } },
            spec: { finalizers: ["kubernetes"] },
            status: { phase: "Active" },
          },
        },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/${ns}-doomed" },
        expect: {
          status: 200,
          body: {
            kind: "Namespace",
            metadata: { deletionTimestamp: /Z$/, deletionGracePeriodSeconds: absent },
            status: { phase: "Terminating" },
          },
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}-doomed/configmaps",
          body: { metadata: { name: "late" } },
        },
        expect: {
          status: 403,
          reason: "Forbidden",
          message:
            'configmaps "late" is forbidden: unable to create new content in namespace ${ns}-doomed because it is being terminated',
          body: {
            details: {
              causes: [
                {
                  reason: "NamespaceTerminating",
                  message: "namespace ${ns}-doomed is being terminated",
                  field: "metadata.namespace",
                },
              ],
            },
          },
        },
      },
      { waitMs: 15_000 },
      {
        send: { method: "GET", path: "/api/v1/namespaces/${ns}-doomed" },
        expect: { status: 404 },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/default" },
        expect: {
          status: 403,
          message: 'namespaces "default" is forbidden: this namespace may not be deleted',
        },
      },
    ],
  },
];

import { absent, type ConformanceCase, mergePatch, type Request, type Step } from "../case.ts";

const configMaps = "/api/v1/namespaces/${ns}/configmaps";

const owner: Step = {
  send: { method: "POST", path: configMaps, body: { metadata: { name: "owner" } } },
  expect: { status: 201 },
  save: { owner: "metadata.uid" },
};
const reference = {
  apiVersion: "v1",
  kind: "ConfigMap",
  name: "owner",
  uid: "${owner}",
  blockOwnerDeletion: true,
};
const dependent = (name: string, references: readonly object[] = [reference]): Step => ({
  send: {
    method: "POST",
    path: configMaps,
    body: { metadata: { name, ownerReferences: references } },
  },
  expect: { status: 201 },
  save: { uid: "metadata.uid" },
});
const remove = (options: object, query = {}): Request => ({
  method: "DELETE",
  path: `${configMaps}/owner`,
  query,
  ...(Object.keys(options).length === 0 ? {} : { body: options }),
});
const get = (name: string): Request => ({ method: "GET", path: `${configMaps}/${name}` });
const patch = (name: string, body: object): Request => ({
  method: "PATCH",
  path: `${configMaps}/${name}`,
  type: mergePatch,
  body,
});

/** A finalizer of somebody else keeps the object where it can be looked at, whoever acts on the rest. */
const kept: Step = {
  send: patch("owner", { metadata: { finalizers: ["seatrial.dev/keep"] } }),
  expect: { status: 200 },
};
const letGo: Step = { send: patch("owner", { metadata: { finalizers: null } }) };

const heldWith = (...finalizers: readonly string[]) => ({
  metadata: {
    finalizers,
    deletionTimestamp: /Z$/,
    deletionGracePeriodSeconds: 0,
  },
});

export const orphanCases: readonly ConformanceCase[] = [
  {
    title: "an orphaning delete answers with the object, which waits for the collector",
    steps: [
      owner,
      kept,
      {
        send: remove({ propagationPolicy: "Orphan" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "orphan") },
      },
      letGo,
    ],
  },
  {
    title: "the collector takes the owner's reference from dependents, and lets the owner go",
    steps: [
      owner,
      dependent("child"),
      dependent("shared", [
        reference,
        { apiVersion: "v1", kind: "ConfigMap", name: "child", uid: "${uid}" },
      ]),
      { send: remove({ propagationPolicy: "Orphan" }), expect: { status: 200 } },
      { waitMs: 4000 },
      { send: get("owner"), expect: { status: 404, reason: "NotFound" } },
      {
        send: get("child"),
        expect: {
          status: 200,
          body: { metadata: { ownerReferences: absent, deletionTimestamp: absent } },
        },
      },
      {
        send: get("shared"),
        expect: { status: 200, body: { metadata: { ownerReferences: [{ name: "child" }] } } },
      },
    ],
  },
  {
    title: "orphanDependents is the old way to say it, in the body and in the query",
    steps: [
      owner,
      kept,
      {
        send: remove({ orphanDependents: true }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "orphan") },
      },
      letGo,
      { waitMs: 4000 },
      owner,
      kept,
      {
        send: remove({}, { orphanDependents: "true" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "orphan") },
      },
      letGo,
      { waitMs: 4000 },
      owner,
      kept,
      // With false the dependents are collected in the background, and the answer is 202 where the object is held.
      {
        send: remove({ orphanDependents: false }),
        expect: { status: 202, body: heldWith("seatrial.dev/keep") },
      },
      letGo,
    ],
  },
  {
    title: "the policy may be in the query, and the body counts if there is one",
    steps: [
      owner,
      kept,
      {
        send: remove({}, { propagationPolicy: "Orphan" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "orphan") },
      },
      letGo,
      { waitMs: 4000 },
      owner,
      kept,
      {
        send: remove({ propagationPolicy: "Background" }, { propagationPolicy: "Orphan" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep") },
      },
      letGo,
    ],
  },
  {
    title: "two ways to say it are one too many, and a policy must be one of three",
    steps: [
      owner,
      {
        send: remove({ propagationPolicy: "Orphan", orphanDependents: true }),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
        },
      },
      {
        send: remove({ propagationPolicy: "Cascade" }),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Cascade": supported values: "Foreground", "Background", "Orphan", "nil"',
        },
      },
      {
        send: remove({}, { orphanDependents: "true", propagationPolicy: "Orphan" }),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
        },
      },
      { send: get("owner"), expect: { status: 200 } },
    ],
  },
  {
    title: "a later delete may change the policy",
    steps: [
      owner,
      kept,
      {
        send: remove({ propagationPolicy: "Foreground" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "foregroundDeletion") },
      },
      {
        send: patch("owner", {
          metadata: { finalizers: ["seatrial.dev/keep", "foregroundDeletion"] },
        }),
      },
      {
        send: remove({ propagationPolicy: "Orphan" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "orphan") },
      },
      letGo,
    ],
  },
  {
    title: "a finalizer that a client has set itself decides where a delete does not say",
    steps: [
      {
        send: {
          method: "POST",
          path: configMaps,
          body: {
            metadata: { name: "owner", finalizers: ["orphan", "seatrial.dev/keep"] },
          },
        },
        expect: {
          status: 201,
          body: { metadata: { finalizers: ["orphan", "seatrial.dev/keep"] } },
        },
        save: { owner: "metadata.uid" },
      },
      dependent("child"),
      {
        send: remove({}),
        expect: { status: 200, body: { metadata: { deletionTimestamp: /Z$/ } } },
      },
      { waitMs: 4000 },
      {
        send: get("owner"),
        expect: { status: 200, body: { metadata: { finalizers: ["seatrial.dev/keep"] } } },
      },
      {
        send: get("child"),
        expect: { status: 200, body: { metadata: { ownerReferences: absent } } },
      },
      letGo,
    ],
  },
  {
    title: "a background delete takes back an orphan finalizer that is there",
    steps: [
      {
        send: {
          method: "POST",
          path: configMaps,
          body: {
            metadata: { name: "owner", finalizers: ["orphan", "seatrial.dev/keep"] },
          },
        },
        expect: { status: 201 },
      },
      {
        send: remove({ propagationPolicy: "Background" }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep") },
      },
      letGo,
    ],
  },
  {
    title: "a dry run of an orphaning delete shows what would be, and leaves the object alone",
    steps: [
      owner,
      kept,
      {
        send: remove({ propagationPolicy: "Orphan", dryRun: ["All"] }),
        expect: { status: 200, body: heldWith("seatrial.dev/keep", "orphan") },
      },
      {
        send: get("owner"),
        expect: {
          status: 200,
          body: { metadata: { deletionTimestamp: absent, finalizers: ["seatrial.dev/keep"] } },
        },
      },
      letGo,
    ],
  },
  {
    title: "a Deployment is orphaned with its status and generation told, and its ReplicaSets stay",
    steps: [
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
        expect: { status: 201 },
        save: { d: "metadata.uid" },
      },
      {
        send: {
          method: "POST",
          path: configMaps,
          body: {
            metadata: {
              name: "child",
              ownerReferences: [
                { apiVersion: "apps/v1", kind: "Deployment", name: "d", uid: "${d}" },
              ],
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          body: { propagationPolicy: "Orphan" },
        },
        expect: {
          status: 200,
          body: { kind: "Deployment", metadata: { generation: 2, finalizers: ["orphan"] } },
        },
      },
      { waitMs: 4000 },
      {
        send: get("child"),
        expect: { status: 200, body: { metadata: { ownerReferences: absent } } },
      },
    ],
  },
  {
    title: "a whole collection can be orphaned",
    steps: [
      owner,
      dependent("child"),
      {
        send: {
          method: "DELETE",
          path: configMaps,
          query: { fieldSelector: "metadata.name=owner" },
          body: { propagationPolicy: "Orphan" },
        },
        expect: { status: 200, body: { kind: "ConfigMapList" } },
      },
      { waitMs: 4000 },
      { send: get("owner"), expect: { status: 404 } },
      {
        send: get("child"),
        expect: { status: 200, body: { metadata: { ownerReferences: absent } } },
      },
    ],
  },
];

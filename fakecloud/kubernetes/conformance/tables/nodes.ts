import { absent, type ConformanceCase, mergePatch, type Request, type Step } from "../case.ts";

const one = "one-${ns}";
const two = "two-${ns}";
const pods = "/api/v1/namespaces/${ns}/pods";
const secrets = "/api/v1/namespaces/${ns}/secrets";
const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

/** A request of the kubelet on the first node. */
const asKubelet = (request: Request): Request => ({
  ...request,
  headers: { "impersonate-user": `system:node:${one}`, "impersonate-group": "system:nodes" },
});
const post = (path: string, body: unknown): Request => ({ method: "POST", path, body });
const get = (path: string, query = {}): Request => ({ method: "GET", path, query });
const patch = (path: string, body: unknown): Request => ({
  method: "PATCH",
  path,
  type: mergePatch,
  body,
});
const remove = (path: string): Request => ({ method: "DELETE", path });

const may = (request: Request, status = 200): Step => ({
  send: asKubelet(request),
  expect: { status },
});
const mayNot = (request: Request, message: string): Step => ({
  send: asKubelet(request),
  expect: { status: 403, reason: "Forbidden", message },
});

const node = (name: string, labels: object = {}) =>
  post("/api/v1/nodes", { metadata: { name, labels } });
const pod = (name: string, nodeName: string, secret: string) =>
  post(pods, {
    metadata: { name },
    spec: {
      nodeName,
      serviceAccountName: "default",
      containers: [{ name: "c", image: "i", envFrom: [{ secretRef: { name: secret } }] }],
    },
  });
const mirror = (metadata: object, spec: object = {}) =>
  post(pods, {
    metadata: { name: "mirror", annotations: { "kubernetes.io/config.mirror": "x" }, ...metadata },
    spec: { nodeName: one, containers: [{ name: "c", image: "i" }], ...spec },
  });
const owned = {
  ownerReferences: [{ apiVersion: "v1", kind: "Node", name: one, uid: "${uid}", controller: true }],
};
const who = `User "system:node:${one}" cannot`;
const inNamespace = 'in the namespace "${ns}"';
const unrelated = `no relationship found between node '${one}' and this object`;

const after: readonly Request[] = [
  remove(`/api/v1/nodes/${one}`),
  remove(`/api/v1/nodes/${two}`),
  remove(`${leases}/${one}`),
];

export const nodeCases: readonly ConformanceCase[] = [
  {
    title: "a kubelet reads and writes its own Node, and no other",
    steps: [
      { send: node(two), expect: { status: 201 } },
      may(node(one, { "kubernetes.io/hostname": "x", mine: "yes" }), 201),
      mayNot(
        node("three-${ns}"),
        `nodes "three-\${ns}" is forbidden: node "${one}" is not allowed to modify node "three-\${ns}"`,
      ),
      may(get(`/api/v1/nodes/${one}`)),
      mayNot(
        get(`/api/v1/nodes/${two}`),
        `nodes "${two}" is forbidden: ${who} get resource "nodes" in API group "" at the cluster scope: node '${one}' cannot read '${two}', only its own Node object`,
      ),
      mayNot(
        get("/api/v1/nodes"),
        `nodes is forbidden: ${who} list resource "nodes" in API group "" at the cluster scope: node '${one}' cannot read all nodes, only its own Node object`,
      ),
      may(get("/api/v1/nodes", { fieldSelector: `metadata.name=${one}` })),
      may(patch(`/api/v1/nodes/${one}/status`, { status: { phase: "Running" } })),
      mayNot(
        patch(`/api/v1/nodes/${two}/status`, { status: { phase: "Running" } }),
        `nodes "${two}" is forbidden: node "${one}" is not allowed to modify node "${two}"`,
      ),
      mayNot(
        remove(`/api/v1/nodes/${two}`),
        `nodes "${two}" is forbidden: ${who} delete resource "nodes" in API group "" at the cluster scope`,
      ),
    ],
    after,
  },
  {
    title: "a kubelet sets no labels, taints and owners that others rely on",
    steps: [
      mayNot(
        node(one, {
          "node-role.kubernetes.io/worker": "",
          "node-restriction.kubernetes.io/a": "b",
        }),
        `nodes "${one}" is forbidden: node "${one}" is not allowed to set the following labels: node-restriction.kubernetes.io/a, node-role.kubernetes.io/worker`,
      ),
      may(node(one), 201),
      mayNot(
        patch(`/api/v1/nodes/${one}`, {
          metadata: {
            labels: { "node-restriction.kubernetes.io/a": "b", "x.kubernetes.io/y": "z" },
          },
        }),
        `nodes "${one}" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/a, x.kubernetes.io/y`,
      ),
      may(
        patch(`/api/v1/nodes/${one}`, {
          metadata: {
            labels: {
              "kubelet.kubernetes.io/y": "z",
              "topology.kubernetes.io/zone": "a",
              "node.kubernetes.io/instance-type": "x",
              "node.cluster.x-k8s.io/role": "worker",
              mine: "yes",
            },
          },
        }),
      ),
      mayNot(
        patch(`/api/v1/nodes/${one}`, { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } }),
        `nodes "${one}" is forbidden: node "${one}" is not allowed to modify taints`,
      ),
      mayNot(
        patch(`/api/v1/nodes/${one}`, {
          metadata: {
            ownerReferences: [{ apiVersion: "v1", kind: "Node", name: two, uid: "x" }],
          },
        }),
        `nodes "${one}" is forbidden: node "${one}" is not allowed to modify ownerReferences`,
      ),
      {
        send: get(`/api/v1/nodes/${one}`),
        expect: {
          status: 200,
          body: {
            spec: { taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }] },
            metadata: { ownerReferences: absent, labels: { mine: "yes" } },
          },
        },
      },
    ],
    after,
  },
  {
    title: "a kubelet reads what its own pods need",
    steps: [
      may(node(one), 201),
      { send: post(secrets, { metadata: { name: "mine" } }), expect: { status: 201 } },
      { send: post(secrets, { metadata: { name: "other" } }), expect: { status: 201 } },
      { send: pod("mine", one, "mine"), expect: { status: 201 } },
      { send: pod("other", two, "other"), expect: { status: 201 } },
      { waitMs: 500 },
      may(get(`${secrets}/mine`)),
      may(get(secrets, { fieldSelector: "metadata.name=mine" })),
      mayNot(
        get(`${secrets}/other`),
        `secrets "other" is forbidden: ${who} get resource "secrets" in API group "" ${inNamespace}: ${unrelated}`,
      ),
      mayNot(
        get(secrets),
        `secrets is forbidden: ${who} list resource "secrets" in API group "" ${inNamespace}: No Object name found`,
      ),
      mayNot(
        post(secrets, { metadata: { name: "new" } }),
        `secrets is forbidden: ${who} create resource "secrets" in API group "" ${inNamespace}: can only read resources of this type`,
      ),
      may(get(`${pods}/mine`)),
      mayNot(
        get(`${pods}/other`),
        `pods "other" is forbidden: ${who} get resource "pods" in API group "" ${inNamespace}: ${unrelated}`,
      ),
      mayNot(
        get(pods),
        `pods is forbidden: ${who} list resource "pods" in API group "" ${inNamespace}: can only list/watch pods with spec.nodeName field selector`,
      ),
      may(get(pods, { fieldSelector: `spec.nodeName=${one}` })),
      may(get("/api/v1/namespaces/${ns}/services")),
    ],
    after,
  },
  {
    title: "a kubelet creates mirrors of its own pods only, and writes and deletes no others",
    steps: [
      { ...may(node(one), 201), save: { uid: "metadata.uid" } },
      { send: pod("mine", one, "mine"), expect: { status: 201 } },
      { send: pod("other", two, "other"), expect: { status: 201 } },
      { waitMs: 500 },
      mayNot(
        pod("new", one, "mine"),
        `pods "new" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "${one}" can only create mirror pods`,
      ),
      mayNot(
        mirror({}, { nodeName: two }),
        `pods "mirror" is forbidden: node "${one}" can only create pods with spec.nodeName set to itself`,
      ),
      mayNot(
        mirror({}),
        `pods "mirror" is forbidden: node "${one}" can only create pods with an owner reference set to itself`,
      ),
      ...(
        [
          ["serviceaccounts", { serviceAccountName: "default" }],
          ["secrets", { volumes: [{ name: "v", secret: { secretName: "x" } }] }],
        ] as const
      ).map(([what, spec]) =>
        mayNot(
          mirror(owned, spec),
          `pods "mirror" is forbidden: node "${one}" can not create pods that reference ${what}`,
        ),
      ),
      may(mirror(owned), 201),
      may(patch(`${pods}/mine/status`, { status: { phase: "Running" } })),
      mayNot(
        patch(`${pods}/mine/status`, { metadata: { labels: { a: "b" } } }),
        `pods "mine" is forbidden: node "${one}" cannot update labels through pod status`,
      ),
      mayNot(
        patch(`${pods}/other/status`, { status: { phase: "Running" } }),
        `pods "other" is forbidden: node "${one}" can only update pod status for pods with spec.nodeName set to itself`,
      ),
      mayNot(
        remove(`${pods}/other`),
        `pods "other" is forbidden: node "${one}" can only delete pods with spec.nodeName set to itself`,
      ),
      may(remove(`${pods}/mine`)),
    ],
    after,
  },
  {
    title: "a kubelet keeps the lease of its own node",
    steps: [
      may(post(leases, { metadata: { name: one } }), 201),
      mayNot(
        post(leases, { metadata: { name: two } }),
        `leases.coordination.k8s.io "${two}" is forbidden: can only access node lease with the same name as the requesting node`,
      ),
      mayNot(
        get(`${leases}/${two}`),
        `leases.coordination.k8s.io "${two}" is forbidden: ${who} get resource "leases" in API group "coordination.k8s.io" in the namespace "kube-node-lease": can only access node lease with the same name as the requesting node`,
      ),
      mayNot(
        get("/apis/coordination.k8s.io/v1/namespaces/${ns}/leases/x"),
        `leases.coordination.k8s.io "x" is forbidden: ${who} get resource "leases" in API group "coordination.k8s.io" ${inNamespace}: can only access leases in the "kube-node-lease" system namespace`,
      ),
    ],
    after,
  },
];

import { expect, test } from "vitest";
import type { Member } from "./control-plane.ts";
import type { Pod } from "../../api/kubernetes.ts";
import { type Inspection, whileUnreachable } from "./inspection.ts";
import {
  role,
  condition,
  controlPlane,
  nowMs,
  machine,
  three,
  node,
  pod,
  running,
  etcdMember,
  observed,
  machineSays,
  deletionTimestamp,
} from "./condition-facts.ts";

const m1 = three[0]!;
const apiServer = (status: Pod["status"]) =>
  observed({ pods: [pod("kube-apiserver-node-m1", status)] });
const container = (parts: object) => [{ name: "c", ...parts }];
const unready = [{ type: "Ready", status: "False" }];
const scheduled = { type: "PodScheduled", status: "True" };

test.for<[string, Pod["status"], readonly string[]]>([
  ["runs and is ready", running, ["True", "Running", ""]],
  ["is not scheduled", { phase: "Pending" }, ["False", "Provisioning", "Waiting to be scheduled"]],
  [
    "runs its init containers",
    { phase: "Pending", conditions: [scheduled] },
    ["False", "Provisioning", "Running init containers"],
  ],
  [
    "starts its containers",
    { phase: "Pending", conditions: [scheduled, { type: "Initialized", status: "True" }] },
    ["False", "Provisioning", ""],
  ],
  [
    "waits for its probes",
    { phase: "Running", conditions: unready },
    ["False", "Provisioning", "Waiting for startup or readiness probes"],
  ],
  [
    "waits for its image",
    {
      phase: "Running",
      containerStatuses: container({ state: { waiting: { reason: "ErrImagePull" } } }),
    },
    ["False", "Provisioning", "ErrImagePull"],
  ],
  [
    "crashes again and again",
    {
      phase: "Running",
      containerStatuses: container({
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 1 } },
      }),
    },
    ["False", "Failed", "CrashLoopBackOff"],
  ],
  [
    "has ended in an error",
    {
      phase: "Running",
      containerStatuses: container({ state: { terminated: { reason: "Error" } } }),
    },
    ["False", "Failed", "Error"],
  ],
  [
    "has failed",
    { phase: "Failed" },
    ["False", "Failed", "All the containers have been terminated"],
  ],
  [
    "has succeeded",
    { phase: "Succeeded" },
    ["False", "Failed", "All the containers have been terminated"],
  ],
  [
    "is of unknown state",
    { phase: "Unknown" },
    ["Unknown", "InspectionFailed", "Pod is reporting Unknown status"],
  ],
])("a static pod that %s is told in upstream's words", ([, status, expected]) => {
  expect(machineSays("APIServerPodHealthy", m1, apiServer(status))).toEqual(expected);
});

const unreachable = { key: "node.kubernetes.io/unreachable", effect: "NoExecute" };
const leaving = machine({ name: "m1", metadata: { deletionTimestamp } });
const nodeless = { status: { nodeRef: undefined } };

test.for<[string, Member, Inspection, readonly string[]]>([
  ["no pod", m1, observed({ pods: [] }), ["False", "DoesNotExist", "Pod does not exist"]],
  [
    "no Node yet",
    machine({ name: "m1", ...nodeless }),
    observed(),
    ["Unknown", "InspectionFailed", "Waiting for a Node with spec.providerID aws:///m1 to exist"],
  ],
  [
    "no instance yet",
    machine({ name: "m1", spec: { providerID: undefined }, ...nodeless }),
    observed(),
    ["Unknown", "InspectionFailed", "Waiting for AWSMachine to report spec.providerID"],
  ],
  [
    "a Node that is gone",
    m1,
    observed({ nodes: [] }),
    ["Unknown", "InspectionFailed", "Node node-m1 does not exist"],
  ],
  [
    "a Node that is unreachable",
    m1,
    observed({ nodes: [node("node-m1", { spec: { taints: [unreachable] } })] }),
    ["Unknown", "InspectionFailed", "Node node-m1 is unreachable"],
  ],
  [
    "a kubelet that is silent",
    m1,
    observed({
      nodes: [node("node-m1", { status: { conditions: [{ type: "Ready", status: "Unknown" }] } })],
    }),
    ["Unknown", "InspectionFailed", "Node Ready condition is Unknown, Pod data might be stale"],
  ],
  ["a deletion under way", leaving, observed(), ["False", "Deleting", "Machine is deleting"]],
  [
    "a connection that is lost",
    m1,
    {
      type: "unknown",
      reason: "ConnectionDown",
      message: "Last successful probe at 2026-01-06T07:00:00Z",
    },
    ["Unknown", "ConnectionDown", "Last successful probe at 2026-01-06T07:00:00Z"],
  ],
])(
  "the pods of a machine with %s are judged in upstream's words",
  ([, member, inspection, expected]) => {
    expect(machineSays("SchedulerPodHealthy", member, inspection)).toEqual(expected);
  },
);

test("a node without the label or the taint of the control plane is told", () => {
  const bare = { ...node("node-m1", { spec: { taints: [] } }), metadata: { name: "node-m1" } };
  const says = (inspection: Inspection) =>
    machineSays("NodeKubeadmLabelsAndTaintsSet", m1, inspection);
  expect(says(observed())).toEqual(["True", "Set", ""]);
  const untainted = observed({ nodes: [node("node-m1", { spec: { taints: [] } })] });
  expect(says(untainted)).toEqual([
    "False",
    "NotSet",
    `Node node-m1 does not have the ${role}:NoSchedule taint`,
  ]);
  expect(says(observed({ nodes: [], unmarkedNodes: [bare] }))).toEqual([
    "False",
    "NotSet",
    `Node node-m1 does not have the ${role} label and the ${role}:NoSchedule taint`,
  ]);
});

const complaining = new Map([
  [
    "node-m1",
    {
      status: {
        memberId: "1",
        leaderId: "0",
        version: "3.6.4",
        isLearner: false,
        errors: ["etcdserver: no leader"],
      },
    },
  ],
]);

test.for<[string, Member, Inspection, readonly string[]]>([
  ["is a voter", m1, observed(), ["True", "Healthy", ""]],
  [
    "is not in the list",
    m1,
    observed({ members: [etcdMember("node-m2")] }),
    ["False", "NotHealthy", "Etcd doesn't have an etcd member for Node node-m1"],
  ],
  [
    "raises an alarm",
    m1,
    observed({ etcd: { alarms: [{ memberId: "17", type: "NOSPACE" }] } }),
    ["False", "NotHealthy", "Etcd reports alarms: NOSPACE"],
  ],
  [
    "complains",
    m1,
    observed({ etcd: { reports: complaining } }),
    ["False", "NotHealthy", "Etcd endpoint etcd-node-m1 reports errors: etcdserver: no leader"],
  ],
  [
    "cannot be reached",
    m1,
    observed({ etcd: { reports: new Map([["node-m1", { error: "connection refused" }]]) } }),
    ["Unknown", "InspectionFailed", "Failed to connect to etcd: connection refused"],
  ],
  [
    "cannot list the others",
    m1,
    observed({ members: null, etcd: { listError: "Failed to get etcd members: timed out" } }),
    ["Unknown", "InspectionFailed", "Failed to get etcd members: timed out"],
  ],
  [
    "waits for its Node",
    machine({ name: "m1", ...nodeless }),
    observed(),
    ["Unknown", "InspectionFailed", "Waiting for a Node with spec.providerID aws:///m1 to exist"],
  ],
  ["leaves with its machine", leaving, observed(), ["False", "Deleting", "Machine is deleting"]],
  [
    "has left before its machine",
    leaving,
    observed({ members: [etcdMember("node-m2")] }),
    ["False", "NotHealthy", "Etcd doesn't have an etcd member for Node node-m1"],
  ],
])("an etcd member that %s is told in upstream's words", ([, member, inspection, expected]) => {
  expect(machineSays("EtcdMemberHealthy", member, inspection)).toEqual(expected);
});

const down = (message: string): Inspection => ({
  type: "unknown",
  reason: "ConnectionDown",
  message,
});
const kept: Inspection = { type: "kept" };
const [never, recently, longAgo] = [undefined, nowMs - 60_000, nowMs - 301_000];

test.for<[string, boolean, number | undefined, number, Inspection]>([
  ["nobody has connected yet", false, never, 4, down("Remote connection not established yet")],
  ["nobody has connected yet, but another process had", true, never, 4, kept],
  ["nobody has connected, and has tried often enough", true, never, 5, down("")],
  ["it has just been lost", true, recently, 6, kept],
  [
    "it is lost for more than five minutes",
    true,
    longAgo,
    30,
    down("Last successful probe at 2026-01-06T07:54:59Z"),
  ],
])(
  "without a connection to the workload cluster: %s",
  ([, isKnown, lastProbeMs, failedProbes, expected]) => {
    const types = ["Initialized", ...(isKnown ? ["ControlPlaneComponentsHealthy"] : [])];
    const conditions = types.map((type) => condition({ type }));
    const initialization = { controlPlaneInitialized: true };
    const one = controlPlane({ kcp: { status: { initialization, conditions } } });
    expect(whileUnreachable(one, { lastProbeMs, failedProbes })).toEqual(expected);
  },
);

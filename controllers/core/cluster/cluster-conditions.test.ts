import { expect, test } from "vitest";
import { withCondition } from "../../runtime/conditions.ts";
import {
  aMachine,
  aMachineDeployment,
  aMachineSet,
  checkLogs,
  clusterScope,
  condition,
  deletionTimestamp,
  external,
  nowMs,
  oldReady,
  oldWords,
  type Said,
  words,
  type Words,
} from "../condition-facts.ts";
import { conditionsOf } from "./cluster-conditions.ts";
import { availableCondition } from "./cluster-summary.ts";
import { recordClusterV1beta1 } from "./cluster-v1beta1.ts";

type Scope = Parameters<typeof clusterScope>[0];

const done = { initialization: { infrastructureProvisioned: true, controlPlaneInitialized: true } };
const going = { metadata: { deletionTimestamp } };
const kcp = (said: readonly Said[] = []) =>
  external({
    kind: "KubeadmControlPlane",
    metadata: { name: "cp" },
    status: { conditions: said.map(condition) },
  });
const md = (name: string, ...said: readonly Said[]) => aMachineDeployment(name, { said });
const not = (type: string, message = "") => ({ type, status: "False" as const, message });
const owned = {
  metadata: { ownerReferences: [{ kind: "Cluster", name: "c", uid: "c", apiVersion: "" }] },
};
const alone = { spec: { controlPlaneRef: undefined } };
const noInfrastructure = new Set(["infrastructure" as const]);
const noControlPlane = new Set(["controlPlane" as const]);

test.for<[string, number | undefined, readonly Said[], Words | undefined, number?]>([
  [
    "nobody has connected",
    undefined,
    [],
    ["False", "ProbeFailed", "Remote connection not established yet"],
  ],
  ["another process had connected", undefined, [{ type: "RemoteConnectionProbe" }], undefined],
  [
    "another process had connected, but this one has tried often enough",
    undefined,
    [{ type: "RemoteConnectionProbe" }],
    ["False", "ProbeFailed", "Remote connection probe failed"],
    5,
  ],
  ["the last answer is new", nowMs - 49_000, [], ["True", "ProbeSucceeded", ""]],
  [
    "the last answer is old",
    nowMs - 51_000,
    [],
    [
      "False",
      "ProbeFailed",
      "Remote connection probe failed, probe last succeeded at 2026-01-06T07:59:09Z",
    ],
  ],
])("RemoteConnectionProbe when %s", ([, lastProbeMs, said, expected, failedProbes = 4]) => {
  const found = conditionsOf(clusterScope({ said }), { lastProbeMs, failedProbes, nowMs });
  const probe = found.find(({ type }) => type === "RemoteConnectionProbe");
  expect(probe && words(probe)).toEqual(expected);
});

test.for<[string, string, Scope, Words]>([
  [
    "InfrastructureReady",
    "there is nothing to wait for",
    { spec: { infrastructureRef: undefined } },
    ["True", "Ready", ""],
  ],
  [
    "InfrastructureReady",
    "it is",
    { infrastructure: external({}), status: done },
    ["True", "Ready", ""],
  ],
  [
    "InfrastructureReady",
    "it is not yet",
    { infrastructure: external({}) },
    ["False", "NotReady", "AWSCluster status.initialization.provisioned is false"],
  ],
  [
    "InfrastructureReady",
    "the object says more",
    {
      infrastructure: external({
        status: { conditions: [condition({ ...not("Ready", "no VPC"), reason: "Vpc" })] },
      }),
    },
    ["False", "Vpc", "no VPC"],
  ],
  ["InfrastructureReady", "nobody could look", {}, ["Unknown", "InternalError", checkLogs]],
  [
    "InfrastructureReady",
    "there is no object",
    { missing: noInfrastructure },
    ["False", "ObjectDoesNotExist", "AWSCluster does not exist"],
  ],
  [
    "InfrastructureReady",
    "somebody has deleted the object",
    { missing: noInfrastructure, status: done },
    ["False", "ObjectDeleted", "AWSCluster has been deleted while the cluster still exists"],
  ],
  [
    "InfrastructureReady",
    "the object has gone as it is to",
    { missing: noInfrastructure, status: done, ...going },
    ["False", "ObjectDeleted", "AWSCluster has been deleted"],
  ],
  [
    "ControlPlaneAvailable",
    "it reports nothing",
    { controlPlane: kcp() },
    [
      "False",
      "NotAvailable",
      "KubeadmControlPlane status.initialization.controlPlaneInitialized is false",
    ],
  ],
  [
    "ControlPlaneAvailable",
    "it is initialized",
    { controlPlane: kcp(), status: done },
    ["True", "Available", ""],
  ],
  [
    "ControlPlaneAvailable",
    "it says more",
    {
      controlPlane: kcp([{ ...not("Available", "* etcd"), reason: "NotAvailable" }]),
      status: done,
    },
    ["False", "NotAvailable", "* etcd"],
  ],
  [
    "ControlPlaneAvailable",
    "somebody has deleted it",
    { missing: noControlPlane, status: done },
    [
      "False",
      "ObjectDeleted",
      "KubeadmControlPlane has been deleted while the cluster still exists",
    ],
  ],
  [
    "ControlPlaneAvailable",
    "it never was",
    { missing: noControlPlane, ...going },
    ["False", "ObjectDoesNotExist", "KubeadmControlPlane does not exist"],
  ],
  ["ControlPlaneAvailable", "nobody could look", {}, ["Unknown", "InternalError", checkLogs]],
  [
    "ControlPlaneInitialized",
    "it is",
    { controlPlane: kcp(), status: done },
    ["True", "Initialized", ""],
  ],
  [
    "ControlPlaneInitialized",
    "it was",
    { missing: noControlPlane, said: [{ type: "ControlPlaneInitialized" }] },
    ["True", "Initialized", ""],
  ],
  [
    "ControlPlaneInitialized",
    "it is not yet",
    { controlPlane: kcp() },
    ["False", "NotInitialized", "Control plane not yet initialized"],
  ],
  [
    "ControlPlaneInitialized",
    "there is no object",
    { missing: noControlPlane },
    ["Unknown", "ObjectDoesNotExist", "KubeadmControlPlane does not exist"],
  ],
  ["ControlPlaneInitialized", "nobody could look", {}, ["Unknown", "InternalError", checkLogs]],
  [
    "ControlPlaneInitialized",
    "Machines are the control plane",
    alone,
    [
      "False",
      "NotInitialized",
      "Waiting for the first control plane machine to have status.nodeRef set",
    ],
  ],
  ["WorkersAvailable", "there are none", {}, ["True", "NoWorkers", ""]],
  [
    "WorkersAvailable",
    "one MachineDeployment is not",
    { machineDeployments: [md("a", { type: "Available" }), md("b", not("Available", "0 of 2"))] },
    ["False", "NotAvailable", "* MachineDeployment b: 0 of 2"],
  ],
  [
    "WorkersAvailable",
    "one MachineDeployment has not said it",
    { machineDeployments: [md("a")] },
    ["Unknown", "AvailableUnknown", "* MachineDeployment a: Condition Available not yet reported"],
  ],
  ["RollingOut", "there is nothing to roll out", {}, ["False", "NotRollingOut", ""]],
  [
    "RollingOut",
    "nothing does",
    { controlPlane: kcp([not("RollingOut")]), machineDeployments: [md("a", not("RollingOut"))] },
    ["False", "NotRollingOut", ""],
  ],
  [
    "RollingOut",
    "the control plane does not say",
    { controlPlane: kcp() },
    ["False", "NotRollingOut", ""],
  ],
  [
    "RollingOut",
    "both do",
    {
      controlPlane: kcp([{ type: "RollingOut", message: "Rolling out 1\n* Version a" }]),
      machineDeployments: [md("a", { type: "RollingOut", message: "Rolling out 2" })],
    },
    [
      "True",
      "RollingOut",
      "* KubeadmControlPlane cp:\n  * Rolling out 1\n    * Version a\n* MachineDeployment a: Rolling out 2",
    ],
  ],
  [
    "ScalingUp",
    "a MachineDeployment has not said it",
    { machineDeployments: [md("a")] },
    ["Unknown", "ScalingUpUnknown", "* MachineDeployment a: Condition ScalingUp not yet reported"],
  ],
  [
    "ScalingUp",
    "nothing does, and one would be blocked",
    { machineDeployments: [md("a", not("ScalingUp", "would be blocked"))] },
    ["False", "NotScalingUp", "* MachineDeployment a: would be blocked"],
  ],
  [
    "ScalingDown",
    "a MachineSet of its own does",
    {
      machineSets: [
        aMachineSet("a", { ...owned, said: [{ type: "ScalingDown", message: "3 to 2" }] }),
        aMachineSet("b", { said: [{ type: "ScalingDown", message: "of a MachineDeployment" }] }),
      ],
    },
    ["True", "ScalingDown", "* MachineSet a: 3 to 2"],
  ],
  ["ControlPlaneMachinesReady", "there are none", {}, ["True", "NoReplicas", ""]],
  [
    "WorkerMachinesReady",
    "one is not",
    { machines: [aMachine("a", { said: [not("Ready", "bad")] })] },
    ["False", "NotReady", "* Machine a: bad"],
  ],
  [
    "WorkerMachinesUpToDate",
    "one is not",
    { machines: [aMachine("a", { said: [not("UpToDate", "* Version a")] })] },
    ["False", "NotUpToDate", "* Machine a:\n  * Version a"],
  ],
  [
    "Remediating",
    "nobody is asked to repair one",
    { machines: [aMachine("a", { said: [not("HealthCheckSucceeded")] })] },
    ["False", "NotRemediating", "Machine a is not healthy (not to be remediated)"],
  ],
  ["Deleting", "nobody has asked for it", {}, ["False", "NotDeleting", ""]],
  [
    "Deleting",
    "it waits",
    {
      ...going,
      stage: { reason: "WaitingForWorkersDeletion", message: "* MachineDeployments: a" },
    },
    ["True", "WaitingForWorkersDeletion", "* MachineDeployments: a"],
  ],
  ["Deleting", "it failed", going, ["True", "InternalError", checkLogs]],
])("%s of a Cluster when %s", ([type, , scope, expected]) => {
  const found = conditionsOf(clusterScope(scope), { lastProbeMs: nowMs, failedProbes: 0, nowMs });
  const one = found.find((each) => each.type === type);
  expect(one && words(one)).toEqual(expected);
});

const well = [
  not("Deleting"),
  ...[
    "RemoteConnectionProbe",
    "InfrastructureReady",
    "ControlPlaneAvailable",
    "WorkersAvailable",
  ].map((type) => ({ type })),
];

test.for<[string, Scope, readonly Said[], Words]>([
  ["all is well", {}, [], ["True", "Available", ""]],
  [
    "two things are not",
    {},
    [
      not("WorkersAvailable", "* MachineDeployment a: b"),
      not("RemoteConnectionProbe", "no answer"),
    ],
    [
      "False",
      "NotAvailable",
      "* RemoteConnectionProbe: no answer\n* WorkersAvailable:\n  * MachineDeployment a: b",
    ],
  ],
  [
    "a gate has not been reported",
    { spec: { availabilityGates: [{ conditionType: "Mine" }] } },
    [],
    ["Unknown", "AvailableUnknown", "* Mine: Condition not yet reported"],
  ],
  [
    "it goes and its objects are gone",
    going,
    [
      { type: "Deleting", reason: "DeletionCompleted", message: "Deletion completed" },
      { ...not("InfrastructureReady", "gone"), reason: "ObjectDeleted" },
      { ...not("ControlPlaneAvailable", "gone"), reason: "ObjectDoesNotExist" },
    ],
    ["False", "NotAvailable", "* Deleting: Deletion completed"],
  ],
])("Available of a Cluster when %s", ([, parts, said, expected]) => {
  const scope = clusterScope(parts);
  const all = [...well, ...said].reduce(
    (list, each) => withCondition(list, condition(each), nowMs),
    [] as ReturnType<typeof withCondition>,
  );
  scope.draft.status = { conditions: all };
  expect(words(availableCondition(scope))).toEqual(expected);
});

const info = (reason: string, message?: string) => ["False", "Info", reason, message];
const waiting =
  "Waiting for control plane provider to indicate the control plane has been initialized";

test.for<[string, string, Scope, readonly (string | undefined)[] | undefined]>([
  [
    "InfrastructureReady",
    "it is not yet",
    { infrastructure: external({}) },
    info("WaitingForInfrastructure"),
  ],
  [
    "InfrastructureReady",
    "the object says more",
    {
      infrastructure: external({
        status: oldReady({ status: "False", severity: "Warning", reason: "Vpc", message: "x" }),
      }),
    },
    ["False", "Warning", "Vpc", "x"],
  ],
  [
    "InfrastructureReady",
    "it goes",
    { ...going, infrastructure: external({}), status: done },
    info("Deleting"),
  ],
  ["InfrastructureReady", "nobody sees it", {}, undefined],
  ["ControlPlaneReady", "it is not yet", { controlPlane: kcp() }, info("WaitingForControlPlane")],
  [
    "ControlPlaneInitialized",
    "it is not yet",
    { controlPlane: kcp() },
    info("WaitingForControlPlaneProviderInitialized", waiting),
  ],
  ["ControlPlaneInitialized", "it is", { status: done }, ["True", undefined, undefined, undefined]],
  [
    "Ready",
    "the infrastructure is not yet",
    { infrastructure: external({}) },
    info("WaitingForInfrastructure"),
  ],
  [
    "Ready",
    "both are",
    { infrastructure: external({}), controlPlane: kcp(), status: done },
    ["True", undefined, undefined, undefined],
  ],
])("%s of a Cluster in v1beta1 when %s", ([type, , scope, expected]) => {
  const whole = clusterScope(scope);
  recordClusterV1beta1(whole, nowMs);
  expect(oldWords(whole.draft, type)).toEqual(expected);
});

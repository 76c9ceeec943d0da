import { expect, test } from "vitest";
import { findCondition } from "../../runtime/conditions.ts";
import {
  aMachine,
  before,
  deletionTimestamp,
  machineSetScope,
  nowMs,
  oldReady,
  oldWords,
  type Said,
  words,
  type Words,
} from "../condition-facts.ts";
import { recordStatus } from "./machine-set-status.ts";

type Scope = Parameters<typeof machineSetScope>[0];

const well: readonly Said[] = ["Ready", "Available", "UpToDate"].map((type) => ({ type }));
const machines = (count: number) =>
  Array.from({ length: count }, (_, at) => aMachine(`m${at}`, { said: well }));
const saying = (name: string, ...said: readonly Said[]) => aMachine(name, { said });
const not = (type: string, message = "") => ({ type, status: "False" as const, message });
const sick = (name: string) => saying(name, not("HealthCheckSucceeded"));
const going = { metadata: { deletionTimestamp } };
const stale = ["m0", "m1", "m2", "m3"].map((name) =>
  aMachine(name, { metadata: { deletionTimestamp: before(901) } }),
);
const draining = aMachine("m0", {
  metadata: { deletionTimestamp: before(901) },
  status: { deletion: { nodeDrainStartTime: before(301) } },
  said: [
    {
      type: "Deleting",
      reason: "DrainingNode",
      message:
        "* Pod a: failed to evict Pod, boom\n* Pod b: deletionTimestamp set, but still not removed from the Node",
    },
  ],
});
const preflight =
  'KubeadmControlPlane c is upgrading ("ControlPlaneIsStable" preflight check failed)';
const unset = { spec: { replicas: undefined } };
const unsetWords: Words = ["Unknown", "WaitingForReplicasSet", "Waiting for spec.replicas set"];

function saidOf(type: string, scope: Scope): Words | undefined {
  const whole = machineSetScope(scope);
  recordStatus(whole, nowMs);
  const found = findCondition(whole.draft, type);
  return found && words(found);
}

test.for<[string, string, Scope, Words]>([
  ["ScalingUp", "all are there", { machines: machines(2) }, ["False", "NotScalingUp", ""]],
  ["ScalingUp", "nobody has said how many", unset, unsetWords],
  [
    "ScalingUp",
    "one is missing",
    { machines: machines(1) },
    ["True", "ScalingUp", "Scaling up from 1 to 2 replicas"],
  ],
  [
    "ScalingUp",
    "templates are missing that nobody needs now",
    { machines: machines(2), missingTemplates: ["KubeadmConfigTemplate", "AWSMachineTemplate"] },
    [
      "False",
      "NotScalingUp",
      "Scaling up would be blocked because KubeadmConfigTemplate and AWSMachineTemplate do not exist",
    ],
  ],
  [
    "ScalingUp",
    "a template is missing and it goes anyway",
    { ...going, machines: machines(2), missingTemplates: ["AWSMachineTemplate"] },
    ["False", "NotScalingUp", ""],
  ],
  [
    "ScalingUp",
    "the control plane is not fit and a template is missing",
    { blocked: [preflight], missingTemplates: ["AWSMachineTemplate"] },
    [
      "True",
      "ScalingUp",
      `Scaling up from 0 to 2 replicas is blocked because:\n* ${preflight}\n* AWSMachineTemplate does not exist`,
    ],
  ],
  ["ScalingDown", "all are there", { machines: machines(2) }, ["False", "NotScalingDown", ""]],
  ["ScalingDown", "nobody has said how many", unset, unsetWords],
  [
    "ScalingDown",
    "one is too many",
    { machines: machines(3) },
    ["True", "ScalingDown", "Scaling down from 3 to 2 replicas"],
  ],
  [
    "ScalingDown",
    "Machines have been going for long",
    { machines: stale },
    [
      "True",
      "ScalingDown",
      "Scaling down from 4 to 2 replicas\n* Machines m0, m1, m2, ... (1 more) are in deletion since more than 15m",
    ],
  ],
  [
    "ScalingDown",
    "a drain takes long",
    { ...going, machines: [draining] },
    [
      "True",
      "ScalingDown",
      "Scaling down from 1 to 0 replicas\n* Machine m0 is in deletion since more than 15m, delay likely due to Pods not terminating, Pod eviction errors",
    ],
  ],
  ["Deleting", "nobody has asked for it", {}, ["False", "NotDeleting", ""]],
  [
    "Deleting",
    "a Machine is left",
    { ...going, machines: machines(1) },
    ["True", "Deleting", "Deleting 1 Machine"],
  ],
  [
    "Deleting",
    "Machines have been going for long",
    { ...going, machines: stale },
    [
      "True",
      "Deleting",
      "Deleting 4 Machines\n* Machines m0, m1, m2, ... (1 more) are in deletion since more than 15m",
    ],
  ],
  ["Deleting", "no Machine is left", going, ["True", "Deleting", "Deletion completed"]],
  ["MachinesReady", "there are none", {}, ["True", "NoReplicas", ""]],
  ["MachinesReady", "all are", { machines: machines(2) }, ["True", "Ready", ""]],
  [
    "MachinesReady",
    "one is not",
    { machines: [saying("a", not("Ready", "* NodeHealthy: bad"))] },
    ["False", "NotReady", "* Machine a:\n  * NodeHealthy: bad"],
  ],
  [
    "MachinesReady",
    "one has not said it",
    { machines: [aMachine("a")] },
    ["Unknown", "ReadyUnknown", "* Machine a: Condition Ready not yet reported"],
  ],
  ["MachinesUpToDate", "there are none", {}, ["True", "NoReplicas", ""]],
  [
    "MachinesUpToDate",
    "the only one is new",
    { machines: [aMachine("a", { metadata: { creationTimestamp: before(9) } })] },
    ["True", "NoReplicas", ""],
  ],
  [
    "MachinesUpToDate",
    "one has not said it in time",
    { machines: [aMachine("a", { metadata: { creationTimestamp: before(11) } })] },
    ["Unknown", "UpToDateUnknown", "* Machine a: Condition UpToDate not yet reported"],
  ],
  [
    "MachinesUpToDate",
    "one is outdated",
    { machines: [saying("a", not("UpToDate", "* Version v1.33.0, v1.34.2 required"))] },
    ["False", "NotUpToDate", "* Machine a:\n  * Version v1.33.0, v1.34.2 required"],
  ],
  ["Remediating", "all are well", { machines: machines(2) }, ["False", "NotRemediating", ""]],
  [
    "Remediating",
    "nobody is asked to repair one",
    { machines: [sick("a")] },
    ["False", "NotRemediating", "Machine a is not healthy (not to be remediated by MachineSet)"],
  ],
  [
    "Remediating",
    "nobody is asked to repair many",
    { machines: ["d", "c", "b", "a"].map(sick) },
    [
      "False",
      "NotRemediating",
      "Machines a, b, c, ... (1 more) are not healthy (not to be remediated by MachineSet)",
    ],
  ],
  [
    "Remediating",
    "one that is well again was to be repaired",
    { machines: [saying("a", { type: "HealthCheckSucceeded" }, not("OwnerRemediated", "wait"))] },
    ["False", "NotRemediating", ""],
  ],
  [
    "Remediating",
    "one is to be repaired",
    {
      machines: [
        saying("a", not("HealthCheckSucceeded"), not("OwnerRemediated", "wait")),
        sick("b"),
      ],
    },
    ["True", "Remediating", "* Machine a: wait"],
  ],
])("%s of a MachineSet when %s", ([type, , scope, expected]) => {
  expect(saidOf(type, scope)).toEqual(expected);
});

type Old = readonly (string | undefined)[] | undefined;

test.for<[string, string, Scope, Old]>([
  [
    "MachinesCreated",
    "all are there",
    { machines: machines(2) },
    ["True", undefined, undefined, undefined],
  ],
  ["MachinesCreated", "some are missing", { machines: machines(1) }, undefined],
  [
    "MachinesCreated",
    "the control plane is not fit",
    { blocked: ["one", "two"] },
    ["False", "Error", "PreflightCheckFailed", "one; two"],
  ],
  [
    "Resized",
    "all are ready",
    { machines: machines(2) },
    ["True", undefined, undefined, undefined],
  ],
  ["Resized", "one is not ready", { machines: [aMachine("a"), aMachine("b")] }, undefined],
  [
    "Resized",
    "one is missing",
    { machines: machines(1) },
    ["False", "Warning", "ScalingUp", "Scaling up MachineSet to 2 replicas (actual 1)"],
  ],
  [
    "Resized",
    "one is too many",
    { machines: machines(3) },
    ["False", "Warning", "ScalingDown", "Scaling down MachineSet to 2 replicas (actual 3)"],
  ],
  [
    "MachinesReady",
    "one is not ready",
    {
      machines: [
        aMachine("a", { status: oldReady({ status: "True" }) }),
        aMachine("b", {
          status: oldReady({ status: "False", severity: "Info", reason: "WaitingForDataSecret" }),
        }),
      ],
    },
    ["False", "Info", "WaitingForDataSecret @ Machine/b", "1 of 2 completed"],
  ],
  [
    "Ready",
    "one is missing",
    { machines: machines(1) },
    ["False", "Warning", "ScalingUp", "Scaling up MachineSet to 2 replicas (actual 1)"],
  ],
  ["Ready", "all is well", { machines: machines(2) }, ["True", undefined, undefined, undefined]],
])("%s of a MachineSet in v1beta1 when %s", ([type, , scope, expected]) => {
  const whole = machineSetScope(scope);
  recordStatus(whole, nowMs);
  expect(oldWords(whole.draft, type)).toEqual(expected);
});

import { expect, test } from "vitest";
import { findCondition } from "../../runtime/conditions.ts";
import {
  aMachine,
  aMachineSet,
  before,
  deletionTimestamp,
  machineDeploymentScope,
  nowMs,
  oldReady,
  oldWords,
  words,
  type Words,
} from "../condition-facts.ts";
import { recordStatus } from "./machine-deployment-status.ts";

type Scope = Parameters<typeof machineDeploymentScope>[0];

const counting = (replicas: number, availableReplicas = replicas, status: object = {}) => ({
  machineSets: [aMachineSet("ms", { status: { replicas, availableReplicas, ...status } })],
});
const outdated = (name: string, message: string) =>
  aMachine(name, { said: [{ type: "UpToDate", status: "False", message }] });
const going = { metadata: { deletionTimestamp } };
const unset = { spec: { replicas: undefined } };
const unsetWords: Words = ["Unknown", "WaitingForReplicasSet", "Waiting for spec.replicas set"];
const rolling = (maxUnavailable: number | string) => ({
  spec: {
    replicas: 4,
    rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable } } },
  },
});
const onDelete = { spec: { rollout: { strategy: { type: "OnDelete" } } } };

test.for<[string, string, Scope, Words]>([
  ["Available", "all are", counting(2), ["True", "Available", ""]],
  ["Available", "nobody has said how many", unset, unsetWords],
  [
    "Available",
    "as many are as a rolling update needs",
    { ...rolling("25%"), ...counting(4, 3) },
    ["True", "Available", ""],
  ],
  [
    "Available",
    "a rolling update needs more",
    { ...rolling("25%"), ...counting(4, 2) },
    [
      "False",
      "NotAvailable",
      "2 available replicas, at least 3 required (spec.strategy.rollout.maxUnavailable is 25%, spec.replicas is 4)",
    ],
  ],
  [
    "Available",
    "nothing is rolled",
    { ...onDelete, ...counting(2, 1) },
    ["False", "NotAvailable", "1 available replicas, at least 2 required"],
  ],
  [
    "Available",
    "it goes",
    { ...going, ...counting(1) },
    ["False", "NotAvailable", "Deletion in progress"],
  ],
  [
    "RollingOut",
    "all are up to date",
    { machines: [aMachine("a")] },
    ["False", "NotRollingOut", ""],
  ],
  [
    "RollingOut",
    "some are outdated for several reasons",
    {
      machines: [
        outdated("a", "* AWSMachine is not up-to-date\n* Version v1.33.0, v1.34.2 required"),
        outdated("b", "* AWSMachine is not up-to-date"),
      ],
    },
    [
      "True",
      "RollingOut",
      "Rolling out 2 not up-to-date replicas\n* Version v1.33.0, v1.34.2 required\n* AWSMachine is not up-to-date",
    ],
  ],
  ["ScalingUp", "all are there", counting(2), ["False", "NotScalingUp", ""]],
  ["ScalingUp", "nobody has said how many", unset, unsetWords],
  [
    "ScalingUp",
    "one is missing",
    counting(1),
    ["True", "ScalingUp", "Scaling up from 1 to 2 replicas"],
  ],
  [
    "ScalingUp",
    "both templates are missing",
    { ...counting(1), missingTemplates: ["KubeadmConfigTemplate", "AWSMachineTemplate"] },
    [
      "True",
      "ScalingUp",
      "Scaling up from 1 to 2 replicas is blocked because KubeadmConfigTemplate and AWSMachineTemplate do not exist",
    ],
  ],
  [
    "ScalingUp",
    "a template is missing that nobody needs now",
    { ...counting(2), missingTemplates: ["AWSMachineTemplate"] },
    [
      "False",
      "NotScalingUp",
      "Scaling up would be blocked because AWSMachineTemplate does not exist",
    ],
  ],
  [
    "ScalingUp",
    "a template is missing and it goes anyway",
    { ...going, ...counting(2), missingTemplates: ["AWSMachineTemplate"] },
    ["False", "NotScalingUp", ""],
  ],
  ["ScalingDown", "all are there", counting(2), ["False", "NotScalingDown", ""]],
  ["ScalingDown", "nobody has said how many", unset, unsetWords],
  [
    "ScalingDown",
    "a Machine has been going for long",
    { ...counting(3), machines: [aMachine("a", { metadata: { deletionTimestamp: before(901) } })] },
    [
      "True",
      "ScalingDown",
      "Scaling down from 3 to 2 replicas\n* Machine a is in deletion since more than 15m",
    ],
  ],
  ["Deleting", "nobody has asked for it", {}, ["False", "NotDeleting", ""]],
  [
    "Deleting",
    "Machines are left",
    { ...going, machines: [aMachine("a"), aMachine("b")] },
    ["True", "Deleting", "Deleting 2 Machines"],
  ],
  [
    "Deleting",
    "a MachineSet is left",
    { ...going, ...counting(0) },
    ["True", "Deleting", "Deleting 1 MachineSets"],
  ],
  ["Deleting", "nothing is left", going, ["True", "Deleting", "Deletion completed"]],
  [
    "Remediating",
    "nobody is asked to repair one",
    { machines: [aMachine("a", { said: [{ type: "HealthCheckSucceeded", status: "False" }] })] },
    [
      "False",
      "NotRemediating",
      "Machine a is not healthy (not to be remediated by MachineDeployment/MachineSet)",
    ],
  ],
])("%s of a MachineDeployment when %s", ([type, , scope, expected]) => {
  const whole = machineDeploymentScope(scope);
  recordStatus(whole, nowMs);
  expect(words(findCondition(whole.draft, type)!)).toEqual(expected);
});

test.for<[string, Scope]>([
  ["Running", counting(2)],
  ["ScalingUp", counting(1)],
  ["ScalingDown", counting(3)],
  ["ScalingDown", { ...going, ...counting(2) }],
  ["Unknown", unset],
])("the phase %s says what the replicas do", ([phase, scope]) => {
  const whole = machineDeploymentScope(scope);
  recordStatus(whole, nowMs);
  expect(whole.draft.status?.phase).toBe(phase);
});

test.for<[string, string, Scope, readonly (string | undefined)[]]>([
  ["Available", "all are", counting(2), ["True", undefined, undefined, undefined]],
  [
    "Available",
    "one is not",
    counting(2, 1),
    [
      "False",
      "Warning",
      "WaitingForAvailableMachines",
      "Minimum availability requires 2 replicas, current 1 available",
    ],
  ],
  [
    "MachineSetReady",
    "there is none",
    {},
    ["False", "Info", "WaitingForMachineSet", "MachineSet not found"],
  ],
  [
    "MachineSetReady",
    "it says nothing",
    counting(2),
    ["False", "Info", "WaitingForMachineSet", undefined],
  ],
  [
    "MachineSetReady",
    "it says something",
    counting(2, 2, oldReady({ status: "False", severity: "Warning", reason: "ScalingUp" })),
    ["False", "Warning", "ScalingUp", undefined],
  ],
  [
    "Ready",
    "the MachineSet is not, but enough are available",
    counting(2),
    ["True", undefined, undefined, undefined],
  ],
])("%s of a MachineDeployment in v1beta1 when %s", ([type, , scope, expected]) => {
  const whole = machineDeploymentScope(scope);
  recordStatus(whole, nowMs);
  expect(oldWords(whole.draft, type)).toEqual(expected);
});

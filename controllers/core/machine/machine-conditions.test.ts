import { expect, test } from "vitest";
import {
  aMachine,
  before,
  checkLogs,
  condition,
  deletionTimestamp,
  external,
  machineScope,
  nowMs,
  type Said,
  words,
  type Words,
} from "../condition-facts.ts";
import { available, bootstrapReady, deleting, infrastructureReady } from "./machine-conditions.ts";
import { readyCondition } from "./ready-condition.ts";

type Scope = Parameters<typeof machineScope>[0];

const done = {
  initialization: { bootstrapDataSecretCreated: true, infrastructureProvisioned: true },
};
const going = { metadata: { deletionTimestamp } };
const saying = (said: Partial<Said>) =>
  external({ status: { conditions: [{ type: "Ready", ...said }] } });

test.for<[string, Scope, Words]>([
  ["the user gives the data", { spec: { bootstrap: {} } }, ["True", "DataSecretProvided", ""]],
  [
    "the object says more",
    { bootstrap: saying({ status: "False", reason: "Busy", message: "it works" }) },
    ["False", "Busy", "it works"],
  ],
  ["the object does not say why", { bootstrap: saying({ status: "True" }) }, ["True", "Ready", ""]],
  [
    "the object does not say why not",
    { bootstrap: saying({ status: "False" }) },
    ["False", "NoReasonReported", ""],
  ],
  ["the data are there", { bootstrap: external({}), status: done }, ["True", "Ready", ""]],
  [
    "the data are not there",
    { bootstrap: external({}) },
    ["False", "NotReady", "KubeadmConfig status.initialization.dataSecretCreated is false"],
  ],
  ["nobody could look", {}, ["Unknown", "InternalError", checkLogs]],
  [
    "the object is not there",
    { missing: new Set(["bootstrap"]) },
    ["False", "ObjectDoesNotExist", "KubeadmConfig does not exist"],
  ],
  [
    "the object is not there any more",
    { missing: new Set(["bootstrap"]), status: done },
    ["False", "ObjectDoesNotExist", "KubeadmConfig does not exist"],
  ],
  [
    "the object has gone as it is to",
    { missing: new Set(["bootstrap"]), status: done, ...going },
    ["False", "ObjectDeleted", "KubeadmConfig has been deleted"],
  ],
])("BootstrapConfigReady when %s", ([, scope, said]) => {
  expect(words(bootstrapReady(machineScope(scope)))).toEqual(said);
});

test.for<[string, Scope, Words]>([
  ["it is there", { infrastructure: external({}), status: done }, ["True", "Ready", ""]],
  [
    "it is not there yet",
    { infrastructure: external({}) },
    ["False", "NotReady", "AWSMachine status.initialization.provisioned is false"],
  ],
  ["nobody could look", {}, ["Unknown", "InternalError", checkLogs]],
  [
    "the object is not there",
    { missing: new Set(["infrastructure"]) },
    ["False", "ObjectDoesNotExist", "AWSMachine does not exist"],
  ],
  [
    "somebody has deleted the object",
    { missing: new Set(["infrastructure"]), status: done },
    ["False", "ObjectDeleted", "AWSMachine has been deleted while the Machine still exists"],
  ],
  [
    "the object has gone as it is to",
    { missing: new Set(["infrastructure"]), status: done, ...going },
    ["False", "ObjectDeleted", "AWSMachine has been deleted"],
  ],
  [
    "the object was never there",
    { missing: new Set(["infrastructure"]), ...going },
    ["False", "ObjectDoesNotExist", "AWSMachine does not exist"],
  ],
])("InfrastructureReady of a Machine when %s", ([, scope, said]) => {
  expect(words(infrastructureReady(machineScope(scope)))).toEqual(said);
});

const drain = { reason: "DrainingNode", message: "Drain not completed yet" };

test.for<[string, Scope, Words | undefined]>([
  ["nobody has asked for it", {}, ["False", "NotDeleting", ""]],
  ["it drains", { ...going, stage: drain }, ["True", "DrainingNode", drain.message]],
  ["it failed at once", going, ["True", "InternalError", checkLogs]],
  ["it failed later", { ...going, said: [{ type: "Deleting", ...drain }] }, undefined],
])("Deleting of a Machine when %s", ([, scope, said]) => {
  const found = deleting(machineScope(scope));
  expect(found && words(found)).toEqual(said);
});

const well = ["BootstrapConfigReady", "InfrastructureReady", "NodeHealthy"].map((type) => ({
  type,
}));
const still = [
  { type: "Deleting", status: "False" as const, reason: "NotDeleting" },
  { type: "Updating", status: "False" as const, reason: "NotUpdating" },
];
const budget = "cannot evict pod as it would violate the pod's disruption budget.";
const draining = {
  type: "Deleting",
  reason: "DrainingNode",
  message: `* Pod default/p: ${budget}`,
};
const objectDeleted = { status: "False" as const, reason: "ObjectDeleted", message: "gone" };

interface Told {
  readonly said?: readonly Said[];
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

const components = ["APIServerPodHealthy", "ControllerManagerPodHealthy", "EtcdPodHealthy"];
const gates = { readinessGates: components.map((conditionType) => ({ conditionType })) };
const silent = (type: string, message = "no news"): Said => ({
  type,
  status: "Unknown",
  reason: "InspectionFailed",
  message,
});

test.for<[string, Told, Words]>([
  ["all is well", {}, ["True", "Ready", ""]],
  [
    "the Node is not",
    { said: [{ type: "NodeHealthy", status: "False", reason: "NodeNotHealthy", message: "bad" }] },
    ["False", "NotReady", "* NodeHealthy: bad"],
  ],
  [
    "two things are not",
    {
      said: [
        { type: "InfrastructureReady", status: "False", reason: "NotReady", message: "a\nb" },
        silent("NodeHealthy"),
      ],
    },
    ["False", "NotReady", "* InfrastructureReady:\n  * a\n  * b\n* NodeHealthy: no news"],
  ],
  [
    "the check fails",
    { said: [{ type: "HealthCheckSucceeded", status: "False", reason: "NodeDeleted" }] },
    ["False", "NotReady", "* HealthCheckSucceeded: NodeDeleted"],
  ],
  [
    "the Node is not known",
    { said: [silent("NodeHealthy")] },
    ["Unknown", "ReadyUnknown", "* NodeHealthy: no news"],
  ],
  [
    "a gate has not been reported",
    { spec: { readinessGates: [{ conditionType: "Mine" }] } },
    ["Unknown", "ReadyUnknown", "* Mine: Condition not yet reported"],
  ],
  [
    "a gate that is bad when it holds holds",
    {
      spec: { readinessGates: [{ conditionType: "Mine", polarity: "Negative" }] },
      said: [{ type: "Mine", message: "on fire" }],
    },
    ["False", "NotReady", "* Mine: on fire"],
  ],
  [
    "all components say the same",
    { spec: gates, said: components.map((type) => silent(type)) },
    ["Unknown", "ReadyUnknown", "* Control plane components: no news"],
  ],
  [
    "the components say different things",
    {
      spec: gates,
      said: [
        ...components.slice(1).map((type) => silent(type)),
        silent("APIServerPodHealthy", "x"),
      ],
    },
    [
      "Unknown",
      "ReadyUnknown",
      "* APIServerPodHealthy: x\n* ControllerManagerPodHealthy: no news\n* EtcdPodHealthy: no news",
    ],
  ],
  [
    "one component says something",
    {
      spec: gates,
      said: [...components.slice(1).map((type) => ({ type })), silent("APIServerPodHealthy")],
    },
    ["Unknown", "ReadyUnknown", "* APIServerPodHealthy: no news"],
  ],
  [
    "it is deleted",
    { ...going, said: [draining] },
    ["False", "NotReady", "* Deleting: Machine deletion in progress, stage: DrainingNode"],
  ],
  [
    "it is deleted for more than 15 minutes",
    { metadata: { deletionTimestamp: before(901) }, said: [draining] },
    [
      "False",
      "NotReady",
      "* Deleting: Machine deletion in progress since more than 15m, stage: DrainingNode",
    ],
  ],
  [
    "it is deleted for more than 15 minutes and drained for more than 5",
    {
      metadata: { deletionTimestamp: before(901) },
      said: [draining],
      status: { deletion: { nodeDrainStartTime: before(301) } },
    },
    [
      "False",
      "NotReady",
      "* Deleting: Machine deletion in progress since more than 15m, stage: DrainingNode, delay likely due to PodDisruptionBudgets",
    ],
  ],
  [
    "it is deleted and its objects go",
    {
      ...going,
      said: [
        { type: "Deleting", reason: "WaitingForInfrastructureDeletion" },
        { type: "BootstrapConfigReady", ...objectDeleted },
        { type: "InfrastructureReady", ...objectDeleted },
        { type: "NodeHealthy", status: "False", reason: "NodeDeleted", message: "gone" },
      ],
    },
    [
      "False",
      "NotReady",
      "* Deleting: Machine deletion in progress, stage: WaitingForInfrastructureDeletion",
    ],
  ],
])("Ready of a Machine when %s", ([, { said = [], ...parts }, expected]) => {
  const all = new Map([...still, ...well, ...said].map((each) => [each.type, condition(each)]));
  const machine = aMachine("m", {
    ...parts,
    status: { ...parts.status, conditions: [...all.values()] },
  });
  expect(words(readyCondition(machine, nowMs))).toEqual(expected);
});

test.for<[string, Said, number, Words]>([
  ["it is not ready", { type: "Ready", status: "False" }, 0, ["False", "NotReady", ""]],
  ["it is ready", { type: "Ready" }, 0, ["True", "Available", ""]],
  [
    "it is ready for too short",
    { type: "Ready", lastTransitionTime: before(9) },
    10,
    ["False", "WaitingForMinReadySeconds", ""],
  ],
  [
    "it is ready for long enough",
    { type: "Ready", lastTransitionTime: before(10) },
    10,
    ["True", "Available", ""],
  ],
])("Available of a Machine when %s", ([, ready, minReadySeconds, expected]) => {
  const machine = aMachine("m", { spec: { minReadySeconds }, said: [ready] });
  expect(words(available(machine, nowMs).condition)).toEqual(expected);
});

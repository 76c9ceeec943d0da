import { expect, test } from "vitest";
import {
  condition,
  deletionTimestamp,
  external,
  machineScope,
  nowMs,
  oldReady,
  oldWords,
} from "../condition-facts.ts";
import { recordMachineV1beta1 } from "./machine-v1beta1.ts";

type Scope = Parameters<typeof machineScope>[0];
type Old = readonly (string | undefined)[];

const well: Old = ["True", undefined, undefined, undefined];
const info = (reason: string, message?: string): Old => ["False", "Info", reason, message];
const done = {
  initialization: { bootstrapDataSecretCreated: true, infrastructureProvisioned: true },
};
const running = { spec: { providerID: "aws:///m" }, infrastructure: external({}) };
const node = (statuses: Readonly<Record<string, string>>) => ({
  apiVersion: "v1" as const,
  kind: "Node" as const,
  metadata: { name: "n" },
  status: {
    conditions: Object.entries(statuses).map(([type, status]) => ({ type, status })),
  },
});
const good = {
  Ready: "True",
  MemoryPressure: "False",
  DiskPressure: "False",
  PIDPressure: "False",
};
const lost = "Unknown";

test.for<[string, string, Scope, Old | undefined]>([
  ["BootstrapReady", "the user gives the data", { spec: { bootstrap: {} } }, well],
  [
    "BootstrapReady",
    "the data are not there",
    { bootstrap: external({}) },
    info("WaitingForDataSecret"),
  ],
  ["BootstrapReady", "the data are there", { bootstrap: external({}), status: done }, well],
  [
    "BootstrapReady",
    "an object of v1beta1 says more",
    {
      bootstrap: external(
        {
          status: {
            conditions: [
              {
                ...condition({ type: "Ready", status: "False", reason: "Busy" }),
                severity: "Error",
              },
            ],
          },
        },
        "v1beta1",
      ),
    },
    ["False", "Error", "Busy", undefined],
  ],
  [
    "InfrastructureReady",
    "it is not there",
    { infrastructure: external({}) },
    info("WaitingForInfrastructure"),
  ],
  [
    "InfrastructureReady",
    "it goes before it was there",
    { metadata: { deletionTimestamp }, infrastructure: external({}) },
    info("Deleting"),
  ],
  [
    "InfrastructureReady",
    "the object says more",
    {
      infrastructure: external({
        status: oldReady({ status: "Unknown", reason: "Lost", message: "x" }),
      }),
    },
    ["Unknown", undefined, "Lost", "x"],
  ],
  ["NodeHealthy", "there is no providerID", {}, info("WaitingForNodeRef")],
  [
    "NodeHealthy",
    "there is no Node yet",
    running,
    [
      "False",
      "Warning",
      "NodeProvisioning",
      "Waiting for a node with matching ProviderID to exist",
    ],
  ],
  [
    "NodeHealthy",
    "the Node has gone",
    { ...running, status: { nodeRef: { name: "n" } } },
    ["False", "Error", "NodeNotFound", undefined],
  ],
  [
    "NodeHealthy",
    "the Node cannot be read",
    { ...running, nodeError: new Error("x") },
    [
      "Unknown",
      undefined,
      "NodeInspectionFailed",
      "Failed to get the Node for this Machine by ProviderID",
    ],
  ],
  ["NodeHealthy", "it is", { ...running, node: node(good) }, well],
  [
    "NodeHealthy",
    "the infrastructure goes",
    { ...running, node: node(good), infrastructure: external({ metadata: { deletionTimestamp } }) },
    info("Deleting"),
  ],
  [
    "NodeHealthy",
    "two things are bad",
    { ...running, node: node({ ...good, Ready: "False", DiskPressure: lost }) },
    [
      "False",
      "Warning",
      "NodeConditionsFailed",
      "Node condition Ready is False. Node condition DiskPressure is Unknown",
    ],
  ],
  [
    "NodeHealthy",
    "something is not known",
    { ...running, node: node({ ...good, Ready: lost }) },
    well,
  ],
  [
    "NodeHealthy",
    "nothing is known",
    {
      ...running,
      node: node({ Ready: lost, MemoryPressure: lost, DiskPressure: lost, PIDPressure: lost }),
    },
    [
      "Unknown",
      undefined,
      "NodeConditionsFailed",
      ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]
        .map((type) => `Node condition ${type} is Unknown`)
        .join(". "),
    ],
  ],
  [
    "Ready",
    "it begins",
    { bootstrap: external({}), infrastructure: external({}) },
    info("WaitingForInfrastructure", "0 of 2 completed"),
  ],
  [
    "Ready",
    "the data are there",
    {
      bootstrap: external({}),
      infrastructure: external({}),
      status: { initialization: { bootstrapDataSecretCreated: true } },
    },
    info("WaitingForInfrastructure", "1 of 2 completed"),
  ],
  [
    "Ready",
    "a health check fails",
    {
      ...running,
      bootstrap: external({}),
      status: {
        ...done,
        deprecated: {
          v1beta1: {
            conditions: [
              {
                ...condition({ type: "HealthCheckSucceeded", status: "False" }),
                severity: "Warning",
              },
            ],
          },
        },
      },
    },
    ["False", "Warning", "Test", undefined],
  ],
  ["Ready", "all is there", { ...running, bootstrap: external({}), status: done }, well],
])("%s of a Machine in v1beta1 when %s", ([type, , scope, expected]) => {
  const whole = machineScope(scope);
  recordMachineV1beta1(whole, nowMs);
  expect(oldWords(whole.draft, type)).toEqual(expected);
});

import { expect, test } from "vitest";
import type { Node, NodeCondition } from "../../api/kubernetes.ts";
import { setCondition } from "../../runtime/conditions.ts";
import { WorkloadUnreachableError } from "../../runtime/errors.ts";
import {
  aCluster,
  aMachine,
  before,
  checkLogs,
  deletionTimestamp,
  nowMs,
  words,
  type Words,
} from "../condition-facts.ts";
import { nodeConditions, type NodeView } from "./node-conditions.ts";
import { nodeHealthCondition, nodeReadyCondition } from "./node-health.ts";

const initialization = { infrastructureProvisioned: true };
const initialized = (seconds = 3600) =>
  aCluster({
    status: { initialization },
    said: [{ type: "ControlPlaneInitialized", lastTransitionTime: before(seconds) }],
  });
const running = { providerID: "aws:///m" };
const nodeRef = { name: "node-m" };
const known = [{ type: "NodeReady" }, { type: "NodeHealthy" }];
const unreachable = new WorkloadUnreachableError("no connection");

const viewOf = (view: Partial<NodeView>): NodeView => ({
  cluster: initialized(),
  machine: aMachine("m", { spec: running }),
  node: undefined,
  nodeError: undefined,
  lastProbeMs: nowMs - 10_000,
  failedProbes: 0,
  nowMs,
  ...view,
});

test.for<[string, Partial<NodeView>, Words | undefined]>([
  [
    "the infrastructure of the cluster is not there yet",
    { cluster: aCluster() },
    [
      "Unknown",
      "InspectionFailed",
      "Waiting for Cluster status.initialization.infrastructureProvisioned to be true",
    ],
  ],
  [
    "the control plane is not there yet",
    { cluster: aCluster({ status: { initialization } }) },
    ["Unknown", "InspectionFailed", "Waiting for Cluster control plane to be initialized"],
  ],
  [
    "nobody has connected yet",
    { lastProbeMs: undefined },
    ["Unknown", "ConnectionDown", "Remote connection not established yet"],
  ],
  [
    "nobody has connected yet, but another process had",
    { lastProbeMs: undefined, machine: aMachine("m", { said: known }) },
    undefined,
  ],
  [
    "nobody has connected yet, and has tried often enough",
    { lastProbeMs: undefined, failedProbes: 5, machine: aMachine("m", { said: known }) },
    ["Unknown", "ConnectionDown", ""],
  ],
  [
    "the connection has just been lost",
    { nodeError: unreachable, machine: aMachine("m", { said: known }) },
    undefined,
  ],
  [
    "the connection was lost before the Node was seen",
    { nodeError: unreachable },
    ["Unknown", "ConnectionDown", "Last successful probe at 2026-01-06T07:59:50Z"],
  ],
  [
    "the connection is lost for more than five minutes",
    {
      nodeError: unreachable,
      lastProbeMs: nowMs - 301_000,
      machine: aMachine("m", { said: known }),
    },
    ["Unknown", "ConnectionDown", "Last successful probe at 2026-01-06T07:54:59Z"],
  ],
  [
    "the connection is lost for long, but the control plane is new",
    {
      nodeError: unreachable,
      lastProbeMs: nowMs - 301_000,
      cluster: initialized(60),
      machine: aMachine("m", { said: known }),
    },
    undefined,
  ],
  [
    "the Node cannot be read",
    { nodeError: new Error("two of them") },
    ["Unknown", "InternalError", checkLogs],
  ],
  [
    "there is no providerID",
    { machine: aMachine("m") },
    ["Unknown", "InspectionFailed", "Waiting for AWSMachine to report spec.providerID"],
  ],
  [
    "there is no Node yet",
    {},
    ["Unknown", "InspectionFailed", "Waiting for a Node with spec.providerID aws:///m to exist"],
  ],
  [
    "the Node has gone",
    { machine: aMachine("m", { spec: running, status: { nodeRef } }) },
    ["False", "NodeDeleted", "Node node-m has been deleted while the Machine still exists"],
  ],
  [
    "the Node has gone as it is to",
    { machine: aMachine("m", { metadata: { deletionTimestamp }, status: { nodeRef } }) },
    ["False", "NodeDeleted", "Node node-m has been deleted"],
  ],
  [
    "the Machine goes before it had a Node",
    { machine: aMachine("m", { metadata: { deletionTimestamp } }) },
    ["Unknown", "NodeDoesNotExist", "Node does not exist"],
  ],
])("NodeReady and NodeHealthy say the same when %s", ([, view, said]) => {
  const found = nodeConditions(viewOf(view));
  expect(found.map(words)).toEqual(said === undefined ? [] : [said, said]);
});

const good: Readonly<Record<string, string>> = {
  Ready: "True",
  MemoryPressure: "False",
  DiskPressure: "False",
  PIDPressure: "False",
};
const node = (changes: Readonly<Record<string, Partial<NodeCondition> | null>>): Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "node-m" },
  status: {
    conditions: Object.entries(good)
      .filter(([type]) => changes[type] !== null)
      .map(([type, status]) => ({ type, status, ...changes[type] })),
  },
});
const lost = { status: "Unknown", message: "Kubelet stopped posting node status." };

test.for<[string, Node, Words, Words]>([
  ["all is well", node({}), ["True", "NodeReady", ""], ["True", "NodeHealthy", ""]],
  [
    "it is not ready",
    node({ Ready: { status: "False", message: "no network plug-in" } }),
    ["False", "NodeNotReady", "* Node.Ready: no network plug-in"],
    ["False", "NodeNotHealthy", "* Node.Ready: no network plug-in"],
  ],
  [
    "it does not say why it is not ready",
    node({ Ready: { status: "False" } }),
    ["False", "NodeNotReady", ""],
    ["False", "NodeNotHealthy", "* Node.Ready: Condition is False"],
  ],
  [
    "it has not said anything",
    node({ Ready: null, MemoryPressure: null, DiskPressure: null, PIDPressure: null }),
    ["Unknown", "NodeReadyUnknown", "* Node.Ready: Condition not yet reported"],
    [
      "Unknown",
      "NodeHealthyUnknown",
      ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]
        .map((type) => `* Node.${type}: Condition not yet reported`)
        .join("\n"),
    ],
  ],
  [
    "its kubelet is silent",
    node({ Ready: lost, MemoryPressure: lost, DiskPressure: lost, PIDPressure: lost }),
    ["Unknown", "NodeReadyUnknown", "* Node.Ready: Kubelet stopped posting node status."],
    ["Unknown", "NodeHealthyUnknown", "* Node.AllConditions: Kubelet stopped posting node status."],
  ],
  [
    "it is under pressure and something is unknown",
    node({ MemoryPressure: { status: "True", message: "no memory" }, PIDPressure: lost }),
    ["True", "NodeReady", ""],
    [
      "False",
      "NodeNotHealthy",
      "* Node.MemoryPressure: no memory\n* Node.PIDPressure: Kubelet stopped posting node status.",
    ],
  ],
])("NodeReady and NodeHealthy when %s", ([, seen, ready, healthy]) => {
  const found = nodeConditions(viewOf({ node: seen }));
  expect(found.map(words)).toEqual([ready, healthy]);
  expect(words(nodeHealthCondition(seen))).toEqual(healthy);
});

test("NodeReady has changed when the Node says so, not when somebody has looked", () => {
  const machine = aMachine("m");
  const lastTransitionTime = before(1800);
  setCondition(machine, nodeReadyCondition(node({ Ready: { lastTransitionTime } })), nowMs);
  expect(machine.status?.conditions).toMatchObject([{ type: "NodeReady", lastTransitionTime }]);
});

import { expect, test } from "vitest";
import { computeStatus, type Findings } from "./control-plane-status.ts";
import {
  type Facts,
  before,
  machine,
  three,
  controlPlane,
  node,
  etcdMember,
  observed,
  saying,
  outdated,
  deletionTimestamp,
} from "./condition-facts.ts";

/** What readers of v1beta1 find. */
function v1beta1Says(type: string, facts: Facts, findings: Partial<Findings> = {}) {
  const status = computeStatus(controlPlane(facts), {
    isInitialized: true,
    certificates: { type: "CertificatesAvailable", status: "True", reason: "Available" },
    inspection: observed(),
    ...findings,
  });
  const found = status.deprecated?.v1beta1?.conditions?.find((each) => each.type === type);
  if (found === undefined) return undefined;
  const { status: state, severity, reason, message } = found;
  return [state, severity, reason, message].filter((each) => each !== undefined);
}

const readyOfOld = (status: string, parts: object = {}) => ({
  deprecated: {
    v1beta1: { conditions: [{ type: "Ready", status, lastTransitionTime: before(60), ...parts }] },
  },
});

test.for<[string, string, Facts, Partial<Findings>, readonly string[] | undefined]>([
  ["all is well", "Ready", {}, {}, ["True"]],
  ["all is well", "MachinesCreated", {}, {}, ["True"]],
  ["all is well", "Resized", {}, {}, ["True"]],
  ["all is well", "Available", {}, {}, ["True"]],
  ["all is well", "CertificatesAvailable", {}, {}, ["True"]],
  ["all is well", "ControlPlaneComponentsHealthy", {}, {}, ["True"]],
  ["all is well", "EtcdClusterHealthy", {}, {}, ["True"]],
  ["nothing was ever rolled out", "MachinesSpecUpToDate", {}, {}, undefined],
  [
    "a machine is outdated",
    "MachinesSpecUpToDate",
    { members: [outdated("m1", "x"), ...three.slice(1)] },
    {},
    [
      "False",
      "Warning",
      "RollingUpdateInProgress",
      "Rolling 1 replicas with outdated spec (2 replicas up to date)",
    ],
  ],
  [
    "two are wanted",
    "Resized",
    { kcp: { spec: { replicas: 5 } } },
    {},
    ["False", "Warning", "ScalingUp", "Scaling up control plane to 5 replicas (actual 3)"],
  ],
  [
    "two are too many",
    "Resized",
    { kcp: { spec: { replicas: 1 } } },
    {},
    ["False", "Warning", "ScalingDown", "Scaling down control plane to 1 replicas (actual 3)"],
  ],
  [
    "two are too many",
    "Ready",
    { kcp: { spec: { replicas: 1 } } },
    {},
    ["False", "Warning", "ScalingDown", "Scaling down control plane to 1 replicas (actual 3)"],
  ],
  [
    "it is deleted and workers remain",
    "Resized",
    { kcp: { metadata: { deletionTimestamp } } },
    { deleting: { type: "Deleting", status: "True", reason: "WaitingForWorkersDeletion" } },
    ["False", "Info", "Deleting", "Waiting for worker nodes to be deleted first"],
  ],
  [
    "nothing has been made yet",
    "Available",
    { members: [], kcp: { status: { initialization: undefined } } },
    { isInitialized: false },
    ["False", "Info", "WaitingForKubeadmInit"],
  ],
  [
    "one machine is not ready",
    "MachinesReady",
    {
      members: [
        machine({
          name: "m1",
          status: readyOfOld("False", { severity: "Error", reason: "Broken" }),
        }),
        machine({ name: "m2", status: readyOfOld("True") }),
      ],
    },
    {},
    ["False", "Error", "Broken @ Machine/m1", "1 of 2 completed"],
  ],
  [
    "a pod is missing",
    "ControlPlaneComponentsHealthy",
    { members: [saying("m1", "False", "Pod does not exist"), ...three.slice(1)] },
    {},
    [
      "False",
      "Error",
      "ControlPlaneComponentsUnhealthy",
      "Following Machines are reporting control plane errors: m1",
    ],
  ],
  [
    "a machine leaves",
    "ControlPlaneComponentsHealthy",
    {
      members: [
        machine({
          name: "m1",
          said: [{ type: "EtcdPodHealthy", status: "False", reason: "Deleting" }],
        }),
        ...three.slice(1),
      ],
    },
    {},
    [
      "False",
      "Info",
      "ControlPlaneComponentsUnhealthy",
      "Following Machines are reporting control plane info: m1",
    ],
  ],
  [
    "an etcd member belongs to nobody",
    "EtcdClusterHealthy",
    { members: [saying("m1", "False", "x", ["EtcdMemberHealthy"]), ...three.slice(1)] },
    { inspection: observed({ members: [etcdMember("lost")] }) },
    [
      "False",
      "Error",
      "EtcdClusterUnhealthy",
      "Etcd member lost does not have a corresponding Machine; Following Machines are reporting etcd member errors: m1",
    ],
  ],
  [
    "nothing is known of etcd",
    "EtcdClusterHealthy",
    { members: [saying("m1", "Unknown", "x", ["EtcdMemberHealthy"])] },
    { inspection: observed({ nodes: [node("node-m1")], members: null }) },
    [
      "Unknown",
      "EtcdClusterUnknown",
      "Following Machines are reporting unknown etcd member status: m1",
    ],
  ],
])("when %s, readers of v1beta1 find it in %s", ([, type, facts, findings, expected]) => {
  expect(v1beta1Says(type, facts, findings)).toEqual(expected);
});

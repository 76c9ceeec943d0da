import { expect, test } from "vitest";
import type { Findings } from "./control-plane-status.ts";
import {
  type Facts,
  before,
  health,
  condition,
  machine,
  three,
  node,
  etcdMember,
  nodeNames,
  observed,
  kcpSays,
  deletionTimestamp,
} from "./condition-facts.ts";

const ill = (name: string, seconds = 60) =>
  machine({
    name,
    said: health.map((type) => ({ type, status: "False", lastTransitionTime: before(seconds) })),
  });
const justInitialized = condition({ type: "Initialized", lastTransitionTime: before(90) });
const newNode = {
  ...node("node-m3"),
  metadata: { ...node("node-m3").metadata, creationTimestamp: before(60) },
};

test.for<[string, Facts, Partial<Findings>, readonly string[]]>([
  ["all is well", {}, {}, ["True", "Available", ""]],
  [
    "it is not initialized",
    { kcp: { status: { initialization: undefined } } },
    { isInitialized: false },
    ["False", "NotAvailable", "Control plane not yet initialized"],
  ],
  [
    "etcd has not answered yet",
    {
      kcp: {
        status: {
          conditions: [justInitialized],
          initialization: { controlPlaneInitialized: true },
        },
      },
    },
    { inspection: observed({ members: null }) },
    ["False", "NotAvailable", "Waiting for etcd to report the list of members"],
  ],
  [
    "etcd does not answer",
    {},
    { inspection: observed({ members: null }) },
    ["Unknown", "InspectionFailed", "Failed to get etcd members"],
  ],
  [
    "etcd has a member too many",
    {},
    { inspection: observed({ members: [...nodeNames, "lost"].map((name) => etcdMember(name)) }) },
    [
      "False",
      "NotAvailable",
      "The list of etcd members does not match the list of Machines and Nodes",
    ],
  ],
  [
    "a machine has no member after two minutes",
    {},
    { inspection: observed({ members: nodeNames.slice(0, 2).map((name) => etcdMember(name)) }) },
    [
      "False",
      "NotAvailable",
      "The list of etcd members does not match the list of Machines and Nodes",
    ],
  ],
  [
    "the member of a new machine is still to come",
    {},
    {
      inspection: observed({
        nodes: [node("node-m1"), node("node-m2"), newNode],
        members: nodeNames.slice(0, 2).map((name) => etcdMember(name)),
      }),
    },
    ["True", "Available", ""],
  ],
  [
    "one machine of three is ill",
    { members: [ill("m1"), ...three.slice(1)] },
    {},
    [
      "True",
      "Available",
      "* 2 of 3 etcd members are healthy, at least 2 healthy member required for etcd quorum\n* 2 of 3 Machines have healthy control plane components, at least 1 required",
    ],
  ],
  [
    "one machine has been ill for a moment",
    { members: [ill("m1", 5), ...three.slice(1)] },
    {},
    ["True", "Available", ""],
  ],
  [
    "two machines of three are ill",
    { members: [ill("m1"), ill("m2"), ...three.slice(2)] },
    {},
    [
      "False",
      "NotAvailable",
      "* 1 of 3 etcd members is healthy, at least 2 healthy member required for etcd quorum",
    ],
  ],
  [
    "all machines are ill and one more is learning",
    { members: ["m1", "m2", "m3"].map((name) => ill(name)) },
    {
      inspection: observed({
        members: [
          etcdMember("node-m1"),
          etcdMember("node-m2"),
          etcdMember("node-m3", { isLearner: true }),
        ],
      }),
    },
    [
      "False",
      "NotAvailable",
      "* There are no healthy etcd member, 1 learner etcd member, at least 2 healthy member required for etcd quorum\n* There are no Machines with healthy control plane components, at least 1 required",
    ],
  ],
  [
    "the CA is lost",
    {},
    { certificates: { type: "CertificatesAvailable", status: "False", reason: "NotAvailable" } },
    ["False", "NotAvailable", "* Control plane certificates are not available"],
  ],
  [
    "it is being deleted",
    { kcp: { metadata: { deletionTimestamp } } },
    {},
    ["False", "NotAvailable", "* Control plane metadata.deletionTimestamp is set"],
  ],
])("when %s, Available says so", ([, facts, findings, expected]) => {
  expect(kcpSays("Available", facts, findings)).toEqual(expected);
});

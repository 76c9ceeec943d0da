import { expect, test } from "vitest";
import type { Findings } from "./control-plane-status.ts";
import {
  type Facts,
  before,
  condition,
  machine,
  three,
  kcpSays,
  outdated,
  deletionTimestamp,
} from "./condition-facts.ts";

const slowDrain = {
  metadata: { deletionTimestamp: before(20 * 60) },
  status: {
    deletion: { nodeDrainStartTime: before(6 * 60) },
    conditions: [
      condition({
        type: "Deleting",
        reason: "DrainingNode",
        message:
          "Drain not completed yet:\n* Pod a: cannot evict pod as it would violate the pod's disruption budget.\n* Pod b: waiting for completion",
      }),
    ],
  },
};

test.for<[string, string, Facts, Partial<Findings>, readonly string[]]>([
  ["has all its machines", "ScalingUp", {}, {}, ["False", "NotScalingUp", ""]],
  ["has all its machines", "ScalingDown", {}, {}, ["False", "NotScalingDown", ""]],
  [
    "has no number of replicas",
    "ScalingUp",
    { kcp: { spec: { replicas: undefined } } },
    {},
    ["Unknown", "WaitingForReplicasSet", "Waiting for spec.replicas set"],
  ],
  [
    "has no number of replicas",
    "ScalingDown",
    { kcp: { spec: { replicas: undefined } } },
    {},
    ["Unknown", "WaitingForReplicasSet", "Waiting for spec.replicas set"],
  ],
  [
    "wants two more",
    "ScalingUp",
    { kcp: { spec: { replicas: 5 } } },
    {},
    ["True", "ScalingUp", "Scaling up from 3 to 5 replicas"],
  ],
  [
    "wants two more and must wait for everything",
    "ScalingUp",
    { kcp: { spec: { replicas: 5 } } },
    {
      preflight: ["etcd", "components", "certificates", "deletingMachine"],
      missingTemplate: "AWSMachineTemplate",
    },
    [
      "True",
      "ScalingUp",
      [
        "Scaling up from 3 to 5 replicas is blocked because:",
        "* waiting for a control plane Machine to complete deletion",
        "* cluster certificates are missing or unknown",
        "* waiting for control plane components to become healthy",
        "* waiting for etcd cluster to become healthy",
        "* AWSMachineTemplate does not exist",
      ].join("\n"),
    ],
  ],
  [
    "could not make another",
    "ScalingUp",
    {},
    { missingTemplate: "AWSMachineTemplate" },
    [
      "False",
      "NotScalingUp",
      "Scaling up would be blocked because AWSMachineTemplate does not exist",
    ],
  ],
  [
    "wants two less",
    "ScalingDown",
    { kcp: { spec: { replicas: 1 } } },
    { preflight: ["deletingMachine"] },
    [
      "True",
      "ScalingDown",
      "Scaling down from 3 to 1 replicas is blocked because:\n* waiting for a control plane Machine to complete deletion",
    ],
  ],
  [
    "is being deleted and one machine does not go",
    "ScalingDown",
    {
      kcp: { metadata: { deletionTimestamp } },
      members: [machine({ name: "m1", ...slowDrain }), ...three.slice(1)],
    },
    {},
    [
      "True",
      "ScalingDown",
      "Scaling down from 3 to 0 replicas is blocked because:\n* Machine m1 is in deletion since more than 15m, delay likely due to PodDisruptionBudgets, Pods not completed yet",
    ],
  ],
])("a control plane that %s says so in %s", ([, type, facts, findings, expected]) => {
  expect(kcpSays(type, facts, findings)).toEqual(expected);
});

const young = machine({
  name: "m4",
  isWell: false,
  metadata: { creationTimestamp: before(5) },
  status: { conditions: [] },
});
const givenUp = (name: string, remediated: string | undefined) =>
  machine({
    name,
    said: [
      { type: "HealthCheckSucceeded", status: "False" },
      ...(remediated === undefined
        ? []
        : [{ type: "OwnerRemediated", status: "False" as const, message: remediated }]),
    ],
  });

test.for<[string, string, Facts, readonly string[]]>([
  ["are as they should be", "RollingOut", {}, ["False", "NotRollingOut", ""]],
  [
    "are outdated for several reasons",
    "RollingOut",
    {
      members: [
        outdated("m1", "KubeadmConfig is not up-to-date", "Version v1.33.0, v1.34.2 required"),
        outdated("m2", "AWSMachine is not up-to-date"),
        three[2]!,
      ],
    },
    [
      "True",
      "RollingOut",
      "Rolling out 2 not up-to-date replicas\n* Version v1.33.0, v1.34.2 required\n* AWSMachine is not up-to-date\n* KubeadmConfig is not up-to-date",
    ],
  ],
  ["are as they should be", "MachinesUpToDate", {}, ["True", "UpToDate", ""]],
  [
    "are outdated",
    "MachinesUpToDate",
    { members: [outdated("m1", "Version v1.33.0, v1.34.2 required"), ...three.slice(1)] },
    ["False", "NotUpToDate", "* Machine m1:\n  * Version v1.33.0, v1.34.2 required"],
  ],
  ["were made a moment ago", "MachinesUpToDate", { members: [young] }, ["True", "NoReplicas", ""]],
  ["are none", "MachinesReady", { members: [] }, ["True", "NoReplicas", ""]],
  ["are ready", "MachinesReady", {}, ["True", "Ready", ""]],
  [
    "are partly not ready",
    "MachinesReady",
    {
      members: [
        machine({
          name: "m1",
          said: [{ type: "Ready", status: "False", message: "* NodeHealthy: a" }],
        }),
        ...three.slice(1),
      ],
    },
    ["False", "NotReady", "* Machine m1:\n  * NodeHealthy: a"],
  ],
  [
    "say nothing yet",
    "MachinesReady",
    { members: [young] },
    ["Unknown", "ReadyUnknown", "* Machine m4: Condition Ready not yet reported"],
  ],
  ["are all well", "Remediating", {}, ["False", "NotRemediating", ""]],
  [
    "are ill and nobody replaces them",
    "Remediating",
    { members: ["m1", "m2", "m3", "m4"].map((name) => givenUp(name, undefined)) },
    [
      "False",
      "NotRemediating",
      "Machines m1, m2, m3, ... (1 more) are not healthy (not to be remediated by KubeadmControlPlane)",
    ],
  ],
  [
    "are being replaced",
    "Remediating",
    { members: [givenUp("m1", "Machine is deleting"), ...three.slice(1)] },
    ["True", "Remediating", "* Machine m1: Machine is deleting"],
  ],
])("when machines %s, %s says so", ([, type, facts, expected]) => {
  expect(kcpSays(type, facts)).toEqual(expected);
});

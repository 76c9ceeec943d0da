import { expect, test } from "vitest";
import { type Inspection, notInspected } from "./inspection.ts";
import {
  type Facts,
  health,
  condition,
  machine,
  three,
  etcdMember,
  nodeNames,
  observed,
  kcpSays,
  saying,
} from "./condition-facts.ts";

const withoutInstance = machine({
  name: "m3",
  isWell: false,
  spec: { providerID: undefined },
  status: {
    conditions: health.map((type) => condition({ type, status: "Unknown", message: "wait" })),
  },
});

test.for<[string, string, Facts, Inspection, readonly string[]]>([
  ["all is well", "ControlPlaneComponentsHealthy", {}, observed(), ["True", "Healthy", ""]],
  ["all is well", "EtcdClusterHealthy", {}, observed(), ["True", "Healthy", ""]],
  [
    "two machines say the same",
    "ControlPlaneComponentsHealthy",
    {
      members: [
        saying("m1", "False", "Pod does not exist"),
        saying("m2", "False", "Pod does not exist"),
        saying("m3", "Unknown", ""),
      ],
    },
    observed(),
    [
      "False",
      "NotHealthy",
      "* Machines m1, m2:\n  * APIServerPodHealthy: Pod does not exist\n* Machine m3:\n  * APIServerPodHealthy: condition is Unknown",
    ],
  ],
  [
    "all components of a machine say the same",
    "ControlPlaneComponentsHealthy",
    {
      members: [saying("m1", "Unknown", "Node node-m1 is unreachable", health), ...three.slice(1)],
    },
    observed(),
    [
      "Unknown",
      "HealthUnknown",
      "* Machine m1:\n  * Control plane components: Node node-m1 is unreachable",
    ],
  ],
  [
    "a machine has no instance yet",
    "ControlPlaneComponentsHealthy",
    { members: [...three.slice(0, 2), withoutInstance] },
    observed(),
    ["True", "Healthy", ""],
  ],
  [
    "there are no machines",
    "ControlPlaneComponentsHealthy",
    { members: [] },
    observed({ nodes: [] }),
    ["Unknown", "HealthUnknown", "No Machines reporting control plane status"],
  ],
  [
    "there are no machines",
    "EtcdClusterHealthy",
    { members: [] },
    observed({ nodes: [], members: [] }),
    ["Unknown", "HealthUnknown", "No Machines reporting etcd member status"],
  ],
  [
    "a Node belongs to no Machine",
    "ControlPlaneComponentsHealthy",
    { members: three.slice(0, 2) },
    observed(),
    ["False", "NotHealthy", "* Control plane Node node-m3 does not have a corresponding Machine"],
  ],
  [
    "an etcd member belongs to no Machine",
    "EtcdClusterHealthy",
    {},
    observed({
      members: [
        ...nodeNames.map((name) => etcdMember(name)),
        etcdMember("", { id: "42" }),
        etcdMember("lost"),
      ],
    }),
    [
      "False",
      "NotHealthy",
      "* Etcd member 42 (Name not yet assigned) does not have a corresponding Machine\n* Etcd member lost does not have a corresponding Machine",
    ],
  ],
  [
    "the infrastructure is not there",
    "EtcdClusterHealthy",
    {},
    notInspected("Waiting for Cluster status.infrastructureReady to be true"),
    ["Unknown", "InspectionFailed", "Waiting for Cluster status.infrastructureReady to be true"],
  ],
])("when %s, %s says so", ([, type, facts, inspection, expected]) => {
  expect(kcpSays(type, facts, { inspection })).toEqual(expected);
});

test("while the connection is lost for a short time, health stays as it was", () => {
  const known = condition({ type: "EtcdClusterHealthy", reason: "Healthy" });
  const facts = { kcp: { status: { conditions: [known] } } };
  expect(kcpSays("EtcdClusterHealthy", facts, { inspection: { type: "kept" } })).toEqual([
    "True",
    "Healthy",
    "",
  ]);
});

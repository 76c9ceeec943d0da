import { expect, test } from "vitest";
import type { MachineHealthCheck } from "../../api/core/v1beta2.ts";
import type { Node } from "../../api/kubernetes.ts";
import {
  aCluster,
  aMachine,
  before,
  deletionTimestamp,
  nowMs,
  type Said,
} from "../condition-facts.ts";
import { computeAllowance } from "./allowance.ts";
import { checkHealth, type Target } from "./check-health.ts";

const initialization = { infrastructureProvisioned: true, controlPlaneInitialized: true };
const cluster = aCluster({ status: { initialization } });
const unhealthyMachineConditions = [{ type: "Mine", status: "False", timeoutSeconds: 300 }];
const check = (spec: object = {}) =>
  ({
    spec: {
      clusterName: "c",
      selector: {},
      checks: {
        nodeStartupTimeoutSeconds: 600,
        unhealthyNodeConditions: [{ type: "Ready", status: "Unknown", timeoutSeconds: 3600 }],
        unhealthyMachineConditions,
      },
      ...spec,
    },
  }) as unknown as MachineHealthCheck;
const node = (status: string, seconds: number): Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n" },
  status: { conditions: [{ type: "Ready", status, lastTransitionTime: before(seconds) }] },
});
const nodeRef = { name: "n" };
const bad = (seconds: number): Said => ({
  type: "Mine",
  status: "False",
  lastTransitionTime: before(seconds),
});
const target = (machine: Target["machine"], more: Partial<Target> = {}): Target => ({
  machine,
  node: undefined,
  isConnected: true,
  ...more,
});
const own = "Condition Mine on Machine is reporting status False for more than 5m0s";

test.for<[string, Target, readonly string[]]>([
  [
    "somebody has asked for it",
    target(
      aMachine("m", { metadata: { annotations: { "cluster.x-k8s.io/remediate-machine": "" } } }),
    ),
    [
      "unhealthy",
      "HasRemediateAnnotation",
      "Health check failed: marked for remediation via cluster.x-k8s.io/remediate-machine annotation",
    ],
  ],
  ["its Node is well", target(aMachine("m"), { node: node("True", 60) }), ["healthy"]],
  [
    "its Node is well, but it goes",
    target(aMachine("m", { metadata: { deletionTimestamp } }), { node: node("True", 60) }),
    ["unknown"],
  ],
  ["nobody can look", target(aMachine("m"), { isConnected: false }), ["unknown"]],
  [
    "its Node is silent for a short time",
    target(aMachine("m"), { node: node("Unknown", 60) }),
    ["waiting"],
  ],
  [
    "its Node is silent",
    target(aMachine("m"), { node: node("Unknown", 3601) }),
    [
      "unhealthy",
      "UnhealthyNode",
      "Health check failed:\n  * Condition Ready on Node is reporting status Unknown for more than 1h0m0s",
    ],
  ],
  [
    "it says so itself, and nobody can look",
    target(aMachine("m", { said: [bad(301)] }), { isConnected: false }),
    ["unhealthy", "UnhealthyMachine", `Health check failed:\n  * ${own}`],
  ],
  [
    "it says so itself and has no Node yet",
    target(aMachine("m", { said: [bad(301)] })),
    ["unhealthy", "UnhealthyMachine", `Health check failed:\n  * ${own}`],
  ],
  [
    "its Node has gone",
    target(aMachine("m", { status: { nodeRef } })),
    ["unhealthy", "NodeDeleted", "Health check failed:\n  * Node n has been deleted"],
  ],
  [
    "its Node has gone and it says so itself",
    target(
      aMachine("m", {
        status: { nodeRef, conditions: aMachine("x", { said: [bad(301)] }).status!.conditions! },
      }),
    ),
    [
      "unhealthy",
      "UnhealthyMachine",
      `Health check failed:\n  * Node n has been deleted\n  * ${own}`,
    ],
  ],
  [
    "no Node comes",
    target(aMachine("m", { metadata: { creationTimestamp: before(601) } })),
    [
      "unhealthy",
      "NodeStartupTimeout",
      "Health check failed:\n  * Node failed to report startup in 10m0s",
    ],
  ],
  [
    "a Node may still come",
    target(aMachine("m", { metadata: { creationTimestamp: before(599) } })),
    ["waiting"],
  ],
])("a health check judges a Machine when %s", ([, seen, expected]) => {
  const verdict = checkHealth(seen, check(), { cluster, nowMs });
  const { health } = verdict;
  expect(health === "unhealthy" ? [health, verdict.reason, verdict.message] : [health]).toEqual(
    expected,
  );
});

test.for<[object, number, number, number, string]>([
  [{}, 4, 0, 0, ""],
  [{ unhealthyLessThanOrEqualTo: "50%" }, 5, 3, 0, ""],
  [
    { unhealthyLessThanOrEqualTo: "40%" },
    4,
    2,
    0,
    "Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy (total: 4, unhealthy: 2, maxUnhealthy: 40%)",
  ],
  [{ unhealthyInRange: "[1-3]" }, 4, 2, 1, ""],
  [
    { unhealthyInRange: "[1-2]" },
    4,
    1,
    0,
    "Remediation is not allowed, the number of not started or unhealthy machines does not fall within the range (total: 4, unhealthy: 3, unhealthyRange: [1-2])",
  ],
])(
  "with %j, of %i Machines %i healthy, %i more may be replaced",
  ([triggerIf, expected, healthy, left, message]) => {
    const found = computeAllowance(check({ remediation: { triggerIf } }), { expected, healthy });
    expect(found).toEqual({ isAllowed: message === "", remediationsAllowed: left, message });
  },
);

test.for<[string, Target, string, string]>([
  [
    "somebody has asked for it",
    target(
      aMachine("m", { metadata: { annotations: { "cluster.x-k8s.io/remediate-machine": "" } } }),
    ),
    "HasRemediateMachineAnnotation",
    "Marked for remediation via remediate-machine annotation",
  ],
  ["its Node has gone", target(aMachine("m", { status: { nodeRef } })), "NodeNotFound", ""],
  ["it says so itself", target(aMachine("m", { said: [bad(301)] })), "UnhealthyMachine", own],
  [
    "its Node is silent and it says so itself",
    target(aMachine("m", { said: [bad(301)] }), { node: node("Unknown", 3601) }),
    "UnhealthyMachine",
    `Condition Ready on Node is reporting status Unknown for more than 1h0m0s; ${own}`,
  ],
])(
  "to readers of v1beta1 a health check says why a Machine is unhealthy: %s",
  ([, seen, reason, message]) => {
    expect(checkHealth(seen, check(), { cluster, nowMs })).toMatchObject({
      old: { reason, message },
    });
  },
);

import { expect, test } from "vitest";
import type { Condition, Described, TreeNode } from "./cluster-tree.ts";
import { formatTree } from "./format-tree.ts";

const nowMs = Date.parse("2026-01-05T08:10:00Z");
const condition = (type: string, status: string, rest: Partial<Condition> = {}): Condition => ({
  type,
  status,
  lastTransitionTime: "2026-01-05T08:00:00Z",
  ...rest,
});

const object = (kind: string, name: string, conditions: readonly Condition[], replicas?: number) =>
  ({
    apiVersion: "x/v1",
    kind,
    metadata: { name },
    spec: replicas === undefined ? {} : { replicas },
    status: { conditions, ...(replicas === undefined ? {} : { replicas, readyReplicas: 1 }) },
  }) satisfies Described;

const waiting = "Waiting for a Node with spec.providerID aws:///eu-west-1a/i-1 to exist";
const tree: TreeNode = {
  object: object("Cluster", "small", [
    condition("Available", "False", { reason: "NotAvailable", message: "* A: no\n* B: neither" }),
    condition("WorkersAvailable", "False", { reason: "NotAvailable" }),
  ]),
  children: [
    {
      role: "ClusterInfrastructure",
      object: object("AWSCluster", "small", [condition("Ready", "True", { reason: "Ready" })]),
      children: [],
    },
    {
      object: object("MachineDeployment", "md-0", [condition("Available", "True")], 2),
      children: [
        {
          object: object("Machine", "md-0-a", [
            condition("Available", "False", { reason: "NotReady" }),
            condition("Ready", "False", { reason: "NotReady", message: "* NodeHealthy: no" }),
            condition("NodeHealthy", "Unknown", { reason: "InspectionFailed", message: waiting }),
            condition("NodeReady", "Unknown", { reason: "InspectionFailed", message: waiting }),
            condition("Deleting", "False", { reason: "NotDeleting" }),
          ]),
          children: [
            {
              role: "BootstrapConfig",
              object: object("KubeadmConfig", "md-0-a", [condition("Ready", "True")]),
              children: [],
            },
          ],
        },
      ],
    },
  ],
};

const options = { nowMs, all: false, parts: false, paint: (text: string) => text };

test("a tree shows each object with its summary, and once what is amiss where nothing below says it", () => {
  expect(formatTree(tree, options)).toBe(
    `NAME                                        REPLICAS  READY  STATUS            REASON            SINCE  MESSAGE
Cluster/small                                                Available: False  NotAvailable      10m    A: no * B: neither
├─ClusterInfrastructure - AWSCluster/small                   Ready: True                         10m
└─MachineDeployment/md-0                    2/2       1      Available: True                     10m
  └─Machine/md-0-a                                           Ready: False      NotReady          10m    NodeHealthy: no
      · NodeHealthy                                          Unknown           InspectionFailed  10m    ${waiting}
`,
  );
});

test("what Machines are made of and every condition are shown to those who ask", () => {
  const parts = formatTree(tree, { ...options, parts: true });
  expect(parts).toContain("    └─BootstrapConfig - KubeadmConfig/md-0-a");
  const all = formatTree(tree, { ...options, all: true });
  for (const type of ["WorkersAvailable", "NodeReady", "Deleting"])
    expect(all).toContain(`· ${type}`);
});

test("colour goes to the status alone, so that columns stay in line", () => {
  const painted = formatTree(tree, { ...options, paint: (text) => `<${text}>` });
  expect(painted.replaceAll(/[<>]/g, "")).toBe(formatTree(tree, options));
  expect(painted).toContain("<Ready: False    >");
});

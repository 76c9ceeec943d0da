import { expect, test } from "vitest";
import { aggregateConditions, type AggregateMember, mirrorCondition } from "./condition-merge.ts";
import type { Condition } from "./conditions.ts";

const reasons = { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" };

function member(
  name: string,
  said: Partial<Condition> | undefined,
  more: Partial<AggregateMember> = {},
): AggregateMember {
  const defaults = { type: "Ready", reason: "Test", message: "", lastTransitionTime: "" };
  const condition = said && { ...defaults, status: "False" as const, ...said };
  return { name, kind: "Machine", condition, ...more };
}

const ill = (name: string, message: string, more?: Partial<AggregateMember>) =>
  member(name, { message }, more);
const unknown = { status: "Unknown" as const, message: "no news" };
const names = (count: number, of: string) => Array.from({ length: count }, (_, at) => `${of}${at}`);

test.for<[string, readonly AggregateMember[], readonly string[]]>([
  ["all are well", names(2, "m").map((name) => member(name, { status: "True" })), ["True", ""]],
  [
    "one is not",
    [ill("a", "bad"), member("b", { status: "True", message: "fine" })],
    ["False", "* Machine a: bad"],
  ],
  [
    "four say the same",
    names(4, "m").map((name) => ill(name, "bad")),
    ["False", "* Machines m0, m1, m2, ... (1 more): bad"],
  ],
  [
    "a message has several lines",
    [ill("a", "* x\n* y"), ill("b", "x\n* y"), ill("c", "* x")],
    ["False", "* Machine a:\n  * x\n  * y\n* Machine b:\n  * x\n    * y\n* Machine c:\n  * x"],
  ],
  [
    "what most say comes first, and a control plane before all",
    [ill("a", "x"), ill("b", "y"), ill("c", "y"), ill("d", "z", { isControlPlane: true })],
    ["False", "* Machine d: z\n* Machines b, c: y\n* Machine a: x"],
  ],
  [
    "there are more messages than three",
    [...names(5, "m").map((name) => ill(name, name)), member("u", unknown), member("v", unknown)],
    [
      "False",
      "* Machine m0: m0\n* Machine m1: m1\n* Machine m2: m2\nAnd 2 Machines with other issues\nAnd 2 Machines with status unknown",
    ],
  ],
  [
    "one has not said it",
    [member("a", undefined)],
    ["Unknown", "* Machine a: Condition Ready not yet reported"],
  ],
  [
    "issue and unknown are told alike",
    [member("a", unknown), ill("b", "no news")],
    ["False", "* Machines a, b: no news"],
  ],
  [
    "there are several kinds",
    [
      ...names(2, "s").map((name) => ill(name, name, { kind: "MachineSet" })),
      ...names(2, "d").map((name) => ill(name, name, { kind: "MachineDeployment" })),
    ],
    [
      "False",
      "* MachineDeployment d0: d0\n* MachineDeployment d1: d1\n* MachineSet s0: s0\nAnd 1 MachineSet with other issues",
    ],
  ],
])("one condition from those of many objects: %s", ([, members, [status, message]]) => {
  const found = aggregateConditions("MachinesReady", members, { source: "Ready", reasons });
  expect([found.status, found.message]).toEqual([status, message]);
});

test("what is bad when it holds holds for all as soon as it holds for one", () => {
  const told = (statuses: readonly Condition["status"][]) => {
    const members = statuses.map((status) => member(status, { status }));
    const { status, reason } = aggregateConditions("ScalingUp", members, {
      source: "ScalingUp",
      negative: true,
      reasons: { issue: "ScalingUp", unknown: "ScalingUpUnknown", info: "NotScalingUp" },
    });
    return [status, reason];
  };
  expect(told(["True", "False", "Unknown"])).toEqual(["True", "ScalingUp"]);
  expect(told(["False", "Unknown"])).toEqual(["Unknown", "ScalingUpUnknown"]);
  expect(told(["False"])).toEqual(["False", "NotScalingUp"]);
});

test("a condition that is no condition is not mirrored", () => {
  const fallback = { type: "InfrastructureReady", status: "False", reason: "NotReady" } as const;
  expect(mirrorCondition("InfrastructureReady", { status: "Maybe" }, fallback)).toEqual(fallback);
});

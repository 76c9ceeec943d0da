import { expect, test } from "vitest";
import type { Machine } from "../../api/core/v1beta2.ts";
import { type DeletionOrder, planDeletionOrder } from "./plan-deletion.ts";

const nowMs = Date.parse("2026-01-10T00:00:00Z");

interface Traits {
  readonly isDeleting?: true;
  readonly isMarked?: true;
  readonly isUnhealthy?: true;
  readonly hasNoNode?: true;
  readonly day?: number;
}

function machine(name: string, traits: Traits = {}): Machine {
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: {
      name,
      creationTimestamp: `2026-01-0${traits.day ?? 1}T00:00:00Z`,
      annotations: traits.isMarked === true ? { "cluster.x-k8s.io/delete-machine": "" } : {},
      ...(traits.isDeleting === true ? { deletionTimestamp: "2026-01-09T00:00:00Z" } : {}),
    },
    status: {
      ...(traits.hasNoNode === true ? {} : { nodeRef: { name } }),
      conditions: traits.isUnhealthy === true ? [{ type: "NodeHealthy", status: "False" }] : [],
    },
  } as unknown as Machine;
}

const namesIn = (machines: readonly Machine[], order: DeletionOrder) =>
  planDeletionOrder(machines, order, nowMs).map(({ metadata }) => metadata.name);

test("D24: whoever is going comes first, then what is marked, then what does not work, then the rest", () => {
  const machines = [
    machine("a"),
    machine("b", { isUnhealthy: true }),
    machine("c", { hasNoNode: true }),
    machine("d", { isMarked: true }),
    machine("e", { isDeleting: true }),
  ];
  for (const order of ["Random", "Newest", "Oldest"] as const) {
    expect(namesIn(machines, order)).toEqual(["e", "d", "b", "c", "a"]);
  }
});

test("D17: a Machine that is going outranks those whose Nodes are not healthy, so nobody goes twice", () => {
  const machines = [
    machine("a", { isUnhealthy: true, day: 1 }),
    machine("b", { isUnhealthy: true, day: 2 }),
    machine("z", { isDeleting: true, day: 3 }),
  ];
  for (const order of ["Newest", "Oldest"] as const) {
    expect(namesIn(machines, order)[0]).toBe("z");
  }
});

test("the order of deletion is by age where that is asked for, else by name", () => {
  const machines = [machine("b", { day: 1 }), machine("a", { day: 3 }), machine("c", { day: 2 })];
  expect(namesIn(machines, "Oldest")).toEqual(["b", "c", "a"]);
  expect(namesIn(machines, "Newest")).toEqual(["a", "c", "b"]);
  expect(namesIn(machines, "Random")).toEqual(["a", "b", "c"]);
});

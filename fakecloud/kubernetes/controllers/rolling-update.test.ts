import fc from "fast-check";
import { expect, test } from "vitest";
import { planRollingUpdate } from "./deployments.ts";
import { wantedTaints } from "./node-lifecycle.ts";
import type { WorkloadObject } from "./objects.ts";

function replicaSet(name: string, replicas: number, availableReplicas: number): WorkloadObject {
  return { metadata: { name }, spec: { replicas }, status: { replicas, availableReplicas } };
}

interface Rollout {
  readonly desired: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

const rollouts = fc
  .record({
    desired: fc.integer({ min: 1, max: 12 }),
    maxSurge: fc.integer({ min: 0, max: 4 }),
    maxUnavailable: fc.integer({ min: 0, max: 4 }),
  })
  .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0);

function deployment({ desired, maxSurge, maxUnavailable }: Rollout): WorkloadObject {
  return {
    metadata: { name: "web" },
    spec: { replicas: desired, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } },
  };
}

// Red with `const room = Math.max(0, desired + surge - remaining)` in planRollingUpdate (forgets the new set's own pods) and
// with `const short = desired` in boundsOf (forgets what has to stay available).
test("a rolling update never has more pods than desired plus surge, keeps enough available, and ends", () => {
  fc.assert(
    fc.property(rollouts, fc.infiniteStream(fc.boolean()), (rollout, becomesReady) => {
      const { desired, maxSurge, maxUnavailable } = rollout;
      let [old, next, ready] = [desired, 0, 0];
      for (let step = 0; step < 400 && (old > 0 || ready < desired); step += 1) {
        const current = replicaSet("new", next, ready);
        const before = replicaSet("old", old, old);
        for (const { set, replicas } of planRollingUpdate({
          deployment: deployment(rollout),
          current,
          old: [before],
        })) {
          if (set === current) next = replicas;
          else old = replicas;
        }
        ready = Math.min(ready, next);
        expect(old + next).toBeLessThanOrEqual(desired + maxSurge);
        expect(old + ready).toBeGreaterThanOrEqual(desired - maxUnavailable);
        if (ready < next && becomesReady.next().value) ready += 1;
      }
      expect([old, next, ready]).toEqual([0, desired, desired]);
    }),
    { numRuns: 200 },
  );
});

test("taints follow the conditions of a node, and no pod is evicted where every node is in trouble", () => {
  const node = (ready: string) => ({
    metadata: { name: "a" },
    spec: { unschedulable: true },
    status: {
      conditions: [
        { type: "Ready", status: ready },
        { type: "DiskPressure", status: "True" },
      ],
    },
  });
  const shown = (ready: string, disrupted: boolean) =>
    wantedTaints(node(ready), disrupted).map(({ key, effect }) => `${key.split("/")[1]}:${effect}`);
  const common = ["disk-pressure:NoSchedule", "unschedulable:NoSchedule"];
  expect(shown("True", false)).toEqual(common);
  expect(shown("Unknown", false)).toEqual([
    "unreachable:NoSchedule",
    "unreachable:NoExecute",
    ...common,
  ]);
  expect(shown("False", true)).toEqual(["not-ready:NoSchedule", ...common]);
});

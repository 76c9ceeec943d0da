import { expect, test } from "vitest";
import { KeyedRandom } from "@seatrial/fakecloud/kernel/random.ts";
import { planRollout } from "./plan-rollout.ts";
import type { PlannedSet } from "./rollout-plan.ts";

interface SimulatedSet {
  readonly name: string;
  readonly template: number;
  spec: number;
  /** Of each Machine whether it is available. */
  machines: boolean[];
}

interface Shape {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** MachineDeployment, MachineSets and Machines as plain numbers; who acts next is up to the caller. */
class Rollout {
  readonly sets: SimulatedSet[] = [];
  readonly story: string[] = [];
  template = 1;
  shape: Shape;

  constructor(shape: Shape) {
    this.shape = shape;
    this.sets.push({
      name: "ms1",
      template: 1,
      spec: shape.replicas,
      machines: Array.from({ length: shape.replicas }, () => true),
    });
  }

  reconcileDeployment(strategy: "OnDelete" | "RollingUpdate" = "RollingUpdate"): void {
    let current = this.sets.find(({ template }) => template === this.template);
    if (current === undefined) {
      const name = `ms${this.sets.length + 1}`;
      current = { name, template: this.template, spec: 0, machines: [] };
      this.sets.push(current);
      this.story.push(`md creates ${name}`);
    }
    const steps = planRollout({
      ...this.shape,
      strategy,
      newSet: planned(current),
      oldSets: this.sets.filter((set) => set !== current).map(planned),
    });
    for (const { machineSet, from, to, reason } of steps) {
      this.story.push(`md scales ${machineSet} from ${from} to ${to} (${reason})`);
      const set = this.sets.find(({ name }) => name === machineSet);
      if (set !== undefined) set.spec = to;
    }
  }

  /** One MachineSet creates or deletes what it is asked for; unavailable Machines go first. */
  reconcileSet(set: SimulatedSet): void {
    while (set.machines.length < set.spec) set.machines.push(false);
    while (set.machines.length > set.spec) {
      const doomed = set.machines.indexOf(false);
      set.machines.splice(doomed === -1 ? 0 : doomed, 1);
    }
  }

  makeAvailable(set: SimulatedSet): void {
    const waiting = set.machines.indexOf(false);
    if (waiting !== -1) set.machines[waiting] = true;
  }

  get total(): number {
    return this.sets.reduce((sum, { machines }) => sum + machines.length, 0);
  }

  get available(): number {
    return this.sets.reduce((sum, { machines }) => sum + machines.filter(Boolean).length, 0);
  }

  get isComplete(): boolean {
    return this.sets.every(({ template, spec, machines }) => {
      const wanted = template === this.template ? this.shape.replicas : 0;
      return spec === wanted && machines.length === wanted && machines.every(Boolean);
    });
  }
}

function planned({ name, spec, machines }: SimulatedSet): PlannedSet {
  return {
    name,
    spec,
    status: machines.length,
    available: machines.filter(Boolean).length,
    upToDate: machines.length,
  };
}

const shapes: Shape[] = [3, 6, 12].flatMap((replicas) =>
  [
    { maxSurge: 1, maxUnavailable: 0 },
    { maxSurge: 3, maxUnavailable: 0 },
    { maxSurge: 0, maxUnavailable: 1 },
    { maxSurge: 0, maxUnavailable: 3 },
    { maxSurge: 1, maxUnavailable: 1 },
    { maxSurge: 3, maxUnavailable: 1 },
    { maxSurge: 10, maxUnavailable: 0 },
  ].map((limits) => ({ replicas, ...limits })),
);

const seeds = process.env["SEATRIAL_FULL"] === undefined ? 100 : 1000;

/** Everybody acts in random order until the rollout is complete; `check` is asked after every step. */
function runRandomly(
  rollout: Rollout,
  seed: string,
  hooks: { readonly check: () => void; readonly disturb?: (step: number) => void },
): void {
  const random = new KeyedRandom(seed);
  for (let step = 0; step < 3000; step += 1) {
    if (rollout.isComplete && step > 40) return;
    hooks.disturb?.(step);
    const draw = random.next("actor", "rollout");
    const at = Math.floor(random.next("set", "rollout") * rollout.sets.length);
    const set = rollout.sets[at]!;
    if (draw < 0.34) rollout.reconcileDeployment();
    else if (draw < 0.67) rollout.reconcileSet(set);
    else rollout.makeAvailable(set);
    hooks.check();
  }
  throw new Error(`the rollout did not end:\n${rollout.story.slice(-10).join("\n")}`);
}

function assertPromises({ total, available, shape }: Rollout): void {
  expect(total).toBeLessThanOrEqual(shape.replicas + shape.maxSurge);
  expect(available).toBeGreaterThanOrEqual(shape.replicas - shape.maxUnavailable);
}

// Red when the new MachineSet's limit counts `spec` alone and forgets Machines that are still going.
test("a rolling update in any order ends, and keeps both promises after every step", () => {
  for (const shape of shapes) {
    for (let seed = 0; seed < seeds; seed += 1) {
      const rollout = new Rollout(shape);
      rollout.template = 2;
      runRandomly(rollout, `${seed}`, { check: () => assertPromises(rollout) });
    }
  }
});

// Red when the budget of the old MachineSets forgets `newUnavailable`.
test("a template that changes again in the middle keeps the promises", () => {
  for (const shape of shapes) {
    for (let seed = 0; seed < seeds; seed += 1) {
      const rollout = new Rollout(shape);
      rollout.template = 2;
      runRandomly(rollout, `again-${seed}`, {
        check: () => assertPromises(rollout),
        disturb: (step) => {
          if (step === 20) rollout.template = seed % 2 === 0 ? 3 : 1;
        },
      });
    }
  }
});

test("scaling up and down in the middle ends with what was asked for last", () => {
  for (const shape of shapes) {
    for (let seed = 0; seed < seeds; seed += 1) {
      const rollout = new Rollout(shape);
      rollout.template = 2;
      runRandomly(rollout, `scale-${seed}`, {
        // While it scales only availability can be promised, and only of what both numbers ask for.
        check: () =>
          expect(rollout.available).toBeGreaterThanOrEqual(
            Math.min(shape.replicas, rollout.shape.replicas) - shape.maxUnavailable,
          ),
        disturb: (step) => {
          if (step === 15) rollout.shape = { ...shape, replicas: shape.replicas + 3 };
          if (step === 30) rollout.shape = { ...shape, replicas: shape.replicas - 1 };
        },
      });
      expect(rollout.total).toBe(shape.replicas - 1);
    }
  }
});

function roundOfAll(rollout: Rollout): void {
  rollout.reconcileDeployment();
  for (const set of rollout.sets) {
    rollout.reconcileSet(set);
    rollout.makeAvailable(set);
  }
}

// Red when the budget counts the Machines that are still there instead of those asked for, and nobody asks what is to spare.
test("D1, D2: reconciling twice before a MachineSet has acted never costs availability or raises an old one", () => {
  for (const shape of shapes) {
    const rollout = new Rollout(shape);
    rollout.template = 2;
    for (let round = 0; round < 200 && !rollout.isComplete; round += 1) {
      const old = rollout.sets.filter(({ template }) => template !== rollout.template);
      for (let again = 0; again < 3; again += 1) {
        const before = old.map(({ spec }) => spec);
        rollout.reconcileDeployment();
        expect(old.every(({ spec }, index) => spec <= (before[index] ?? 0))).toBe(true);
      }
      for (const set of rollout.sets) {
        rollout.reconcileSet(set);
        assertPromises(rollout);
      }
      for (const set of rollout.sets) rollout.makeAvailable(set);
    }
    expect(rollout.isComplete).toBe(true);
  }
});

/** One round in which everybody acts once; an old MachineSet creates nothing, because the annotation forbids it. */
function roundOnDelete(rollout: Rollout): void {
  rollout.reconcileDeployment("OnDelete");
  for (const set of rollout.sets) {
    const isCurrent = set.template === rollout.template;
    if (isCurrent || set.machines.length > set.spec) rollout.reconcileSet(set);
    rollout.makeAvailable(set);
  }
}

test("D3: OnDelete never has more Machines than replicas, and follows deletions", () => {
  for (const { replicas } of shapes) {
    const rollout = new Rollout({ replicas, maxSurge: 0, maxUnavailable: 0 });
    rollout.template = 2;
    for (let round = 0; round < 3 * replicas; round += 1) {
      if (round % 3 === 0) rollout.sets[0]!.machines.pop();
      roundOnDelete(rollout);
      expect(rollout.total).toBeLessThanOrEqual(replicas);
    }
    expect(rollout.isComplete).toBe(true);
  }
});

interface Story {
  readonly name: string;
  readonly shape: Shape;
  readonly strategy?: "OnDelete";
  /** What people do before the round of this number. */
  readonly rounds?: Readonly<Record<number, (rollout: Rollout) => void>>;
}

const surge = { maxSurge: 1, maxUnavailable: 0 };
const stories: readonly Story[] = [
  { name: "rolling-update-3", shape: { replicas: 3, ...surge } },
  { name: "rolling-update-6-surge-3", shape: { replicas: 6, maxSurge: 3, maxUnavailable: 0 } },
  {
    name: "rolling-update-6-unavailable-3",
    shape: { replicas: 6, maxSurge: 0, maxUnavailable: 3 },
  },
  { name: "rolling-update-12-both", shape: { replicas: 12, maxSurge: 3, maxUnavailable: 1 } },
  {
    name: "rolling-update-6-scaled-up-to-12",
    shape: { replicas: 6, ...surge },
    rounds: { 2: (rollout) => (rollout.shape = { replicas: 12, ...surge }) },
  },
  {
    name: "rolling-update-12-scaled-down-to-6",
    shape: { replicas: 12, ...surge },
    rounds: { 2: (rollout) => (rollout.shape = { replicas: 6, ...surge }) },
  },
  {
    name: "rolling-update-6-another-template",
    shape: { replicas: 6, ...surge },
    rounds: { 2: (rollout) => (rollout.template = 3) },
  },
  {
    name: "rolling-update-6-rolled-back",
    shape: { replicas: 6, ...surge },
    rounds: { 2: (rollout) => (rollout.template = 1) },
  },
  {
    name: "on-delete-3",
    strategy: "OnDelete",
    shape: { replicas: 3, maxSurge: 0, maxUnavailable: 0 },
    rounds: Object.fromEntries(
      [1, 3, 5].map((round) => [round, (rollout: Rollout) => rollout.sets[0]?.machines.pop()]),
    ),
  },
  {
    name: "on-delete-6-scaled-down-to-3",
    strategy: "OnDelete",
    shape: { replicas: 6, maxSurge: 0, maxUnavailable: 0 },
    rounds: {
      1: (rollout) => rollout.sets[0]?.machines.pop(),
      2: (rollout) => (rollout.shape = { ...rollout.shape, replicas: 3 }),
      4: (rollout) => rollout.sets[0]?.machines.pop(),
      6: (rollout) => rollout.sets[0]?.machines.pop(),
      8: (rollout) => rollout.sets[0]?.machines.pop(),
    },
  },
];

for (const { name, shape, strategy, rounds = {} } of stories) {
  test(`the story of ${name} reads like this`, async () => {
    const rollout = new Rollout(shape);
    rollout.template = 2;
    for (let round = 0; round < 60 && !(rollout.isComplete && round > 8); round += 1) {
      rounds[round]?.(rollout);
      if (strategy === "OnDelete") roundOnDelete(rollout);
      else roundOfAll(rollout);
      const line = rollout.sets.map((set) => `${set.name} ${set.machines.length}/${set.spec}`);
      const last = rollout.story.at(-1);
      if (last !== line.join(", ")) rollout.story.push(line.join(", "));
    }
    expect(rollout.isComplete).toBe(true);
    await expect(`${rollout.story.join("\n")}\n`).toMatchFileSnapshot(`stories/${name}.txt`);
  });
}

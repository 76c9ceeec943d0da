import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
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

const isFull = process.env["SEATRIAL_FULL"] !== undefined;

/** Fixed seeds, and in the full run fresh ones. A fresh one that turns red is added to the fixed ones. */
const seeds: readonly number[] = [
  ...Array.from({ length: 100 }, (_, seed) => seed),
  ...(isFull ? Array.from({ length: 1000 }, () => randomInt(2 ** 31)) : []),
];

/** Mulberry32: a million draws cost nothing, unlike keyed ones. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Hooks {
  readonly strategy?: "OnDelete";
  readonly check: () => void;
  readonly disturb?: (step: number, random: () => number) => void;
}

/** Everybody acts in random order until the rollout is complete; `check` is asked after every step. */
function runRandomly(rollout: Rollout, seed: number, hooks: Hooks): void {
  const random = randomOf(seed);
  for (let step = 0; step < 3000; step += 1) {
    if (rollout.isComplete && step > 40) return;
    hooks.disturb?.(step, random);
    const draw = random();
    const set = rollout.sets[Math.floor(random() * rollout.sets.length)]!;
    if (draw < 0.34) rollout.reconcileDeployment(hooks.strategy);
    else if (draw < 0.67) reconcile(rollout, set, hooks.strategy);
    else rollout.makeAvailable(set);
    hooks.check();
  }
  throw broken(rollout, "the rollout did not end", seed);
}

/** With OnDelete the annotation forbids an old MachineSet to create anything. */
function reconcile(rollout: Rollout, set: SimulatedSet, strategy: Hooks["strategy"]): void {
  const mayCreate = strategy === undefined || set.template === rollout.template;
  if (mayCreate || set.machines.length > set.spec) rollout.reconcileSet(set);
}

function broken({ story, shape, sets }: Rollout, what: string, seed: number | string): Error {
  const now = sets.map(({ name, spec, machines }) => `${name} ${machines.length}/${spec}`);
  const lines = [...story.slice(-10), now.join(", ")];
  return new Error(`${what} (seed ${seed}, ${JSON.stringify(shape)}):\n${lines.join("\n")}`);
}

/** Not more Machines than the surge allows, and not fewer available ones than may be missing. */
function assertPromises(rollout: Rollout, seed: number | string = "none"): void {
  const { total, available, shape } = rollout;
  if (total > shape.replicas + shape.maxSurge) {
    throw broken(rollout, `${total} Machines are too many`, seed);
  }
  if (available < shape.replicas - shape.maxUnavailable) {
    throw broken(rollout, `${available} available Machines are too few`, seed);
  }
}

function forEachRun(run: (rollout: Rollout, seed: number) => void): void {
  for (const shape of shapes) {
    for (const seed of seeds) {
      const rollout = new Rollout(shape);
      rollout.template = 2;
      run(rollout, seed);
    }
  }
}

// Red when the new MachineSet's limit counts `spec` alone and forgets Machines that are still going.
test("a rolling update in any order ends, and keeps both promises after every step", () => {
  forEachRun((rollout, seed) => {
    runRandomly(rollout, seed, { check: () => assertPromises(rollout, seed) });
  });
});

// Red when the budget of the old MachineSets forgets `newUnavailable`.
test("a template that changes again in the middle keeps the promises", () => {
  forEachRun((rollout, seed) => {
    runRandomly(rollout, seed, {
      check: () => assertPromises(rollout, seed),
      disturb: (step) => {
        if (step === 20) rollout.template = seed % 2 === 0 ? 3 : 1;
      },
    });
  });
});

// Red when the old MachineSets may go one below what must be available.
test("scaling up and down in the middle ends with what was asked for last", () => {
  forEachRun((rollout, seed) => {
    const { shape } = rollout;
    runRandomly(rollout, seed, {
      // While it scales only availability can be promised, and only of what both numbers ask for.
      check: () => {
        const least = Math.min(shape.replicas, rollout.shape.replicas) - shape.maxUnavailable;
        if (rollout.available < least) throw broken(rollout, "too few are available", seed);
      },
      disturb: (step) => {
        if (step === 15) rollout.shape = { ...shape, replicas: shape.replicas + 3 };
        if (step === 30) rollout.shape = { ...shape, replicas: shape.replicas - 1 };
      },
    });
    expect(rollout.total).toBe(shape.replicas - 1);
  });
});

// Red when an old MachineSet is not aligned to the Machines that are left (`set.status` replaced by `set.spec`).
test("OnDelete in any order follows the deletions of people and never has more Machines than replicas", () => {
  for (const replicas of [3, 6, 12]) {
    for (const seed of seeds) {
      const rollout = new Rollout({ replicas, maxSurge: 0, maxUnavailable: replicas });
      rollout.template = 2;
      rollout.reconcileDeployment("OnDelete");
      runRandomly(rollout, seed, {
        strategy: "OnDelete",
        check: () => assertPromises(rollout, seed),
        disturb: (_, random) => {
          if (random() < 0.1) rollout.sets[0]?.machines.pop();
        },
      });
    }
  }
});

// The same promises in upstream's default order: the MachineDeployment, then each MachineSet, then the Machines.
test("a rolling update in the default order keeps both promises, also when scaled or changed in the middle", () => {
  const disturbances: readonly ((rollout: Rollout) => void)[] = [
    () => undefined,
    (rollout) => (rollout.template = 3),
    (rollout) => (rollout.template = 1),
  ];
  const cases = shapes.flatMap((shape) => disturbances.map((disturb) => ({ shape, disturb })));
  for (const { shape, disturb } of cases) {
    const rollout = new Rollout(shape);
    rollout.template = 2;
    for (let round = 0; round < 60 && !(rollout.isComplete && round > 3); round += 1) {
      if (round === 2) disturb(rollout);
      roundOfAll(rollout, () => assertPromises(rollout));
    }
    expect(rollout.isComplete).toBe(true);
  }
});

function roundOfAll(rollout: Rollout, check = (): void => undefined): void {
  rollout.reconcileDeployment();
  for (const set of rollout.sets) {
    rollout.reconcileSet(set);
    check();
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

/** One round in which everybody acts once. */
function roundOnDelete(rollout: Rollout): void {
  rollout.reconcileDeployment("OnDelete");
  for (const set of rollout.sets) {
    reconcile(rollout, set, "OnDelete");
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

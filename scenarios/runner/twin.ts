import type { LoadedScenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** What a run has come to: how many there are at its end, and how many came and went on the way, by what is counted. */
export type Outcome = ReadonlyMap<string, number>;

/** Whose coming and going counts: a fault that nobody had to answer with a replacement may not cost one. */
const counted = new Set([
  "awsmachines.infrastructure.cluster.x-k8s.io",
  "kubeadmconfigs.bootstrap.cluster.x-k8s.io",
  "machines.cluster.x-k8s.io",
  "machinesets.cluster.x-k8s.io",
]);

/** Counts in one world from its beginning. */
export class Bookkeeper {
  readonly #world: World;
  readonly #passed = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    world.management.store.onChange(({ table, change: { type } }) => {
      if (!counted.has(table) || type === "MODIFIED") return;
      add(this.#passed, `${pluralOf(table)} ${type === "ADDED" ? "created" : "deleted"}`);
    });
    world.aws.onInstanceTransition(({ from }) => {
      if (from === undefined) add(this.#passed, "instances launched");
    });
  }

  outcome(): Outcome {
    const outcome = new Map(this.#passed);
    const { management, aws } = this.#world;
    for (const { id, size } of management.store.tables()) {
      if (id !== "events") outcome.set(`${pluralOf(id)} at the end`, size);
    }
    for (const line of aws.inventory()) add(outcome, `${line.split("/", 1)[0]} in AWS at the end`);
    for (const { cluster, version, ready } of this.#world.snapshot().nodes) {
      add(outcome, `${ready ? "ready" : "unready"} Nodes of ${cluster} with ${version} at the end`);
    }
    return outcome;
  }
}

/** The same story, in which nothing is broken. What it expects is of no matter. */
export function withoutFaults(loaded: LoadedScenario): LoadedScenario {
  const { faults: _, expect, ...story } = loaded.scenario;
  const { liveness, except } = expect ?? {};
  return {
    ...loaded,
    scenario: {
      ...story,
      expect: {
        rest: "skip",
        ...(liveness === undefined ? {} : { liveness }),
        ...(except === undefined ? {} : { except }),
      },
    },
  };
}

/** In a sentence each: "Machines created: 5, without faults 4". */
export function differences(outcome: Outcome, twin: Outcome): readonly string[] {
  return [...new Set([...outcome.keys(), ...twin.keys()])]
    .filter((what) => (outcome.get(what) ?? 0) !== (twin.get(what) ?? 0))
    .map((what) => `${what}: ${outcome.get(what) ?? 0}, without faults ${twin.get(what) ?? 0}`);
}

/** "machines.cluster.x-k8s.io" is what people call machines. */
function pluralOf(table: string): string {
  return table.split(".", 1)[0] ?? table;
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

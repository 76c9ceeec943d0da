/** What the planner knows of one MachineSet. */
export interface PlannedSet {
  readonly name: string;
  /** `spec.replicas`: what was asked for. */
  readonly spec: number;
  /** `status.replicas`: the Machines that exist, also those that are being deleted. */
  readonly status: number;
  readonly available: number;
  readonly upToDate?: number;
}

export interface Rollout {
  readonly replicas: number;
  /** Already absolute numbers: see `resolveRollout`. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** Undefined where the new MachineSet is yet to be made. */
  readonly newSet: PlannedSet;
  /** Oldest first. */
  readonly oldSets: readonly PlannedSet[];
}

/**
 * A plan while it is being made: the replicas that MachineSets are to have, with reasons. Each step sees the intents of the steps
 * before it, so together they stay within the promises.
 */
export class RolloutPlan {
  readonly #intents = new Map<string, number>();
  readonly #notes = new Map<string, string[]>();

  intend(set: Pick<PlannedSet, "name">, replicas: number, note?: string): void {
    this.#intents.set(set.name, replicas);
    if (note !== undefined) this.note(set, note);
  }

  withdraw(set: Pick<PlannedSet, "name">): void {
    this.#intents.delete(set.name);
  }

  note(set: Pick<PlannedSet, "name">, text: string): void {
    const notes = this.#notes.get(set.name) ?? [];
    if (!notes.includes(text)) this.#notes.set(set.name, [...notes, text]);
  }

  intentOf(set: Pick<PlannedSet, "name">): number | undefined {
    return this.#intents.get(set.name);
  }

  /** What the MachineSet will be asked for: the intent, or what it is asked for now. */
  target(set: PlannedSet): number {
    return this.#intents.get(set.name) ?? set.spec;
  }

  get hasIntents(): boolean {
    return this.#intents.size > 0;
  }

  intents(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#intents);
  }

  notes(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(this.#notes);
  }
}

export function sumOf(sets: readonly PlannedSet[], valueOf: (set: PlannedSet) => number): number {
  return sets.reduce((sum, set) => sum + valueOf(set), 0);
}

import type { Model } from "../model.ts";

/** One sentence of a story, and the event that it tells of. */
export interface Sentence {
  readonly atMs: number;
  readonly event: number;
  readonly text: string;
  /** From 0 to 100: a story has ten sentences at most, and the weightiest stay. */
  readonly weight: number;
}

export type Teller = (model: Model) => readonly Sentence[];

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and 3 more". */
export function listed(names: readonly string[], most = 3): string {
  const rest = names.length - most;
  const shown = rest > 0 ? [...names.slice(0, most - 1), `${rest + 1} more`] : names;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

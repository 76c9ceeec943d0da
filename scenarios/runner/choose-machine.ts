import type { Random } from "@seatrial/fakecloud/kernel/random.ts";
import { parseExpression } from "./expressions.ts";
import type { MachineChoice } from "./scenario.ts";
import type { MachineFacts, Snapshot } from "./snapshot.ts";

/** The Machine that a step means; undefined if none fits. The draw of a random one is keyed by the expression. */
export function chooseMachine(
  snapshot: Snapshot,
  { machine, where = "true", pick = "oldest" }: MachineChoice,
  random: Random,
): MachineFacts | undefined {
  const select = parseExpression(`machines.filter(m, ${where})`, "where");
  const fitting = (select(snapshot) as readonly MachineFacts[])
    .filter(({ name }) => machine === undefined || name === machine)
    .toSorted((a, b) => order(a, b));
  if (pick === "oldest") return fitting[0];
  if (pick === "newest") return fitting.at(-1);
  return fitting[Math.floor(random.next("machine-choice", where) * fitting.length)];
}

function order(a: MachineFacts, b: MachineFacts): number {
  if (a.created !== b.created) return a.created < b.created ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

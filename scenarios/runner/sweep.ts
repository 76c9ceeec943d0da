import type { Scenario } from "./scenario.ts";

export interface Variant {
  /** "phase=nodes.size() == 1"; empty for a scenario that sweeps nothing. */
  readonly label: string;
  readonly scenario: Scenario;
}

/** One scenario for each combination of the values that it sweeps: `${name}` in any text is replaced by the value. */
export function expandSweep(scenario: Scenario): readonly Variant[] {
  const { sweep = {}, ...rest } = scenario;
  let choices: readonly Readonly<Record<string, string>>[] = [{}];
  for (const [name, values] of Object.entries(sweep)) {
    choices = choices.flatMap((choice) => values.map((value) => ({ ...choice, [name]: value })));
  }
  return choices.map((choice) => ({
    label: Object.entries(choice)
      .map(([name, value]) => `${name}=${value}`)
      .join(", "),
    scenario: fillIn(rest, choice) as Scenario,
  }));
}

function fillIn(value: unknown, choice: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => choice[name] ?? whole);
  }
  if (Array.isArray(value)) return value.map((item) => fillIn(item, choice));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillIn(item, choice)]),
  );
}

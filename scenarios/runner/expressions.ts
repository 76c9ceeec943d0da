import { Environment } from "@marcbachmann/cel-js";
import { InputError } from "./input-error.ts";
import type { Snapshot } from "./snapshot.ts";

const environment = new Environment();
const variables = [
  "clusters",
  "controlPlanes",
  "deployments",
  "instances",
  "inventory",
  "machines",
  "nodes",
] as const satisfies readonly (keyof Snapshot)[];
for (const name of variables) environment.registerVariable(name, "list");

/** A question about a world: a CEL expression over the snapshot that is true or false. */
export interface Question {
  readonly text: string;
  ask(snapshot: Snapshot): boolean;
}

/** Throws an InputError for an expression that does not parse or uses a name that no snapshot has. */
export function parseQuestion(text: string, place: string): Question {
  const evaluate = parse(text, place);
  return {
    text,
    ask: (snapshot) => {
      const answer: unknown = evaluate({ ...snapshot });
      if (typeof answer === "boolean") return answer;
      throw new InputError(
        `${place}: the expression ${text} must be true or false, not ${typeof answer}`,
      );
    },
  };
}

function parse(text: string, place: string): (context: Record<string, unknown>) => unknown {
  try {
    const program = environment.parse(text);
    const check = program.check();
    if (!check.valid) throw check.error ?? new Error("it does not type-check");
    return program;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new InputError(
      `${place}: the expression ${text} cannot be used: ${reason}; names to use: ${variables.join(", ")}`,
    );
  }
}

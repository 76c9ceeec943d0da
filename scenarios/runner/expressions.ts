import { Environment } from "@marcbachmann/cel-js";
import { InputError } from "./input-error.ts";
import type { Snapshot } from "./snapshot.ts";

const environment = new Environment();
const variables = [
  "apiServers",
  "awsMachines",
  "clusters",
  "consoles",
  "controlPlanes",
  "deployments",
  "events",
  "instances",
  "inventory",
  "machines",
  "nodes",
  "pods",
  "reasons",
] as const satisfies readonly (keyof Snapshot)[];
for (const name of variables) environment.registerVariable(name, "list");

/** A question about a world: a CEL expression over the snapshot that is true or false. */
export interface Question {
  readonly text: string;
  ask(snapshot: Snapshot): boolean;
}

/** Throws an InputError for an expression that does not parse or uses a name that no snapshot has. */
export function parseQuestion(text: string, place: string): Question {
  const evaluate = parseExpression(text, place);
  return {
    text,
    ask: (snapshot) => {
      const answer = evaluate(snapshot);
      if (typeof answer === "boolean") return answer;
      throw new InputError(
        `${place}: the expression ${text} must be true or false, not ${typeof answer}`,
      );
    },
  };
}

/** Any expression over a snapshot, of which only what the expression names is looked at. */
export function parseExpression(text: string, place: string): (snapshot: Snapshot) => unknown {
  const program = compile(text, place);
  const used = variables.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return (snapshot) => program(Object.fromEntries(used.map((name) => [name, snapshot[name]])));
}

function compile(text: string, place: string): (context: Record<string, unknown>) => unknown {
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

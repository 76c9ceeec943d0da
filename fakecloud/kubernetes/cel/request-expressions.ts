import { CelError, type CelExpression } from "./cel-engine.ts";
import { celEngine } from "./rules.ts";

/** Everything that expressions about a request may speak of. The authorizer is not among it. */
const names = ["object", "oldObject", "request", "params", "namespaceObject", "variables"] as const;

/** Throws CelError for what does not compile. */
export function compileRequestExpression(expression: string): CelExpression {
  return celEngine().compile(expression, names);
}

/** Why an expression does not compile; undefined if it does. */
export function compilationProblem(expression: string): string | undefined {
  try {
    compileRequestExpression(expression);
    return undefined;
  } catch (error) {
    if (error instanceof CelError) return error.message;
    throw error;
  }
}

import { CelError, type CelExpression } from "./cel-engine.ts";
import { celEngine } from "./rules.ts";

/** Everything that expressions about a request may speak of. The authorizer is not among it. */
const names = ["object", "oldObject", "request", "params", "namespaceObject", "variables"] as const;

/** Throws CelError for what does not compile. */
export function compileRequestExpression(expression: string): CelExpression {
  return celEngine().compile(expression, names);
}

/** Why an expression does not compile, or can't come to what is wanted of it; undefined if all is well. */
export function compilationProblem(expression: string, wanted?: string): string | undefined {
  try {
    const { type } = compileRequestExpression(expression);
    if (wanted === undefined || type === wanted || type === "dyn") return undefined;
    return `must evaluate to ${wanted} but got ${type}`;
  } catch (error) {
    if (error instanceof CelError) return error.message;
    throw error;
  }
}

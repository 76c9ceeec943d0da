import { EvaluationError, Optional, type Environment } from "@marcbachmann/cel-js";
import { kubernetesEnvironment } from "./environment.ts";
import { rewriteSource } from "./rewrite-source.ts";
import { setDurationParser } from "./values.ts";

/** An expression that is ready to be evaluated. Values are CEL values (`values.ts`). */
export interface CelExpression {
  /** What it comes to, as far as that can be told: "bool", "string", "dyn". */
  readonly type: string;
  /** Whether it speaks of a variable. */
  uses(variable: string): boolean;
  /** Throws CelError. */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}

/** What Kubernetes needs of a CEL implementation. */
export interface CelEngine {
  /** Throws CelError for an expression that does not compile. A variable may have a type: "oldSelf:optional<dyn>". */
  compile(expression: string, variables: readonly string[]): CelExpression;
  /** The value of `oldSelf` under `optionalOldSelf`; undefined makes it empty. */
  optional(value: unknown): unknown;
}

export class CelError extends Error {
  override readonly name = "CelError";
  /** No function fits the types of its arguments. */
  readonly isOverload: boolean;

  constructor(message: string, isOverload = false) {
    super(message);
    this.isOverload = isOverload;
  }
}

/** The engine of API servers, made once: building its environment is expensive. */
export function createCelEngine(): CelEngine {
  const base = kubernetesEnvironment();
  const byVariables = new Map<string, Environment>();
  const environmentFor = (variables: readonly string[]): Environment => {
    const key = variables.join(" ");
    let environment = byVariables.get(key);
    if (environment === undefined) {
      environment = base.clone();
      for (const variable of variables) {
        const [name = "", type = "dyn"] = variable.split(":");
        environment.registerVariable(name, type);
      }
      byVariables.set(key, environment);
    }
    return environment;
  };
  const parseDuration = environmentFor(["text"]).parse("duration(text)");
  setDurationParser((text) => {
    try {
      return parseDuration({ text }) as unknown;
    } catch {
      return text;
    }
  });
  const compiled = new Map<string, CelExpression>();
  return {
    compile: (expression, variables) => {
      const key = `${variables.join(" ")}\u0000${expression}`;
      let ready = compiled.get(key);
      if (ready === undefined) {
        ready = compileWith(environmentFor(variables), expression);
        if (compiled.size < 10_000) compiled.set(key, ready);
      }
      return ready;
    },
    optional: (value) => (value === undefined ? Optional.none() : Optional.of(value)),
  };
}

function compileWith(environment: Environment, expression: string): CelExpression {
  const { source, identifiers } = rewriteSource(expression);
  const run = parse(environment, source);
  const problem = run.check();
  if (!problem.valid) {
    throw new CelError(`compilation failed: ${summaryOf(problem.error)}`);
  }
  return {
    type: problem.type ?? "dyn",
    uses: (variable) => identifiers.has(variable),
    evaluate: (variables) => {
      try {
        return run(variables) as unknown;
      } catch (error) {
        throw new CelError(summaryOf(error), isOverloadError(error));
      }
    },
  };
}

function parse(environment: Environment, source: string) {
  try {
    return environment.parse(source);
  } catch (error) {
    throw new CelError(`compilation failed: Syntax error: ${summaryOf(error)}`);
  }
}

function isOverloadError(error: unknown): boolean {
  return error instanceof EvaluationError && /overload/.test(error.message);
}

function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const summary = (error as { readonly summary?: unknown }).summary;
  const text = typeof summary === "string" ? summary : (error.message.split("\n")[0] ?? "");
  const named = text.replaceAll("k8s_", "");
  return named.startsWith("No such key") ? `n${named.slice(1)}` : named;
}

import type { Environment } from "@marcbachmann/cel-js";

/** Signature → implementation: `string.charAt(int): string`. Values are BigInt for int, number for double. */
// oxlint-disable-next-line typescript/no-explicit-any -- the engine has checked the types against the signature
export type Functions = Readonly<Record<string, (...values: any[]) => unknown>>;

export function registerAll(environment: Environment, functions: Functions): void {
  for (const [signature, handler] of Object.entries(functions)) {
    environment.registerFunction(signature, handler);
  }
}

/** An error that CEL reports: a wrong argument at run time. */
export class CelValueError extends Error {
  override readonly name = "CelValueError";
}

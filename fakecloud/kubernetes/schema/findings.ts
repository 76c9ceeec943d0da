import type { FieldError } from "../field-error.ts";

/** What one run of the checks has found. */
export interface Findings {
  readonly errors: FieldError[];
  /** How many nodes were visited: the branch of a oneOf that reached furthest reports its errors. */
  visited: number;
}

/** Checks a value; `old` is the value that stood at the same place before, if there was one. */
export type Check = (value: unknown, old: unknown, path: string, findings: Findings) => void;

/** Checks of the value itself, without its children. */
export type LocalCheck = (value: unknown, path: string, findings: Findings) => void;

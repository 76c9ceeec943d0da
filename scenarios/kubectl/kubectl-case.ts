import type { Kubectl } from "./kubectl.ts";

/** One thing that people do with kubectl. It gets a namespace of its own, in which nothing is. */
export interface KubectlCase {
  readonly title: string;
  readonly run: (kubectl: Kubectl) => Promise<void>;
}

/** Waits for what another kubectl does; gives up after a few seconds. */
export async function eventually<T>(
  look: () => Promise<T>,
  isRight: (value: T) => boolean,
): Promise<T> {
  let value = await look();
  for (let attempt = 0; attempt < 50 && !isRight(value); attempt += 1) value = await look();
  return value;
}

/** Ages pass while a test runs. */
export function withoutAges(text: string): string {
  return text.replaceAll(/\b\d+(?:ms|s|m)(?=\s|$)/g, "<age>").replaceAll(/ +$/gm, "");
}

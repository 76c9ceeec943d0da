import type { KubeObject } from "../object.ts";
import { internalError } from "../status.ts";
import type { Conversion } from "./resource.ts";

/** Asks somebody elsewhere; rejects with the Status that the client is to see. */
export type AskConversion = (
  objects: readonly KubeObject[],
  apiVersion: string,
) => Promise<readonly KubeObject[]>;

/**
 * Thrown by code that can't wait, when it needs an object that is still to be converted. Whoever can wait fetches, and lets
 * the code begin again: `withConversions`.
 */
export class ConversionNeeded extends Error {
  override readonly name = "ConversionNeeded";
  readonly fetch: () => Promise<void>;
  readonly forget: () => void;

  constructor(fetch: () => Promise<void>, forget: () => void) {
    super("an object is still to be converted");
    this.fetch = fetch;
    this.forget = forget;
  }
}

function keyOf(object: KubeObject, apiVersion: string): string {
  return `${apiVersion}\n${JSON.stringify(object)}`;
}

/** Conversion by a webhook. What it has said is known for as long as the request lasts that has asked. */
export class RemoteConversion implements Conversion {
  readonly isRemote = true;
  readonly #ask: AskConversion;
  readonly #known = new Map<string, KubeObject>();

  constructor(ask: AskConversion) {
    this.#ask = ask;
  }

  convert(objects: readonly KubeObject[], apiVersion: string): readonly KubeObject[] {
    const missing: KubeObject[] = [];
    const converted = objects.map((object) => {
      if (object.apiVersion === apiVersion) return object;
      const known = this.#known.get(keyOf(object, apiVersion));
      if (known === undefined) missing.push(object);
      return known ?? object;
    });
    if (missing.length > 0) throw this.#needed(missing, apiVersion);
    return converted;
  }

  #needed(objects: readonly KubeObject[], apiVersion: string): ConversionNeeded {
    const keys = objects.map((object) => keyOf(object, apiVersion));
    return new ConversionNeeded(
      async () => {
        const converted = await this.#ask(objects, apiVersion);
        for (const [index, key] of keys.entries()) {
          const object = converted[index];
          if (object !== undefined) this.#known.set(key, object);
        }
      },
      () => {
        for (const key of keys) this.#known.delete(key);
      },
    );
  }
}

/** Far more than any request needs: what it converts does not change from one attempt to the next. */
const mostAttempts = 50;

/** Runs something to its end, with what it needs converted in between. It must be fit to be begun again. */
export async function withConversions<T>(run: () => Promise<T> | T): Promise<T> {
  const fetched: ConversionNeeded[] = [];
  try {
    for (;;) {
      const outcome = await attempt(run);
      if (!(outcome instanceof ConversionNeeded)) return outcome.value;
      if (fetched.length === mostAttempts) throw internalError(outcome.message);
      fetched.push(outcome);
      await outcome.fetch();
    }
  } finally {
    for (const each of fetched) each.forget();
  }
}

async function attempt<T>(
  run: () => Promise<T> | T,
): Promise<ConversionNeeded | { readonly value: T }> {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof ConversionNeeded) return error;
    throw error;
  }
}

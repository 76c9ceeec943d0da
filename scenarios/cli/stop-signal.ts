import process from "node:process";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * Hears when the process is asked to end, from now on: `asked` resolves with the first signal, a second one ends the process at
 * once. To be made before anything starts, so that what is asked for in the meantime is done in good order.
 */
export class StopSignal implements Disposable {
  readonly asked: Promise<"stop">;
  readonly #forget: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<"stop">();
    const hear = () => resolve("stop");
    for (const signal of signals) process.once(signal, hear);
    this.asked = promise;
    this.#forget = () => {
      for (const signal of signals) process.off(signal, hear);
    };
  }

  [Symbol.dispose](): void {
    this.#forget();
  }
}

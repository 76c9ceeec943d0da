import type { Clock } from "./clock.ts";
import type { KubeRequest, KubeResponse, Transport } from "./transport.ts";

/**
 * The life of one process. When it ends, as in a crash, nothing that it began goes on: answers are not delivered, timers do not
 * fire, and promises stay pending for ever, so that code that was waiting simply stops where it was.
 */
export class Life {
  #alive = true;
  readonly #onEnd = new Set<() => void>();

  get alive(): boolean {
    return this.#alive;
  }

  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    const listeners = [...this.#onEnd];
    this.#onEnd.clear();
    for (const listener of listeners) listener();
  }

  /** For what holds resources of the outside world: open watches, sockets. Call what it returns when they are released. */
  onEnd(listener: () => void): () => void {
    this.#onEnd.add(listener);
    return () => this.#onEnd.delete(listener);
  }

  /** How many things would have to be released now. */
  get held(): number {
    return this.#onEnd.size;
  }

  /** The outcome of the work, if it comes within this life. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => {
          if (this.#alive) resolve(value);
        },
        (error: unknown) => {
          if (this.#alive) reject(error);
        },
      );
    });
  }

  /** Wraps a function that begins work outside: after the end it begins nothing. */
  wrap<Arguments extends readonly unknown[], T>(
    begin: (...args: Arguments) => Promise<T>,
  ): (...args: Arguments) => Promise<T> {
    return (...args) =>
      this.#alive ? this.guard(begin(...args)) : new Promise<T>(() => undefined);
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      setTimeout: (callback, delayMs, label) => {
        if (!this.#alive) return undefined;
        const fire = () => {
          if (this.#alive) callback();
        };
        return clock.setTimeout(fire, delayMs, label);
      },
      clearTimeout: (handle) => clock.clearTimeout(handle),
    };
  }

  transport(transport: Transport): Transport {
    const request = this.wrap((message: KubeRequest): Promise<KubeResponse> =>
      transport.request(message),
    );
    return {
      request,
      watch: (message, sink) => {
        if (!this.#alive) return () => undefined;
        let release = (): void => undefined;
        let isClosed = false;
        const cancel = transport.watch(message, {
          onEvent: (event) => {
            if (this.#alive) sink.onEvent(event);
          },
          onClose: (error) => {
            isClosed = true;
            release();
            if (this.#alive) sink.onClose(error);
          },
        });
        // A watch that was refused at once holds nothing.
        if (!isClosed) release = this.onEnd(cancel);
        return () => {
          release();
          cancel();
        };
      },
    };
  }
}

import type { Clock } from "./clock.ts";
import type { Transport } from "./transport.ts";

/** Gives up on a request after a while; what it would have done is then unknown. Watches have their own end. */
export function withTimeout(transport: Transport, clock: Clock, timeoutMs: number): Transport {
  return {
    watch: (request, sink) => transport.watch(request, sink),
    request: (request) => {
      const abort = new AbortController();
      return new Promise((resolve, reject) => {
        const label = `time-out of ${request.method} ${request.path}`;
        const timer = clock.setTimeout(
          () => {
            const error = new Error(`no answer within ${timeoutMs / 1000} s`);
            reject(error);
            abort.abort(error);
          },
          timeoutMs,
          label,
        );
        const signal =
          request.signal === undefined
            ? abort.signal
            : AbortSignal.any([abort.signal, request.signal]);
        transport.request({ ...request, signal }).then(
          (response) => {
            clock.clearTimeout(timer);
            resolve(response);
          },
          (error: unknown) => {
            clock.clearTimeout(timer);
            reject(error);
          },
        );
      });
    },
  };
}

import { type Clock, sleep } from "./clock.ts";
import { TokenBucket } from "./rate-limiter.ts";
import type { Transport } from "./transport.ts";

/** Upstream's defaults for the management cluster: capi-behaviour 0.10. */
export const managementRate = { perSecond: 100, burst: 200 };

/** Spreads requests so that one client cannot crowd out others. Watches are few and not counted. */
export function rateLimited(
  transport: Transport,
  clock: Clock,
  rate: { readonly perSecond: number; readonly burst: number },
): Transport {
  const bucket = new TokenBucket(clock, rate);
  return {
    watch: (request, sink) => transport.watch(request, sink),
    request: async (request) => {
      const waitMs = bucket.reserve();
      if (waitMs > 0) await sleep(clock, waitMs, { label: "client-side rate limit" });
      return transport.request(request);
    },
  };
}

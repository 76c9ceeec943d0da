import { CachedClient } from "./cached-client.ts";
import { Caches } from "./caches.ts";
import type { Clock } from "./clock.ts";
import { DynamicClient } from "./dynamic-client.ts";
import { isUnauthorized } from "./errors.ts";
import type { Random } from "./random.ts";
import { RestClient, toStatusError } from "./rest.ts";
import { withTimeout } from "./timeout.ts";
import type { Transport } from "./transport.ts";

const requestTimeoutMs = 10_000;
const probeTimeoutMs = 5_000;
/** A workload cluster that is down should be noticed, not waited for: one repetition, by the queue comes the rest. */
const maxRetries = 1;

/** One working connection to a workload cluster. Kinds that somebody watches are read from a cache, others live. */
export class WorkloadConnection {
  readonly client: CachedClient;
  readonly caches: Caches;
  readonly kubeconfig: string;
  readonly #probe: Transport;
  readonly #clock: Clock;
  readonly #release: () => void;
  failures = 0;
  probes = 0;
  lastProbeMs = 0;

  constructor(options: {
    readonly transport: Transport;
    readonly kubeconfig: string;
    readonly clock: Clock;
    readonly random: Random;
    /** Lets go of the sockets behind the transport. */
    readonly release: () => void;
  }) {
    const { transport, clock, random } = options;
    this.#release = options.release;
    const rest = new RestClient({
      transport: withTimeout(transport, clock, requestTimeoutMs),
      clock,
      random,
      maxRetries,
    });
    this.kubeconfig = options.kubeconfig;
    this.#clock = clock;
    this.caches = new Caches({ rest, clock, random });
    this.client = new CachedClient({
      live: new DynamicClient(rest),
      caches: this.caches,
      startInformers: false,
    });
    this.#probe = withTimeout(transport, clock, probeTimeoutMs);
  }

  /** Throws if no answer comes, or one that shows that this connection cannot work. */
  async probe(): Promise<void> {
    this.lastProbeMs = this.#clock.now();
    const response = await this.#probe.request({ method: "GET", path: "/" });
    const { status } = response;
    // "Not found" and "forbidden" are answers of a living API server.
    if (status >= 500 || status === 401) throw toStatusError(response);
  }

  /** The credentials are no longer accepted: only a new kubeconfig helps. */
  isRefused(error: unknown): boolean {
    return isUnauthorized(error);
  }

  close(): void {
    this.caches.stop();
    this.#release();
  }
}

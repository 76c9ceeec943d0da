import type { Obstacle } from "../../network/contract.ts";
import type { Host } from "../host.ts";
import type { ApiServerService } from "../workload/workload-cluster.ts";

const pollMs = 5_000;

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** "[::1]:6443" and "lb.example:6443"; the port is 6443 where none is written. */
export function hostAndPort(text: string): HostAndPort {
  const match = /^\[?(.*?)\]?(?::(\d+))?$/.exec(text);
  return { host: match?.[1] ?? text, port: Number(match?.[2] ?? 6443) };
}

export type ApiServerReach =
  | { readonly service: ApiServerService }
  | { readonly problem: string; readonly obstacle?: Obstacle };

/** Tries once to get to an API server through whatever stands at the endpoint. */
export function reachApiServer(host: Host, endpoint: HostAndPort): ApiServerReach {
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const reach = host.aws.network.canReach(origin, endpoint.host, endpoint.port);
  if (!reach.reachable) return { problem: reach.obstacle.message, obstacle: reach.obstacle };
  const service = reach.endpoint.service as Partial<ApiServerService> | undefined;
  if (service?.kind !== "kube-apiserver") {
    return { problem: `${endpoint.host}:${endpoint.port} is no API server` };
  }
  return { service: service as ApiServerService };
}

export interface Attempt<T> {
  readonly value?: T;
  /** Why not, in a sentence that a user can act on. */
  readonly problem?: string;
}

/** Repeats until there is a value or the time is over; the last problem is then the error. */
export async function retry<T>(
  host: Host,
  options: { readonly what: string; readonly timeoutMs: number; readonly pauseMs?: number },
  attempt: () => Attempt<T> | Promise<Attempt<T>>,
): Promise<T> {
  const deadlineMs = host.clock.now() + options.timeoutMs;
  for (;;) {
    const { value, problem = "timed out" } = await attempt();
    if (value !== undefined) {
      host.trouble = undefined;
      return value;
    }
    if (host.trouble !== problem) host.log.write(`[kubeadm] ${options.what}: ${problem}`);
    host.trouble = problem;
    if (host.clock.now() >= deadlineMs) throw new Error(problem);
    await host.sleep(options.pauseMs ?? pollMs, options.what);
  }
}

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
  /** What is in the way, in a sentence that a user can act on, and what a program prints that meets it. */
  | { readonly problem: string; readonly words: string };

/** Tries once to get to an API server through whatever stands at the endpoint. */
export function reachApiServer(host: Host, endpoint: HostAndPort): ApiServerReach {
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const reach = host.aws.network.canReach(origin, endpoint.host, endpoint.port);
  if (!reach.reachable) {
    const { message } = reach.obstacle;
    return { problem: message, words: `${dialError(host, endpoint, reach.obstacle)} (${message})` };
  }
  const service = reach.endpoint.service as Partial<ApiServerService> | undefined;
  if (service?.kind !== "kube-apiserver") {
    const problem = `${endpoint.host}:${endpoint.port} is no API server`;
    return { problem, words: problem };
  }
  return { service: service as ApiServerService };
}

/** What a program written in Go says when it cannot connect; it knows nothing of what is in the way. */
export function dialError(
  host: Host,
  endpoint: HostAndPort,
  { code, silent }: Pick<Obstacle, "code" | "silent">,
): string {
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const [ip] = host.aws.network.resolve(origin, endpoint.host);
  if (code === "DnsNameNotFound" || ip === undefined) {
    return `dial tcp: lookup ${endpoint.host} on 127.0.0.53:53: no such host`;
  }
  // A load balancer accepts the connection itself, and has nobody to hand it to.
  if (code === "NoHealthyTargets" || code === "NoTargets") return "EOF";
  const place = `dial tcp ${ip}:${endpoint.port}`;
  return silent ? `${place}: i/o timeout` : `${place}: connect: connection refused`;
}

/** The error of a program that had its time; the sentence in it tells `seatrial why` what to say. */
export class TimedOutError extends Error {
  override readonly name = "TimedOutError";
  readonly problem: string;

  constructor(problem: string, words: string) {
    super(words);
    this.problem = problem;
  }
}

export interface Attempt<T> {
  readonly value?: T;
  /** Why not, in a sentence that a user can act on. */
  readonly problem?: string;
  /** The same as the program prints it, if that is something else. */
  readonly words?: string;
}

/** Repeats until there is a value or the time is over; the last problem is then the error. */
export async function retry<T>(
  host: Host,
  options: { readonly what: string; readonly timeoutMs: number; readonly pauseMs?: number },
  attempt: () => Attempt<T> | Promise<Attempt<T>>,
): Promise<T> {
  const deadlineMs = host.clock.now() + options.timeoutMs;
  for (;;) {
    const { value, problem = "timed out", words = problem } = await attempt();
    if (value !== undefined) {
      host.trouble = undefined;
      return value;
    }
    if (host.trouble !== problem) host.log.write(`[kubeadm] ${options.what}: ${words}`);
    host.trouble = problem;
    if (host.clock.now() >= deadlineMs) throw new TimedOutError(problem, words);
    await host.sleep(options.pauseMs ?? pollMs, options.what);
  }
}

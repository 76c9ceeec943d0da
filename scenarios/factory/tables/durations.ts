/** What `--time-scale` does to a duration: delays pass faster, the time of day never does. */
export type Pace = "real" | "scaled";

export interface Duration {
  readonly what: string;
  readonly howLong: string;
  readonly pace: Pace;
}

/** Each is measured in `../durations.test.ts`; the README of the fake cloud shows the table. */
export const durations = {
  instanceStart: { what: "an instance starts", howLong: "5–17 s", pace: "scaled" },
  instanceStop: { what: "an instance stops", howLong: "10–40 s", pace: "scaled" },
  termination: { what: "an instance terminates", howLong: "20–60 s", pace: "scaled" },
  afterlife: { what: "a terminated instance can be seen", howLong: "1 h", pace: "scaled" },
  statusChecks: { what: "status checks of an instance pass", howLong: "90 s", pace: "scaled" },
  natGateway: { what: "a NAT gateway becomes available", howLong: "1–2 min", pace: "scaled" },
  classicBalancer: {
    what: "a classic load balancer's name resolves",
    howLong: "20–60 s",
    pace: "scaled",
  },
  networkBalancer: {
    what: "a network load balancer becomes active",
    howLong: "1.5–3 min",
    pace: "scaled",
  },
  balancerInterfaces: {
    what: "the interfaces of a deleted load balancer go",
    howLong: "1–3 min",
    pace: "scaled",
  },
  healthChecks: {
    what: "an instance that answers nothing counts as unhealthy",
    howLong: "the checks of its load balancer",
    pace: "scaled",
  },
  throttle: { what: "a bucket of request tokens refills", howLong: "1 token/s", pace: "scaled" },
  boot: { what: "an instance boots", howLong: "15–40 s", pace: "scaled" },
  requeue: {
    what: "requeue, back-off and shortest interval of a controller",
    howLong: "as upstream",
    pace: "scaled",
  },
  secretWindow: {
    what: "the recovery window of a deleted secret",
    howLong: "7–30 days",
    pace: "real",
  },
  heartbeat: { what: "heartbeats of a kubelet", howLong: "10 s", pace: "real" },
  timeOfDay: {
    what: "timestamps, and what is computed from them: tokens, certificates, credentials, Leases, node grace, time-outs of health checks",
    howLong: "as they say",
    pace: "real",
  },
} as const satisfies Record<string, Duration>;

export function durationsTable(): string {
  const rows = Object.values(durations).map(
    ({ what, howLong, pace }) => `| ${what} | ${howLong} | ${pace} |`,
  );
  return ["| what | in life | with `--time-scale` |", "|---|---|---|", ...rows].join("\n");
}

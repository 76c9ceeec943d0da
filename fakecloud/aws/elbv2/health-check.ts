import type { HealthCheck } from "../../network/load-balancer.ts";
import { invalid } from "./errors.ts";
import type { TargetHealthCheck } from "./records.ts";

interface Wanted {
  readonly HealthCheckEnabled?: boolean | undefined;
  readonly HealthCheckProtocol?: string | undefined;
  readonly HealthCheckPort?: string | undefined;
  readonly HealthCheckPath?: string | undefined;
  readonly HealthCheckIntervalSeconds?: number | undefined;
  readonly HealthCheckTimeoutSeconds?: number | undefined;
  readonly HealthyThresholdCount?: number | undefined;
  readonly UnhealthyThresholdCount?: number | undefined;
  readonly Matcher?: { readonly HttpCode?: string | undefined } | undefined;
}

const isHttp = (protocol: string): protocol is "HTTP" | "HTTPS" =>
  protocol === "HTTP" || protocol === "HTTPS";

/** What is not said stays as it is, or is what the API documents for the protocol. */
export function healthCheckOf(
  wanted: Wanted,
  groupProtocol: string,
  present?: TargetHealthCheck,
): TargetHealthCheck {
  const ofApplication = isHttp(groupProtocol);
  const protocol =
    wanted.HealthCheckProtocol ?? present?.protocol ?? (ofApplication ? "HTTP" : "TCP");
  const base = present ?? defaultsFor(protocol, ofApplication);
  return {
    enabled: wanted.HealthCheckEnabled ?? base.enabled,
    protocol,
    port: wanted.HealthCheckPort ?? base.port,
    intervalSeconds: wanted.HealthCheckIntervalSeconds ?? base.intervalSeconds,
    timeoutSeconds: wanted.HealthCheckTimeoutSeconds ?? base.timeoutSeconds,
    healthyThreshold: wanted.HealthyThresholdCount ?? base.healthyThreshold,
    unhealthyThreshold: wanted.UnhealthyThresholdCount ?? base.unhealthyThreshold,
    ...httpPart(wanted, base, { protocol, ofApplication }),
  };
}

/** Only checks over HTTP have a path and codes that count as success. */
function httpPart(
  wanted: Wanted,
  base: TargetHealthCheck,
  { protocol, ofApplication }: { readonly protocol: string; readonly ofApplication: boolean },
): Pick<TargetHealthCheck, "matcher" | "path"> {
  if (!isHttp(protocol)) return { path: undefined, matcher: undefined };
  const codes = ofApplication ? "200" : "200-399";
  return {
    path: wanted.HealthCheckPath ?? base.path ?? "/",
    matcher: wanted.Matcher?.HttpCode ?? base.matcher ?? codes,
  };
}

/** Source: ELBv2 API reference, CreateTargetGroup. */
function defaultsFor(protocol: string, ofApplication: boolean): TargetHealthCheck {
  const timeoutSeconds = ofApplication ? 5 : protocol === "HTTP" ? 6 : 10;
  return {
    enabled: true,
    protocol,
    port: "traffic-port",
    path: undefined,
    intervalSeconds: 30,
    timeoutSeconds,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
    matcher: undefined,
  };
}

const ranges = {
  intervalSeconds: ["Health check interval", 5, 300],
  timeoutSeconds: ["Health check timeout", 2, 120],
  healthyThreshold: ["Healthy threshold count", 2, 10],
  unhealthyThreshold: ["Unhealthy threshold count", 2, 10],
} as const;

export function checkSettings(check: TargetHealthCheck): void {
  for (const [name, [words, min, max]] of Object.entries(ranges)) {
    const value = check[name as keyof typeof ranges];
    if (value >= min && value <= max) continue;
    throw invalid(`${words} '${value}' must be between ${min} and ${max}`);
  }
  if (check.timeoutSeconds > check.intervalSeconds) {
    throw invalid(
      `Health check timeout '${check.timeoutSeconds}' must be smaller than or equal to the interval '${check.intervalSeconds}'`,
    );
  }
  if (check.port !== "traffic-port" && !/^\d{1,5}$/.test(check.port)) {
    throw invalid(
      `Health check port '${check.port}' must be 'traffic-port' or in the range 1-65535`,
    );
  }
}

export function toNetwork(check: TargetHealthCheck): HealthCheck {
  const { matcher } = check;
  return {
    protocol: isHttp(check.protocol) ? check.protocol : "TCP",
    intervalMs: check.intervalSeconds * 1000,
    timeoutMs: check.timeoutSeconds * 1000,
    healthyThreshold: check.healthyThreshold,
    unhealthyThreshold: check.unhealthyThreshold,
    ...(check.port === "traffic-port" ? {} : { port: Number(check.port) }),
    ...(check.path === undefined ? {} : { path: check.path }),
    ...(matcher === undefined ? {} : { matcher: (status: number) => matches(matcher, status) }),
  };
}

/** "200", "200,202", "200-399". */
function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from = "", to = from] = part.split("-");
    return Number(from) <= status && status <= Number(to);
  });
}

import type { MachineHealthCheck } from "../../api/core/v1beta2.ts";
import { scaledValue } from "../machine-deployment/resolve-rollout.ts";

export interface Allowance {
  readonly isAllowed: boolean;
  readonly remediationsAllowed: number;
  /** Why not. */
  readonly message: string;
}

/** Whether so many unhealthy Machines still look like failing Machines, and not like something larger. capi-behaviour 6.5, 6.8. */
export function computeAllowance(
  { spec }: MachineHealthCheck,
  counts: { readonly expected: number; readonly healthy: number },
): Allowance {
  const unhealthy = counts.expected - counts.healthy;
  const { unhealthyInRange, unhealthyLessThanOrEqualTo = "100%" } =
    spec.remediation?.triggerIf ?? {};
  if (unhealthyInRange !== undefined && unhealthyInRange !== "") {
    const [least, most] = parseRange(unhealthyInRange);
    return allowance(unhealthy >= least && unhealthy <= most, {
      left: most - unhealthy,
      message: `Remediation is not allowed, the number of not started or unhealthy machines does not fall within the range (total: ${counts.expected}, unhealthy: ${unhealthy}, unhealthyRange: ${unhealthyInRange})`,
    });
  }
  const most = scaledValue(unhealthyLessThanOrEqualTo, counts.expected, Math.floor);
  return allowance(unhealthy <= most, {
    left: most - unhealthy,
    message: `Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy (total: ${counts.expected}, unhealthy: ${unhealthy}, maxUnhealthy: ${unhealthyLessThanOrEqualTo})`,
  });
}

function allowance(
  isAllowed: boolean,
  { left, message }: { readonly left: number; readonly message: string },
): Allowance {
  return isAllowed
    ? { isAllowed, remediationsAllowed: Math.max(0, left), message: "" }
    : { isAllowed, remediationsAllowed: 0, message };
}

/** "[1-3]". */
function parseRange(text: string): readonly [number, number] {
  const match = /^\[([0-9]+)-([0-9]+)\]$/.exec(text);
  const [least, most] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || most < least) {
    throw new Error(`"${text}" is not a range: write [least-most]`);
  }
  return [least, most];
}

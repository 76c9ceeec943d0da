import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { EnforcedNetwork } from "../../network/network.ts";
import type { LoadBalancing } from "../../network/load-balancing.ts";
import type { Ec2Cloud } from "../ec2/ec2-cloud.ts";
import type { Ec2Region } from "../ec2/ec2-region.ts";
import type { InstanceRecord } from "../ec2/records.ts";
import type { ElbRegion } from "../elb/elb-region.ts";
import type { Elbv2Region } from "../elbv2/elbv2-region.ts";
import { matchesWildcard } from "../iam/wildcard.ts";
import type { PerRegion } from "../service.ts";
import type { Throttle } from "../throttle.ts";
import { FaultError, type ParsedFault } from "./fault.ts";
import type { FaultHandle } from "./fault-plan.ts";

export interface Owner {
  readonly accountId: string;
  readonly region: string;
}

/** What somebody does by hand. */
export interface ByHand {
  readonly service: string;
  /** Where two services share a name. */
  readonly version?: string;
  readonly operation: string;
}

/** The parts of the cloud that faults reach into. */
export interface FaultContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly ec2: Ec2Cloud;
  readonly network: EnforcedNetwork;
  readonly balancing: LoadBalancing;
  readonly throttle: Throttle;
  readonly elb: PerRegion<ElbRegion>;
  readonly elbv2: PerRegion<Elbv2Region>;
  /** An ordinary call, made by somebody in the console. */
  readonly perform: (
    owner: Owner,
    action: ByHand,
    input: Readonly<Record<string, unknown>>,
  ) => void;
  /** How far the clock of AWS is ahead of its callers'. */
  readonly skew: { ms: number };
}

export type Effect = (context: FaultContext, fault: ParsedFault) => FaultHandle | undefined;

/** One of several names fits a pattern. */
export function fits(pattern: string, ...names: readonly (string | undefined)[]): boolean {
  return names.some((name) => name !== undefined && matchesWildcard(pattern, name));
}

/** "eu-west-1b" by its name, its last letter or a pattern. */
export function fitsZone(pattern: string, zone: string): boolean {
  return pattern.length === 1 && pattern !== "*" ? zone.endsWith(pattern) : fits(pattern, zone);
}

/** A keyed draw: depends on nothing but the seed, the fault and the object. */
export function strikes(context: FaultContext, fault: ParsedFault, object: string): boolean {
  if (fault.chance >= 1) return true;
  return context.random.next(`fault/${fault.id}`, object) < fault.chance;
}

export interface Found {
  readonly region: Ec2Region;
  readonly instance: InstanceRecord;
}

/** Living instances by ID or Name tag, in the order of their launch; `pick` takes one of them or all. */
export function pickInstances(context: FaultContext, fault: ParsedFault): readonly Found[] {
  const pattern = fault.fields.text("instance");
  const found = context.ec2.regions().flatMap((region) =>
    region.instances
      .filter(({ state }) => state === "pending" || state === "running")
      .filter(({ instanceId, tags }) => fits(pattern, instanceId, tags.get("Name")))
      .map((instance) => ({ region, instance })),
  );
  if (found.length === 0) {
    throw new FaultError(`do.${fault.kind}.instance: no running instance is called ${pattern}`);
  }
  return pickOf(context, fault, found);
}

function pickOf(context: FaultContext, fault: ParsedFault, found: readonly Found[]) {
  const pick = fault.fields.text("pick");
  if (pick === "all") return found;
  if (pick === "oldest") return found.slice(0, 1);
  if (pick === "newest") return found.slice(-1);
  const draw = context.random.next("fault/pick", fault.id);
  return [found[Math.floor(draw * found.length)] as Found];
}

import type { Reservation, RunInstancesRequest } from "@aws-sdk/client-ec2";
import { type Ec2Region, notEnoughAddresses } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import { instanceToWire } from "./instance-wire.ts";
import { launch, startUp } from "./launch.ts";
import { templateTags, withTemplate } from "./launch-template-data.ts";
import { type LaunchPlan, planLaunch, taggedByLaunch } from "./launch-plan.ts";
import { checkPlacement } from "./placement-groups.ts";
import type { InstanceRecord, SpotRequest } from "./records.ts";
import { checkSpotPrice, recordSpotLaunch } from "./spot-state.ts";
import { tagsFor } from "./tag-rules.ts";
import { instanceTypes } from "./tables/instance-types.ts";

/** Launches as many as it can between MinCount and MaxCount, or none. */
export function runInstances(region: Ec2Region, input: RunInstancesRequest): Reservation {
  return launchFor(region, input, undefined);
}

/** A launch of one's own, or the one that a spot request waited for. */
export function launchFor(
  region: Ec2Region,
  input: RunInstancesRequest,
  request: SpotRequest | undefined,
): Reservation {
  const { MinCount: min, MaxCount: max, ClientToken: token, ...asked } = input;
  checkCounts(required(min, "MinCount"), required(max, "MaxCount"));
  let fresh: readonly InstanceRecord[] = [];
  const { id } = region.once("RunInstances", token, { ...asked, min, max }, () => {
    const whole = withTemplate(region, input);
    checkSpotPrice(whole.InstanceMarketOptions?.SpotOptions?.MaxPrice);
    const plan = planLaunch(region, whole);
    checkPlacement(region, whole, plan.subnet.zone);
    for (const [key, value] of templateTags(region, input)) plan.tags.set(key, value);
    const count = affordable(region, plan, { min: min ?? 1, max: max ?? 1 });
    checkLaunch(region, plan, token);
    const reservationId = region.newId("r", token ?? plan.tags.get("Name"));
    fresh = Array.from({ length: count }, (_, index) =>
      launch(region, plan, { reservationId, index }),
    );
    for (const instance of fresh) if (instance.spot) linkSpot(region, plan, instance, request);
    return reservationId;
  });
  const instances = region.instances.filter((one) => one.reservationId === id);
  checkAlive(instances, token);
  const answer: Reservation = {
    ReservationId: id,
    OwnerId: region.accountId,
    Groups: [],
    Instances: instances.map((instance) => instanceToWire(region, instance)),
  };
  for (const instance of fresh) startUp(region, instance);
  return answer;
}

/** Every spot instance belongs to a request: that which it was launched for, or one of its own. */
function linkSpot(
  region: Ec2Region,
  plan: LaunchPlan,
  instance: InstanceRecord,
  request: SpotRequest | undefined,
): void {
  const tags = tagsFor(plan.input.TagSpecifications, "spot-instances-request", taggedByLaunch);
  const own = request ?? recordSpotLaunch(region, plan.input, instance, tags);
  instance.spotRequestId = own.spotInstanceRequestId;
}

/** Capacity comes last: everything that is wrong with the request itself has been said. */
function checkLaunch(region: Ec2Region, plan: LaunchPlan, token: string | undefined): void {
  const { input, instanceType, subnet, tags } = plan;
  region.cloud.checkLaunch({
    name: tags.get("Name") ?? token ?? subnet.subnetId,
    zone: subnet.zone,
    instanceType,
    spot: input.InstanceMarketOptions?.MarketType === "spot",
  });
}

function checkCounts(min: number, max: number): void {
  if (min < 1 || max < 1) {
    throw invalidParameter(
      `Value (${Math.min(min, max)}) for parameter minCount/maxCount is invalid. Minimum is 1.`,
    );
  }
  if (min > max) {
    throw ec2Error(
      "InvalidParameterCombination",
      `minCount (${min}) must not be greater than maxCount (${max})`,
    );
  }
}

/** A token lives longer than its instances, which it does not bring back. */
function checkAlive(instances: readonly InstanceRecord[], token: string | undefined): void {
  const dead = (one: InstanceRecord) => one.state === "terminated" || one.state === "shutting-down";
  if (instances.length > 0 && !instances.every(dead)) return;
  const message = `The instance that was launched with client token ${token} has been terminated`;
  throw ec2Error("IdempotentInstanceTerminated", message);
}

/** As many as the subnet has addresses for. */
function addressed(
  region: Ec2Region,
  plan: LaunchPlan,
  range: { readonly min: number; readonly max: number },
): number {
  const [first] = plan.input.NetworkInterfaces ?? [];
  if (first?.NetworkInterfaceId !== undefined) return range.max;
  const count = Math.min(range.max, region.freeIps(plan.subnet));
  if (count >= range.min) return count;
  throw notEnoughAddresses(plan.subnet.subnetId);
}

function affordable(
  region: Ec2Region,
  plan: LaunchPlan,
  range: { readonly min: number; readonly max: number },
): number {
  const withAddress = addressed(region, plan, range);
  const { quotas } = region.settings;
  if (quotas === undefined) return withAddress;
  const spot = plan.input.InstanceMarketOptions?.MarketType === "spot";
  const limit = spot ? quotas.spotVcpus : quotas.standardVcpus;
  const alive = region.instances.filter(
    (one) => one.spot === spot && (one.state === "pending" || one.state === "running"),
  );
  const used = alive.reduce(
    (sum, one) => sum + (instanceTypes.get(one.instanceType)?.vcpus ?? 0),
    0,
  );
  const count = Math.min(withAddress, Math.floor((limit - used) / plan.facts.vcpus));
  if (count >= range.min) return count;
  if (spot) throw ec2Error("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded");
  const message = `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`;
  throw ec2Error("VcpuLimitExceeded", message);
}

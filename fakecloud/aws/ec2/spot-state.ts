import type { RunInstancesRequest } from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error } from "./errors.ts";
import type { InstanceRecord, SpotRequest } from "./records.ts";

export function setSpotStatus(
  region: Ec2Region,
  request: SpotRequest,
  code: string,
  message: string,
): void {
  request.status = { code, message, atMs: region.now() };
}

export function checkSpotPrice(price: string | undefined): void {
  if (price === undefined || (/^\d+(\.\d+)?$/.test(price) && Number(price) > 0)) return;
  const message = `"${price}" is an invalid spot instance price`;
  throw ec2Error("InvalidParameterValue", message);
}

export function openSpotRequest(
  region: Ec2Region,
  options: {
    readonly type: SpotRequest["type"];
    readonly price: string | undefined;
    readonly launch: RunInstancesRequest;
    readonly tags: Map<string, string>;
  },
): SpotRequest {
  const name = options.tags.get("Name") ?? options.launch.ClientToken ?? options.launch.SubnetId;
  const spotInstanceRequestId = region.newId("sir", name);
  return region.spotRequests.add(spotInstanceRequestId, {
    spotInstanceRequestId,
    ...options,
    createdAtMs: region.now(),
    state: "open",
    status: {
      code: "pending-evaluation",
      message: "Your Spot request has been submitted for review, and is pending evaluation.",
      atMs: region.now(),
    },
    instanceId: undefined,
  });
}

/** A launch on the spot market makes a request of its own, which is fulfilled already. */
export function recordSpotLaunch(
  region: Ec2Region,
  input: RunInstancesRequest,
  instance: InstanceRecord,
  tags: Map<string, string>,
): SpotRequest {
  const options = input.InstanceMarketOptions?.SpotOptions;
  const request = openSpotRequest(region, {
    type: options?.SpotInstanceType ?? "one-time",
    price: options?.MaxPrice,
    launch: input,
    tags,
  });
  request.state = "active";
  request.instanceId = instance.instanceId;
  setSpotStatus(region, request, "fulfilled", "Your Spot request is fulfilled.");
  return request;
}

/** AWS will take the instance back: its request says so at once, while the instance runs for two minutes more. */
export function announceInterruption(region: Ec2Region, instance: InstanceRecord): void {
  const request = region.spotRequests.peek(instance.spotRequestId ?? "");
  if (request === undefined) return;
  const message = "Your Spot instance was terminated because there is no Spot capacity available.";
  setSpotStatus(region, request, "instance-terminated-no-capacity", message);
}

/** What becomes of the request when its instance ends. */
export function closeSpotRequest(
  region: Ec2Region,
  instance: InstanceRecord,
  byUser: boolean,
): void {
  const request = region.spotRequests.peek(instance.spotRequestId ?? "");
  if (request?.state !== "active") return;
  request.state = "closed";
  const code = byUser ? "instance-terminated-by-user" : "instance-terminated-no-capacity";
  setSpotStatus(region, request, code, "The Spot Instance was terminated.");
}

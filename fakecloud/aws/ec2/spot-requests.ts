import type {
  CancelSpotInstanceRequestsRequest,
  CancelSpotInstanceRequestsResult,
  DescribeSpotInstanceRequestsRequest,
  DescribeSpotInstanceRequestsResult,
  DescribeSpotPriceHistoryRequest,
  DescribeSpotPriceHistoryResult,
  RequestSpotInstancesRequest,
  RequestSpotInstancesResult,
  RunInstancesRequest,
  SpotInstanceRequest as WireRequest,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { AwsError } from "../aws-error.ts";
import { describe, paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { applyFilters } from "./filters.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { SpotRequest } from "./records.ts";
import { launchFor } from "./run-instances.ts";
import { checkSpotPrice, openSpotRequest, setSpotStatus } from "./spot-state.ts";
import { spotPriceOf } from "./tables/spot-prices.ts";
import { instanceTypes } from "./tables/instance-types.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

/** Answers with open requests; instances come a moment later, or when there is capacity. */
export function requestSpotInstances(
  region: Ec2Region,
  input: RequestSpotInstancesRequest,
): RequestSpotInstancesResult {
  const specification = input.LaunchSpecification;
  required(specification?.ImageId, "launchSpecification.imageId");
  checkSpotPrice(input.SpotPrice);
  const count = input.InstanceCount ?? 1;
  if (input.Type === "persistent") {
    throw ec2Error("UnsupportedOperation", "Seatrial has no persistent spot requests");
  }
  if (count < 1) throw invalidParameter(`Value (${count}) for parameter instanceCount is invalid.`);
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("RequestSpotInstances", token, asked, () =>
    Array.from({ length: count }, () =>
      openSpotRequest(region, {
        type: input.Type ?? "one-time",
        price: input.SpotPrice,
        launch: {
          ...(specification as Partial<RunInstancesRequest>),
          InstanceMarketOptions: { MarketType: "spot" },
          MinCount: 1,
          MaxCount: 1,
        },
        tags: tagsFor(input.TagSpecifications, "spot-instances-request"),
      }),
    )
      .map(({ spotInstanceRequestId }) => spotInstanceRequestId)
      .join(","),
  );
  const requests = id.split(",").map((one) => region.spotRequests.own(one));
  const answer = { SpotInstanceRequests: requests.map((one) => toWire(region, one)) };
  for (const request of requests) {
    if (request.state === "open") scheduleFulfilment(region, request);
  }
  return answer;
}

function scheduleFulfilment(region: Ec2Region, request: SpotRequest): void {
  const { spotInstanceRequestId: id } = request;
  const label = `spot request ${id} is fulfilled`;
  region.after(region.settings.durations.spotFulfilment, label, "spotRequestFulfilled", id);
}

/** Launches, or says why not: without capacity the request stays open, what is wrong with it makes it fail. */
export function spotRequestFulfilled(region: Ec2Region, id: string): void {
  const request = region.spotRequests.peek(id);
  if (request?.state !== "open") return;
  try {
    const { Instances: [instance] = [] } = launchFor(region, request.launch, request);
    request.instanceId = instance?.InstanceId;
    request.state = "active";
    setSpotStatus(region, request, "fulfilled", "Your Spot request is fulfilled.");
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === "InsufficientInstanceCapacity") {
      const message = "There is no Spot capacity available that matches your request.";
      setSpotStatus(region, request, "capacity-not-available", message);
      return;
    }
    request.state = "failed";
    setSpotStatus(region, request, "bad-parameters", error.message);
  }
}

function toWire(region: Ec2Region, request: SpotRequest): WireRequest {
  const { launch, status } = request;
  const instance = region.instances.peek(request.instanceId ?? "");
  return {
    SpotInstanceRequestId: request.spotInstanceRequestId,
    Type: request.type,
    State: request.state,
    Status: {
      Code: status.code,
      Message: status.message,
      UpdateTime: toDate(status.atMs),
    },
    ...(request.price === undefined ? {} : { SpotPrice: request.price }),
    CreateTime: toDate(request.createdAtMs),
    ProductDescription: "Linux/UNIX",
    InstanceInterruptionBehavior: "terminate",
    LaunchSpecification: {
      ...(launch.ImageId === undefined ? {} : { ImageId: launch.ImageId }),
      ...(launch.InstanceType === undefined ? {} : { InstanceType: launch.InstanceType }),
      ...(launch.KeyName === undefined ? {} : { KeyName: launch.KeyName }),
      ...(launch.SubnetId === undefined ? {} : { SubnetId: launch.SubnetId }),
      Monitoring: { Enabled: false },
      SecurityGroups: (launch.SecurityGroupIds ?? []).map((GroupId) => ({ GroupId })),
    },
    ...(request.instanceId === undefined ? {} : { InstanceId: request.instanceId }),
    ...(instance === undefined ? {} : { LaunchedAvailabilityZone: instance.zone }),
    Tags: tagsToWire(request.tags),
  };
}

export function describeSpotInstanceRequests(
  region: Ec2Region,
  input: DescribeSpotInstanceRequestsRequest,
): DescribeSpotInstanceRequestsResult {
  const { items, ...token } = describe(
    region.spotRequests,
    {
      ids: input.SpotInstanceRequestIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "instance-id": (one) => one.instanceId,
      "launch.image-id": (one) => one.launch.ImageId,
      "launch.instance-type": (one) => one.launch.InstanceType,
      "launched-availability-zone": (one) => region.instances.peek(one.instanceId ?? "")?.zone,
      "spot-instance-request-id": (one) => one.spotInstanceRequestId,
      "spot-price": (one) => one.price,
      state: (one) => one.state,
      "status-code": (one) => one.status.code,
      type: (one) => one.type,
    },
  );
  return { SpotInstanceRequests: items.map((one) => toWire(region, one)), ...token };
}

/** Cancelling leaves an instance running. */
export function cancelSpotInstanceRequests(
  region: Ec2Region,
  input: CancelSpotInstanceRequestsRequest,
): CancelSpotInstanceRequestsResult {
  const ids = input.SpotInstanceRequestIds ?? [];
  const requests = ids.map((id) => region.spotRequests.require(id));
  for (const request of requests) {
    if (request.state !== "open" && request.state !== "active") continue;
    const runs = request.state === "active";
    request.state = "cancelled";
    const code = runs ? "request-canceled-and-instance-running" : "canceled-before-fulfillment";
    setSpotStatus(region, request, code, "Your Spot request is canceled.");
  }
  return {
    CancelledSpotInstanceRequests: requests.map(({ spotInstanceRequestId, state }) => ({
      SpotInstanceRequestId: spotInstanceRequestId,
      State: state === "failed" ? "completed" : state,
    })),
  };
}

export function describeSpotPriceHistory(
  region: Ec2Region,
  input: DescribeSpotPriceHistoryRequest,
): DescribeSpotPriceHistoryResult {
  const noTags = new Map<string, string>();
  const zones = region.zones
    .filter(({ zoneType }) => zoneType === "availability-zone")
    .map(({ zoneName }) => zoneName);
  const wanted: readonly string[] = input.InstanceTypes ?? [];
  const types = [...instanceTypes.keys()].filter(
    (one) => wanted.length === 0 || wanted.includes(one),
  );
  const all = types.flatMap((type) => zones.map((zone) => ({ type, zone, tags: noTags })));
  const { AvailabilityZone: name, AvailabilityZoneId: zoneId, StartTime, EndTime } = input;
  const idOf = (zone: string) => region.zones.find((one) => one.zoneName === zone)?.zoneId;
  const products = input.ProductDescriptions ?? [];
  // The price has always been the present one: of a time to come, nothing can be said.
  const isOver = (EndTime?.getTime() ?? Number.POSITIVE_INFINITY) < (StartTime?.getTime() ?? 0);
  const isKnown = (StartTime?.getTime() ?? 0) <= region.now() && !isOver;
  const inZone = all.filter(
    ({ zone }) =>
      isKnown &&
      (name === undefined || zone === name) &&
      (zoneId === undefined || idOf(zone) === zoneId) &&
      (products.length === 0 || products.some((one) => one.startsWith("Linux/UNIX"))),
  );
  const filtered = applyFilters(inZone, input.Filters, {
    "availability-zone": ({ zone }) => zone,
    "instance-type": ({ type }) => type,
    "product-description": () => ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"],
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page, { min: 1, max: 1000 });
  return {
    SpotPriceHistory: items.map(({ type, zone }) => ({
      AvailabilityZone: zone,
      InstanceType: type as "m5.large",
      ProductDescription: "Linux/UNIX",
      SpotPrice: spotPriceOf(type),
      Timestamp: toDate(region.now()),
    })),
    ...token,
  };
}

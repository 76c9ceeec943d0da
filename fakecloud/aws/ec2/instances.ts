import type {
  InstanceStatus,
  InstanceStatusSummary,
  StatusType,
  SummaryStatus,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  InstanceStateChange,
  RebootInstancesRequest,
  Reservation,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from "@aws-sdk/client-ec2";
import { timeOfDelay, formatTime } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, missingParameter } from "./errors.ts";
import type { FilterTable, WireFilters } from "./filters.ts";
import { instanceToWire, stateCodes, stateToWire } from "./instance-wire.ts";
import { start, stop, terminate } from "./instance-states.ts";
import { instancePaths, instanceStatusPaths } from "./tables/wire-filters.ts";
import type { InstanceRecord, NetworkInterface } from "./records.ts";

function filtersOf(region: Ec2Region): FilterTable<InstanceRecord> {
  const primary = (instance: InstanceRecord): NetworkInterface | undefined =>
    region.networkInterfaces.peek(instance.networkInterfaceIds[0] ?? "");
  const groupNames = (instance: InstanceRecord) =>
    (primary(instance)?.securityGroupIds ?? []).map(
      (id) => region.securityGroups.peek(id)?.groupName,
    );
  return {
    architecture: (one) => one.architecture,
    "availability-zone": (one) => one.zone,
    "client-token": (one) => one.clientToken,
    "dns-name": (one) => primary(one)?.publicIp,
    "group-id": (one) => primary(one)?.securityGroupIds,
    "group-name": groupNames,
    "iam-instance-profile.arn": (one) => one.instanceProfileArn,
    "image-id": (one) => one.imageId,
    "instance-id": (one) => one.instanceId,
    "instance-lifecycle": (one) => (one.spot ? "spot" : undefined),
    "instance-state-code": (one) => stateCodes[one.state],
    "instance-state-name": (one) => one.state,
    "instance-type": (one) => one.instanceType,
    "instance.group-id": (one) => primary(one)?.securityGroupIds,
    "instance.group-name": groupNames,
    "ip-address": (one) => primary(one)?.publicIp,
    "key-name": (one) => one.keyName,
    "launch-index": (one) => one.launchIndex,
    "launch-time": (one) => formatTime(one.launchedAtMs).replace("Z", ".000Z"),
    "network-interface.network-interface-id": (one) => one.networkInterfaceIds,
    "network-interface.subnet-id": (one) => one.subnetId,
    "network-interface.vpc-id": (one) => one.vpcId,
    "owner-id": () => region.accountId,
    "placement-group-name": (one) => one.extra.Placement?.GroupName,
    "private-dns-name": (one) => one.privateDnsName,
    "private-ip-address": (one) => one.privateIp,
    "reservation-id": (one) => one.reservationId,
    "root-device-name": (one) => one.rootDeviceName,
    "root-device-type": () => "ebs",
    "monitoring-state": (one) => (one.monitoring ? "enabled" : "disabled"),
    "spot-instance-request-id": (one) => one.spotRequestId,
    "subnet-id": (one) => one.subnetId,
    tenancy: (one) => one.tenancy,
    "virtualization-type": () => "hvm",
    "vpc-id": (one) => one.vpcId,
  };
}

function wireOf(region: Ec2Region): WireFilters<InstanceRecord> {
  return { show: (one) => instanceToWire(region, one), paths: instancePaths };
}

export function describeInstances(
  region: Ec2Region,
  input: DescribeInstancesRequest,
): DescribeInstancesResult {
  if (input.MaxResults !== undefined && (input.InstanceIds ?? []).length > 0) {
    const message = "The parameter instancesSet cannot be used with the parameter maxResults";
    throw ec2Error("InvalidParameterCombination", message);
  }
  const { items, ...token } = describe(
    region.instances,
    {
      ids: input.InstanceIds,
      filters: input.Filters,
      wire: wireOf(region),
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    filtersOf(region),
  );
  const reservations = new Map<string, Reservation>();
  for (const instance of items) {
    const reservation = reservations.get(instance.reservationId) ?? {
      ReservationId: instance.reservationId,
      OwnerId: region.accountId,
      Groups: [],
      Instances: [],
    };
    reservations.set(instance.reservationId, reservation);
    reservation.Instances?.push(instanceToWire(region, instance));
  }
  return { Reservations: [...reservations.values()], ...token };
}

/** Without ids or IncludeAllInstances only running instances are shown. */
export function describeInstanceStatus(
  region: Ec2Region,
  input: DescribeInstanceStatusRequest,
): DescribeInstanceStatusResult {
  const { items, ...token } = describe(
    region.instances,
    {
      ids: input.InstanceIds,
      filters: input.Filters,
      wire: { show: (one) => statusToWire(region, one), paths: instanceStatusPaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    filtersOf(region),
  );
  const shown = items.filter(
    (one) => input.IncludeAllInstances === true || one.state === "running",
  );
  return {
    InstanceStatuses: shown.map((instance) => statusToWire(region, instance)),
    ...token,
  };
}

function statusToWire(region: Ec2Region, instance: InstanceRecord): InstanceStatus {
  const usual = statusOf(region, instance);
  const { health } = region.cloud;
  const Events = health.eventsOf(instance);
  return {
    InstanceId: instance.instanceId,
    AvailabilityZone: instance.zone,
    InstanceState: stateToWire(instance.state),
    InstanceStatus: summaryOf(health.statusOf(instance, "instance", usual)),
    SystemStatus: summaryOf(health.statusOf(instance, "system", usual)),
    ...(Events.length === 0 ? {} : { Events }),
  };
}

const reachability: Partial<Record<SummaryStatus, StatusType>> = {
  impaired: "failed",
  initializing: "initializing",
  ok: "passed",
};

function summaryOf(status: SummaryStatus): InstanceStatusSummary {
  const found = reachability[status];
  if (found === undefined) return { Status: status };
  return { Status: status, Details: [{ Name: "reachability", Status: found }] };
}

function statusOf(region: Ec2Region, instance: InstanceRecord): SummaryStatus {
  const { runningSinceMs } = instance;
  if (runningSinceMs === undefined) return "not-applicable";
  const { min } = region.settings.durations.statusChecks;
  const checkedMs = timeOfDelay(region.cloud.clock, min);
  return region.now() - runningSinceMs >= checkedMs ? "ok" : "initializing";
}

function requireAll(region: Ec2Region, ids: readonly string[] | undefined): InstanceRecord[] {
  if (ids === undefined || ids.length === 0) throw missingParameter("InstanceId");
  for (const id of ids) region.instances.checkId(id);
  const unknown = ids.filter((id) => region.instances.get(id) === undefined);
  if (unknown.length > 1) {
    const message = `The instance IDs '${unknown.join(", ")}' do not exist`;
    throw ec2Error("InvalidInstanceID.NotFound", message);
  }
  return ids.map((id) => region.instances.require(id));
}

function change(
  instances: readonly InstanceRecord[],
  apply: (instance: InstanceRecord) => void,
): InstanceStateChange[] {
  return instances.map((instance) => {
    const before = stateToWire(instance.state);
    apply(instance);
    return {
      InstanceId: instance.instanceId,
      PreviousState: before,
      CurrentState: stateToWire(instance.state),
    };
  });
}

/** All or nothing where an id is unknown. Doing it twice is no error. */
export function terminateInstances(
  region: Ec2Region,
  input: TerminateInstancesRequest,
): TerminateInstancesResult {
  const instances = requireAll(region, input.InstanceIds);
  const kept = instances.find((one) => one.disableApiTermination && one.state !== "terminated");
  if (kept !== undefined) {
    const message = `The instance '${kept.instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;
    throw ec2Error("OperationNotPermitted", message);
  }
  return { TerminatingInstances: change(instances, (one) => terminate(region, one)) };
}

export function stopInstances(region: Ec2Region, input: StopInstancesRequest): StopInstancesResult {
  const instances = requireAll(region, input.InstanceIds);
  const kept = instances.find((one) => one.disableApiStop);
  if (kept !== undefined) {
    const message = `The instance '${kept.instanceId}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`;
    throw ec2Error("OperationNotPermitted", message);
  }
  for (const { instanceId, state, spot } of instances) {
    if (spot) {
      const message = `You can't stop the Spot Instance '${instanceId}' because it is associated with a one-time Spot Instance request.`;
      throw ec2Error("UnsupportedOperation", message);
    }
    if (state === "pending") {
      const message = `This instance '${instanceId}' cannot be stopped as it has never reached the 'running' state.`;
      throw ec2Error("IncorrectInstanceState", message);
    }
    if (state === "terminated" || state === "shutting-down")
      throw incorrectState(instanceId, "stopped");
  }
  return {
    StoppingInstances: change(instances, (one) => {
      if (one.state === "running") stop(region, one, input.Force === true);
    }),
  };
}

export function startInstances(
  region: Ec2Region,
  input: StartInstancesRequest,
): StartInstancesResult {
  const instances = requireAll(region, input.InstanceIds);
  for (const { instanceId, state } of instances) {
    if (state === "stopped" || state === "running" || state === "pending") continue;
    throw incorrectState(instanceId, "started");
  }
  return {
    StartingInstances: change(instances, (one) => {
      if (one.state === "stopped") start(region, one);
    }),
  };
}

function incorrectState(instanceId: string, verb: string) {
  const message = `The instance '${instanceId}' is not in a state from which it can be ${verb}.`;
  return ec2Error("IncorrectInstanceState", message);
}

export function rebootInstances(region: Ec2Region, input: RebootInstancesRequest) {
  for (const { instanceId, state } of requireAll(region, input.InstanceIds)) {
    if (state !== "running") throw incorrectState(instanceId, "rebooted");
  }
  return {};
}

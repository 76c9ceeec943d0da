import type {
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
  GetInstanceUefiDataRequest,
  GetInstanceUefiDataResult,
  GetPasswordDataRequest,
  GetPasswordDataResult,
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult,
  MonitorInstancesRequest,
  MonitorInstancesResult,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { invalidParameter, missingParameter, required } from "./errors.ts";
import type { InstanceRecord } from "./records.ts";
import { instanceTypes } from "./tables/instance-types.ts";

function isBurstable({ instanceType }: InstanceRecord): boolean {
  return instanceTypes.get(instanceType)?.burstable === true;
}

/** T2 begins as standard, its successors as unlimited. */
function creditsOf(instance: InstanceRecord): string {
  return (
    instance.cpuCredits ?? (instance.instanceType.startsWith("t2.") ? "standard" : "unlimited")
  );
}

/** Without ids only instances with unlimited credits are shown. */
export function describeInstanceCreditSpecifications(
  region: Ec2Region,
  input: DescribeInstanceCreditSpecificationsRequest,
): DescribeInstanceCreditSpecificationsResult {
  const { items, ...token } = describe(
    region.instances,
    {
      ids: input.InstanceIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    { "instance-id": (one) => one.instanceId },
  );
  const asked = (input.InstanceIds ?? []).length > 0;
  const shown = items.filter(
    (one) => isBurstable(one) && (asked || creditsOf(one) === "unlimited"),
  );
  const other = items.find((one) => !isBurstable(one));
  if (asked && other !== undefined) {
    throw invalidParameter(`${other.instanceId} is not a burstable performance instance`);
  }
  return {
    InstanceCreditSpecifications: shown.map((one) => ({
      InstanceId: one.instanceId,
      CpuCredits: creditsOf(one),
    })),
    ...token,
  };
}

/** Each instance succeeds or fails by itself. */
export function modifyInstanceCreditSpecification(
  region: Ec2Region,
  input: ModifyInstanceCreditSpecificationRequest,
): ModifyInstanceCreditSpecificationResult {
  const wanted = input.InstanceCreditSpecifications ?? [];
  const known = wanted.filter(({ InstanceId }) => region.instances.get(InstanceId ?? ""));
  for (const { InstanceId, CpuCredits } of known) {
    region.instances.require(InstanceId).cpuCredits = CpuCredits;
  }
  return {
    SuccessfulInstanceCreditSpecifications: known.map(({ InstanceId }) => ({ InstanceId })),
    UnsuccessfulInstanceCreditSpecifications: wanted
      .filter((one) => !known.includes(one))
      .map(({ InstanceId = "" }) => ({
        InstanceId,
        Error: {
          Code: "InvalidInstanceID.NotFound",
          Message: `The instance ID '${InstanceId}' does not exist`,
        },
      })),
  };
}

export function monitorInstances(
  region: Ec2Region,
  input: MonitorInstancesRequest,
): MonitorInstancesResult {
  return setMonitoring(region, input, true);
}

export function unmonitorInstances(
  region: Ec2Region,
  input: MonitorInstancesRequest,
): MonitorInstancesResult {
  return setMonitoring(region, input, false);
}

function setMonitoring(
  region: Ec2Region,
  input: MonitorInstancesRequest,
  enabled: boolean,
): MonitorInstancesResult {
  const ids = input.InstanceIds ?? [];
  if (ids.length === 0) throw missingParameter("InstanceId");
  const instances = ids.map((id) => region.instances.require(id));
  for (const instance of instances) instance.monitoring = enabled;
  return {
    InstanceMonitorings: instances.map(({ instanceId }) => ({
      InstanceId: instanceId,
      Monitoring: { State: enabled ? "pending" : "disabling" },
    })),
  };
}

/** What a terminal on the serial port would have shown: here it says that there is none. */
export function getConsoleOutput(
  region: Ec2Region,
  input: GetConsoleOutputRequest,
): GetConsoleOutputResult {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const text = `[    0.000000] ${instance.imageName} on ${instance.instanceType}\n`;
  return {
    InstanceId: instance.instanceId,
    Output: Buffer.from(text).toString("base64"),
    Timestamp: toDate(instance.launchedAtMs),
  };
}

/** Only Windows has one. */
export function getPasswordData(
  region: Ec2Region,
  input: GetPasswordDataRequest,
): GetPasswordDataResult {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  return {
    InstanceId: instance.instanceId,
    PasswordData: "",
    Timestamp: toDate(instance.launchedAtMs),
  };
}

export function getInstanceUefiData(
  region: Ec2Region,
  input: GetInstanceUefiDataRequest,
): GetInstanceUefiDataResult {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  return { InstanceId: instance.instanceId, UefiData: "" };
}

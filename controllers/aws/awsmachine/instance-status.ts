import type { Instance } from "@aws-sdk/client-ec2";
import type { MachineAddress } from "../../api/generated/definitions.ts";
import { markFalse, markTrue } from "../conditions.ts";
import { type MachineScope, specOf, statusOf } from "../machine-scope.ts";
import { providerId } from "../names.ts";

export type InstanceStateName =
  | "pending"
  | "running"
  | "shutting-down"
  | "stopped"
  | "stopping"
  | "terminated";

export function stateOf(instance: Instance): InstanceStateName {
  return instance.State?.Name ?? "pending";
}

/** Who the instance is: stored as soon as it is known, because everything later finds the instance by it. */
export function recordIdentity(scope: MachineScope, instance: Instance): void {
  const spec = specOf(scope);
  const { InstanceId, Placement } = instance;
  if (InstanceId === undefined) return;
  spec.instanceID = InstanceId;
  spec.providerID = providerId(Placement?.AvailabilityZone ?? "", InstanceId);
}

/** What the state of the instance means for the AWSMachine. */
export function recordState(scope: MachineScope, instance: Instance): void {
  const { draft, clock } = scope;
  const status = statusOf(scope);
  const state = stateOf(instance);
  status.instanceState = state;
  const addresses = addressesOf(instance);
  if (addresses.length > 0) status.addresses = [...addresses];
  // Core labels the Node: what handles interruptions looks for that.
  if (instance.InstanceLifecycle === "spot") status.interruptible = true;
  switch (state) {
    case "pending":
      status.ready = false;
      markFalse(draft, "InstanceReady", { reason: "InstanceNotReady", severity: "Warning" }, clock);
      return;
    case "running":
      status.ready = true;
      markTrue(draft, "InstanceReady", clock);
      return;
    case "stopping":
    case "stopped":
      status.ready = false;
      markFalse(draft, "InstanceReady", { reason: "InstanceStopped", severity: "Error" }, clock);
      return;
    default:
      status.ready = false;
      markFalse(draft, "InstanceReady", { reason: "InstanceTerminated", severity: "Error" }, clock);
  }
}

function addressesOf(instance: Instance): readonly MachineAddress[] {
  const addresses: MachineAddress[] = [];
  const add = (type: MachineAddress["type"], address: string | undefined) => {
    if (address !== undefined && address !== "") addresses.push({ type, address });
  };
  for (const node of instance.NetworkInterfaces ?? []) {
    add("InternalDNS", node.PrivateDnsName);
    add("InternalIP", node.PrivateIpAddress);
    for (const { Ipv6Address } of node.Ipv6Addresses ?? []) add("InternalIP", Ipv6Address);
    add("ExternalDNS", node.Association?.PublicDnsName);
    add("ExternalIP", node.Association?.PublicIp);
  }
  return addresses;
}

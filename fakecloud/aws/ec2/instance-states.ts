import { formatTime } from "../../kernel/clock.ts";
import type { InstanceState } from "../contract.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { deleteInterface, mapAddress, unmapAddress } from "./interfaces.ts";
import { detach } from "./network-interfaces.ts";
import type { InstanceRecord } from "./records.ts";
import { closeSpotRequest } from "./spot-state.ts";
import { volumesOf } from "./volumes.ts";

/** The only place where states change. */
function setState(region: Ec2Region, instance: InstanceRecord, to: InstanceState): void {
  const from = instance.state;
  if (from === to) return;
  instance.state = to;
  instance.runningSinceMs = to === "running" ? region.now() : undefined;
  region.cloud.announce(region, instance, from);
}

export function instanceRuns(region: Ec2Region, instanceId: string): void {
  const instance = region.instances.peek(instanceId);
  // Otherwise it was terminated or stopped while it was still starting.
  if (instance?.state === "pending") setState(region, instance, "running");
}

export function terminate(
  region: Ec2Region,
  instance: InstanceRecord,
  reason = { code: "Client.UserInitiatedShutdown", message: "User initiated shutdown" },
): void {
  if (instance.state === "shutting-down" || instance.state === "terminated") return;
  explain(region, instance, reason);
  closeSpotRequest(region, instance, reason.code.startsWith("Client."));
  setState(region, instance, "shutting-down");
  const label = `instance ${instance.instanceId} terminates`;
  const { instanceTermination } = region.settings.durations;
  region.after(instanceTermination, label, "instanceTerminated", instance.instanceId);
}

export function instanceTerminated(region: Ec2Region, instanceId: string): void {
  const instance = region.instances.peek(instanceId);
  if (instance === undefined) return;
  releaseParts(region, instance);
  setState(region, instance, "terminated");
  const label = `instance ${instanceId} is forgotten`;
  region.after(region.settings.durations.afterlife, label, "instanceForgotten", instanceId);
}

export function instanceForgotten(region: Ec2Region, instanceId: string): void {
  region.instances.delete(instanceId);
}

function explain(
  region: Ec2Region,
  instance: InstanceRecord,
  reason: { readonly code: string; readonly message: string },
): void {
  const time = formatTime(region.now()).replace("T", " ").replace("Z", " GMT");
  instance.stateReason = { code: reason.code, message: `${reason.code}: ${reason.message}` };
  const initiator = reason.code.startsWith("Client.") ? "User initiated" : "Service initiated";
  instance.transitionReason = `${initiator} (${time})`;
}

function releaseParts(region: Ec2Region, instance: InstanceRecord): void {
  for (const id of instance.networkInterfaceIds) {
    const node = region.networkInterfaces.peek(id);
    if (node === undefined) continue;
    if (node.deleteOnTermination) deleteInterface(region, node);
    else detach(node);
  }
  for (const volume of volumesOf(region, instance)) {
    if (volume.attachment?.deleteOnTermination === true) region.volumes.delete(volume.volumeId);
    volume.attachment = undefined;
    volume.state = "available";
  }
  instance.networkInterfaceIds = [];
  instance.volumeIds = [];
}

/** Forced, the guest gets no time to shut down. */
export function stop(region: Ec2Region, instance: InstanceRecord, forced: boolean): void {
  explain(region, instance, {
    code: "Client.UserInitiatedShutdown",
    message: "User initiated shutdown",
  });
  setState(region, instance, "stopping");
  const label = `instance ${instance.instanceId} stops`;
  const { instanceStop } = region.settings.durations;
  const span = forced ? { min: instanceStop.min, max: instanceStop.min } : instanceStop;
  region.after(span, label, "instanceStops", instance.instanceId);
}

export function instanceStops(region: Ec2Region, instanceId: string): void {
  const instance = region.instances.peek(instanceId);
  if (instance?.state !== "stopping") return;
  const primary = region.networkInterfaces.peek(instance.networkInterfaceIds[0] ?? "");
  // Elastic addresses stay; a drawn one is given back and another is drawn at the next start.
  if (primary !== undefined && primary.allocationId === undefined) unmapAddress(region, primary);
  setState(region, instance, "stopped");
}

export function start(region: Ec2Region, instance: InstanceRecord): void {
  instance.stateReason = undefined;
  instance.transitionReason = "";
  setState(region, instance, "pending");
  const label = `instance ${instance.instanceId} starts`;
  const { instanceStart } = region.settings.durations;
  region.after(instanceStart, label, "instanceRunsAgain", instance.instanceId);
}

export function instanceRunsAgain(region: Ec2Region, instanceId: string): void {
  const instance = region.instances.peek(instanceId);
  if (instance === undefined) return;
  const primary = region.networkInterfaces.peek(instance.networkInterfaceIds[0] ?? "");
  const subnet = region.subnets.peek(instance.subnetId);
  if (primary?.publicIp === undefined && subnet?.mapPublicIpOnLaunch === true && primary) {
    mapAddress(region, primary);
  }
  instanceRuns(region, instanceId);
}

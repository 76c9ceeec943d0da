import type { InstanceView } from "../aws/contract.ts";
import { AdminError, type AdminSubject } from "./contract.ts";

/** By instance ID, Name tag (the name of its AWSMachine) or Node name; the one that lives, or the latest that did. */
export function findMachine({ aws }: AdminSubject, name: string): InstanceView {
  const called = aws
    .instances()
    .filter(
      ({ instanceId, tags, privateDnsName }) =>
        instanceId === name || tags["Name"] === name || privateDnsName === name,
    );
  const alive = called.findLast(({ state }) => state !== "terminated");
  const found = alive ?? called.at(-1);
  if (found !== undefined) return found;
  throw new AdminError(404, `no instance is called ${name}`);
}

export function machineFacts({ machines }: AdminSubject, instance: InstanceView) {
  const { instanceId, state, zone, instanceType, privateIp, privateDnsName, tags } = instance;
  const { Name: name = instanceId } = tags;
  const why = machines?.why(instanceId);
  return {
    name,
    instanceId,
    state,
    zone,
    instanceType,
    privateIp,
    nodeName: privateDnsName,
    ...(why === undefined ? {} : { why }),
  };
}

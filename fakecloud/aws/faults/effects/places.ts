import { dropped } from "../../../network/obstacle.ts";
import type { Effect, FaultContext } from "../fault-context.ts";
import { fits, fitsZone } from "../fault-context.ts";
import { insufficientCapacity } from "./capacity.ts";

/** Everything of it at once: launches, status checks, and whatever goes through the network. */
export const zoneOutage: Effect = ({ ec2, network }, { id, fields }) => {
  const isOut = (zone: string) => fitsZone(fields.text("zone"), zone);
  const ends = [
    ec2.beforeLaunch(({ zone, instanceType }) => {
      if (isOut(zone)) throw insufficientCapacity(instanceType, zone);
    }),
    ec2.health.impair({ check: "system", concerns: ({ zone }) => isOut(zone) }),
    network.cut((node) => {
      const zone = ec2.subnet(node.subnetId)?.zone ?? "";
      const message = `Availability Zone ${zone} is down (fault ${id})`;
      return isOut(zone) ? dropped("ZoneOutage", zone, message) : undefined;
    }),
  ];
  return { end: () => ends.forEach((end) => end()) };
};

export const impairment: Effect = ({ ec2 }, { fields }) => {
  const check = fields.text("check") === "system" ? "system" : "instance";
  return {
    end: ec2.health.impair({
      check,
      concerns: ({ instanceId, tags }) =>
        fits(fields.text("instance"), instanceId, tags.get("Name")),
    }),
  };
};

export const partition: Effect = (context, { id, fields }) => ({
  end: context.network.cut(({ instanceId }) => {
    if (instanceId === undefined) return undefined;
    if (!fits(fields.text("instance"), instanceId, nameOf(context, instanceId))) return undefined;
    const message = `instance ${instanceId} is cut off from the network (fault ${id})`;
    return dropped("Partition", instanceId, message);
  }),
});

export const unhealthyTargets: Effect = ({ network }, { id, fields }) => ({
  end: network.failChecks((balancer) => {
    if (!fits(fields.text("loadBalancer"), balancer.name)) return undefined;
    const message = `health checks of load balancer ${balancer.name} fail (fault ${id})`;
    return dropped("HealthCheckFault", balancer.id, message);
  }),
});

function nameOf({ ec2 }: FaultContext, instanceId: string): string | undefined {
  return ec2.instance(instanceId)?.tags.get("Name");
}

import type { Ec2Region } from "../../ec2/ec2-region.ts";
import { withdrawImage } from "../../ec2/images.ts";
import { stop, terminate } from "../../ec2/instance-states.ts";
import type { SecurityGroup, SecurityGroupRule } from "../../ec2/records.ts";
import { taggableTables } from "../../ec2/tags.ts";
import { FaultError, type ParsedFault } from "../fault.ts";
import { type Effect, fits, pickInstances } from "../fault-context.ts";
import { deregisterFromClassic, deregisterFromGroups } from "./deregister-target.ts";

/** The console asks for confirmation; instances that the API protects go as well. */
export const terminateInstance: Effect = (context, fault) => {
  for (const { region, instance } of pickInstances(context, fault)) terminate(region, instance);
  context.ec2.touch();
  return undefined;
};

export const stopInstance: Effect = (context, fault) => {
  for (const { region, instance } of pickInstances(context, fault)) {
    if (instance.state === "running") stop(region, instance, false);
  }
  context.ec2.touch();
  return undefined;
};

const ec2 = (operation: string) => ({ service: "ec2", operation });

export const removeRule: Effect = (context, fault) => {
  const { fields } = fault;
  const port = fields.optionalNumber("port");
  const isMeant = (rule: SecurityGroupRule) =>
    !rule.egress && (port === undefined || opens(rule, port));
  const removed = forEachRegion(context.ec2.regions(), (region) =>
    region.securityGroups
      .filter((group) => isCalled(group, fields.text("group")))
      .map(({ groupId, rules }) => ({
        groupId,
        ids: rules.filter(isMeant).map(({ ruleId }) => ruleId),
      }))
      .filter(({ ids }) => ids.length > 0)
      .map(
        ({ groupId: GroupId, ids: SecurityGroupRuleIds }) =>
          () =>
            context.perform(region, ec2("RevokeSecurityGroupIngress"), {
              GroupId,
              SecurityGroupRuleIds,
            }),
      ),
  );
  return hit(removed, fault, `no inbound rule of a group called ${fields.text("group")} is meant`);
};

function isCalled({ groupId, groupName, tags }: SecurityGroup, pattern: string): boolean {
  return fits(pattern, groupId, groupName, tags.get("Name"));
}

function opens({ protocol, fromPort = 0, toPort = 65_535 }: SecurityGroupRule, port: number) {
  return protocol === "-1" || (fromPort <= port && port <= toPort);
}

export const removeRoute: Effect = (context, fault) => {
  const { fields } = fault;
  const DestinationCidrBlock = fields.text("destination");
  const removed = forEachRegion(context.ec2.regions(), (region) =>
    region.routeTables
      .filter(({ routeTableId, tags }) =>
        fits(fields.text("table"), routeTableId, tags.get("Name")),
      )
      .filter(({ routes }) =>
        routes.some(({ destination }) => destination === DestinationCidrBlock),
      )
      .map(
        ({ routeTableId: RouteTableId }) =>
          () =>
            context.perform(region, ec2("DeleteRoute"), { RouteTableId, DestinationCidrBlock }),
      ),
  );
  const place = `${DestinationCidrBlock} in a table called ${fields.text("table")}`;
  return hit(removed, fault, `there is no route ${place}`);
};

export const deregisterImage: Effect = (context, fault) => {
  const pattern = fault.fields.text("image");
  const removed = forEachRegion(context.ec2.regions(), (region) =>
    region.images
      .filter(({ imageId, name }) => fits(pattern, imageId, name))
      .map(
        ({ imageId }) =>
          () =>
            withdrawImage(region, imageId),
      ),
  );
  return hit(removed, fault, `no image is called ${pattern}`);
};

export const stripTags: Effect = (context, fault) => {
  const pattern = fault.fields.text("resource");
  const key = fault.fields.text("key");
  const removed = forEachRegion(context.ec2.regions(), (region) =>
    taggableTables(region).flatMap(([, table]) =>
      table.ids().flatMap((id) => {
        const { tags } = table.require(id);
        if (!fits(pattern, id, tags.get("Name"))) return [];
        const Tags = [...tags.keys()].filter((one) => fits(key, one)).map((Key) => ({ Key }));
        if (Tags.length === 0) return [];
        return [() => context.perform(region, ec2("DeleteTags"), { Resources: [id], Tags })];
      }),
    ),
  );
  return hit(removed, fault, `nothing that is called ${pattern} has a tag ${key}`);
};

export const detach: Effect = (context, fault) => {
  const pattern = fault.fields.text("resource");
  const removed = forEachRegion(context.ec2.regions(), (region) => [
    ...region.internetGateways
      .filter(({ internetGatewayId, tags }) => fits(pattern, internetGatewayId, tags.get("Name")))
      .map((gateway) => () => gateway.attachments.clear()),
    ...region.volumes
      .filter(({ volumeId, tags }) => fits(pattern, volumeId, tags.get("Name")))
      .filter(({ attachment }) => attachment !== undefined)
      .map(
        ({ volumeId: VolumeId }) =>
          () =>
            context.perform(region, ec2("DetachVolume"), { VolumeId, Force: true }),
      ),
  ]);
  context.ec2.touch();
  return hit(removed, fault, `no internet gateway and no attached volume is called ${pattern}`);
};

export const deregisterTarget: Effect = (context, fault) => {
  const removed = deregisterFromClassic(context, fault) + deregisterFromGroups(context, fault);
  const balancer = fault.fields.text("loadBalancer");
  return hit(
    removed,
    fault,
    `no such target is registered with a load balancer called ${balancer}`,
  );
};

/** Finds everything first, then acts: what is removed on the way hides nothing. */
function forEachRegion(
  regions: readonly Ec2Region[],
  find: (region: Ec2Region) => readonly (() => void)[],
): number {
  const actions = regions.flatMap((region) => [...find(region)]);
  for (const act of actions) act();
  return actions.length;
}

/** A fault that hits nothing is a mistake of whoever wrote it. */
function hit(count: number, { kind }: ParsedFault, otherwise: string): undefined {
  if (count === 0) throw new FaultError(`do.${kind}: ${otherwise}`);
  return undefined;
}

import type { DescribeInstanceTypeOfferingsResult } from "@aws-sdk/client-ec2";
import { between } from "../../../kernel/random.ts";
import { ec2Error } from "../../ec2/errors.ts";
import { terminate } from "../../ec2/instance-states.ts";
import { type Effect, fits, fitsZone, strikes } from "../fault-context.ts";

export const noCapacity: Effect = (context, fault) => {
  const { fields } = fault;
  const market = fields.text("market");
  return {
    end: context.ec2.beforeLaunch(({ zone, instanceType, spot, name }) => {
      if (!fitsZone(fields.text("zone"), zone) || !fits(fields.text("type"), instanceType)) return;
      if (market !== "any" && spot !== (market === "spot")) return;
      if (strikes(context, fault, name)) throw insufficientCapacity(instanceType, zone);
    }),
  };
};

export function insufficientCapacity(instanceType: string, zone: string) {
  return ec2Error(
    "InsufficientInstanceCapacity",
    `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity. You can currently get ${instanceType} capacity by not specifying an Availability Zone in your request or choosing another one.`,
  );
}

export const withdrawnType: Effect = ({ ec2 }, { fields }) => {
  const type = fields.text("type");
  const zone = fields.text("zone");
  const stop = ec2.beforeLaunch((launch) => {
    if (!fits(type, launch.instanceType) || !fitsZone(zone, launch.zone)) return;
    const message = `Your requested instance type (${launch.instanceType}) is not supported in your requested Availability Zone (${launch.zone}). Please retry your request by not specifying an Availability Zone or choosing another one.`;
    throw ec2Error("Unsupported", message);
  });
  const isWithdrawn = (name: string, location: string, kind: string) =>
    fits(type, name) && (kind === "availability-zone" ? fitsZone(zone, location) : zone === "*");
  return {
    end: stop,
    output: (call, _input, output) => {
      if (call.operation !== "DescribeInstanceTypeOfferings") return output;
      const { InstanceTypeOfferings: offerings = [], ...rest } =
        output as DescribeInstanceTypeOfferingsResult;
      const left = offerings.filter(
        ({ InstanceType: name = "", Location: place = "", LocationType: kind = "" }) =>
          !isWithdrawn(name, place, kind),
      );
      return { InstanceTypeOfferings: left, ...rest };
    },
  };
};

const quickEnd = { min: 3_000, max: 20_000 };

/** The launch is accepted, and the instance ends before it ever ran. */
export const failedLaunch: Effect = (context, fault) => {
  const { ec2, clock, random } = context;
  const { fields } = fault;
  const code = fields.text("reason");
  let active = true;
  ec2.onTransition(({ instance, from }) => {
    const { instanceId, accountId, region } = instance;
    const name = instance.tags["Name"] ?? instanceId;
    if (!active || from !== undefined || !fits(fields.text("instance"), instanceId, name)) return;
    if (!strikes(context, fault, name)) return;
    const fail = () => {
      const home = ec2.region(accountId, region);
      const doomed = home.instances.peek(instanceId);
      const message =
        code === "Server.InternalError" ? "Internal error on launch" : "Error on launch";
      if (doomed !== undefined) terminate(home, doomed, { code, message });
    };
    const delayMs = between(random, quickEnd, `fault/${fault.id}/end`, name);
    clock.setTimeout(fail, delayMs, `launch of ${name} fails`);
  });
  return { end: () => (active = false) };
};

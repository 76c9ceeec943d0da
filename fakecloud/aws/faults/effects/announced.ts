import { stop, terminate } from "../../ec2/instance-states.ts";
import { announceInterruption } from "../../ec2/spot-state.ts";
import { FaultError } from "../fault.ts";
import { type Effect, pickInstances } from "../fault-context.ts";

/** AWS gives notice, then takes the instances back; taken back in time, nothing happens. */
export const spotInterruption: Effect = (context, fault) => {
  const picked = pickInstances(context, fault).filter(({ instance }) => instance.spot);
  if (picked.length === 0) {
    const pattern = fault.fields.text("instance");
    throw new FaultError(`do.spotInterruption.instance: no spot instance is called ${pattern}`);
  }
  for (const { region, instance } of picked) announceInterruption(region, instance);
  const take = () => {
    for (const { region, instance } of picked) {
      const code = "Server.SpotInstanceTermination";
      terminate(region, instance, { code, message: "Spot instance termination" });
    }
    context.ec2.touch();
  };
  const lastsMs = fault.fields.number("notice");
  if (lastsMs === 0) {
    take();
    return undefined;
  }
  return { lastsMs, end: (how) => (how === "over" ? take() : undefined) };
};

const descriptions: Readonly<Record<string, string>> = {
  "instance-retirement": "The instance is running on degraded hardware",
  "instance-stop": "The instance is scheduled to be stopped",
};

/** Shown by DescribeInstanceStatus until it is carried out: an instance on an EBS volume is stopped. */
export const maintenance: Effect = (context, fault) => {
  const { ec2, clock } = context;
  const picked = pickInstances(context, fault);
  const code = fault.fields.text("event");
  const lastsMs = fault.fields.number("in");
  const ids = new Set(picked.map(({ instance }) => instance.instanceId));
  const withdraw = ec2.health.announce({
    concerns: ({ instanceId }) => ids.has(instanceId),
    id: `instance-event-${fault.id}`,
    code,
    description: descriptions[code] ?? code,
    notBeforeMs: clock.now() + lastsMs,
  });
  return {
    lastsMs,
    end: (how) => {
      withdraw();
      if (how === "removed") return;
      for (const { region, instance } of picked) {
        if (instance.state === "running") stop(region, instance, false);
      }
      ec2.touch();
    },
  };
};

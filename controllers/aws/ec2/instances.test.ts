import { expect, test } from "vitest";
import { AwsWorld } from "../aws-world.ts";
import { describeInstance } from "./instances.ts";

test("instances that are looked at together share a call, and one that is not there hides no other", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  for (const name of ["a", "b"]) {
    await world.createMachine(name);
    await world.machineReady(name);
  }
  const ids = (await world.instances()).map(({ InstanceId = "" }) => InstanceId);
  const look = async (wanted: readonly string[]) => {
    const { clients, kernel } = world;
    const found = wanted.map((id) => describeInstance(clients, kernel.clock, id));
    return (await world.run(Promise.all(found))).map((instance) => instance?.InstanceId);
  };
  world.calls.length = 0;
  expect(await look(ids)).toEqual(ids);
  expect(world.calls).toEqual(["DescribeInstances"]);
  const [first = "", second = ""] = ids;
  expect(await look([first, "i-0123456789abcdef0", second])).toEqual([first, undefined, second]);
});

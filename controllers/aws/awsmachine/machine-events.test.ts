import { noFaults } from "@seatrial/fakecloud/kernel/faults.ts";
import { expect, test } from "vitest";
import { AWSMachine } from "../../api/aws/v1beta2.ts";
import { AwsWorld, controlPlane, minute, namespace } from "../aws-world.ts";

/** Whoever asks for it is told that the credentials may not do it. */
function forbid(world: AwsWorld, forbidden: string): void {
  world.faults = {
    decide: ({ operation, phase }) =>
      operation === forbidden && phase === "beforeCommit"
        ? { do: "fail", code: "UnauthorizedOperation", status: 403, message: "not for you" }
        : undefined,
  };
}

const eventsOf = (world: AwsWorld, name: string) =>
  world.events
    .filter(({ object }) => object === name)
    .map(({ reason, message }) => `${reason}: ${message}`);

test("an instance that cannot be registered with the load balancer is told of its machine, and once it is", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  forbid(world, "RegisterInstancesWithLoadBalancer");
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.kernel.runFor(5 * minute);
  const error =
    "operation error Elastic Load Balancing: RegisterInstancesWithLoadBalancer, api error UnauthorizedOperation: not for you";
  expect(await world.machineCondition("cp", "ELBAttached")).toMatchObject({
    status: "False",
    reason: "ELBAttachFailed",
    message: error,
  });
  const { spec } = await world.machine("cp");
  const subject = `control plane instance "${spec?.instanceID}"`;
  expect(eventsOf(world, "cp")).toContain(
    `FailedAttachControlPlaneELB: Failed to register ${subject} with load balancer: ${error}`,
  );
  world.faults = noFaults;
  await world.machineReady("cp");
  await world.kernel.runFor(20 * minute);
  expect(await world.machineCondition("cp", "ELBAttached")).toMatchObject({ status: "True" });
  const attached = eventsOf(world, "cp").filter((event) => event.startsWith("SuccessfulAttach"));
  expect(attached).toEqual([
    `SuccessfulAttachControlPlaneELB: Control plane instance "${spec?.instanceID}" is registered with load balancer`,
  ]);
});

test("an instance that cannot be terminated holds its machine, which says why, and goes once it can", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  await world.createMachine("worker");
  await world.machineReady("worker");
  forbid(world, "TerminateInstances");
  await world.run(world.client.delete(AWSMachine, { namespace, name: "worker" }));
  await world.kernel.runFor(5 * minute);
  const error =
    "operation error EC2: TerminateInstances, api error UnauthorizedOperation: not for you";
  expect(await world.machineCondition("worker", "InstanceReady")).toMatchObject({
    status: "False",
    reason: "DeletingFailed",
    severity: "Warning",
    message: error,
  });
  const { spec } = await world.machine("worker");
  expect(eventsOf(world, "worker")).toContain(
    `FailedTerminate: Failed to terminate instance "${spec?.instanceID}": ${error}`,
  );
  world.faults = noFaults;
  await world.until(async () => (await world.get(AWSMachine, "worker")) === undefined, "its end");
});

test("user data that cannot be stored is told with the reason that upstream has for it", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  forbid(world, "CreateSecret");
  await world.createMachine("worker");
  await world.kernel.runFor(minute);
  const error =
    "operation error Secrets Manager: CreateSecret, api error UnauthorizedOperation: not for you";
  const [first] = eventsOf(world, "worker");
  expect(first).toBe(`FailedCreateAWSSecrets: ${error}`);
  expect(eventsOf(world, "worker").some((event) => event.startsWith("FailedCreate:"))).toBe(false);
  expect(await world.machineCondition("worker", "InstanceReady")).toMatchObject({
    reason: "InstanceProvisionFailed",
    message: error,
  });
});

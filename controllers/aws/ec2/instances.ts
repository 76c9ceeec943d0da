import {
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  RunInstancesCommand,
  type RunInstancesRequest,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { Clock } from "../../runtime/clock.ts";
import type { AwsClients } from "../clients.ts";
import { ignoreNotFound, isNotFound, isTokenMismatch } from "../errors.ts";
import { SharedLooks } from "../shared-looks.ts";

const looks = new SharedLooks(describeInstances);

/** Undefined if there is no such instance. */
export function describeInstance(
  { ec2 }: AwsClients,
  clock: Clock,
  instanceId: string,
): Promise<Instance | undefined> {
  return looks.get(ec2, clock, instanceId);
}

async function describeInstances(
  ec2: EC2Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Instance>> {
  try {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [...ids] }),
    );
    const found = Reservations.flatMap(({ Instances = [] }) => Instances);
    return new Map(found.map((instance) => [instance.InstanceId ?? "", instance]));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (ids.length === 1) return new Map();
    // One that is not there fails the call for all of them.
    const each = await Promise.all(ids.map((id) => describeInstances(ec2, [id])));
    return new Map(each.flatMap((found) => [...found]));
  }
}

/** What a launch with this token made, in whatever state it is now. */
export async function findByToken(aws: AwsClients, token: string): Promise<Instance | undefined> {
  const { Reservations = [] } = await aws.ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "client-token", Values: [token] }] }),
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances)[0];
}

/** Launches, or finds what an earlier call with the same token launched. */
export async function runInstance(
  aws: AwsClients,
  request: Omit<RunInstancesRequest, "ClientToken"> & { ClientToken: string },
): Promise<Instance> {
  try {
    const { Instances = [] } = await aws.ec2.send(new RunInstancesCommand(request));
    return Instances[0] ?? {};
  } catch (error) {
    if (!isTokenMismatch(error)) throw error;
    // Something that goes into the request has changed since the launch; what was launched is adopted.
    const launched = await findByToken(aws, request.ClientToken);
    if (launched === undefined) throw error;
    return launched;
  }
}

export async function terminateInstance(aws: AwsClients, instanceId: string): Promise<void> {
  await ignoreNotFound(aws.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] })));
}

import {
  DescribeInstancesCommand,
  type Filter,
  type Instance,
  RunInstancesCommand,
  type RunInstancesRequest,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { AwsClients } from "../clients.ts";
import { ignoreNotFound, isNotFound, isTokenMismatch } from "../errors.ts";

export async function describeInstance(
  aws: AwsClients,
  instanceId: string,
): Promise<Instance | undefined> {
  try {
    return await describeFirst(aws, { InstanceIds: [instanceId] });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What a launch with this token made, in whatever state it is now. */
export async function findByToken(aws: AwsClients, token: string): Promise<Instance | undefined> {
  return describeFirst(aws, { Filters: [{ Name: "client-token", Values: [token] }] });
}

async function describeFirst(
  aws: AwsClients,
  request: { InstanceIds?: string[]; Filters?: Filter[] },
): Promise<Instance | undefined> {
  const { Reservations = [] } = await aws.ec2.send(new DescribeInstancesCommand(request));
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

import {
  type Address,
  AllocateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  type Filter,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import type { ElasticIpPool } from "../../api/generated/definitions.ts";
import type { AwsClients } from "../clients.ts";
import { errorCode, ignoreNotFound } from "../errors.ts";
import type { Tags } from "../tags.ts";
import { tagSpecification } from "./tags.ts";

/** One address, from the user's own pool if there is one. Its tags go into the call: it takes no token. */
export async function allocateAddress(
  aws: AwsClients,
  tags: Tags,
  pool: ElasticIpPool = {},
): Promise<string> {
  const { publicIpv4Pool, publicIpv4PoolFallbackOrder: fallback = "amazon-pool" } = pool;
  try {
    return await allocate(aws, tags, publicIpv4Pool);
  } catch (error) {
    const isExhausted = errorCode(error) === "InsufficientAddressCapacity";
    if (!isExhausted || publicIpv4Pool === undefined || fallback === "none") throw error;
    return allocate(aws, tags, undefined); // As documented: Amazon's own addresses, when the user's have run out.
  }
}

async function allocate(
  { ec2 }: AwsClients,
  tags: Tags,
  PublicIpv4Pool: string | undefined,
): Promise<string> {
  const { AllocationId = "" } = await ec2.send(
    new AllocateAddressCommand({
      Domain: "vpc",
      TagSpecifications: [tagSpecification("elastic-ip", tags)],
      ...(PublicIpv4Pool === undefined ? {} : { PublicIpv4Pool }),
    }),
  );
  return AllocationId;
}

export async function describeAddresses(
  { ec2 }: AwsClients,
  Filters: Filter[],
): Promise<readonly Address[]> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ Filters }));
  return Addresses;
}

export async function releaseAddress(
  { ec2 }: AwsClients,
  { AllocationId, AssociationId }: Address,
): Promise<void> {
  if (AssociationId !== undefined) {
    await ignoreNotFound(ec2.send(new DisassociateAddressCommand({ AssociationId })));
  }
  await ignoreNotFound(ec2.send(new ReleaseAddressCommand({ AllocationId })));
}

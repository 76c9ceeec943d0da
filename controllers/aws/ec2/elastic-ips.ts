import {
  type Address,
  AllocateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { type ClusterScope, clusterTags, ownedFilter } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { elasticIpName } from "../names.ts";
import { providerTag, tagMap } from "../tags.ts";
import { tagSpecification } from "./tags.ts";

export async function describeOwnedAddresses(scope: ClusterScope): Promise<readonly Address[]> {
  const { Addresses = [] } = await scope.aws.ec2.send(
    new DescribeAddressesCommand({ Filters: [ownedFilter(scope)] }),
  );
  return Addresses;
}

/** Allocation IDs of addresses that nothing uses: those that earlier attempts left, then new ones. */
export async function ensureUnusedAddresses(
  scope: ClusterScope,
  count: number,
): Promise<readonly string[]> {
  const role = "common";
  const unused = (await describeOwnedAddresses(scope))
    .filter(({ AssociationId, Tags }) => {
      return AssociationId === undefined && tagMap(Tags)[`${providerTag}/role`] === role;
    })
    .map(({ AllocationId = "" }) => AllocationId);
  const ids = unused.slice(0, count);
  while (ids.length < count) {
    const tags = clusterTags(scope, { name: elasticIpName(scope.clusterName, role), role });
    const { AllocationId = "" } = await scope.aws.ec2.send(
      new AllocateAddressCommand({
        Domain: "vpc",
        TagSpecifications: [tagSpecification("elastic-ip", tags)],
      }),
    );
    ids.push(AllocationId);
  }
  return ids;
}

export async function releaseAddresses(scope: ClusterScope): Promise<void> {
  const { ec2 } = scope.aws;
  for (const { AllocationId, AssociationId } of await describeOwnedAddresses(scope)) {
    if (AssociationId !== undefined) {
      await ignoreNotFound(ec2.send(new DisassociateAddressCommand({ AssociationId })));
    }
    await ignoreNotFound(ec2.send(new ReleaseAddressCommand({ AllocationId })));
  }
}

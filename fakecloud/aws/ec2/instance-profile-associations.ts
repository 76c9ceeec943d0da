import type {
  AssociateIamInstanceProfileRequest,
  AssociateIamInstanceProfileResult,
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult,
  DisassociateIamInstanceProfileRequest,
  DisassociateIamInstanceProfileResult,
  IamInstanceProfileAssociation,
  IamInstanceProfileAssociationState,
  ReplaceIamInstanceProfileAssociationRequest,
  ReplaceIamInstanceProfileAssociationResult,
} from "@aws-sdk/client-ec2";
import { paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, required } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import { requireProfile } from "./launch-plan.ts";
import type { InstanceRecord } from "./records.ts";

/** An association lives as long as instance and profile stay together; its id is made of the instance's. */
function associationId(instance: InstanceRecord): string {
  return instance.instanceId.replace(/^i-/, "iip-assoc-");
}

function toWire(
  instance: InstanceRecord,
  state: IamInstanceProfileAssociationState = "associated",
): IamInstanceProfileAssociation {
  return {
    AssociationId: associationId(instance),
    InstanceId: instance.instanceId,
    IamInstanceProfile: { Arn: instance.instanceProfileArn, Id: instance.instanceProfileId },
    State: state,
  };
}

function associated(region: Ec2Region): readonly InstanceRecord[] {
  return region.instances
    .visible()
    .filter((one) => one.instanceProfileArn !== undefined && one.state !== "terminated");
}

function requireAssociation(region: Ec2Region, id: string): InstanceRecord {
  const found = associated(region).find((one) => associationId(one) === id);
  if (found !== undefined) return found;
  const message = `An invalid association-id of '${id}' was given`;
  throw ec2Error("InvalidAssociationID.NotFound", message);
}

export function describeIamInstanceProfileAssociations(
  region: Ec2Region,
  input: DescribeIamInstanceProfileAssociationsRequest,
): DescribeIamInstanceProfileAssociationsResult {
  const ids = input.AssociationIds ?? [];
  const chosen =
    ids.length === 0 ? associated(region) : ids.map((id) => requireAssociation(region, id));
  const filtered = applyFilters(chosen, input.Filters, {
    "instance-id": ({ instanceId }) => instanceId,
    state: () => "associated",
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page);
  return { IamInstanceProfileAssociations: items.map((one) => toWire(one)), ...token };
}

export function associateIamInstanceProfile(
  region: Ec2Region,
  input: AssociateIamInstanceProfileRequest,
): AssociateIamInstanceProfileResult {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const profile = requireProfile(region, required(input.IamInstanceProfile, "iamInstanceProfile"));
  if (instance.instanceProfileArn !== undefined) {
    const message = `There is an existing association for instance ${instance.instanceId}`;
    throw ec2Error("IncorrectState", message);
  }
  instance.instanceProfileArn = profile.arn;
  instance.instanceProfileId = profile.id;
  return { IamInstanceProfileAssociation: toWire(instance, "associating") };
}

export function replaceIamInstanceProfileAssociation(
  region: Ec2Region,
  input: ReplaceIamInstanceProfileAssociationRequest,
): ReplaceIamInstanceProfileAssociationResult {
  const instance = requireAssociation(region, required(input.AssociationId, "associationId"));
  const profile = requireProfile(region, required(input.IamInstanceProfile, "iamInstanceProfile"));
  instance.instanceProfileArn = profile.arn;
  instance.instanceProfileId = profile.id;
  return { IamInstanceProfileAssociation: toWire(instance, "associating") };
}

export function disassociateIamInstanceProfile(
  region: Ec2Region,
  input: DisassociateIamInstanceProfileRequest,
): DisassociateIamInstanceProfileResult {
  const instance = requireAssociation(region, required(input.AssociationId, "associationId"));
  const answer = toWire(instance, "disassociating");
  instance.instanceProfileArn = undefined;
  instance.instanceProfileId = undefined;
  return { IamInstanceProfileAssociation: answer };
}

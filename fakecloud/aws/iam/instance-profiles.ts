import type {
  AddRoleToInstanceProfileRequest,
  CreateInstanceProfileRequest,
  CreateInstanceProfileResponse,
  DeleteInstanceProfileRequest,
  GetInstanceProfileRequest,
  GetInstanceProfileResponse,
  InstanceProfile as WireProfile,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
  RemoveRoleFromInstanceProfileRequest,
} from "@aws-sdk/client-iam";
import { toDate } from "../../kernel/clock.ts";
import { iamError } from "./errors.ts";
import type { IamAccount, InstanceProfile } from "./iam-account.ts";
import { page } from "./pages.ts";
import { hasName, roleToWire } from "./roles.ts";
import { applyTags, tagsToWire } from "./tags.ts";

const maxProfiles = 1000;

export function createInstanceProfile(
  iam: IamAccount,
  input: CreateInstanceProfileRequest,
): CreateInstanceProfileResponse {
  const name = input.InstanceProfileName ?? "";
  const entity = iam.newEntity("instanceProfile", name, input.Path);
  if (hasName(iam.instanceProfiles, name)) {
    throw iamError("EntityAlreadyExists", `Instance Profile ${name} already exists.`);
  }
  if (iam.instanceProfiles.size >= maxProfiles) {
    const message = `Cannot exceed quota for InstanceProfilesPerAccount: ${maxProfiles}`;
    throw iamError("LimitExceeded", message);
  }
  const profile: InstanceProfile = { ...entity, role: undefined };
  applyTags(profile.tags, input.Tags ?? []);
  iam.instanceProfiles.set(name, profile);
  return { InstanceProfile: toWire(profile) };
}

function toWire(profile: InstanceProfile): WireProfile {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: toDate(profile.createdAtMs),
    Roles: profile.role === undefined ? [] : [roleToWire(profile.role)],
    Tags: tagsToWire(profile.tags),
  };
}

export function getInstanceProfile(
  iam: IamAccount,
  input: GetInstanceProfileRequest,
): GetInstanceProfileResponse {
  return { InstanceProfile: toWire(iam.instanceProfile(input.InstanceProfileName)) };
}

export function listInstanceProfiles(
  iam: IamAccount,
  input: ListInstanceProfilesRequest,
): ListInstanceProfilesResponse {
  const prefix = input.PathPrefix ?? "/";
  const profiles = [...iam.instanceProfiles.values()].filter(({ path }) => path.startsWith(prefix));
  const { items, ...marker } = page(profiles, input);
  return { InstanceProfiles: items.map(toWire), ...marker };
}

export function listInstanceProfilesForRole(
  iam: IamAccount,
  input: ListInstanceProfilesForRoleRequest,
): ListInstanceProfilesForRoleResponse {
  const role = iam.role(input.RoleName);
  const profiles = [...iam.instanceProfiles.values()].filter((profile) => profile.role === role);
  const { items, ...marker } = page(profiles, input);
  return { InstanceProfiles: items.map(toWire), ...marker };
}

export function addRoleToInstanceProfile(iam: IamAccount, input: AddRoleToInstanceProfileRequest) {
  const profile = iam.instanceProfile(input.InstanceProfileName);
  const role = iam.role(input.RoleName);
  if (profile.role !== undefined) {
    const message = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
    throw iamError("LimitExceeded", message);
  }
  profile.role = role;
  return {};
}

export function removeRoleFromInstanceProfile(
  iam: IamAccount,
  input: RemoveRoleFromInstanceProfileRequest,
) {
  const profile = iam.instanceProfile(input.InstanceProfileName);
  const role = iam.role(input.RoleName);
  if (profile.role !== role) {
    throw iamError("NoSuchEntity", `Role ${role.name} is not in instance profile ${profile.name}.`);
  }
  profile.role = undefined;
  return {};
}

export function deleteInstanceProfile(iam: IamAccount, input: DeleteInstanceProfileRequest) {
  const profile = iam.instanceProfile(input.InstanceProfileName);
  if (profile.role !== undefined) {
    const message = "Cannot delete entity, must remove roles from instance profile first.";
    throw iamError("DeleteConflict", message);
  }
  iam.instanceProfiles.delete(profile.name);
  return {};
}

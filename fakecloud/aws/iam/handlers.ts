import type {
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse,
} from "@aws-sdk/client-iam";
import { policyCalls } from "./attachments.ts";
import type { IamAccount } from "./iam-account.ts";
import {
  addRoleToInstanceProfile,
  createInstanceProfile,
  deleteInstanceProfile,
  getInstanceProfile,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  removeRoleFromInstanceProfile,
} from "./instance-profiles.ts";
import {
  createPolicy,
  createPolicyVersion,
  deletePolicy,
  deletePolicyVersion,
  getPolicy,
  getPolicyVersion,
  listEntitiesForPolicy,
  listPolicies,
  listPolicyVersions,
  setDefaultPolicyVersion,
} from "./managed-policies.ts";
import {
  createOidcProvider,
  deleteOidcProvider,
  getOidcProvider,
  listOidcProviders,
  requireOidcProvider,
} from "./oidc-providers.ts";
import { page } from "./pages.ts";
import {
  createRole,
  deleteRole,
  getRole,
  listRoles,
  roleToWire,
  updateAssumeRolePolicy,
  updateRole,
} from "./roles.ts";
import { listingTags, tagging, untagging } from "./tags.ts";
import {
  createAccessKey,
  createUser,
  deleteAccessKey,
  deleteUser,
  getUser,
  listAccessKeys,
  listUsers,
  updateAccessKey,
} from "./users.ts";

interface RoleInput {
  readonly RoleName?: string | undefined;
}
type PageInput = Parameters<typeof page>[1];

interface UserInput {
  readonly UserName?: string | undefined;
}
interface ProfileInput {
  readonly InstanceProfileName?: string | undefined;
}
interface PolicyInput {
  readonly PolicyArn?: string | undefined;
}

const role = (iam: IamAccount, input: RoleInput) => iam.role(input.RoleName);
const user = (iam: IamAccount, input: UserInput) => iam.user(input.UserName);
const profile = (iam: IamAccount, input: ProfileInput) =>
  iam.instanceProfile(input.InstanceProfileName);
const policy = (iam: IamAccount, input: PolicyInput) => iam.policy(input.PolicyArn);
const rolePolicies = policyCalls(role);
const userPolicies = policyCalls(user);

export const iamHandlers = {
  AddRoleToInstanceProfile: addRoleToInstanceProfile,
  AttachRolePolicy: rolePolicies.attach,
  AttachUserPolicy: userPolicies.attach,
  CreateAccessKey: createAccessKey,
  CreateInstanceProfile: createInstanceProfile,
  CreateOpenIDConnectProvider: createOidcProvider,
  CreatePolicy: createPolicy,
  CreatePolicyVersion: createPolicyVersion,
  CreateRole: createRole,
  CreateServiceLinkedRole: createServiceLinkedRole,
  CreateUser: createUser,
  DeleteAccessKey: deleteAccessKey,
  DeleteInstanceProfile: deleteInstanceProfile,
  DeleteOpenIDConnectProvider: deleteOidcProvider,
  DeletePolicy: deletePolicy,
  DeletePolicyVersion: deletePolicyVersion,
  DeleteRole: deleteRole,
  DeleteRolePolicy: rolePolicies.remove,
  DeleteUser: deleteUser,
  DeleteUserPolicy: userPolicies.remove,
  DetachRolePolicy: rolePolicies.detach,
  DetachUserPolicy: userPolicies.detach,
  GetInstanceProfile: getInstanceProfile,
  GetOpenIDConnectProvider: getOidcProvider,
  GetPolicy: getPolicy,
  GetPolicyVersion: getPolicyVersion,
  GetRole: getRole,
  GetRolePolicy: (iam: IamAccount, input: RoleInput & { PolicyName?: string | undefined }) => ({
    RoleName: input.RoleName,
    ...rolePolicies.get(iam, input),
  }),
  GetUser: getUser,
  GetUserPolicy: (iam: IamAccount, input: UserInput & { PolicyName?: string | undefined }) => ({
    UserName: input.UserName,
    ...userPolicies.get(iam, input),
  }),
  ListAccessKeys: listAccessKeys,
  ListAccountAliases: (_iam: IamAccount, input: PageInput) => {
    const { items: AccountAliases, ...marker } = page([], input);
    return { AccountAliases, ...marker };
  },
  ListAttachedRolePolicies: rolePolicies.listAttached,
  ListAttachedUserPolicies: userPolicies.listAttached,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  ListGroupsForUser: (iam: IamAccount, input: PageInput & UserInput) => {
    user(iam, input);
    const { items: Groups, ...marker } = page([], input);
    return { Groups, ...marker };
  },
  ListInstanceProfileTags: listingTags(profile),
  ListInstanceProfiles: listInstanceProfiles,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  ListOpenIDConnectProviderTags: listingTags(requireOidcProvider),
  ListOpenIDConnectProviders: listOidcProviders,
  ListPolicies: listPolicies,
  ListPolicyTags: listingTags(policy),
  ListPolicyVersions: listPolicyVersions,
  ListRolePolicies: rolePolicies.list,
  ListRoleTags: listingTags(role),
  ListRoles: listRoles,
  ListUserPolicies: userPolicies.list,
  ListUserTags: listingTags(user),
  ListUsers: listUsers,
  PutRolePolicy: rolePolicies.put,
  PutUserPolicy: userPolicies.put,
  RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  TagInstanceProfile: tagging(profile),
  TagOpenIDConnectProvider: tagging(requireOidcProvider),
  TagPolicy: tagging(policy),
  TagRole: tagging(role),
  TagUser: tagging(user),
  UntagInstanceProfile: untagging(profile),
  UntagOpenIDConnectProvider: untagging(requireOidcProvider),
  UntagPolicy: untagging(policy),
  UntagRole: untagging(role),
  UntagUser: untagging(user),
  UpdateAccessKey: updateAccessKey,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
};

/** Services make these for themselves; here they are roles like others under their own path. */
function createServiceLinkedRole(
  iam: IamAccount,
  input: CreateServiceLinkedRoleRequest,
): CreateServiceLinkedRoleResponse {
  const service = input.AWSServiceName ?? "";
  const word = (service.split(".")[0] ?? "").replace(/(^|-)[a-z]/g, (text) =>
    text.replace("-", "").toUpperCase(),
  );
  const statement = {
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  };
  const { Description: description, CustomSuffix: suffix } = input;
  const name = `AWSServiceRoleFor${word}${suffix === undefined ? "" : `_${suffix}`}`;
  createRole(iam, {
    RoleName: name,
    ...(description === undefined ? {} : { Description: description }),
    Path: `/aws-service-role/${service}/`,
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  });
  return { Role: roleToWire(iam.role(name)) };
}

import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyRequest,
  DeletePolicyVersionRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListEntitiesForPolicyRequest,
  ListEntitiesForPolicyResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
  ListPolicyVersionsRequest,
  ListPolicyVersionsResponse,
  Policy as WirePolicy,
  PolicyUsageType,
  PolicyVersion as WireVersion,
  SetDefaultPolicyVersionRequest,
} from "@aws-sdk/client-iam";
import { toDate } from "../../kernel/clock.ts";
import { parsePolicy } from "./documents.ts";
import { iamError } from "./errors.ts";
import type { IamAccount, ManagedPolicy, PolicyHolder, PolicyVersion } from "./iam-account.ts";
import { page } from "./pages.ts";
import { applyTags, tagsToWire } from "./tags.ts";

const maxVersions = 5;

export function createPolicy(iam: IamAccount, input: CreatePolicyRequest): CreatePolicyResponse {
  const { PolicyName: name = "", PolicyDocument: document = "" } = input;
  const entity = iam.newEntity("policy", name, input.Path);
  parsePolicy(document);
  if (iam.policies.has(entity.arn)) {
    const message = `A policy called ${name} already exists. Duplicate names are not allowed.`;
    throw iamError("EntityAlreadyExists", message);
  }
  const first: PolicyVersion = { versionId: "v1", document, createdAtMs: iam.clock.now() };
  const policy: ManagedPolicy = {
    ...entity,
    description: input.Description,
    versions: new Map([["v1", first]]),
    defaultVersionId: "v1",
    nextVersion: 2,
  };
  applyTags(policy.tags, input.Tags ?? []);
  iam.policies.set(entity.arn, policy);
  return { Policy: toWire(iam, policy) };
}

function holders(iam: IamAccount): readonly PolicyHolder[] {
  return [...iam.roles.values(), ...iam.users.values()];
}

function attachmentCount(iam: IamAccount, arn: string): number {
  return holders(iam).filter((holder) => holder.attached.has(arn)).length;
}

function toWire(iam: IamAccount, policy: ManagedPolicy): WirePolicy {
  const bounded = holders(iam).filter((holder) => holder.boundaryArn === policy.arn);
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachmentCount(iam, policy.arn),
    PermissionsBoundaryUsageCount: bounded.length,
    IsAttachable: true,
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    CreateDate: toDate(policy.createdAtMs),
    UpdateDate: toDate([...policy.versions.values()].at(-1)?.createdAtMs ?? policy.createdAtMs),
    Tags: tagsToWire(policy.tags),
  };
}

export function getPolicy(iam: IamAccount, input: GetPolicyRequest): GetPolicyResponse {
  return { Policy: toWire(iam, iam.policy(input.PolicyArn)) };
}

function isUsed(iam: IamAccount, arn: string, as: PolicyUsageType): boolean {
  return as === "PermissionsBoundary"
    ? holders(iam).some((holder) => holder.boundaryArn === arn)
    : attachmentCount(iam, arn) > 0;
}

export function listPolicies(iam: IamAccount, input: ListPoliciesRequest): ListPoliciesResponse {
  const prefix = input.PathPrefix ?? "/";
  const { PolicyUsageFilter: usage, OnlyAttached: onlyAttached } = input;
  const policies = [...iam.policies.values()]
    .filter((policy) => policy.path.startsWith(prefix))
    .filter(({ arn }) => onlyAttached !== true || attachmentCount(iam, arn) > 0)
    .filter(({ arn }) => usage === undefined || isUsed(iam, arn, usage));
  const { items, ...marker } = page(input.Scope === "AWS" ? [] : policies, input);
  return { Policies: items.map((policy) => toWire(iam, policy)), ...marker };
}

/** When several errors apply: attachments first, then versions. */
export function deletePolicy(iam: IamAccount, input: DeletePolicyRequest) {
  const policy = iam.policy(input.PolicyArn);
  if (attachmentCount(iam, policy.arn) > 0) {
    const message = "Cannot delete a policy attached to entities.";
    throw iamError("DeleteConflict", message);
  }
  if (policy.versions.size > 1) {
    const message =
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
    throw iamError("DeleteConflict", message);
  }
  iam.policies.delete(policy.arn);
  return {};
}

export function createPolicyVersion(
  iam: IamAccount,
  input: CreatePolicyVersionRequest,
): CreatePolicyVersionResponse {
  const policy = iam.policy(input.PolicyArn);
  const document = input.PolicyDocument ?? "";
  parsePolicy(document);
  if (policy.versions.size >= maxVersions) {
    const message = `A managed policy can have up to ${maxVersions} versions. Before you create a new version, you must delete an existing version.`;
    throw iamError("LimitExceeded", message);
  }
  const versionId = `v${policy.nextVersion}`;
  policy.nextVersion += 1;
  const version: PolicyVersion = { versionId, document, createdAtMs: iam.clock.now() };
  policy.versions.set(versionId, version);
  if (input.SetAsDefault === true) policy.defaultVersionId = versionId;
  return { PolicyVersion: versionToWire(policy, version, false) };
}

function versionToWire(
  policy: ManagedPolicy,
  version: PolicyVersion,
  withDocument: boolean,
): WireVersion {
  return {
    VersionId: version.versionId,
    IsDefaultVersion: policy.defaultVersionId === version.versionId,
    CreateDate: toDate(version.createdAtMs),
    ...(withDocument ? { Document: encodeURIComponent(version.document) } : {}),
  };
}

function requireVersion(policy: ManagedPolicy, versionId: string | undefined): PolicyVersion {
  const version = policy.versions.get(versionId ?? "");
  if (version !== undefined) return version;
  const message = `Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`;
  throw iamError("NoSuchEntity", message);
}

export function getPolicyVersion(
  iam: IamAccount,
  input: GetPolicyVersionRequest,
): GetPolicyVersionResponse {
  const policy = iam.policy(input.PolicyArn);
  return { PolicyVersion: versionToWire(policy, requireVersion(policy, input.VersionId), true) };
}

export function listPolicyVersions(
  iam: IamAccount,
  input: ListPolicyVersionsRequest,
): ListPolicyVersionsResponse {
  const policy = iam.policy(input.PolicyArn);
  const { items, ...marker } = page([...policy.versions.values()].toReversed(), input);
  return { Versions: items.map((version) => versionToWire(policy, version, false)), ...marker };
}

export function deletePolicyVersion(iam: IamAccount, input: DeletePolicyVersionRequest) {
  const policy = iam.policy(input.PolicyArn);
  const { versionId } = requireVersion(policy, input.VersionId);
  if (versionId === policy.defaultVersionId) {
    throw iamError("DeleteConflict", "Cannot delete the default version of a policy.");
  }
  policy.versions.delete(versionId);
  return {};
}

export function setDefaultPolicyVersion(iam: IamAccount, input: SetDefaultPolicyVersionRequest) {
  const policy = iam.policy(input.PolicyArn);
  policy.defaultVersionId = requireVersion(policy, input.VersionId).versionId;
  return {};
}

export function listEntitiesForPolicy(
  iam: IamAccount,
  input: ListEntitiesForPolicyRequest,
): ListEntitiesForPolicyResponse {
  const { arn } = iam.policy(input.PolicyArn);
  const { EntityFilter: only, PathPrefix: prefix = "/", PolicyUsageFilter: usage } = input;
  const holds = (holder: PolicyHolder) =>
    holder.path.startsWith(prefix) &&
    (usage === "PermissionsBoundary" ? holder.boundaryArn === arn : holder.attached.has(arn));
  const found = [
    ...(only === undefined || only === "Role" ? [...iam.roles.values()].filter(holds) : []),
    ...(only === undefined || only === "User" ? [...iam.users.values()].filter(holds) : []),
  ];
  const { items, ...marker } = page(found, input);
  const isRole = ({ arn: holderArn }: PolicyHolder) => holderArn.includes(":role/");
  const [roles, users] = [items.filter(isRole), items.filter((one) => !isRole(one))];
  return {
    PolicyGroups: [],
    PolicyRoles: roles.map((role) => ({ RoleName: role.name, RoleId: role.id })),
    PolicyUsers: users.map((user) => ({ UserName: user.name, UserId: user.id })),
    ...marker,
  };
}

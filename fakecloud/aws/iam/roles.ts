import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  Role as WireRole,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleRequest,
} from "@aws-sdk/client-iam";
import { toDate } from "../../kernel/clock.ts";
import { parsePolicy } from "./documents.ts";
import { iamError } from "./errors.ts";
import type { IamAccount, Role } from "./iam-account.ts";
import { page } from "./pages.ts";
import { applyTags, tagsToWire } from "./tags.ts";

const maxRoles = 1000;

export function createRole(iam: IamAccount, input: CreateRoleRequest): CreateRoleResponse {
  const { RoleName: name = "", AssumeRolePolicyDocument: trustPolicy = "" } = input;
  const entity = iam.newEntity("role", name, input.Path);
  parsePolicy(trustPolicy);
  if (hasName(iam.roles, name)) {
    throw iamError("EntityAlreadyExists", `Role with name ${name} already exists.`);
  }
  if (iam.roles.size >= maxRoles) {
    throw iamError("LimitExceeded", `Cannot exceed quota for RolesPerAccount: ${maxRoles}`);
  }
  const role: Role = {
    ...entity,
    trustPolicy,
    description: input.Description,
    maxSessionSeconds: input.MaxSessionDuration ?? 3600,
    boundaryArn: input.PermissionsBoundary,
    attached: new Set(),
    inline: new Map(),
  };
  applyTags(role.tags, input.Tags ?? []);
  iam.roles.set(name, role);
  return { Role: roleToWire(role) };
}

/** Names are kept as given, but two that differ only in case are one. */
export function hasName(entities: ReadonlyMap<string, unknown>, name: string): boolean {
  if (entities.has(name)) return true;
  const lower = name.toLowerCase();
  return [...entities.keys()].some((key) => key.toLowerCase() === lower);
}

export function roleToWire(role: Role): WireRole {
  const wire: WireRole = {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: toDate(role.createdAtMs),
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    MaxSessionDuration: role.maxSessionSeconds,
    Tags: tagsToWire(role.tags),
    RoleLastUsed: {},
  };
  if (role.description !== undefined) wire.Description = role.description;
  if (role.boundaryArn !== undefined) {
    wire.PermissionsBoundary = {
      PermissionsBoundaryType: "PermissionsBoundaryPolicy",
      PermissionsBoundaryArn: role.boundaryArn,
    };
  }
  return wire;
}

export function getRole(iam: IamAccount, input: GetRoleRequest): GetRoleResponse {
  return { Role: roleToWire(iam.role(input.RoleName)) };
}

export function listRoles(iam: IamAccount, input: ListRolesRequest): ListRolesResponse {
  const prefix = input.PathPrefix ?? "/";
  const roles = [...iam.roles.values()].filter((role) => role.path.startsWith(prefix));
  const { items, ...marker } = page(roles, input);
  return { Roles: items.map(roleToWire), ...marker };
}

export function updateAssumeRolePolicy(iam: IamAccount, input: UpdateAssumeRolePolicyRequest) {
  const role = iam.role(input.RoleName);
  parsePolicy(input.PolicyDocument ?? "");
  role.trustPolicy = input.PolicyDocument ?? "";
  return {};
}

export function updateRole(iam: IamAccount, input: UpdateRoleRequest) {
  const role = iam.role(input.RoleName);
  role.description = input.Description ?? role.description;
  role.maxSessionSeconds = input.MaxSessionDuration ?? role.maxSessionSeconds;
  return {};
}

/** When several errors apply: instance profiles first, then policies. */
export function deleteRole(iam: IamAccount, input: DeleteRoleRequest) {
  const role = iam.role(input.RoleName);
  if ([...iam.instanceProfiles.values()].some((profile) => profile.role === role)) {
    const message = "Cannot delete entity, must remove roles from instance profile first.";
    throw iamError("DeleteConflict", message);
  }
  if (role.attached.size > 0) {
    throw iamError("DeleteConflict", "Cannot delete entity, must detach all policies first.");
  }
  if (role.inline.size > 0) {
    throw iamError("DeleteConflict", "Cannot delete entity, must delete policies first.");
  }
  iam.roles.delete(role.name);
  return {};
}

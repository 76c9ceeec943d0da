import type {
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  CreateUserRequest,
  CreateUserResponse,
  DeleteAccessKeyRequest,
  DeleteUserRequest,
  GetUserRequest,
  GetUserResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  ListUsersRequest,
  ListUsersResponse,
  UpdateAccessKeyRequest,
  User as WireUser,
} from "@aws-sdk/client-iam";
import { toDate } from "../../kernel/clock.ts";
import { iamError } from "./errors.ts";
import type { IamAccount, User } from "./iam-account.ts";
import { page } from "./pages.ts";
import { hasName } from "./roles.ts";
import { applyTags, tagsToWire } from "./tags.ts";

const maxKeys = 2;

export function createUser(iam: IamAccount, input: CreateUserRequest): CreateUserResponse {
  const name = input.UserName ?? "";
  const entity = iam.newEntity("user", name, input.Path);
  if (hasName(iam.users, name)) {
    throw iamError("EntityAlreadyExists", `User with name ${name} already exists.`);
  }
  const user: User = {
    ...entity,
    attached: new Set(),
    inline: new Map(),
    boundaryArn: input.PermissionsBoundary,
    accessKeyIds: new Map(),
  };
  applyTags(user.tags, input.Tags ?? []);
  iam.users.set(name, user);
  return { User: toWire(user) };
}

function toWire(user: User): WireUser {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: toDate(user.createdAtMs),
    Tags: tagsToWire(user.tags),
  };
}

export function getUser(iam: IamAccount, input: GetUserRequest): GetUserResponse {
  return { User: toWire(iam.user(input.UserName)) };
}

export function listUsers(iam: IamAccount, input: ListUsersRequest): ListUsersResponse {
  const prefix = input.PathPrefix ?? "/";
  const users = [...iam.users.values()].filter((user) => user.path.startsWith(prefix));
  const { items, ...marker } = page(users, input);
  return { Users: items.map(toWire), ...marker };
}

/** When several errors apply: keys first, then attached policies, then inline ones. */
export function deleteUser(iam: IamAccount, input: DeleteUserRequest) {
  const user = iam.user(input.UserName);
  if (user.accessKeyIds.size > 0) {
    throw iamError("DeleteConflict", "Cannot delete entity, must delete access keys first.");
  }
  if (user.attached.size > 0) {
    throw iamError("DeleteConflict", "Cannot delete entity, must detach all policies first.");
  }
  if (user.inline.size > 0) {
    throw iamError("DeleteConflict", "Cannot delete entity, must delete policies first.");
  }
  iam.users.delete(user.name);
  return {};
}

export function createAccessKey(
  iam: IamAccount,
  input: CreateAccessKeyRequest,
): CreateAccessKeyResponse {
  const user = iam.user(input.UserName);
  if (user.accessKeyIds.size >= maxKeys) {
    throw iamError("LimitExceeded", `Cannot exceed quota for AccessKeysPerUser: ${maxKeys}`);
  }
  const issued = iam.credentials.issue({
    accountId: iam.accountId,
    arn: user.arn,
    userId: user.id,
    source: { kind: "user", userName: user.name },
  });
  const now = iam.clock.now();
  user.accessKeyIds.set(issued.accessKeyId, now);
  return {
    AccessKey: {
      UserName: user.name,
      AccessKeyId: issued.accessKeyId,
      Status: "Active",
      SecretAccessKey: issued.secretAccessKey,
      CreateDate: toDate(now),
    },
  };
}

export function listAccessKeys(
  iam: IamAccount,
  input: ListAccessKeysRequest,
): ListAccessKeysResponse {
  const user = iam.user(input.UserName);
  const { items, ...marker } = page([...user.accessKeyIds], input);
  return {
    AccessKeyMetadata: items.map(([accessKeyId, createdAtMs]) => ({
      UserName: user.name,
      AccessKeyId: accessKeyId,
      Status: iam.credentials.find(accessKeyId)?.active === true ? "Active" : "Inactive",
      CreateDate: toDate(createdAtMs),
    })),
    ...marker,
  };
}

function requireKey(user: User, accessKeyId: string | undefined): string {
  if (accessKeyId !== undefined && user.accessKeyIds.has(accessKeyId)) return accessKeyId;
  throw iamError("NoSuchEntity", `The Access Key with id ${accessKeyId} cannot be found.`);
}

export function updateAccessKey(iam: IamAccount, input: UpdateAccessKeyRequest) {
  const user = iam.user(input.UserName);
  const issued = iam.credentials.find(requireKey(user, input.AccessKeyId));
  if (issued !== undefined) issued.active = input.Status === "Active";
  return {};
}

export function deleteAccessKey(iam: IamAccount, input: DeleteAccessKeyRequest) {
  const user = iam.user(input.UserName);
  const accessKeyId = requireKey(user, input.AccessKeyId);
  user.accessKeyIds.delete(accessKeyId);
  iam.credentials.revoke(accessKeyId);
  return {};
}

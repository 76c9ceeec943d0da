import { describeSecret, listSecrets, listSecretVersionIds } from "./describe.ts";
import {
  deleteResourcePolicy,
  getRandomPassword,
  getResourcePolicy,
  putResourcePolicy,
  updateSecretVersionStage,
} from "./policies.ts";
import {
  createSecret,
  deleteSecret,
  getSecretValue,
  putSecretValue,
  restoreSecret,
  updateSecret,
} from "./secrets.ts";
import { tagResource, untagResource } from "./tags.ts";

export const secretsManagerHandlers = {
  CreateSecret: createSecret,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteSecret: deleteSecret,
  DescribeSecret: describeSecret,
  GetRandomPassword: getRandomPassword,
  GetResourcePolicy: getResourcePolicy,
  GetSecretValue: getSecretValue,
  ListSecretVersionIds: listSecretVersionIds,
  ListSecrets: listSecrets,
  PutResourcePolicy: putResourcePolicy,
  PutSecretValue: putSecretValue,
  RestoreSecret: restoreSecret,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateSecret: updateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
};

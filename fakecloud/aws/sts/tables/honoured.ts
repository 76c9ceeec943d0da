import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredBySts: HonouredTable = {
  AssumeRole: "RoleArn RoleSessionName Policy DurationSeconds ExternalId",
  AssumeRoleWithWebIdentity: "RoleArn RoleSessionName WebIdentityToken DurationSeconds",
  DecodeAuthorizationMessage: "EncodedMessage",
  GetAccessKeyInfo: "AccessKeyId",
  GetCallerIdentity: "",
  GetSessionToken: "DurationSeconds",
};

import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity } from "@smithy/types";
import type { Clock } from "../../runtime/clock.ts";
import type { AwsClients } from "../clients.ts";

export interface RoleSession {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId?: string | undefined;
  readonly inlinePolicy?: string | undefined;
  readonly policyArns?: readonly string[] | undefined;
}

/** Renewed so long before they end, that no call that is under way outlives them. */
const renewBeforeMs = 300_000;

/** Credentials of a role that renew themselves. A failure is never kept: the next call asks again (capa-bugs 64). */
export function assumedRole(
  sts: AwsClients["sts"],
  session: RoleSession,
  clock: Clock,
): () => Promise<AwsCredentialIdentity> {
  let current: AwsCredentialIdentity | undefined;
  let endsMs = 0;
  return async () => {
    if (current !== undefined && clock.now() < endsMs - renewBeforeMs) return current;
    const { Credentials } = await sts.send(new AssumeRoleCommand(request(session)));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || Expiration === undefined) {
      throw new Error(`AWS gave no credentials for ${session.roleArn}`);
    }
    endsMs = Expiration.getTime();
    current = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
      expiration: Expiration,
    };
    return current;
  };
}

function request(session: RoleSession) {
  const {
    roleArn,
    sessionName,
    durationSeconds,
    externalId,
    inlinePolicy,
    policyArns = [],
  } = session;
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: durationSeconds,
    ...(externalId === undefined || externalId === "" ? {} : { ExternalId: externalId }),
    ...(inlinePolicy === undefined || inlinePolicy === "" ? {} : { Policy: inlinePolicy }),
    ...(policyArns.length === 0 ? {} : { PolicyArns: policyArns.map((arn) => ({ arn })) }),
  };
}

import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse,
  DecodeAuthorizationMessageRequest,
  DecodeAuthorizationMessageResponse,
  GetAccessKeyInfoRequest,
  GetAccessKeyInfoResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from "@aws-sdk/client-sts";
import { toDate } from "../../kernel/clock.ts";
import { decodeFailure } from "../iam/authorization-message.ts";
import type { RequestContext } from "../iam/conditions.ts";
import { drawIamId, type IssuedCredentials } from "../iam/credentials.ts";
import { parsePolicy } from "../iam/documents.ts";
import { statementApplies } from "../iam/evaluate.ts";
import type { Role } from "../iam/iam-account.ts";
import type { Identity } from "../iam/identity.ts";
import { type Principal, roleSession } from "../iam/principal.ts";
import { stsError } from "./errors.ts";
import { readToken } from "./web-identity.ts";

export interface StsCall {
  readonly identity: Identity;
  readonly principal: Principal;
}

/** Needs no permission: whoever can sign may ask who they are. */
function getCallerIdentity(
  { principal }: StsCall,
  _input: GetCallerIdentityRequest,
): GetCallerIdentityResponse {
  return { UserId: principal.userId, Account: principal.accountId, Arn: principal.arn };
}

/** When several errors apply, the first of these wins: input, role and trust, duration. */
function assumeRole(call: StsCall, input: AssumeRoleRequest): AssumeRoleResponse {
  const { RoleArn: roleArn = "", RoleSessionName: sessionName = "" } = input;
  const seconds = input.DurationSeconds ?? 3600;
  checkInput(sessionName, seconds);
  const context: RequestContext =
    input.ExternalId === undefined ? {} : { "sts:externalid": [input.ExternalId] };
  const target = findRole(call.identity, roleArn);
  checkTrust(call, target, context);
  checkDuration(call, target.role, seconds);
  if (input.Policy !== undefined) parsePolicy(input.Policy);
  const sessionPolicy = input.Policy === undefined ? {} : { sessionPolicy: input.Policy };
  const principal = roleSession({ ...target, sessionName, ...sessionPolicy });
  const issued = call.identity.credentials.issue(principal, seconds * 1000);
  return {
    Credentials: credentialsToWire(issued),
    AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
  };
}

function checkInput(sessionName: string, seconds: number): void {
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    const message = `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`;
    throw stsError("ValidationError", message);
  }
  if (seconds < 900 || seconds > 43_200) {
    const message = `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`;
    throw stsError("ValidationError", message);
  }
}

interface Target {
  readonly arn: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  /** Absent where any role can be assumed and nobody made this one. */
  readonly role: Role | undefined;
}

function findRole(identity: Identity, arn: string): Target {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn);
  const [, accountId, roleName] = match ?? [];
  if (accountId === undefined || roleName === undefined) {
    throw stsError("ValidationError", `${arn} is invalid`);
  }
  const role = identity.account(accountId).roles.get(roleName);
  const roleId = role?.id ?? drawIamId(identity.random, "AROA", arn);
  return { arn, accountId, roleName, roleId, role };
}

function checkTrust(call: StsCall, target: Target, context: RequestContext): void {
  const { identity, principal } = call;
  if (!identity.enforce) return;
  const action = "sts:AssumeRole";
  const trusted = trusts(target.role, principal, { action, context });
  const request = { principal, action, resources: [target.arn], context };
  // Inside one account the trust policy alone is enough if it names the caller itself; across accounts both must allow.
  if (trusted === "caller" && principal.accountId === target.accountId) return;
  if (trusted !== undefined && identity.evaluate(request).allowed) return;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${target.arn}`;
  throw stsError("AccessDenied", message);
}

function trusts(
  role: Role | undefined,
  principal: Principal,
  request: { readonly action: string; readonly context: RequestContext },
): "account" | "caller" | undefined {
  if (role === undefined) return undefined;
  const applying = parsePolicy(role.trustPolicy).filter((statement) =>
    statementApplies({ ...statement, resources: ["*"] }, request, "*"),
  );
  const { accountId } = principal;
  const caller = [`AWS:${principal.arn}`, "*", ...roleArnOf(principal)];
  const account = [`AWS:arn:aws:iam::${accountId}:root`, `AWS:${accountId}`];
  const names = (wanted: readonly string[], effect: string) =>
    applying.some(
      (statement) =>
        statement.effect === effect && statement.principals.some((one) => wanted.includes(one)),
    );
  if (names([...caller, ...account], "Deny")) return undefined;
  if (names(caller, "Allow")) return "caller";
  return names(account, "Allow") ? "account" : undefined;
}

/** A trust policy that names a role means all its sessions. */
function roleArnOf({ accountId, source }: Principal): readonly string[] {
  return source.kind === "role" ? [`AWS:arn:aws:iam::${accountId}:role/${source.roleName}`] : [];
}

function checkDuration({ principal }: StsCall, role: Role | undefined, seconds: number): void {
  if (role !== undefined && seconds > role.maxSessionSeconds) {
    const message =
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    throw stsError("ValidationError", message);
  }
  if (principal.source.kind === "role" && seconds > 3600) {
    const message =
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    throw stsError("ValidationError", message);
  }
}

function credentialsToWire(issued: IssuedCredentials) {
  return {
    AccessKeyId: issued.accessKeyId,
    SecretAccessKey: issued.secretAccessKey,
    SessionToken: issued.sessionToken,
    Expiration: toDate(issued.expiresAtMs ?? 0),
  };
}

/** Service accounts of a cluster: the token's issuer must be a provider of the account, and the role must trust it. */
function assumeRoleWithWebIdentity(
  call: StsCall,
  input: AssumeRoleWithWebIdentityRequest,
): AssumeRoleWithWebIdentityResponse {
  const { RoleSessionName: sessionName = "", DurationSeconds: seconds = 3600 } = input;
  checkInput(sessionName, seconds);
  const target = findRole(call.identity, input.RoleArn ?? "");
  const token = readToken(input.WebIdentityToken ?? "");
  if (token.expiresAtMs !== undefined && token.expiresAtMs <= call.identity.clock.now()) {
    throw stsError("ExpiredTokenException", "Token expired");
  }
  const providerArn = `arn:aws:iam::${target.accountId}:oidc-provider/${token.issuer}`;
  if (call.identity.enforce) checkWebTrust(call.identity, target, { providerArn, ...token });
  const principal = roleSession({ ...target, sessionName });
  const issued = call.identity.credentials.issue(principal, seconds * 1000);
  return {
    Credentials: credentialsToWire(issued),
    SubjectFromWebIdentityToken: token.subject,
    AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
    Provider: providerArn,
    Audience: token.audience[0],
  };
}

function checkWebTrust(
  identity: Identity,
  target: Target,
  token: ReturnType<typeof readToken> & { readonly providerArn: string },
): void {
  const provider = identity.account(target.accountId).oidcProviders.get(token.providerArn);
  if (provider === undefined) {
    const message = `No OpenIDConnect provider found in your account for https://${token.issuer}`;
    throw stsError("InvalidIdentityToken", message);
  }
  if (!token.audience.some((audience) => provider.clientIds.has(audience))) {
    throw stsError("InvalidIdentityToken", "Incorrect token audience");
  }
  const context = {
    [`${token.issuer}:aud`.toLowerCase()]: token.audience,
    [`${token.issuer}:sub`.toLowerCase()]: [token.subject],
  };
  const action = "sts:AssumeRoleWithWebIdentity";
  const allowed = parsePolicy(target.role?.trustPolicy ?? '{"Statement":[]}').some(
    (statement) =>
      statement.effect === "Allow" &&
      statement.principals.includes(`Federated:${token.providerArn}`) &&
      statementApplies({ ...statement, resources: ["*"] }, { action, context }, "*"),
  );
  if (!allowed) throw stsError("AccessDenied", `Not authorized to perform ${action}`);
}

function getSessionToken(call: StsCall, input: GetSessionTokenRequest): GetSessionTokenResponse {
  const { principal, identity } = call;
  if (principal.source.kind === "role") {
    throw stsError("AccessDenied", "Cannot call GetSessionToken with session credentials");
  }
  const issued = identity.credentials.issue(principal, (input.DurationSeconds ?? 43_200) * 1000);
  return { Credentials: credentialsToWire(issued) };
}

function getAccessKeyInfo(call: StsCall, input: GetAccessKeyInfoRequest): GetAccessKeyInfoResponse {
  const issued = call.identity.credentials.find(input.AccessKeyId ?? "");
  return { Account: issued?.principal.accountId ?? call.principal.accountId };
}

/** What EC2 has encoded when it refused a call. */
function decodeAuthorizationMessage(
  _call: StsCall,
  input: DecodeAuthorizationMessageRequest,
): DecodeAuthorizationMessageResponse {
  const decoded = decodeFailure(input.EncodedMessage ?? "");
  if (decoded !== undefined) return { DecodedMessage: decoded };
  throw stsError("InvalidAuthorizationMessageException", "Message is not valid");
}

export const stsHandlers = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  DecodeAuthorizationMessage: decodeAuthorizationMessage,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
  GetSessionToken: getSessionToken,
};

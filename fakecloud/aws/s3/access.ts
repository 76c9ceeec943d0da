import { parsePolicy, type Statement } from "../iam/documents.ts";
import { conditionsHold } from "../iam/conditions.ts";
import type { Verdict } from "../iam/evaluate.ts";
import { matchesWildcard } from "../iam/wildcard.ts";
import { s3Error } from "./errors.ts";
import type { Bucket, S3Caller } from "./s3-store.ts";

export interface Need {
  /** "s3:GetObject". */
  readonly action: string;
  readonly key?: string | undefined;
}

/**
 * The bucket's own account may do what its identity policies allow, where they are enforced; everybody else needs a
 * statement of the bucket's policy. A denial counts for both. What is asked always counts as having come over TLS:
 * an emulator on loopback has none, and the usual denial of plain HTTP would close every bucket.
 */
export function requireAccess(caller: S3Caller, bucket: Bucket, need: Need): void {
  const policy = bucket.settings.get("policy");
  const statements = typeof policy === "string" ? parsePolicy(policy) : [];
  const applying = statements.filter((one) => applies(one, caller, bucket, need));
  const { action } = need;
  const resource = resourceOf(bucket, need);
  const verdict = caller.byIdentity?.({ action, resource }) ?? { allowed: true };
  const isOwner = !caller.anonymous && caller.accountId === bucket.accountId && verdict.allowed;
  const isDenied =
    applying.some(({ effect }) => effect === "Deny") || (!verdict.allowed && verdict.explicit);
  const isAllowed = isOwner || applying.some(({ effect }) => effect === "Allow");
  if (isAllowed && (!isDenied || isRescue(caller, need))) return;
  throw denial(caller, { action, resource }, verdict);
}

function denial(
  caller: S3Caller,
  { action, resource }: { readonly action: string; readonly resource: string },
  verdict: Verdict,
) {
  if (verdict.allowed) return s3Error("AccessDenied", "Access Denied");
  const message = `User: ${caller.principal.arn} is not authorized to perform: ${action} on resource: "${resource}" ${verdict.because}`;
  return s3Error("AccessDenied", message);
}

function resourceOf(bucket: Bucket, { key }: Need): string {
  const arn = `arn:aws:s3:::${bucket.name}`;
  return key === undefined ? arn : `${arn}/${key}`;
}

/** The root user of an account can always take a policy away that locks everybody out. */
function isRescue(caller: S3Caller, need: Need): boolean {
  return caller.principal.source.kind === "root" && need.action.endsWith("BucketPolicy");
}

function applies(statement: Statement, caller: S3Caller, bucket: Bucket, need: Need): boolean {
  const resource = resourceOf(bucket, need);
  const context = {
    "aws:securetransport": ["true"],
    "aws:principalarn": caller.anonymous ? [] : [caller.principal.arn],
    "aws:principalaccount": caller.anonymous ? [] : [caller.accountId],
  };
  return (
    statement.principals.some((principal) => isMeant(principal, caller)) &&
    statement.actions.some((action) => matchesWildcard(action, need.action, true)) &&
    statement.resources.some((one) => matchesWildcard(one, resource)) &&
    conditionsHold(statement.conditions, context)
  );
}

function isMeant(principal: string, caller: S3Caller): boolean {
  if (principal === "*") return true;
  if (caller.anonymous) return false;
  const { accountId, principal: who } = caller;
  if (principal === `AWS:${accountId}` || principal === `AWS:arn:aws:iam::${accountId}:root`) {
    return true;
  }
  // Sessions of a role are meant when the role is.
  const role = who.source.kind === "role" ? who.source.roleName : undefined;
  return (
    principal === `AWS:${who.arn}` ||
    (role !== undefined && principal === `AWS:arn:aws:iam::${accountId}:role/${role}`)
  );
}

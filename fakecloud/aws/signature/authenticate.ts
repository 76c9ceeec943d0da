import { timingSafeEqual } from "node:crypto";
import { parseTime } from "../../kernel/clock.ts";
import type { WireRequest } from "../../wire/contract.ts";
import type { ServiceModel } from "../../wire/service-model.ts";
import { AwsError } from "../aws-error.ts";
import type { Identity } from "../iam/identity.ts";
import { bodyFits, computeSignature } from "./compute-signature.ts";
import { type SignedParts, signedParts } from "./signed-parts.ts";
import { type Refusal, refusals } from "./tables/refusals.ts";

const toleratedMs = 15 * 60_000;
const toleratedByEc2Ms = 5 * 60_000;
const longestUrlSeconds = 604_800;

/** A time as signatures have it, "20260101T000000Z". */
function timeOf(signedAt: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(signedAt);
  const [, year, month, day, hour, minute, second] = match ?? [];
  return parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function refuse(model: ServiceModel, reason: Refusal): AwsError {
  const kind =
    model.signingName === "ec2" || model.signingName === "s3" ? model.signingName : model.protocol;
  const [code, status, message] = refusals[kind][reason];
  return new AwsError(code, message, { status });
}

/** A presigned URL is good for as long as it says, whoever checks signatures. */
export function checkExpiry(model: ServiceModel, request: WireRequest, nowMs: number): void {
  if (request.headers["authorization"] !== undefined) return; // Only a URL says how long it is good.
  const parts = signedParts(request);
  if (parts?.expiresSeconds === undefined) return;
  const { expiresSeconds } = parts;
  const signedMs = timeOf(parts.signedAt);
  const isValid =
    signedMs !== undefined && expiresSeconds > 0 && expiresSeconds <= longestUrlSeconds;
  if (isValid && nowMs <= signedMs + expiresSeconds * 1000) return;
  throw refuse(model, "urlExpired");
}

/** When several errors apply, the first of these wins: signature missing, key, token, time, signature, body. */
export function authenticate(
  model: ServiceModel,
  request: WireRequest,
  { identity, nowMs }: { readonly identity: Identity; readonly nowMs: number },
): void {
  const parts = signedParts(request);
  if (parts === undefined) {
    // S3 decides by the bucket's policy what nobody signed.
    if (model.signingName === "s3") return;
    throw refuse(model, "missing");
  }
  const caller = identity.caller(parts.accessKeyId, parts.sessionToken);
  if (!caller.known) throw refuse(model, caller.reason === "expired" ? "expired" : "unknownKey");
  checkTime(model, parts, nowMs);
  const expected = Buffer.from(computeSignature(request, parts, caller.secretAccessKey ?? ""));
  const given = Buffer.from(parts.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw refuse(model, "wrongSignature");
  }
  if (!bodyFits(request)) throw refuse(model, "wrongBody");
}

/** What was signed too long ago is a replay, or comes from a machine whose clock is wrong. */
function checkTime(model: ServiceModel, parts: SignedParts, nowMs: number): void {
  if (parts.expiresSeconds !== undefined) return;
  const signedMs = timeOf(parts.signedAt);
  const tolerated = model.signingName === "ec2" ? toleratedByEc2Ms : toleratedMs;
  if (signedMs !== undefined && Math.abs(nowMs - signedMs) <= tolerated) return;
  throw refuse(model, "tooOld");
}

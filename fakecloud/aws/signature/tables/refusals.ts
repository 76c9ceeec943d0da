import type { Protocol } from "../../../wire/service-model.ts";

export type Refusal =
  | "expired"
  | "missing"
  | "tooOld"
  | "unknownKey"
  | "urlExpired"
  | "wrongBody"
  | "wrongSignature";

type Answer = readonly [code: string, status: number, message: string];

const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const notValid = "AWS was not able to validate the provided access credentials";
const badToken = "The security token included in the request is invalid.";
const expired = "The security token included in the request is expired";
const tooOld = "Signature expired";

const query: Readonly<Record<Refusal, Answer>> = {
  expired: ["ExpiredToken", 403, expired],
  missing: ["MissingAuthenticationToken", 403, "Request is missing Authentication Token"],
  tooOld: ["SignatureDoesNotMatch", 403, tooOld],
  unknownKey: ["InvalidClientTokenId", 403, badToken],
  urlExpired: ["SignatureDoesNotMatch", 403, tooOld],
  wrongBody: ["SignatureDoesNotMatch", 403, mismatch],
  wrongSignature: ["SignatureDoesNotMatch", 403, mismatch],
};

/** Codes by service and protocol. Source: common errors of each service's API reference. */
export const refusals: Readonly<
  Record<Protocol | "ec2" | "s3", Readonly<Record<Refusal, Answer>>>
> = {
  awsQuery: query,
  ec2Query: query,
  restXml: query,
  awsJson1_1: {
    expired: ["ExpiredTokenException", 400, expired],
    missing: ["MissingAuthenticationTokenException", 400, "Missing Authentication Token"],
    tooOld: ["InvalidSignatureException", 400, tooOld],
    unknownKey: ["UnrecognizedClientException", 400, badToken],
    urlExpired: ["InvalidSignatureException", 400, tooOld],
    wrongBody: ["InvalidSignatureException", 400, mismatch],
    wrongSignature: ["InvalidSignatureException", 400, mismatch],
  },
  ec2: {
    expired: ["RequestExpired", 400, "Request has expired."],
    missing: ["MissingAuthenticationToken", 403, "Request is missing Authentication Token"],
    tooOld: ["RequestExpired", 400, "Request has expired."],
    unknownKey: ["AuthFailure", 401, notValid],
    urlExpired: ["RequestExpired", 400, "Request has expired."],
    wrongBody: ["AuthFailure", 401, notValid],
    wrongSignature: ["AuthFailure", 401, notValid],
  },
  s3: {
    expired: ["ExpiredToken", 400, "The provided token has expired."],
    missing: ["AccessDenied", 403, "Access Denied"],
    tooOld: [
      "RequestTimeTooSkewed",
      403,
      "The difference between the request time and the current time is too large.",
    ],
    unknownKey: [
      "InvalidAccessKeyId",
      403,
      "The AWS Access Key Id you provided does not exist in our records.",
    ],
    urlExpired: ["AccessDenied", 403, "Request has expired"],
    wrongBody: [
      "XAmzContentSHA256Mismatch",
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ],
    wrongSignature: ["SignatureDoesNotMatch", 403, mismatch],
  },
};

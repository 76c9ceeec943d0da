import type { WireRequest } from "../../wire/contract.ts";

/** What a request says about its own signature. */
export interface SignedParts {
  readonly accessKeyId: string;
  /** "20260101/eu-west-1/ec2/aws4_request". */
  readonly scope: string;
  /** "20260101T000000Z". */
  readonly signedAt: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** Of a presigned URL. */
  readonly expiresSeconds: number | undefined;
}

/** From the Authorization header, or from the query of a presigned URL; undefined if nobody signed. */
export function signedParts(request: WireRequest): SignedParts | undefined {
  const { authorization } = request.headers;
  return authorization === undefined ? fromQuery(request) : fromHeader(request, authorization);
}

function fromHeader(request: WireRequest, authorization: string): SignedParts | undefined {
  if (!authorization.startsWith("AWS4-HMAC-SHA256")) return undefined;
  const part = (name: RegExp) => name.exec(authorization)?.[1] ?? "";
  const { "x-amz-date": signedAt = "", "x-amz-security-token": sessionToken } = request.headers;
  return {
    ...credential(part(/Credential=([^,\s]+)/)),
    signedAt,
    signedHeaders: part(/SignedHeaders=([^,\s]+)/).split(";"),
    signature: part(/Signature=([^,\s]+)/),
    sessionToken,
    expiresSeconds: undefined,
  };
}

function fromQuery({ query }: WireRequest): SignedParts | undefined {
  const text = (name: string) => [query[name] ?? ""].flat()[0] ?? "";
  if (text("X-Amz-Credential") === "") return undefined;
  const token = text("X-Amz-Security-Token");
  return {
    ...credential(text("X-Amz-Credential")),
    signedAt: text("X-Amz-Date"),
    signedHeaders: text("X-Amz-SignedHeaders").split(";"),
    signature: text("X-Amz-Signature"),
    sessionToken: token === "" ? undefined : token,
    expiresSeconds: Number(text("X-Amz-Expires")),
  };
}

function credential(text: string) {
  const plain = text.replaceAll("%2F", "/");
  const slash = plain.indexOf("/");
  return { accessKeyId: plain.slice(0, slash), scope: plain.slice(slash + 1) };
}

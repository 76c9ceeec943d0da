import { createHmac, hash } from "node:crypto";
import type { WireRequest } from "../../wire/contract.ts";
import type { SignedParts } from "./signed-parts.ts";

/** The signature that a request must have, by AWS Signature Version 4. */
export function computeSignature(
  request: WireRequest,
  parts: SignedParts,
  secretAccessKey: string,
): string {
  const digest = hash("sha256", canonicalRequest(request, parts), "hex");
  const text = ["AWS4-HMAC-SHA256", parts.signedAt, parts.scope, digest].join("\n");
  const [date = "", region = "", service = ""] = parts.scope.split("/");
  const keys = [date, region, service, "aws4_request"];
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const one of keys) key = createHmac("sha256", key).update(one).digest();
  return createHmac("sha256", key).update(text).digest("hex");
}

function canonicalRequest(request: WireRequest, parts: SignedParts): string {
  const headers = parts.signedHeaders.map((name) => {
    const value = name === "host" ? request.host : (request.headers[name] ?? "");
    return `${name}:${value.trim().replaceAll(/ +/g, " ")}\n`;
  });
  return [
    request.method,
    canonicalPath(request.path, parts.scope),
    canonicalQuery(request.query),
    headers.join(""),
    parts.signedHeaders.join(";"),
    payloadHash(request, parts),
  ].join("\n");
}

/** S3 signs the path as it stands, every other service encodes it once more. */
function canonicalPath(path: string, scope: string): string {
  if (scope.split("/")[2] === "s3") return path;
  return path.split("/").map(encode).join("/");
}

function canonicalQuery(query: WireRequest["query"]): string {
  return Object.entries(query)
    .filter(([name]) => name !== "X-Amz-Signature")
    .flatMap(([name, value]) => [value].flat().map((one) => `${encode(name)}=${encode(one)}`))
    .toSorted()
    .join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function payloadHash(request: WireRequest, parts: SignedParts): string {
  const told = request.headers["x-amz-content-sha256"];
  if (told !== undefined && parts.signedHeaders.includes("x-amz-content-sha256")) return told;
  if (parts.expiresSeconds !== undefined && parts.scope.split("/")[2] === "s3") {
    return "UNSIGNED-PAYLOAD";
  }
  return hash("sha256", request.body, "hex");
}

/** Whether a digest that the sender gives is that of the body; streams and unsigned bodies have none. */
export function bodyFits(request: WireRequest): boolean {
  const told = request.headers["x-amz-content-sha256"];
  if (told === undefined || !/^[0-9a-f]{64}$/.test(told)) return true;
  return hash("sha256", request.body, "hex") === told;
}

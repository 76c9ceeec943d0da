import type {
  CopyObjectOutput,
  CopyObjectRequest,
  GetObjectRequest,
  HeadObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from "@aws-sdk/client-s3";
import { toDate } from "../../kernel/clock.ts";
import { checkDigests, md5Of } from "./checksums.ts";
import { s3Error } from "./errors.ts";
import { parseTagging } from "./object-tags.ts";
import { checkConditions, rangeOf } from "./conditions.ts";
import {
  type Bucket,
  isVersioned,
  latest,
  nextVersionId,
  type ObjectVersion,
  requireBucket,
  requireVersion,
  type S3Caller,
  storeVersion,
} from "./s3-store.ts";

const headerMembers = [
  "CacheControl",
  "ContentDisposition",
  "ContentEncoding",
  "ContentLanguage",
  "ContentType",
  "WebsiteRedirectLocation",
] as const;
const maxKeyBytes = 1024;

/** What a put, a copy or a multipart upload say about the object to be. */
export type Description = Pick<
  PutObjectRequest,
  | "ContentType"
  | "Metadata"
  | "BucketKeyEnabled"
  | "Expires"
  | "SSEKMSKeyId"
  | "ServerSideEncryption"
  | "StorageClass"
  | "Tagging"
  | (typeof headerMembers)[number]
>;

export function templateOf(input: Description) {
  const headers = headerMembers.flatMap((name) => {
    const value = input[name];
    // How SDKs frame a stream is no property of the object.
    const text = name === "ContentEncoding" ? value?.replace(/^aws-chunked,?\s*/, "") : value;
    return text === undefined || text === "" ? [] : [[name, text] as const];
  });
  return {
    headers: { ContentType: "binary/octet-stream", ...Object.fromEntries(headers) },
    ...(input.Expires === undefined ? {} : { expiresAtMs: input.Expires.getTime() }),
    metadata: input.Metadata ?? {},
    encryption: input.ServerSideEncryption ?? "AES256",
    ...(input.SSEKMSKeyId === undefined ? {} : { kmsKeyId: input.SSEKMSKeyId }),
    ...(input.BucketKeyEnabled === undefined ? {} : { bucketKey: input.BucketKeyEnabled }),
    storageClass: input.StorageClass ?? "STANDARD",
    tags: parseTagging(input.Tagging),
  };
}

export function putObject(caller: S3Caller, input: PutObjectRequest): PutObjectOutput {
  const key = input.Key ?? "";
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:PutObject",
    key,
    owner: input.ExpectedBucketOwner,
  });
  if (Buffer.byteLength(key) > maxKeyBytes) {
    throw s3Error("KeyTooLongError", "Your key is too long");
  }
  checkConditions(input, latest(bucket, key), "write");
  const body = (input.Body ?? new Uint8Array()) as unknown as Uint8Array;
  const checksums = checkDigests(input, body);
  const version: ObjectVersion = {
    ...templateOf(input),
    versionId: nextVersionId(caller, bucket, key),
    isDeleteMarker: false,
    body,
    etag: md5Of(body),
    modifiedAtMs: caller.store.clock.now(),
    checksums,
  };
  storeVersion(bucket, key, version);
  return {
    ETag: `"${version.etag}"`,
    ...checksums,
    ServerSideEncryption: version.encryption as "AES256",
    ...versionMember(bucket, version),
  };
}

export function versionMember(bucket: Bucket, version: ObjectVersion): { VersionId?: string } {
  return isVersioned(bucket) || version.versionId !== "null"
    ? { VersionId: version.versionId }
    : {};
}

function expiryOf({ expiresAtMs }: ObjectVersion, instead: Date | undefined): { Expires?: Date } {
  if (instead !== undefined) return { Expires: instead };
  return expiresAtMs === undefined ? {} : { Expires: toDate(expiresAtMs) };
}

function read(
  caller: S3Caller,
  input: GetObjectRequest | HeadObjectRequest,
): { readonly version: ObjectVersion; readonly answer: Record<string, unknown> } {
  const key = input.Key ?? "";
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:GetObject",
    key,
    owner: input.ExpectedBucketOwner,
  });
  const version = requireVersion(bucket, key, input.VersionId);
  checkConditions(input, version, "read");
  const range = rangeOf(input.Range, version.body.length);
  const overridden = Object.fromEntries(
    headerMembers.flatMap((name) => {
      const value: unknown = Reflect.get(input, `Response${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const answer = {
    ...version.headers,
    ...overridden,
    ...expiryOf(version, input.ResponseExpires),
    Metadata: version.metadata,
    ETag: `"${version.etag}"`,
    LastModified: toDate(version.modifiedAtMs),
    AcceptRanges: "bytes",
    ServerSideEncryption: version.encryption,
    ...(version.kmsKeyId === undefined ? {} : { SSEKMSKeyId: version.kmsKeyId }),
    ...(version.bucketKey === undefined ? {} : { BucketKeyEnabled: version.bucketKey }),
    ContentLength: range === undefined ? version.body.length : range.to - range.from + 1,
    ...(version.storageClass === "STANDARD" ? {} : { StorageClass: version.storageClass }),
    ...(version.tags.size === 0 ? {} : { TagCount: version.tags.size }),
    ...(range === undefined
      ? {}
      : { ContentRange: `bytes ${range.from}-${range.to}/${version.body.length}` }),
    ...(input.ChecksumMode === "ENABLED" && range === undefined
      ? { ...version.checksums, ChecksumType: "FULL_OBJECT" }
      : {}),
    ...versionMember(bucket, version),
  };
  return { version, answer };
}

export function getObject(caller: S3Caller, input: GetObjectRequest): Record<string, unknown> {
  const { version, answer } = read(caller, input);
  const range = rangeOf(input.Range, version.body.length);
  const body = range === undefined ? version.body : version.body.subarray(range.from, range.to + 1);
  return { ...answer, Body: body };
}

export function headObject(caller: S3Caller, input: HeadObjectRequest): Record<string, unknown> {
  return read(caller, input).answer;
}

/** "bucket/key", "/bucket/key?versionId=…", percent-encoded. */
function parseSource(text: string) {
  const [path = "", search = ""] = text.replace(/^\//, "").split("?", 2);
  const slash = path.indexOf("/");
  if (slash < 1) {
    const message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
    throw s3Error("InvalidArgument", message);
  }
  const versionId = new URLSearchParams(search).get("versionId") ?? undefined;
  return {
    bucket: decodeURIComponent(path.slice(0, slash)),
    key: decodeURIComponent(path.slice(slash + 1)),
    versionId,
  };
}

/** The object that a copy is made from. */
export function copySource(caller: S3Caller, input: SourceInput) {
  const source = parseSource(input.CopySource ?? "");
  const owner = input.ExpectedSourceBucketOwner;
  const need = { action: "s3:GetObject", key: source.key, owner };
  const bucket = requireBucket(caller, source.bucket, need);
  const version = requireVersion(bucket, source.key, source.versionId);
  const conditions = {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  };
  checkConditions(conditions, version, "write");
  return { ...source, version };
}

type SourceInput = Pick<
  CopyObjectRequest,
  | "CopySource"
  | "CopySourceIfMatch"
  | "CopySourceIfModifiedSince"
  | "CopySourceIfNoneMatch"
  | "CopySourceIfUnmodifiedSince"
  | "ExpectedSourceBucketOwner"
>;

function describedAnew({ headers, expiresAtMs }: ReturnType<typeof templateOf>) {
  return expiresAtMs === undefined ? { headers } : { headers, expiresAtMs };
}

export function copyObject(caller: S3Caller, input: CopyObjectRequest): CopyObjectOutput {
  const key = input.Key ?? "";
  const owner = input.ExpectedBucketOwner;
  const target = requireBucket(caller, input.Bucket, { action: "s3:PutObject", key, owner });
  const wanted = { IfMatch: input.IfMatch, IfNoneMatch: input.IfNoneMatch };
  checkConditions(wanted, latest(target, key), "write");
  const source = copySource(caller, input);
  const replaces = input.MetadataDirective === "REPLACE";
  const isSame = source.bucket === input.Bucket && source.key === key;
  if (isSame && !replaces && input.StorageClass === undefined && source.versionId === undefined) {
    const message =
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
    throw s3Error("InvalidRequest", message);
  }
  const fresh = templateOf(input);
  const { version: from } = source;
  const version: ObjectVersion = {
    ...from,
    versionId: nextVersionId(caller, target, key),
    modifiedAtMs: caller.store.clock.now(),
    storageClass: fresh.storageClass,
    encryption: fresh.encryption,
    ...(fresh.kmsKeyId === undefined ? {} : { kmsKeyId: fresh.kmsKeyId }),
    ...(fresh.bucketKey === undefined ? {} : { bucketKey: fresh.bucketKey }),
    ...(replaces ? { ...describedAnew(fresh), metadata: fresh.metadata } : {}),
    tags: new Map(input.TaggingDirective === "REPLACE" ? fresh.tags : from.tags),
  };
  storeVersion(target, key, version);
  return {
    CopyObjectResult: { ETag: `"${version.etag}"`, LastModified: toDate(version.modifiedAtMs) },
    ServerSideEncryption: version.encryption as "AES256",
    ...versionMember(target, version),
    ...(from.versionId === "null" ? {} : { CopySourceVersionId: from.versionId }),
  };
}

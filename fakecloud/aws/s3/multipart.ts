import type {
  AbortMultipartUploadRequest,
  CompletedPart,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from "@aws-sdk/client-s3";
import { toDate } from "../../kernel/clock.ts";
import { checkDigests, checksumMembers, md5Of } from "./checksums.ts";
import { checkConditions, rangeOf } from "./conditions.ts";
import { s3Error } from "./errors.ts";
import { encoder } from "./list-objects.ts";
import { copySource, templateOf, versionMember } from "./objects.ts";
import {
  latest,
  nextVersionId,
  requireBucket,
  type S3Caller,
  storeVersion,
  type Upload,
  type UploadedPart,
} from "./s3-store.ts";

const maxParts = 10_000;
const maxUploads = 1000;
const smallestPart = 5 * 1024 * 1024;

interface UploadInput {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

function requireUpload(caller: S3Caller, input: UploadInput, action: string) {
  const owner = input.ExpectedBucketOwner;
  const bucket = requireBucket(caller, input.Bucket, { action, key: input.Key, owner });
  const upload = bucket.uploads.get(input.UploadId ?? "");
  if (upload !== undefined && upload.key === input.Key) return { bucket, upload };
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw s3Error("NoSuchUpload", message, { fields: { UploadId: input.UploadId } });
}

export function createMultipartUpload(
  caller: S3Caller,
  input: CreateMultipartUploadRequest,
): CreateMultipartUploadOutput {
  const key = input.Key ?? "";
  const owner = input.ExpectedBucketOwner;
  const bucket = requireBucket(caller, input.Bucket, { action: "s3:PutObject", key, owner });
  const uploadId = caller.store.newId("upload", `${bucket.name}/${key}`, 64);
  bucket.uploads.set(uploadId, {
    uploadId,
    key,
    startedAtMs: caller.store.clock.now(),
    template: templateOf(input),
    parts: new Map(),
  });
  return { Bucket: bucket.name, Key: key, UploadId: uploadId, ServerSideEncryption: "AES256" };
}

function addPart(
  caller: S3Caller,
  upload: Upload,
  {
    number,
    body,
    checksums = {},
  }: {
    readonly number: number | undefined;
    readonly body: Uint8Array;
    readonly checksums?: Readonly<Record<string, string>>;
  },
): string {
  if (number === undefined || number < 1 || number > maxParts) {
    const message = `Part number must be an integer between 1 and ${maxParts}, inclusive`;
    throw s3Error("InvalidArgument", message);
  }
  const etag = md5Of(body);
  upload.parts.set(number, { body, etag, atMs: caller.store.clock.now(), checksums });
  return etag;
}

export function uploadPart(caller: S3Caller, input: UploadPartRequest): UploadPartOutput {
  const { upload } = requireUpload(caller, input, "s3:PutObject");
  const body = (input.Body ?? new Uint8Array()) as unknown as Uint8Array;
  const checksums = checkDigests(input, body);
  const etag = addPart(caller, upload, { number: input.PartNumber, body, checksums });
  return { ETag: `"${etag}"`, ServerSideEncryption: "AES256", ...checksums };
}

export function uploadPartCopy(
  caller: S3Caller,
  input: UploadPartCopyRequest,
): UploadPartCopyOutput {
  const { upload } = requireUpload(caller, input, "s3:PutObject");
  const { body: whole } = copySource(caller, input).version;
  const range = rangeOf(input.CopySourceRange, whole.length);
  const body = range === undefined ? whole : whole.subarray(range.from, range.to + 1);
  const etag = addPart(caller, upload, { number: input.PartNumber, body });
  return {
    CopyPartResult: { ETag: `"${etag}"`, LastModified: toDate(caller.store.clock.now()) },
    ServerSideEncryption: "AES256",
  };
}

function isSamePart(part: UploadedPart, said: CompletedPart): boolean {
  if (part.etag !== (said.ETag ?? "").replaceAll('"', "")) return false;
  return checksumMembers.every((member) => {
    const [sent, kept] = [said[member], part.checksums?.[member]];
    return sent === undefined || kept === undefined || sent === kept;
  });
}

/** When several errors apply, the first of these wins: condition, order, parts, sizes. */
export function completeMultipartUpload(
  caller: S3Caller,
  input: CompleteMultipartUploadRequest,
): CompleteMultipartUploadOutput {
  const { bucket, upload } = requireUpload(caller, input, "s3:PutObject");
  checkConditions(
    { IfMatch: input.IfMatch, IfNoneMatch: input.IfNoneMatch },
    latest(bucket, upload.key),
    "write",
  );
  const wanted = input.MultipartUpload?.Parts ?? [];
  const numbers = wanted.map(({ PartNumber }) => PartNumber ?? 0);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    const message =
      "The list of parts was not in ascending order. Parts must be ordered by part number.";
    throw s3Error("InvalidPartOrder", message);
  }
  const parts = wanted.map((one) => {
    const part = upload.parts.get(one.PartNumber ?? 0);
    if (part !== undefined && isSamePart(part, one)) return part;
    const message =
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
    throw s3Error("InvalidPart", message);
  });
  if (parts.length === 0) {
    throw s3Error("MalformedXML", "You must specify at least one part");
  }
  if (parts.slice(0, -1).some(({ body }) => body.length < smallestPart)) {
    const message = "Your proposed upload is smaller than the minimum allowed size";
    throw s3Error("EntityTooSmall", message);
  }
  const size = parts.reduce((sum, { body }) => sum + body.length, 0);
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    const message = "The provided object size does not match the size of the assembled object";
    throw s3Error("InvalidRequest", message);
  }
  const digests = parts.map(({ etag }) => Buffer.from(etag, "hex"));
  const version = {
    ...upload.template,
    versionId: nextVersionId(caller, bucket, upload.key),
    isDeleteMarker: false,
    body: new Uint8Array(Buffer.concat(parts.map(({ body }) => body))),
    etag: `${md5Of(Buffer.concat(digests))}-${parts.length}`,
    modifiedAtMs: caller.store.clock.now(),
    checksums: {},
  };
  storeVersion(bucket, upload.key, version);
  bucket.uploads.delete(upload.uploadId);
  return {
    Location: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${upload.key}`,
    Bucket: bucket.name,
    Key: upload.key,
    ETag: `"${version.etag}"`,
    ServerSideEncryption: "AES256",
    ...versionMember(bucket, version),
  };
}

export function abortMultipartUpload(caller: S3Caller, input: AbortMultipartUploadRequest) {
  const { bucket, upload } = requireUpload(caller, input, "s3:AbortMultipartUpload");
  bucket.uploads.delete(upload.uploadId);
  return {};
}

export function listParts(caller: S3Caller, input: ListPartsRequest): ListPartsOutput {
  const { bucket, upload } = requireUpload(caller, input, "s3:ListMultipartUploadParts");
  const after = Number(input.PartNumberMarker ?? 0);
  const max = Math.min(input.MaxParts ?? 1000, 1000);
  const all = [...upload.parts].filter(([number]) => number > after).toSorted(([a], [b]) => a - b);
  const shown = all.slice(0, max);
  return {
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.uploadId,
    MaxParts: max,
    IsTruncated: all.length > max,
    StorageClass: "STANDARD",
    ...(all.length > max ? { NextPartNumberMarker: `${shown.at(-1)?.[0] ?? 0}` } : {}),
    Parts: shown.map(([number, { body, etag, atMs }]) => ({
      PartNumber: number,
      Size: body.length,
      ETag: `"${etag}"`,
      LastModified: toDate(atMs),
    })),
  };
}

export function listMultipartUploads(
  caller: S3Caller,
  input: ListMultipartUploadsRequest,
): ListMultipartUploadsOutput {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:ListBucketMultipartUploads",
    owner: input.ExpectedBucketOwner,
  });
  const { Prefix: prefix = "", KeyMarker: key, UploadIdMarker: id = "" } = input;
  const max = Math.min(input.MaxUploads ?? maxUploads, maxUploads);
  const encode = encoder(input.EncodingType);
  const isAfter = (one: Upload) =>
    key === undefined || one.key > key || (one.key === key && id !== "" && one.uploadId > id);
  const all = [...bucket.uploads.values()]
    .filter((one) => one.key.startsWith(prefix) && isAfter(one))
    .toSorted((a, b) => (`${a.key}\0${a.uploadId}` < `${b.key}\0${b.uploadId}` ? -1 : 1));
  const shown = all.slice(0, max);
  const last = shown.at(-1);
  return {
    Bucket: bucket.name,
    MaxUploads: max,
    Prefix: encode(prefix),
    IsTruncated: all.length > max,
    ...(all.length > max && last !== undefined
      ? { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.uploadId }
      : {}),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    Uploads: shown.map((one) => ({
      UploadId: one.uploadId,
      Key: encode(one.key),
      Initiated: toDate(one.startedAtMs),
      StorageClass: "STANDARD" as const,
    })),
  };
}

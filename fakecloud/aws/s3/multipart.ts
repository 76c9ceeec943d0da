import type {
  AbortMultipartUploadRequest,
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
import { checkDigests, md5Of } from "./checksums.ts";
import { rangeOf } from "./conditions.ts";
import { s3Error } from "./errors.ts";
import { copySource, templateOf, versionMember } from "./objects.ts";
import {
  nextVersionId,
  requireBucket,
  type S3Caller,
  storeVersion,
  type Upload,
} from "./s3-store.ts";

const maxParts = 10_000;
const smallestPart = 5 * 1024 * 1024;

interface UploadInput {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
}

function requireUpload(caller: S3Caller, input: UploadInput, action: string) {
  const bucket = requireBucket(caller, input.Bucket, { action, key: input.Key });
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
  const bucket = requireBucket(caller, input.Bucket, { action: "s3:PutObject", key });
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
  { number, body }: { readonly number: number | undefined; readonly body: Uint8Array },
): string {
  if (number === undefined || number < 1 || number > maxParts) {
    const message = `Part number must be an integer between 1 and ${maxParts}, inclusive`;
    throw s3Error("InvalidArgument", message);
  }
  const etag = md5Of(body);
  upload.parts.set(number, { body, etag, atMs: caller.store.clock.now() });
  return etag;
}

export function uploadPart(caller: S3Caller, input: UploadPartRequest): UploadPartOutput {
  const { upload } = requireUpload(caller, input, "s3:PutObject");
  const body = (input.Body ?? new Uint8Array()) as unknown as Uint8Array;
  const checksums = checkDigests(input, body);
  const etag = addPart(caller, upload, { number: input.PartNumber, body });
  return { ETag: `"${etag}"`, ServerSideEncryption: "AES256", ...checksums };
}

export function uploadPartCopy(
  caller: S3Caller,
  input: UploadPartCopyRequest,
): UploadPartCopyOutput {
  const { upload } = requireUpload(caller, input, "s3:PutObject");
  const { body: whole } = copySource(caller, input.CopySource).version;
  const range = rangeOf(input.CopySourceRange, whole.length);
  const body = range === undefined ? whole : whole.subarray(range.from, range.to + 1);
  const etag = addPart(caller, upload, { number: input.PartNumber, body });
  return {
    CopyPartResult: { ETag: `"${etag}"`, LastModified: toDate(caller.store.clock.now()) },
    ServerSideEncryption: "AES256",
  };
}

/** When several errors apply, the first of these wins: order, parts, sizes. */
export function completeMultipartUpload(
  caller: S3Caller,
  input: CompleteMultipartUploadRequest,
): CompleteMultipartUploadOutput {
  const { bucket, upload } = requireUpload(caller, input, "s3:PutObject");
  const wanted = input.MultipartUpload?.Parts ?? [];
  const numbers = wanted.map(({ PartNumber }) => PartNumber ?? 0);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    const message =
      "The list of parts was not in ascending order. Parts must be ordered by part number.";
    throw s3Error("InvalidPartOrder", message);
  }
  const parts = wanted.map(({ PartNumber = 0, ETag = "" }) => {
    const part = upload.parts.get(PartNumber);
    if (part !== undefined && part.etag === ETag.replaceAll('"', "")) return part;
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
  const bucket = requireBucket(caller, input.Bucket, { action: "s3:ListBucketMultipartUploads" });
  const { Prefix: prefix = "" } = input;
  return {
    Bucket: bucket.name,
    MaxUploads: 1000,
    IsTruncated: false,
    Uploads: [...bucket.uploads.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ uploadId, key, startedAtMs }) => ({
        UploadId: uploadId,
        Key: key,
        Initiated: toDate(startedAtMs),
        StorageClass: "STANDARD" as const,
      })),
  };
}

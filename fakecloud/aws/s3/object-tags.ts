import type {
  DeleteObjectTaggingRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectTaggingRequest,
} from "@aws-sdk/client-s3";
import { s3Error } from "./errors.ts";
import { requireBucket, requireVersion, type S3Caller } from "./s3-store.ts";

const maxTags = 10;

/** "a=1&b=2", as in the header of a put. */
export function parseTagging(text: string | undefined): Map<string, string> {
  const tags = new Map(new URLSearchParams(text ?? ""));
  checkCount(tags.size);
  return tags;
}

function checkCount(count: number): void {
  if (count <= maxTags) return;
  throw s3Error("BadRequest", `Object tags cannot be greater than ${maxTags}`);
}

function versionFor(caller: S3Caller, input: GetObjectTaggingRequest, action: string) {
  const key = input.Key ?? "";
  const owner = input.ExpectedBucketOwner;
  const bucket = requireBucket(caller, input.Bucket, { action, key, owner });
  return requireVersion(bucket, key, input.VersionId);
}

export function getObjectTagging(
  caller: S3Caller,
  input: GetObjectTaggingRequest,
): GetObjectTaggingOutput {
  const { tags } = versionFor(caller, input, "s3:GetObjectTagging");
  return { TagSet: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

/** Replaces all of them. */
export function putObjectTagging(caller: S3Caller, input: PutObjectTaggingRequest) {
  const { tags } = versionFor(caller, input, "s3:PutObjectTagging");
  const set = input.Tagging?.TagSet ?? [];
  checkCount(set.length);
  if (new Set(set.map(({ Key }) => Key)).size < set.length) {
    throw s3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
  }
  tags.clear();
  for (const { Key: key = "", Value: value = "" } of set) tags.set(key, value);
  return {};
}

export function deleteObjectTagging(caller: S3Caller, input: DeleteObjectTaggingRequest) {
  versionFor(caller, input, "s3:DeleteObjectTagging").tags.clear();
  return {};
}

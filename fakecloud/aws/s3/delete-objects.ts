import type {
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
} from "@aws-sdk/client-s3";
import { checkConditions } from "./conditions.ts";
import { s3Error } from "./errors.ts";
import {
  type Bucket,
  isVersioned,
  latest,
  nextVersionId,
  requireBucket,
  type S3Caller,
  storeVersion,
} from "./s3-store.ts";

/** Deleting what is not there succeeds. */
export function deleteObject(caller: S3Caller, input: DeleteObjectRequest): DeleteObjectOutput {
  const key = input.Key ?? "";
  const bucket = requireBucket(caller, input.Bucket, {
    action: input.VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
    key,
    owner: input.ExpectedBucketOwner,
  });
  if (input.IfMatch !== undefined) {
    checkConditions({ IfMatch: input.IfMatch }, latest(bucket, key), "write");
  }
  return remove(caller, bucket, { key, versionId: input.VersionId });
}

function remove(
  caller: S3Caller,
  bucket: Bucket,
  { key, versionId }: { readonly key: string; readonly versionId: string | undefined },
): DeleteObjectOutput {
  const versions = bucket.objects.get(key) ?? [];
  if (versionId !== undefined) {
    const doomed = versions.find((one) => one.versionId === versionId);
    const kept = versions.filter((one) => one !== doomed);
    if (kept.length === 0) bucket.objects.delete(key);
    else bucket.objects.set(key, kept);
    return {
      VersionId: versionId,
      ...(doomed?.isDeleteMarker === true ? { DeleteMarker: true } : {}),
    };
  }
  if (bucket.settings.get("versioning") === undefined) {
    bucket.objects.delete(key);
    return {};
  }
  const marker = {
    versionId: nextVersionId(caller, bucket, key),
    isDeleteMarker: true,
    body: new Uint8Array(),
    etag: "",
    modifiedAtMs: caller.store.clock.now(),
    metadata: {},
    headers: {},
    checksums: {},
    storageClass: "STANDARD",
    encryption: "",
    tags: new Map<string, string>(),
  };
  storeVersion(bucket, key, marker);
  return { DeleteMarker: true, ...(isVersioned(bucket) ? { VersionId: marker.versionId } : {}) };
}

const maxKeys = 1000;

export function deleteObjects(caller: S3Caller, input: DeleteObjectsRequest): DeleteObjectsOutput {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:DeleteObject",
    owner: input.ExpectedBucketOwner,
  });
  const objects = input.Delete?.Objects ?? [];
  if (objects.length === 0 || objects.length > maxKeys) {
    const message =
      "The XML you provided was not well-formed or did not validate against our published schema";
    throw s3Error("MalformedXML", message);
  }
  const deleted = objects.map(({ Key: key = "", VersionId: versionId }) => {
    const { DeleteMarker: isMarker, VersionId: made } = remove(caller, bucket, { key, versionId });
    return {
      Key: key,
      ...(versionId === undefined ? {} : { VersionId: versionId }),
      ...(isMarker === undefined ? {} : { DeleteMarker: isMarker }),
      ...(isMarker === undefined || made === undefined ? {} : { DeleteMarkerVersionId: made }),
    };
  });
  return input.Delete?.Quiet === true ? {} : { Deleted: deleted };
}

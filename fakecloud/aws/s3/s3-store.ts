import type { Clock } from "../../kernel/clock.ts";
import { randomHex, type Random } from "../../kernel/random.ts";
import type { Verdict } from "../iam/evaluate.ts";
import type { Principal } from "../iam/principal.ts";
import { requireAccess } from "./access.ts";
import { noSuchBucket, noSuchKey, s3Error } from "./errors.ts";

export interface ObjectVersion {
  /** "null" where the bucket has no versions. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  readonly body: Uint8Array;
  /** Without its quotes. */
  readonly etag: string;
  readonly modifiedAtMs: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Headers that come back as they were given, by member: "ContentType", "CacheControl". */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: string;
  readonly kmsKeyId?: string;
  readonly bucketKey?: boolean;
  readonly expiresAtMs?: number;
  readonly tags: Map<string, string>;
}

export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly startedAtMs: number;
  readonly template: Pick<
    ObjectVersion,
    | "bucketKey"
    | "encryption"
    | "expiresAtMs"
    | "headers"
    | "kmsKeyId"
    | "metadata"
    | "storageClass"
    | "tags"
  >;
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadedPart {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly atMs: number;
  readonly checksums?: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAtMs: number;
  /** Versions of each key, oldest first. */
  readonly objects: Map<string, readonly ObjectVersion[]>;
  readonly uploads: Map<string, Upload>;
  /** Sub-resources as they were put: "policy", "tagging", "lifecycle". */
  readonly settings: Map<string, unknown>;
}

/** The buckets of all accounts and regions: their names are unique over all of them. */
export class S3Store {
  readonly clock: Clock;
  readonly random: Random;
  readonly buckets = new Map<string, Bucket>();

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  newId(family: string, name: string, length = 32): string {
    return randomHex(this.random, `s3/${family}`, name, length);
  }
}

/** What a handler is given: the store, and who asks from where. */
export interface S3Caller {
  readonly store: S3Store;
  readonly accountId: string;
  readonly region: string;
  readonly principal: Principal;
  readonly anonymous: boolean;
  /** What the caller's own policies say; not given: they allow everything. */
  readonly byIdentity?: (need: { readonly action: string; readonly resource: string }) => Verdict;
}

/** When several errors apply, the first of these wins: name, region, access. */
export function requireBucket(
  caller: S3Caller,
  name: string | undefined,
  need: {
    readonly action: string;
    readonly key?: string | undefined;
    readonly owner?: string | undefined;
  },
): Bucket {
  const bucket = caller.store.buckets.get(name ?? "");
  if (bucket === undefined) throw noSuchBucket(name ?? "");
  if (bucket.region !== caller.region && !caller.anonymous) throw movedTo(bucket);
  if (need.owner !== undefined && need.owner !== bucket.accountId) {
    throw s3Error("AccessDenied", "Access Denied");
  }
  requireAccess(caller, bucket, need);
  return bucket;
}

function movedTo(bucket: Bucket) {
  const message =
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
  return s3Error("PermanentRedirect", message, {
    fields: {
      Bucket: bucket.name,
      Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`,
    },
    headers: { "x-amz-bucket-region": bucket.region },
  });
}

export function isVersioned(bucket: Bucket): boolean {
  const versioning = bucket.settings.get("versioning") as { Status?: string } | undefined;
  return versioning?.Status === "Enabled";
}

export function latest(bucket: Bucket, key: string): ObjectVersion | undefined {
  return bucket.objects.get(key)?.at(-1);
}

/** Adds a version, or replaces the one that has no version. */
export function storeVersion(bucket: Bucket, key: string, version: ObjectVersion): void {
  const known = bucket.objects.get(key) ?? [];
  const kept = isVersioned(bucket) ? known : known.filter(({ versionId }) => versionId !== "null");
  bucket.objects.set(key, [...kept, version]);
}

export function nextVersionId(caller: S3Caller, bucket: Bucket, key: string): string {
  return isVersioned(bucket) ? caller.store.newId("version", `${bucket.name}/${key}`) : "null";
}

/** The version that is asked for, or the newest; markers of a deletion hide it. */
export function requireVersion(
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): ObjectVersion {
  const versions = bucket.objects.get(key) ?? [];
  if (versionId === undefined) {
    const version = versions.at(-1);
    if (version === undefined) throw noSuchKey(key);
    if (!version.isDeleteMarker) return version;
    throw s3Error("NoSuchKey", "The specified key does not exist.", {
      fields: { Key: key },
      headers: { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId },
    });
  }
  const found = versions.find((one) => one.versionId === versionId);
  if (found === undefined) {
    throw s3Error("NoSuchVersion", "The specified version does not exist.", {
      fields: { Key: key, VersionId: versionId },
    });
  }
  if (!found.isDeleteMarker) return found;
  const message = "The specified method is not allowed against this resource.";
  throw s3Error("MethodNotAllowed", message, { headers: { "x-amz-delete-marker": "true" } });
}

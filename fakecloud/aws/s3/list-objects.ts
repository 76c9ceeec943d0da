import type {
  _Object,
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
} from "@aws-sdk/client-s3";
import { toDate } from "../../kernel/clock.ts";
import { fromToken, ownerId, toToken } from "./buckets.ts";
import { s3Error } from "./errors.ts";
import {
  type Bucket,
  latest,
  type ObjectVersion,
  requireBucket,
  type S3Caller,
} from "./s3-store.ts";

interface Listing {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  /** Where the next page begins: after this key or prefix. */
  readonly last: string | undefined;
}

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly max: number;
}

const maxKeys = 1000;

/** Keys in the order of their bytes, those behind a delimiter rolled up. */
function list(keys: readonly string[], { prefix, delimiter, after, max }: Wanted): Listing {
  const entries: { readonly text: string; readonly isPrefix: boolean }[] = [];
  let isTruncated = false;
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const isPrefix = cut !== -1;
    const text = isPrefix ? key.slice(0, cut + delimiter.length) : key;
    if (compareBytes(text, after) <= 0) continue;
    const before = entries.at(-1);
    if (isPrefix && before?.text === text) continue;
    if (entries.length >= max) {
      isTruncated = max > 0;
      break;
    }
    entries.push({ text, isPrefix });
  }
  return {
    keys: entries.filter(({ isPrefix }) => !isPrefix).map(({ text }) => text),
    prefixes: entries.filter(({ isPrefix }) => isPrefix).map(({ text }) => text),
    isTruncated,
    last: entries.at(-1)?.text,
  };
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function liveKeys(bucket: Bucket): readonly string[] {
  return [...bucket.objects.keys()]
    .filter((key) => latest(bucket, key)?.isDeleteMarker === false)
    .toSorted(compareBytes);
}

function pageSize(max: number | undefined): number {
  if (max === undefined) return maxKeys;
  if (max < 0)
    throw s3Error(
      "InvalidArgument",
      "Argument maxKeys must be an integer between 0 and 2147483647",
    );
  return Math.min(max, maxKeys);
}

/** Keys may hold what XML cannot: clients ask for them percent-encoded. */
export function encoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType !== "url") return (text) => text;
  return (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%20", "+");
}

function contents(
  bucket: Bucket,
  keys: readonly string[],
  { encode, withOwner }: { readonly encode: (text: string) => string; readonly withOwner: boolean },
): _Object[] {
  return keys.flatMap((key) => {
    const version = latest(bucket, key);
    if (version === undefined) return [];
    return [
      {
        Key: encode(key),
        LastModified: toDate(version.modifiedAtMs),
        ETag: `"${version.etag}"`,
        Size: version.body.length,
        StorageClass: version.storageClass as "STANDARD",
        ...(withOwner ? { Owner: { ID: ownerId(bucket.accountId) } } : {}),
      },
    ];
  });
}

export function listObjectsV2(caller: S3Caller, input: ListObjectsV2Request): ListObjectsV2Output {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:ListBucket",
    owner: input.ExpectedBucketOwner,
  });
  const { Prefix: prefix = "", Delimiter: delimiter = "", StartAfter, ContinuationToken } = input;
  const after = ContinuationToken === undefined ? (StartAfter ?? "") : fromToken(ContinuationToken);
  const max = pageSize(input.MaxKeys);
  const found = list(liveKeys(bucket), { prefix, delimiter, after, max });
  const encode = encoder(input.EncodingType);
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    MaxKeys: max,
    KeyCount: found.keys.length + found.prefixes.length,
    IsTruncated: found.isTruncated,
    Contents: contents(bucket, found.keys, { encode, withOwner: input.FetchOwner === true }),
    CommonPrefixes: found.prefixes.map((one) => ({ Prefix: encode(one) })),
    ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(StartAfter === undefined ? {} : { StartAfter }),
    ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    ...(found.isTruncated && found.last !== undefined
      ? { NextContinuationToken: toToken(found.last) }
      : {}),
  };
}

export function listObjects(caller: S3Caller, input: ListObjectsRequest): ListObjectsOutput {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:ListBucket",
    owner: input.ExpectedBucketOwner,
  });
  const { Prefix: prefix = "", Delimiter: delimiter = "", Marker: after = "" } = input;
  const max = pageSize(input.MaxKeys);
  const found = list(liveKeys(bucket), { prefix, delimiter, after, max });
  const encode = encoder(input.EncodingType);
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    Marker: encode(after),
    MaxKeys: max,
    IsTruncated: found.isTruncated,
    Contents: contents(bucket, found.keys, { encode, withOwner: true }),
    CommonPrefixes: found.prefixes.map((one) => ({ Prefix: encode(one) })),
    ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    // The older kind of list names the next page only where a delimiter is given.
    ...(found.isTruncated && delimiter !== "" && found.last !== undefined
      ? { NextMarker: encode(found.last) }
      : {}),
  };
}

export function listObjectVersions(
  caller: S3Caller,
  input: ListObjectVersionsRequest,
): ListObjectVersionsOutput {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:ListBucketVersions",
    owner: input.ExpectedBucketOwner,
  });
  const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: after = "" } = input;
  const max = pageSize(input.MaxKeys);
  const keys = [...bucket.objects.keys()].toSorted(compareBytes);
  // A page ends with all versions of its last key: pages may be longer than asked for, never shorter than one key.
  const found = list(keys, { prefix, delimiter, after, max });
  const encode = encoder(input.EncodingType);
  const all = found.keys.flatMap((key) =>
    (bucket.objects.get(key) ?? []).toReversed().map((version, index) => ({ key, version, index })),
  );
  const entry = (one: { key: string; version: ObjectVersion; index: number }) => ({
    Key: encode(one.key),
    VersionId: one.version.versionId,
    IsLatest: one.index === 0,
    LastModified: toDate(one.version.modifiedAtMs),
    Owner: { ID: ownerId(bucket.accountId) },
  });
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(after),
    VersionIdMarker: "",
    MaxKeys: max,
    IsTruncated: found.isTruncated,
    Versions: all
      .filter(({ version }) => !version.isDeleteMarker)
      .map((one) => ({
        ...entry(one),
        ETag: `"${one.version.etag}"`,
        Size: one.version.body.length,
        StorageClass: "STANDARD" as const,
      })),
    DeleteMarkers: all.filter(({ version }) => version.isDeleteMarker).map(entry),
    CommonPrefixes: found.prefixes.map((one) => ({ Prefix: encode(one) })),
    ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
    ...(found.isTruncated && found.last !== undefined
      ? { NextKeyMarker: encode(found.last), NextVersionIdMarker: "null" }
      : {}),
  };
}

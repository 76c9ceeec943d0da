import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from "@aws-sdk/client-s3";
import { toDate } from "../../kernel/clock.ts";
import { s3Error } from "./errors.ts";
import { requireBucket, type S3Caller } from "./s3-store.ts";

const classicRegion = "us-east-1";

function checkName(name: string): void {
  const isValid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap)$/.test(name);
  if (isValid) return;
  throw s3Error("InvalidBucketName", "The specified bucket is not valid.", {
    fields: { BucketName: name },
  });
}

/** When several errors apply, the first of these wins: name, location, existence. */
export function createBucket(caller: S3Caller, input: CreateBucketRequest): CreateBucketOutput {
  const { store, accountId, region, anonymous } = caller;
  if (anonymous) throw s3Error("AccessDenied", "Access Denied");
  const name = input.Bucket ?? "";
  checkName(name);
  checkLocation(region, input.CreateBucketConfiguration?.LocationConstraint);
  const known = store.buckets.get(name);
  if (known !== undefined) {
    refuseDuplicate(caller, known.accountId, name);
    return { Location: `/${name}` };
  }
  const settings = new Map<string, unknown>();
  const tags = input.CreateBucketConfiguration?.Tags;
  if (tags !== undefined && tags.length > 0) settings.set("tagging", { TagSet: tags });
  const ownership = input.ObjectOwnership ?? "BucketOwnerEnforced";
  settings.set("ownershipControls", { Rules: [{ ObjectOwnership: ownership }] });
  settings.set("publicAccessBlock", {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  });
  if (input.ObjectLockEnabledForBucket === true) {
    settings.set("versioning", { Status: "Enabled" });
    settings.set("object-lock", { ObjectLockEnabled: "Enabled" });
  }
  store.buckets.set(name, {
    name,
    accountId,
    region,
    createdAtMs: store.clock.now(),
    objects: new Map(),
    uploads: new Map(),
    settings,
  });
  const location = region === classicRegion ? `/${name}` : `http://${name}.s3.amazonaws.com/`;
  return { Location: location, BucketArn: `arn:aws:s3:::${name}` };
}

function checkLocation(region: string, constraint: string | undefined): void {
  const wanted = constraint === undefined ? classicRegion : constraint;
  if (constraint === classicRegion) {
    throw s3Error("InvalidLocationConstraint", "The specified location-constraint is not valid");
  }
  if (wanted === region) return;
  const message =
    constraint === undefined
      ? "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
      : `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  throw s3Error("IllegalLocationConstraintException", message);
}

/** In the oldest region making one's own bucket again is no error. */
function refuseDuplicate(caller: S3Caller, owner: string, name: string): void {
  const fields = { BucketName: name };
  if (owner !== caller.accountId) {
    const message =
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
    throw s3Error("BucketAlreadyExists", message, { fields });
  }
  if (caller.region === classicRegion) return;
  const message =
    "Your previous request to create the named bucket succeeded and you already own it.";
  throw s3Error("BucketAlreadyOwnedByYou", message, { fields });
}

export function headBucket(caller: S3Caller, input: HeadBucketRequest): HeadBucketOutput {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:ListBucket",
    owner: input.ExpectedBucketOwner,
  });
  return {
    BucketRegion: bucket.region,
    BucketArn: `arn:aws:s3:::${bucket.name}`,
    AccessPointAlias: false,
  };
}

export function deleteBucket(caller: S3Caller, input: DeleteBucketRequest) {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:DeleteBucket",
    owner: input.ExpectedBucketOwner,
  });
  if (bucket.objects.size > 0) {
    const message =
      bucket.settings.get("versioning") === undefined
        ? "The bucket you tried to delete is not empty"
        : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.";
    throw s3Error("BucketNotEmpty", message, { fields: { BucketName: bucket.name } });
  }
  caller.store.buckets.delete(bucket.name);
  return {};
}

export function getBucketLocation(
  caller: S3Caller,
  input: GetBucketLocationRequest,
): GetBucketLocationOutput {
  const bucket = requireBucket(caller, input.Bucket, {
    action: "s3:GetBucketLocation",
    owner: input.ExpectedBucketOwner,
  });
  if (bucket.region === classicRegion) return {};
  return { LocationConstraint: bucket.region as "eu-west-1" };
}

export function listBuckets(caller: S3Caller, input: ListBucketsRequest): ListBucketsOutput {
  if (caller.anonymous) throw s3Error("AccessDenied", "Access Denied");
  const { Prefix: prefix = "", BucketRegion: region, MaxBuckets: max = 10_000 } = input;
  const own = [...caller.store.buckets.values()]
    .filter((one) => one.accountId === caller.accountId && one.name.startsWith(prefix))
    .filter((one) => region === undefined || one.region === region)
    .filter(
      (one) =>
        input.ContinuationToken === undefined || one.name > fromToken(input.ContinuationToken),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const shown = own.slice(0, max);
  const last = shown.at(-1);
  return {
    Buckets: shown.map((one) => ({
      Name: one.name,
      CreationDate: toDate(one.createdAtMs),
      BucketRegion: one.region,
      BucketArn: `arn:aws:s3:::${one.name}`,
    })),
    Owner: { ID: ownerId(caller.accountId) },
    ...(prefix === "" ? {} : { Prefix: prefix }),
    ...(own.length > shown.length && last !== undefined
      ? { ContinuationToken: toToken(last.name) }
      : {}),
  };
}

/** Accounts have a second, canonical name in S3. */
export function ownerId(accountId: string): string {
  return accountId.repeat(6).slice(0, 64);
}

export function toToken(text: string): string {
  return Buffer.from(text).toString("base64");
}

export function fromToken(token: string): string {
  return Buffer.from(token, "base64").toString();
}

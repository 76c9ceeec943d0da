import { expect } from "vitest";
import type { Call, ConformanceCase } from "../case.ts";

const api = (operation: string) => `S3 API reference, ${operation}`;
const Bucket = "seatrial-b";
const location = { CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } };
const makeBucket: Call = { call: "s3:CreateBucket", input: { Bucket, ...location }, as: "bucket" };
const put = (Key: string, Body = "x", more: object = {}): Call => ({
  call: "s3:PutObject",
  input: { Bucket, Key, Body, ...more },
});

/** Sub-resources that are put, read and taken away; what reading gives when there is none. */
const settings: readonly (readonly [
  what: string,
  calls: readonly [put: string, get: string, remove: string],
  input: object,
  missing: string,
])[] = [
  [
    "policy",
    ["PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"],
    {
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::123456789012:role/nodes" },
            Action: "s3:GetObject",
            Resource: `arn:aws:s3:::${Bucket}/*`,
          },
        ],
      }),
    },
    "NoSuchBucketPolicy",
  ],
  [
    "tagging",
    ["PutBucketTagging", "GetBucketTagging", "DeleteBucketTagging"],
    { Tagging: { TagSet: [{ Key: "a", Value: "1 & 2" }] } },
    "NoSuchTagSet",
  ],
  [
    "lifecycle",
    ["PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle"],
    {
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "r",
            Filter: { Prefix: "node/" },
            Status: "Enabled",
            Expiration: { Days: 1 },
          },
        ],
      },
    },
    "NoSuchLifecycleConfiguration",
  ],
  [
    "CORS configuration",
    ["PutBucketCors", "GetBucketCors", "DeleteBucketCors"],
    { CORSConfiguration: { CORSRules: [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"] }] } },
    "NoSuchCORSConfiguration",
  ],
  [
    "public access block",
    ["PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock"],
    { PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: false } },
    "NoSuchPublicAccessBlockConfiguration",
  ],
  [
    "ownership controls",
    ["PutBucketOwnershipControls", "GetBucketOwnershipControls", "DeleteBucketOwnershipControls"],
    { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" }] } },
    "OwnershipControlsNotFoundError",
  ],
];

const badNames: readonly string[] = [
  "ab",
  "Upper",
  "two..dots",
  "192.168.0.1",
  "-edge",
  "xn--x",
  "a".repeat(64),
];

const unwrapped = new Set(["tagging", "lifecycle", "CORS configuration"]);

export const objects: readonly ConformanceCase[] = [
  ...badNames.map((name) => ({
    title: `a bucket cannot be called ${name.length > 20 ? "by 64 characters" : name}`,
    source: "S3 user guide, Bucket naming rules",
    steps: [
      {
        call: "s3:CreateBucket",
        input: { Bucket: name, ...location },
        fails: "InvalidBucketName",
        status: 400,
      },
    ],
  })),
  ...settings.map(([what, [putCall, get, remove], input, missing]) => ({
    title: `the ${what} of a bucket is put, read and taken away`,
    source: `${api(putCall)}; ${api(get)}; ${api(remove)}`,
    steps: [
      makeBucket,
      { call: `s3:${putCall}`, input: { Bucket, ...input } },
      {
        call: `s3:${get}`,
        input: { Bucket },
        gives: unwrapped.has(what) ? (Object.values(input)[0] as object) : input,
      },
      { call: `s3:${remove}`, input: { Bucket } },
      { call: `s3:${get}`, input: { Bucket }, fails: missing, status: 404 },
    ],
  })),
  {
    title: "a bucket is made, found, listed and deleted",
    source: api("CreateBucket"),
    steps: [
      makeBucket,
      { call: "s3:HeadBucket", input: { Bucket }, gives: { BucketRegion: "eu-west-1" } },
      { call: "s3:ListBuckets", gives: { Buckets: [{ Name: Bucket }] } },
      {
        call: "s3:GetBucketLocation",
        input: { Bucket },
        gives: { LocationConstraint: "eu-west-1" },
      },
      { call: "s3:DeleteBucket", input: { Bucket } },
      { call: "s3:HeadBucket", input: { Bucket }, fails: "NotFound", status: 404 },
    ],
  },
  {
    title: "a bucket of one's own cannot be made twice",
    source: api("CreateBucket"),
    steps: [
      makeBucket,
      {
        call: "s3:CreateBucket",
        input: { Bucket, ...location },
        fails: "BucketAlreadyOwnedByYou",
        status: 409,
      },
    ],
  },
  {
    title: "a bucket outside the oldest region needs its location",
    source: api("CreateBucket"),
    steps: [
      {
        call: "s3:CreateBucket",
        input: { Bucket, CreateBucketConfiguration: { LocationConstraint: "us-west-2" } },
        fails: "IllegalLocationConstraintException",
      },
    ],
  },
  {
    title: "a bucket with objects cannot be deleted",
    source: api("DeleteBucket"),
    steps: [
      makeBucket,
      put("k"),
      { call: "s3:DeleteBucket", input: { Bucket }, fails: "BucketNotEmpty", status: 409 },
      { call: "s3:DeleteObject", input: { Bucket, Key: "k" } },
      { call: "s3:DeleteBucket", input: { Bucket } },
    ],
  },
  ...["GetObject", "PutObject", "DeleteObject"].map((operation) => ({
    title: `${operation} in a bucket that is not there is NoSuchBucket`,
    source: "S3 API reference, Error responses",
    steps: [
      {
        call: `s3:${operation}`,
        input: { Bucket: "seatrial-nowhere", Key: "k" },
        fails: "NoSuchBucket",
        status: 404,
      },
    ],
  })),
  {
    title: "an object comes back as it was put, with its description",
    source: api("PutObject"),
    steps: [
      makeBucket,
      put("a dir/ü & <k>+", "hällo\n", {
        ContentType: "text/plain",
        CacheControl: "no-store",
        Metadata: { owner: "me" },
      }),
      {
        call: "s3:GetObject",
        input: { Bucket, Key: "a dir/ü & <k>+" },
        gives: {
          Body: "hällo\n",
          ContentType: "text/plain",
          CacheControl: "no-store",
          ContentLength: 7,
          ETag: '"e54f7cdd6ded6a12a24c89c20dcc2ec5"',
          Metadata: { owner: "me" },
          ServerSideEncryption: "AES256",
        },
      },
    ].map((step) => {
      // The digest is the client's to check; here only that there is one matters.
      const { gives } = step as { gives?: Record<string, unknown> };
      return gives?.["ETag"] === undefined
        ? step
        : { ...step, gives: { ...gives, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) } };
    }),
  },
  {
    title:
      "an object that is not there is NoSuchKey, and NotFound where there is no body to say so",
    source: `${api("GetObject")}; ${api("HeadObject")}`,
    steps: [
      makeBucket,
      { call: "s3:GetObject", input: { Bucket, Key: "k" }, fails: "NoSuchKey", status: 404 },
      { call: "s3:HeadObject", input: { Bucket, Key: "k" }, fails: "NotFound", status: 404 },
    ],
  },
  {
    title: "deleting an object that is not there succeeds",
    source: api("DeleteObject"),
    steps: [makeBucket, { call: "s3:DeleteObject", input: { Bucket, Key: "k" } }],
  },
  ...(
    [
      ["the beginning", "bytes=0-1", "ab", "bytes 0-1/5"],
      ["the rest", "bytes=3-", "de", "bytes 3-4/5"],
      ["the end", "bytes=-2", "de", "bytes 3-4/5"],
      ["more than there is", "bytes=2-99", "cde", "bytes 2-4/5"],
    ] as const
  ).map(([what, Range, Body, ContentRange]) => ({
    title: `a range of an object gives ${what}`,
    source: `${api("GetObject")}, Range`,
    steps: [
      makeBucket,
      put("k", "abcde"),
      { call: "s3:GetObject", input: { Bucket, Key: "k", Range }, gives: { Body, ContentRange } },
    ],
  })),
  {
    title: "a range beyond the end is InvalidRange",
    source: "S3 API reference, Error responses",
    steps: [
      makeBucket,
      put("k", "abcde"),
      {
        call: "s3:GetObject",
        input: { Bucket, Key: "k", Range: "bytes=9-" },
        fails: "InvalidRange",
        status: 416,
      },
    ],
  },
  {
    title: "a put under If-None-Match does not overwrite",
    source: "S3 user guide, Conditional writes",
    steps: [
      makeBucket,
      put("k", "1", { IfNoneMatch: "*" }),
      { ...put("k", "2", { IfNoneMatch: "*" }), fails: "PreconditionFailed", status: 412 },
      { call: "s3:GetObject", input: { Bucket, Key: "k" }, gives: { Body: "1" } },
    ],
  },
  {
    title: "a digest that does not fit the content refuses a put",
    source: "S3 API reference, Error responses, BadDigest",
    steps: [
      makeBucket,
      {
        ...put("k", "x", { ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==" }),
        fails: "BadDigest",
        status: 400,
      },
    ],
  },
  {
    title: "objects are listed in the order of their keys, rolled up behind a delimiter",
    source: api("ListObjectsV2"),
    steps: [
      makeBucket,
      ...["b", "a/2", "a/1", "c/1"].map((key) => put(key)),
      {
        call: "s3:ListObjectsV2",
        input: { Bucket, Delimiter: "/" },
        gives: {
          KeyCount: 3,
          IsTruncated: false,
          Contents: [{ Key: "b", Size: 1 }],
          CommonPrefixes: [{ Prefix: "a/" }, { Prefix: "c/" }],
        },
      },
      {
        call: "s3:ListObjectsV2",
        input: { Bucket, Prefix: "a/" },
        gives: { Contents: [{ Key: "a/1" }, { Key: "a/2" }] },
      },
    ],
  },
  {
    title: "a list of objects continues where its token says",
    source: api("ListObjectsV2"),
    steps: [
      makeBucket,
      ...["1", "2", "3"].map((key) => put(key)),
      {
        call: "s3:ListObjectsV2",
        input: { Bucket, MaxKeys: 2 },
        gives: { IsTruncated: true, Contents: [{ Key: "1" }, { Key: "2" }] },
        as: "page",
      },
      {
        call: "s3:ListObjectsV2",
        input: { Bucket, MaxKeys: 2, ContinuationToken: "{page.NextContinuationToken}" },
        gives: { IsTruncated: false, Contents: [{ Key: "3" }] },
      },
    ],
  },
  {
    title: "an empty bucket lists nothing, without a member for it",
    source: api("ListObjectsV2"),
    steps: [
      makeBucket,
      { call: "s3:ListObjectsV2", input: { Bucket }, gives: { KeyCount: 0, IsTruncated: false } },
    ],
  },
  {
    title: "several objects are deleted in one call, those that are not there as well",
    source: api("DeleteObjects"),
    steps: [
      makeBucket,
      put("a"),
      {
        call: "s3:DeleteObjects",
        input: { Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "never" }] } },
        gives: { Deleted: [{ Key: "a" }, { Key: "never" }] },
      },
      { call: "s3:ListObjectsV2", input: { Bucket }, gives: { KeyCount: 0 } },
    ],
  },
  {
    title: "in a bucket with versions a deletion leaves a marker, and old versions stay readable",
    source: "S3 user guide, Working with delete markers",
    steps: [
      makeBucket,
      {
        call: "s3:PutBucketVersioning",
        input: { Bucket, VersioningConfiguration: { Status: "Enabled" } },
      },
      { ...put("k", "1"), as: "first" },
      put("k", "2"),
      {
        call: "s3:DeleteObject",
        input: { Bucket, Key: "k" },
        gives: { DeleteMarker: true },
        as: "marker",
      },
      { call: "s3:GetObject", input: { Bucket, Key: "k" }, fails: "NoSuchKey", status: 404 },
      {
        call: "s3:GetObject",
        input: { Bucket, Key: "k", VersionId: "{first.VersionId}" },
        gives: { Body: "1" },
      },
      { call: "s3:DeleteBucket", input: { Bucket }, fails: "BucketNotEmpty" },
      {
        call: "s3:DeleteObject",
        input: { Bucket, Key: "k", VersionId: "{marker.VersionId}" },
        gives: { DeleteMarker: true },
      },
      { call: "s3:GetObject", input: { Bucket, Key: "k" }, gives: { Body: "2" } },
    ],
  },
  {
    title: "a bucket without versions says nothing of them",
    source: api("GetBucketVersioning"),
    steps: [
      makeBucket,
      {
        call: "s3:GetBucketVersioning",
        input: { Bucket },
        gives: expect.not.objectContaining({ Status: expect.anything() }) as object,
      },
    ],
  },
  {
    title: "every bucket is encrypted by itself",
    source: "S3 user guide, Default encryption",
    steps: [
      makeBucket,
      {
        call: "s3:GetBucketEncryption",
        input: { Bucket },
        gives: {
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
          },
        },
      },
    ],
  },
  {
    title: "a new bucket belongs to its owner alone",
    source: api("GetBucketAcl"),
    steps: [
      makeBucket,
      {
        call: "s3:GetBucketAcl",
        input: { Bucket },
        gives: {
          Grants: [{ Permission: "FULL_CONTROL", Grantee: { Type: "CanonicalUser" } }],
        },
      },
    ],
  },
  {
    title: "a policy that is no JSON is MalformedPolicy",
    source: api("PutBucketPolicy"),
    steps: [
      makeBucket,
      { call: "s3:PutBucketPolicy", input: { Bucket, Policy: "{" }, fails: "MalformedPolicy" },
    ],
  },
  {
    title: "a policy for another bucket's objects is MalformedPolicy",
    source: "S3 user guide, Bucket policies",
    steps: [
      makeBucket,
      {
        call: "s3:PutBucketPolicy",
        input: {
          Bucket,
          Policy: JSON.stringify({
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: "123456789012" },
                Action: "s3:*",
                Resource: "arn:aws:s3:::other/*",
              },
            ],
          }),
        },
        fails: "MalformedPolicy",
        says: "invalid resource",
      },
    ],
  },
  {
    title: "a public policy is refused while public policies are blocked",
    source: "S3 user guide, Blocking public access",
    steps: [
      makeBucket,
      {
        call: "s3:PutBucketPolicy",
        input: {
          Bucket,
          Policy: JSON.stringify({
            Statement: [
              {
                Effect: "Allow",
                Principal: "*",
                Action: "s3:GetObject",
                Resource: `arn:aws:s3:::${Bucket}/*`,
              },
            ],
          }),
        },
        fails: "AccessDenied",
        status: 403,
      },
    ],
  },
  {
    title: "an object is copied with its description, and tags of its own",
    source: api("CopyObject"),
    steps: [
      makeBucket,
      put("from", "body", { Metadata: { a: "1" }, Tagging: "t=1" }),
      {
        call: "s3:CopyObject",
        input: { Bucket, Key: "to", CopySource: `${Bucket}/from` },
        gives: { CopyObjectResult: { ETag: expect.any(String) } },
      },
      {
        call: "s3:PutObjectTagging",
        input: { Bucket, Key: "to", Tagging: { TagSet: [{ Key: "t", Value: "2" }] } },
      },
      {
        call: "s3:GetObject",
        input: { Bucket, Key: "to" },
        gives: { Body: "body", Metadata: { a: "1" } },
      },
      {
        call: "s3:GetObjectTagging",
        input: { Bucket, Key: "from" },
        gives: { TagSet: [{ Key: "t", Value: "1" }] },
      },
    ],
  },
  {
    title: "an upload in parts becomes an object when it is completed",
    source: api("CompleteMultipartUpload"),
    steps: [
      makeBucket,
      { call: "s3:CreateMultipartUpload", input: { Bucket, Key: "k" }, as: "upload" },
      {
        call: "s3:UploadPart",
        input: { Bucket, Key: "k", UploadId: "{upload.UploadId}", PartNumber: 1, Body: "only" },
        as: "part",
      },
      { call: "s3:GetObject", input: { Bucket, Key: "k" }, fails: "NoSuchKey" },
      {
        call: "s3:CompleteMultipartUpload",
        input: {
          Bucket,
          Key: "k",
          UploadId: "{upload.UploadId}",
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: "{part.ETag}" }] },
        },
        gives: { ETag: expect.stringMatching(/^"[0-9a-f]{32}-1"$/) },
      },
      { call: "s3:GetObject", input: { Bucket, Key: "k" }, gives: { Body: "only" } },
    ],
  },
  {
    title: "an upload that was aborted is NoSuchUpload",
    source: api("AbortMultipartUpload"),
    steps: [
      makeBucket,
      { call: "s3:CreateMultipartUpload", input: { Bucket, Key: "k" }, as: "upload" },
      {
        call: "s3:AbortMultipartUpload",
        input: { Bucket, Key: "k", UploadId: "{upload.UploadId}" },
      },
      {
        call: "s3:UploadPart",
        input: { Bucket, Key: "k", UploadId: "{upload.UploadId}", PartNumber: 1, Body: "x" },
        fails: "NoSuchUpload",
        status: 404,
      },
    ],
  },
  {
    title: "what is not implemented of S3 is refused by name",
    source: "Seatrial, README of fakecloud",
    steps: [
      makeBucket,
      {
        call: "s3:GetBucketMetricsConfiguration",
        input: { Bucket, Id: "m" },
        fails: "UnsupportedOperation",
        says: "GetBucketMetricsConfiguration",
      },
    ],
  },
];

import { expect } from "vitest";
import { toDate } from "../../../kernel/clock.ts";
import type { Call, ConformanceCase, Step } from "../case.ts";

const sm = (operation: string, input: object = {}, more: Partial<Call> = {}): Call => ({
  call: `secretsmanager:${operation}`,
  input,
  ...more,
});
const s3 = (operation: string, input: object = {}, more: Partial<Call> = {}): Call => ({
  call: `s3:${operation}`,
  input: { Bucket, ...input },
  ...more,
});
const Bucket = "seatrial-rich";
const makeBucket: Step = {
  call: "s3:CreateBucket",
  input: { Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } },
};
const stranger = { ExpectedBucketOwner: "999999999999" };
const denied = { fails: "AccessDenied" };

/** What a bucket keeps and gives back, by the call that sets it. */
const settings: readonly (readonly [
  put: string,
  get: string,
  remove: string | undefined,
  value: object,
])[] = [
  [
    "PutBucketEncryption",
    "GetBucketEncryption",
    "DeleteBucketEncryption",
    {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
    },
  ],
  [
    "PutBucketWebsite",
    "GetBucketWebsite",
    "DeleteBucketWebsite",
    { WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" } } },
  ],
  [
    "PutBucketAccelerateConfiguration",
    "GetBucketAccelerateConfiguration",
    undefined,
    { AccelerateConfiguration: { Status: "Enabled" } },
  ],
  [
    "PutBucketRequestPayment",
    "GetBucketRequestPayment",
    undefined,
    { RequestPaymentConfiguration: { Payer: "BucketOwner" } },
  ],
  [
    "PutBucketLogging",
    "GetBucketLogging",
    undefined,
    { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: "logs", TargetPrefix: "p" } } },
  ],
  [
    "PutBucketNotificationConfiguration",
    "GetBucketNotificationConfiguration",
    undefined,
    { NotificationConfiguration: { EventBridgeConfiguration: {} } },
  ],
];

export const richStorage: readonly ConformanceCase[] = [
  {
    title: "a secret is listed, tagged, versioned, guarded by a policy and restored",
    source: "Secrets Manager API reference, UpdateSecretVersionStage",
    steps: [
      sm(
        "ListSecrets",
        { Filters: [{ Key: "colour", Values: ["red"] }] },
        { fails: "InvalidParameter", says: "colour" },
      ),
      sm("CreateSecret", { Name: "b", SecretString: "1" }, { as: "one" }),
      sm("CreateSecret", { Name: "a", SecretString: "1" }),
      sm(
        "ListSecrets",
        { SortBy: "name", SortOrder: "desc", MaxResults: 1 },
        {
          gives: { SecretList: [{ Name: "b" }], NextToken: expect.any(String) },
        },
      ),
      sm(
        "ListSecrets",
        {
          Filters: [{ Key: "name", Values: ["a"] }],
          IncludePlannedDeletion: true,
        },
        { gives: { SecretList: [{ Name: "a" }] } },
      ),
      sm("UpdateSecret", { SecretId: "b", Description: "d", KmsKeyId: "k", SecretString: "2" }),
      sm(
        "PutSecretValue",
        {
          SecretId: "b",
          SecretBinary: new Uint8Array([1]),
          ClientRequestToken: "0".repeat(32),
          VersionStages: ["NEXT"],
        },
        { as: "put" },
      ),
      sm("UpdateSecretVersionStage", {
        SecretId: "b",
        VersionStage: "NEXT",
        RemoveFromVersionId: "{put.VersionId}",
        MoveToVersionId: "{one.VersionId}",
      }),
      sm(
        "ListSecretVersionIds",
        { SecretId: "b", IncludeDeprecated: true, MaxResults: 1 },
        {
          gives: { NextToken: expect.any(String) },
        },
      ),
      sm("DescribeSecret", { SecretId: "b" }, { gives: { Description: "d", KmsKeyId: "k" } }),
      sm("TagResource", { SecretId: "b", Tags: [{ Key: "k", Value: "v" }] }),
      sm("UntagResource", { SecretId: "b", TagKeys: ["k"] }),
      sm("PutResourcePolicy", {
        SecretId: "b",
        ResourcePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
        BlockPublicPolicy: false,
      }),
      sm("GetResourcePolicy", { SecretId: "b" }, { gives: { Name: "b" } }),
      sm("DeleteResourcePolicy", { SecretId: "b" }),
      sm("DeleteSecret", { SecretId: "b", RecoveryWindowInDays: 7 }),
      sm(
        "ListSecrets",
        { IncludePlannedDeletion: true },
        {
          gives: { SecretList: [{ Name: "b" }, { Name: "a" }] },
        },
      ),
      sm("RestoreSecret", { SecretId: "b" }),
      sm("GetSecretValue", { SecretId: "b" }, { gives: { SecretString: "2" } }),
    ],
  },
  {
    title: "a drawn password has every kind of character that is not excluded",
    source: "Secrets Manager API reference, GetRandomPassword",
    steps: [
      sm(
        "GetRandomPassword",
        { PasswordLength: 20, ExcludePunctuation: true },
        {
          gives: {
            RandomPassword: expect.stringMatching(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)\w{20}$/),
          },
        },
      ),
      sm(
        "GetRandomPassword",
        {
          ExcludeLowercase: true,
          ExcludeUppercase: true,
          ExcludePunctuation: true,
          ExcludeCharacters: "0",
          RequireEachIncludedType: false,
        },
        { gives: { RandomPassword: expect.stringMatching(/^[1-9]{32}$/) } },
      ),
      sm(
        "GetRandomPassword",
        { IncludeSpace: true, ExcludeNumbers: true, PasswordLength: 4 },
        { gives: { RandomPassword: expect.stringMatching(/ /) } },
      ),
      sm("GetRandomPassword", { PasswordLength: 1 }, { fails: "InvalidParameter" }),
    ],
  },
  {
    title: "parameters are deleted several at a time, and remember their history in pages",
    source: "Systems Manager API reference, GetParameterHistory",
    steps: [
      { call: "ssm:PutParameter", input: { Name: "p", Value: "1", Type: "String" } },
      { call: "ssm:PutParameter", input: { Name: "p", Value: "2", Overwrite: true } },
      {
        call: "ssm:GetParameterHistory",
        input: { Name: "p", MaxResults: 1, WithDecryption: true },
        gives: { Parameters: [{ Value: "1" }], NextToken: expect.any(String) },
      },
      {
        call: "ssm:DeleteParameters",
        input: { Names: ["p", "q"] },
        gives: { DeletedParameters: ["p"], InvalidParameters: ["q"] },
      },
    ],
  },
  ...settings.map(([put, get, remove, value]): ConformanceCase => ({
    title: `a bucket gives back what ${put} has set, to its owner`,
    source: `S3 API reference, ${put}`,
    steps: [
      makeBucket,
      s3(put, value),
      s3(put, { ...value, ...stranger }, denied),
      s3(get, stranger, denied),
      s3(get),
      ...(remove === undefined ? [] : [s3(remove, stranger, denied), s3(remove)]),
    ],
  })),
  {
    title: "a bucket without replication or object lock says so",
    source: "S3 API reference, GetBucketReplication",
    steps: [
      makeBucket,
      s3("GetBucketReplication", {}, { fails: "ReplicationConfigurationNotFoundError" }),
      s3("GetObjectLockConfiguration", {}, { fails: "ObjectLockConfigurationNotFoundError" }),
      s3("GetBucketLocation", stranger, denied),
    ],
  },
  {
    title: "a bucket with object lock keeps its rule",
    source: "S3 API reference, PutObjectLockConfiguration",
    steps: [
      {
        call: "s3:CreateBucket",
        input: {
          Bucket,
          ObjectLockEnabledForBucket: true,
          CreateBucketConfiguration: {
            LocationConstraint: "eu-west-1",
            Tags: [{ Key: "k", Value: "v" }],
          },
        },
      },
      s3("PutObjectLockConfiguration", {
        ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
      }),
      s3("GetBucketTagging", {}, { gives: { TagSet: [{ Key: "k", Value: "v" }] } }),
    ],
  },
  {
    title: "an object keeps its key, its expiry and its headers, and shows others when asked to",
    source: "S3 API reference, HeadObject",
    steps: [
      makeBucket,
      s3(
        "PutObject",
        {
          Key: "k",
          Body: "abcdef",
          Expires: toDate(1_893_456_000_000),
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: "key-1",
          BucketKeyEnabled: true,
        },
        { as: "put" },
      ),
      s3(
        "HeadObject",
        { Key: "k", ResponseContentType: "text/html", ChecksumMode: "ENABLED" },
        {
          gives: {
            ContentType: "text/html",
            SSEKMSKeyId: "key-1",
            BucketKeyEnabled: true,
            Expires: toDate(1_893_456_000_000),
          },
        },
      ),
      s3("HeadObject", { Key: "k", Range: "bytes=0-1" }, { gives: { ContentLength: 2 } }),
      s3("HeadObject", { Key: "k", IfMatch: '"other"' }, { fails: "Unknown", status: 412 }),
      s3("DeleteObject", { Key: "k", IfMatch: '"other"' }, { fails: "PreconditionFailed" }),
      s3(
        "CopyObject",
        { Key: "copy", CopySource: `${Bucket}/k`, CopySourceIfMatch: '"other"' },
        { fails: "PreconditionFailed" },
      ),
      s3("CopyObject", {
        Key: "copy",
        CopySource: `${Bucket}/k`,
        CopySourceIfMatch: "{put.ETag}",
        IfNoneMatch: "*",
        ExpectedSourceBucketOwner: "123456789012",
      }),
      s3(
        "CopyObject",
        { Key: "copy", CopySource: `${Bucket}/k`, IfNoneMatch: "*" },
        { fails: "PreconditionFailed" },
      ),
      s3("DeleteObjectTagging", { Key: "k" }),
      s3(
        "ListObjects",
        { MaxKeys: 1, Prefix: "", EncodingType: "url" },
        {
          gives: { Contents: [{ Key: "copy" }] },
        },
      ),
      s3(
        "ListObjectVersions",
        { MaxKeys: 1, Prefix: "", Delimiter: "/" },
        {
          gives: { Versions: [{ Key: "copy" }] },
        },
      ),
    ],
  },
  {
    title: "parts are listed, copied and checked before they become an object",
    source: "S3 API reference, CompleteMultipartUpload",
    steps: [
      makeBucket,
      s3("PutObject", { Key: "source", Body: "abcdef" }),
      s3("CreateMultipartUpload", { Key: "a b", Expires: toDate(0) }, { as: "upload" }),
      s3("CreateMultipartUpload", { Key: "z" }, { as: "other" }),
      s3(
        "ListMultipartUploads",
        { MaxUploads: 1, EncodingType: "url" },
        {
          gives: { IsTruncated: true, NextKeyMarker: "a+b", Uploads: [{ Key: "a+b" }] },
        },
      ),
      s3(
        "ListMultipartUploads",
        { KeyMarker: "a b", Prefix: "z" },
        {
          gives: { Uploads: [{ Key: "z" }] },
        },
      ),
      s3(
        "UploadPartCopy",
        {
          Key: "a b",
          UploadId: "{upload.UploadId}",
          PartNumber: 1,
          CopySource: `${Bucket}/source`,
          CopySourceRange: "bytes=0-2",
        },
        { as: "part" },
      ),
      s3(
        "ListParts",
        { Key: "a b", UploadId: "{upload.UploadId}", MaxParts: 5 },
        {
          gives: { Parts: [{ PartNumber: 1, Size: 3 }] },
        },
      ),
      s3(
        "CompleteMultipartUpload",
        {
          Key: "a b",
          UploadId: "{upload.UploadId}",
          MpuObjectSize: 4,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: "{part.CopyPartResult.ETag}" }] },
        },
        { fails: "InvalidRequest" },
      ),
      s3("CompleteMultipartUpload", {
        Key: "a b",
        UploadId: "{upload.UploadId}",
        MpuObjectSize: 3,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: "{part.CopyPartResult.ETag}" }] },
      }),
    ],
  },
  {
    title: "tags are taken from several resources at once",
    source: "Resource Groups Tagging API reference, UntagResources",
    steps: [
      { call: "CreateVpc", input: { CidrBlock: "10.0.0.0/16" }, as: "vpc" },
      {
        call: "tagging:UntagResources",
        input: {
          ResourceARNList: ["arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc.Vpc.VpcId}"],
          TagKeys: ["k"],
        },
      },
    ],
  },
];

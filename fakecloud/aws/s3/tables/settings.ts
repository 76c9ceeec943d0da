/** A sub-resource of a bucket: which operations read and write it, and what there is before anybody wrote it. */
export interface Setting {
  /** As in the query: "?lifecycle". */
  readonly name: string;
  /** As in the permission: "s3:GetBucketPolicy". */
  readonly noun: string;
  /** The input's member that holds it. */
  readonly member: string;
  /** The output's member, where it has another name. */
  readonly output?: string;
  /** The output is the value itself. */
  readonly unwrapped?: true;
  readonly get: string;
  readonly put?: string;
  readonly remove?: string;
  readonly standard?: unknown;
  readonly missing?: { readonly code: string; readonly message: string };
}

/** Source: S3 API reference, the Get, Put and Delete operations of each sub-resource. */
export const settings: readonly Setting[] = [
  {
    name: "policy",
    noun: "BucketPolicy",
    member: "Policy",
    get: "GetBucketPolicy",
    put: "PutBucketPolicy",
    remove: "DeleteBucketPolicy",
    missing: { code: "NoSuchBucketPolicy", message: "The bucket policy does not exist" },
  },
  {
    name: "tagging",
    noun: "BucketTagging",
    member: "Tagging",
    unwrapped: true,
    get: "GetBucketTagging",
    put: "PutBucketTagging",
    remove: "DeleteBucketTagging",
    missing: { code: "NoSuchTagSet", message: "The TagSet does not exist" },
  },
  {
    name: "encryption",
    noun: "EncryptionConfiguration",
    member: "ServerSideEncryptionConfiguration",
    get: "GetBucketEncryption",
    put: "PutBucketEncryption",
    remove: "DeleteBucketEncryption",
    // Every bucket is encrypted since January 2023.
    standard: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
          BucketKeyEnabled: false,
        },
      ],
    },
  },
  {
    name: "versioning",
    noun: "BucketVersioning",
    member: "VersioningConfiguration",
    unwrapped: true,
    get: "GetBucketVersioning",
    put: "PutBucketVersioning",
    standard: {},
  },
  {
    name: "ownershipControls",
    noun: "BucketOwnershipControls",
    member: "OwnershipControls",
    get: "GetBucketOwnershipControls",
    put: "PutBucketOwnershipControls",
    remove: "DeleteBucketOwnershipControls",
    missing: {
      code: "OwnershipControlsNotFoundError",
      message: "The bucket ownership controls were not found",
    },
  },
  {
    name: "publicAccessBlock",
    noun: "BucketPublicAccessBlock",
    member: "PublicAccessBlockConfiguration",
    get: "GetPublicAccessBlock",
    put: "PutPublicAccessBlock",
    remove: "DeletePublicAccessBlock",
    missing: {
      code: "NoSuchPublicAccessBlockConfiguration",
      message: "The public access block configuration was not found",
    },
  },
  {
    name: "lifecycle",
    noun: "LifecycleConfiguration",
    member: "LifecycleConfiguration",
    unwrapped: true,
    get: "GetBucketLifecycleConfiguration",
    put: "PutBucketLifecycleConfiguration",
    remove: "DeleteBucketLifecycle",
    missing: {
      code: "NoSuchLifecycleConfiguration",
      message: "The lifecycle configuration does not exist",
    },
  },
  {
    name: "cors",
    noun: "BucketCORS",
    member: "CORSConfiguration",
    unwrapped: true,
    get: "GetBucketCors",
    put: "PutBucketCors",
    remove: "DeleteBucketCors",
    missing: {
      code: "NoSuchCORSConfiguration",
      message: "The CORS configuration does not exist",
    },
  },
  {
    name: "website",
    noun: "BucketWebsite",
    member: "WebsiteConfiguration",
    unwrapped: true,
    get: "GetBucketWebsite",
    put: "PutBucketWebsite",
    remove: "DeleteBucketWebsite",
    missing: {
      code: "NoSuchWebsiteConfiguration",
      message: "The specified bucket does not have a website configuration",
    },
  },
  {
    name: "replication",
    noun: "ReplicationConfiguration",
    member: "ReplicationConfiguration",
    get: "GetBucketReplication",
    missing: {
      code: "ReplicationConfigurationNotFoundError",
      message: "The replication configuration was not found",
    },
  },
  {
    name: "object-lock",
    noun: "BucketObjectLockConfiguration",
    member: "ObjectLockConfiguration",
    get: "GetObjectLockConfiguration",
    put: "PutObjectLockConfiguration",
    missing: {
      code: "ObjectLockConfigurationNotFoundError",
      message: "Object Lock configuration does not exist for this bucket",
    },
  },
  {
    name: "acl",
    noun: "BucketAcl",
    member: "AccessControlPolicy",
    unwrapped: true,
    get: "GetBucketAcl",
  },
  {
    name: "accelerate",
    noun: "AccelerateConfiguration",
    member: "AccelerateConfiguration",
    unwrapped: true,
    get: "GetBucketAccelerateConfiguration",
    put: "PutBucketAccelerateConfiguration",
    standard: {},
  },
  {
    name: "requestPayment",
    noun: "BucketRequestPayment",
    member: "RequestPaymentConfiguration",
    unwrapped: true,
    get: "GetBucketRequestPayment",
    put: "PutBucketRequestPayment",
    standard: { Payer: "BucketOwner" },
  },
  {
    name: "logging",
    noun: "BucketLogging",
    member: "BucketLoggingStatus",
    unwrapped: true,
    get: "GetBucketLogging",
    put: "PutBucketLogging",
    standard: {},
  },
  {
    name: "notification",
    noun: "BucketNotification",
    member: "NotificationConfiguration",
    unwrapped: true,
    get: "GetBucketNotificationConfiguration",
    put: "PutBucketNotificationConfiguration",
    standard: {},
  },
];

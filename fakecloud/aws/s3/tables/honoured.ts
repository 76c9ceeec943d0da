import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredByS3: HonouredTable = {
  AbortMultipartUpload: "Bucket Key UploadId RequestPayer=* ExpectedBucketOwner",
  CompleteMultipartUpload:
    "Bucket Key UploadId MultipartUpload(Parts(ETag ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 PartNumber)) ChecksumCRC32=* ChecksumCRC32C=* ChecksumCRC64NVME=* ChecksumSHA1=* ChecksumSHA256=* ChecksumType=COMPOSITE|FULL_OBJECT MpuObjectSize RequestPayer=* ExpectedBucketOwner IfMatch IfNoneMatch",
  CopyObject:
    "Bucket CopySource Key ACL=private|bucket-owner-full-control CacheControl ChecksumAlgorithm=* ContentDisposition ContentEncoding ContentLanguage ContentType CopySourceIfMatch CopySourceIfModifiedSince CopySourceIfNoneMatch CopySourceIfUnmodifiedSince Expires IfMatch IfNoneMatch Metadata MetadataDirective TaggingDirective ServerSideEncryption StorageClass WebsiteRedirectLocation SSEKMSKeyId BucketKeyEnabled RequestPayer=* Tagging ExpectedBucketOwner ExpectedSourceBucketOwner",
  CreateBucket:
    "Bucket ACL=private|bucket-owner-full-control CreateBucketConfiguration(LocationConstraint Tags(Key Value)) ObjectLockEnabledForBucket ObjectOwnership",
  CreateMultipartUpload:
    "Bucket Key ACL=private|bucket-owner-full-control CacheControl ContentDisposition ContentEncoding ContentLanguage ContentType Expires Metadata ServerSideEncryption StorageClass WebsiteRedirectLocation SSEKMSKeyId BucketKeyEnabled RequestPayer=* Tagging ExpectedBucketOwner ChecksumAlgorithm=* ChecksumType=COMPOSITE|FULL_OBJECT",
  DeleteBucket: "Bucket ExpectedBucketOwner",
  DeleteBucketCors: "Bucket ExpectedBucketOwner",
  DeleteBucketEncryption: "Bucket ExpectedBucketOwner",
  DeleteBucketLifecycle: "Bucket ExpectedBucketOwner",
  DeleteBucketOwnershipControls: "Bucket ExpectedBucketOwner",
  DeleteBucketPolicy: "Bucket ExpectedBucketOwner",
  DeleteBucketTagging: "Bucket ExpectedBucketOwner",
  DeleteBucketWebsite: "Bucket ExpectedBucketOwner",
  DeleteObject:
    "Bucket Key VersionId RequestPayer=* BypassGovernanceRetention=false ExpectedBucketOwner IfMatch",
  DeleteObjectTagging: "Bucket Key VersionId ExpectedBucketOwner",
  DeleteObjects:
    "Bucket Delete(Objects(Key VersionId) Quiet) RequestPayer=* BypassGovernanceRetention=false ExpectedBucketOwner ChecksumAlgorithm=*",
  DeletePublicAccessBlock: "Bucket ExpectedBucketOwner",
  GetBucketAccelerateConfiguration: "Bucket ExpectedBucketOwner RequestPayer=*",
  GetBucketAcl: "Bucket ExpectedBucketOwner",
  GetBucketCors: "Bucket ExpectedBucketOwner",
  GetBucketEncryption: "Bucket ExpectedBucketOwner",
  GetBucketLifecycleConfiguration: "Bucket ExpectedBucketOwner",
  GetBucketLocation: "Bucket ExpectedBucketOwner",
  GetBucketLogging: "Bucket ExpectedBucketOwner",
  GetBucketNotificationConfiguration: "Bucket ExpectedBucketOwner",
  GetBucketOwnershipControls: "Bucket ExpectedBucketOwner",
  GetBucketPolicy: "Bucket ExpectedBucketOwner",
  GetBucketReplication: "Bucket ExpectedBucketOwner",
  GetBucketRequestPayment: "Bucket ExpectedBucketOwner",
  GetBucketTagging: "Bucket ExpectedBucketOwner",
  GetBucketVersioning: "Bucket ExpectedBucketOwner",
  GetBucketWebsite: "Bucket ExpectedBucketOwner",
  GetObject:
    "Bucket Key IfMatch IfModifiedSince IfNoneMatch IfUnmodifiedSince Range ResponseCacheControl ResponseContentDisposition ResponseContentEncoding ResponseContentLanguage ResponseContentType ResponseExpires VersionId RequestPayer=* ExpectedBucketOwner ChecksumMode",
  GetObjectLockConfiguration: "Bucket ExpectedBucketOwner",
  GetObjectTagging: "Bucket Key VersionId ExpectedBucketOwner RequestPayer=*",
  GetPublicAccessBlock: "Bucket ExpectedBucketOwner",
  HeadBucket: "Bucket ExpectedBucketOwner",
  HeadObject:
    "Bucket Key IfMatch IfModifiedSince IfNoneMatch IfUnmodifiedSince Range ResponseCacheControl ResponseContentDisposition ResponseContentEncoding ResponseContentLanguage ResponseContentType ResponseExpires VersionId RequestPayer=* ExpectedBucketOwner ChecksumMode",
  ListBuckets: "MaxBuckets ContinuationToken Prefix BucketRegion",
  ListMultipartUploads:
    "Bucket EncodingType KeyMarker MaxUploads Prefix UploadIdMarker ExpectedBucketOwner RequestPayer=*",
  ListObjectVersions:
    "Bucket Delimiter EncodingType KeyMarker MaxKeys Prefix VersionIdMarker=* ExpectedBucketOwner RequestPayer=* OptionalObjectAttributes=*",
  ListObjects:
    "Bucket Delimiter EncodingType Marker MaxKeys Prefix RequestPayer=* ExpectedBucketOwner OptionalObjectAttributes=*",
  ListObjectsV2:
    "Bucket Delimiter EncodingType MaxKeys Prefix ContinuationToken FetchOwner StartAfter RequestPayer=* ExpectedBucketOwner OptionalObjectAttributes=*",
  ListParts: "Bucket Key UploadId MaxParts PartNumberMarker RequestPayer=* ExpectedBucketOwner",
  PutBucketAccelerateConfiguration:
    "Bucket AccelerateConfiguration(*) ExpectedBucketOwner ChecksumAlgorithm=*",
  PutBucketCors: "Bucket CORSConfiguration(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutBucketEncryption:
    "Bucket ServerSideEncryptionConfiguration(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutBucketLifecycleConfiguration:
    "Bucket ChecksumAlgorithm=* LifecycleConfiguration(*) ExpectedBucketOwner TransitionDefaultMinimumObjectSize=all_storage_classes_128K",
  PutBucketLogging:
    "Bucket BucketLoggingStatus(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutBucketNotificationConfiguration:
    "Bucket NotificationConfiguration(*) ExpectedBucketOwner SkipDestinationValidation=*",
  PutBucketOwnershipControls:
    "Bucket OwnershipControls(*) ContentMD5=* ExpectedBucketOwner ChecksumAlgorithm=*",
  PutBucketPolicy:
    "Bucket Policy ContentMD5=* ChecksumAlgorithm=* ConfirmRemoveSelfBucketAccess=* ExpectedBucketOwner",
  PutBucketRequestPayment:
    "Bucket RequestPaymentConfiguration(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutBucketTagging: "Bucket Tagging(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutBucketVersioning:
    "Bucket VersioningConfiguration(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutBucketWebsite:
    "Bucket WebsiteConfiguration(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutObject:
    "Bucket Key ACL=private|bucket-owner-full-control Body CacheControl ContentDisposition ContentEncoding ContentLanguage ContentLength=* ContentMD5=* ContentType ChecksumAlgorithm=* ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 Expires IfMatch IfNoneMatch Metadata ServerSideEncryption StorageClass WebsiteRedirectLocation SSEKMSKeyId BucketKeyEnabled RequestPayer=* Tagging ExpectedBucketOwner",
  PutObjectLockConfiguration:
    "Bucket ObjectLockConfiguration(*) RequestPayer=* ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  PutObjectTagging:
    "Bucket Key Tagging(TagSet(Key Value)) VersionId ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner RequestPayer=*",
  PutPublicAccessBlock:
    "Bucket PublicAccessBlockConfiguration(*) ContentMD5=* ChecksumAlgorithm=* ExpectedBucketOwner",
  UploadPart:
    "Bucket Key PartNumber UploadId Body ContentLength=* ContentMD5=* ChecksumAlgorithm=* ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 RequestPayer=* ExpectedBucketOwner",
  UploadPartCopy:
    "Bucket CopySource Key PartNumber UploadId CopySourceIfMatch CopySourceIfModifiedSince CopySourceIfNoneMatch CopySourceIfUnmodifiedSince CopySourceRange RequestPayer=* ExpectedBucketOwner ExpectedSourceBucketOwner",
};

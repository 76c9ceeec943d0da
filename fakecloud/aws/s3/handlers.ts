import * as buckets from "./buckets.ts";
import { settingHandlers } from "./bucket-settings.ts";
import { deleteObject, deleteObjects } from "./delete-objects.ts";
import { listObjects, listObjectsV2, listObjectVersions } from "./list-objects.ts";
import * as multipart from "./multipart.ts";
import * as tags from "./object-tags.ts";
import { copyObject, getObject, headObject, putObject } from "./objects.ts";

export const s3Handlers = {
  ...settingHandlers(),
  AbortMultipartUpload: multipart.abortMultipartUpload,
  CompleteMultipartUpload: multipart.completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: buckets.createBucket,
  CreateMultipartUpload: multipart.createMultipartUpload,
  DeleteBucket: buckets.deleteBucket,
  DeleteObject: deleteObject,
  DeleteObjectTagging: tags.deleteObjectTagging,
  DeleteObjects: deleteObjects,
  GetBucketLocation: buckets.getBucketLocation,
  GetObject: getObject,
  GetObjectTagging: tags.getObjectTagging,
  HeadBucket: buckets.headBucket,
  HeadObject: headObject,
  ListBuckets: buckets.listBuckets,
  ListMultipartUploads: multipart.listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: multipart.listParts,
  PutObject: putObject,
  PutObjectTagging: tags.putObjectTagging,
  UploadPart: multipart.uploadPart,
  UploadPartCopy: multipart.uploadPartCopy,
};

import { parsePolicy, type Statement } from "../iam/documents.ts";
import { ownerId } from "./buckets.ts";
import { s3Error } from "./errors.ts";
import { type Bucket, requireBucket, type S3Caller } from "./s3-store.ts";
import { type Setting, settings } from "./tables/settings.ts";

interface SettingInput {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
}

type SettingHandler = (caller: S3Caller, input: SettingInput & Record<string, unknown>) => unknown;

/** Get, Put and Delete of every sub-resource of a bucket that S3 keeps and gives back. */
export function settingHandlers(): Readonly<Record<string, SettingHandler>> {
  return Object.fromEntries(settings.flatMap(handlersOf));
}

function handlersOf(setting: Setting): [string, SettingHandler][] {
  const { name, noun, member, get, put, remove } = setting;
  const found = (caller: S3Caller, input: SettingInput, verb: string) =>
    requireBucket(caller, input.Bucket, {
      action: `s3:${verb}${noun}`,
      owner: input.ExpectedBucketOwner,
    });
  const handlers: [string, SettingHandler][] = [
    [
      get,
      (caller, input) => {
        const bucket = found(caller, input, "Get");
        const value = bucket.settings.get(name) ?? standardOf(setting, bucket);
        if (value === undefined) {
          const { code, message } = setting.missing ?? { code: "NoSuchConfiguration", message: "" };
          throw s3Error(code, message, { fields: { BucketName: bucket.name } });
        }
        return setting.unwrapped === true ? value : { [setting.output ?? member]: value };
      },
    ],
  ];
  if (put !== undefined) {
    handlers.push([
      put,
      (caller, input) => {
        const bucket = found(caller, input, "Put");
        const value = input[member];
        if (value === undefined) throw s3Error("MalformedXML", malformed);
        checks[name]?.(bucket, value);
        bucket.settings.set(name, value);
        return {};
      },
    ]);
  }
  if (remove !== undefined) {
    handlers.push([
      remove,
      (caller, input) => {
        found(caller, input, "Delete").settings.delete(name);
        return {};
      },
    ]);
  }
  return handlers;
}

const malformed =
  "The XML you provided was not well-formed or did not validate against our published schema";

function standardOf(setting: Setting, bucket: Bucket): unknown {
  if (setting.name !== "acl") return setting.standard;
  const Owner = { ID: ownerId(bucket.accountId) };
  const Grantee = { ...Owner, Type: "CanonicalUser" };
  return { Owner, Grants: [{ Grantee, Permission: "FULL_CONTROL" }] };
}

const maxTags = 50;

/** What S3 refuses to store, by sub-resource. */
const checks: Readonly<Record<string, (bucket: Bucket, value: unknown) => void>> = {
  policy: (bucket, value) => checkPolicy(bucket, String(value)),
  tagging: (_bucket, value) => {
    const tags = (value as { TagSet?: { Key?: string }[] }).TagSet ?? [];
    if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
      throw s3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
    }
    if (tags.length > maxTags) {
      throw s3Error("BadRequest", `Bucket tag count cannot be greater than ${maxTags}`);
    }
    if (tags.some(({ Key = "" }) => Key === "" || Key.length > 128)) {
      throw s3Error("InvalidTag", "The TagKey you have provided is invalid");
    }
    if (tags.some(({ Key = "" }) => Key.startsWith("aws:"))) {
      throw s3Error("InvalidTag", "System tags cannot be added/updated by requester");
    }
  },
  versioning: (bucket, value) => {
    const { Status: status } = value as { Status?: string };
    if (status !== "Enabled" && status !== "Suspended") {
      throw s3Error("IllegalVersioningConfigurationException", malformed);
    }
    if (status === "Suspended" && bucket.settings.has("object-lock")) {
      const message =
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
      throw s3Error("InvalidBucketState", message);
    }
  },
  lifecycle: (_bucket, value) => {
    const { Rules: rules = [] } = value as { Rules?: { Status?: string }[] };
    if (rules.length === 0 || rules.some(({ Status }) => Status === undefined)) {
      throw s3Error("MalformedXML", malformed);
    }
  },
};

function checkPolicy(bucket: Bucket, policy: string): void {
  let statements: readonly Statement[];
  try {
    statements = parsePolicy(policy);
  } catch (error) {
    throw s3Error("MalformedPolicy", (error as Error).message);
  }
  const arn = `arn:aws:s3:::${bucket.name}`;
  for (const { resources, principals } of statements) {
    if (principals.length === 0)
      throw s3Error("MalformedPolicy", "Missing required field Principal");
    if (!resources.every((one) => one === arn || one.startsWith(`${arn}/`))) {
      throw s3Error("MalformedPolicy", "Policy has invalid resource");
    }
  }
  const block = bucket.settings.get("publicAccessBlock") as
    | { BlockPublicPolicy?: boolean }
    | undefined;
  const isPublic = statements.some(
    ({ effect, principals, conditions }) =>
      effect === "Allow" && principals.includes("*") && Object.keys(conditions).length === 0,
  );
  if (isPublic && block?.BlockPublicPolicy === true) {
    const message =
      "User is not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the BlockPublicPolicy block public access setting.";
    throw s3Error("AccessDenied", message);
  }
}

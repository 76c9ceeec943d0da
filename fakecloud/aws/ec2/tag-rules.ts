import type { Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { ec2Error, invalidParameter } from "./errors.ts";

const maxTags = 50;
const maxKey = 128;
const maxValue = 256;

/** Tags that a creating call wants on the resource of a type; others must be of the types that the call also creates. */
export function tagsFor(
  specifications: readonly TagSpecification[] | undefined,
  resourceType: string,
  alsoCreated: readonly string[] = [],
): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { ResourceType: type, Tags: list = [] } of specifications ?? []) {
    if (type !== resourceType && !alsoCreated.includes(type ?? "")) {
      throw invalidParameter(`'${type}' is not a valid taggable resource type for this operation.`);
    }
    checkTags(list);
    if (type === resourceType) setTags(tags, list);
  }
  return tags;
}

export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set<string>();
  for (const { Key: key = "", Value: value = "" } of tags) {
    if (key === "") throw invalidParameter("Tag keys must not be empty");
    if (keys.has(key)) {
      throw invalidParameter(`Duplicate tag key '${key}' specified.`);
    }
    keys.add(key);
    if (key.startsWith("aws:")) {
      throw invalidParameter("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (key.length > maxKey) {
      throw invalidParameter(`Tag key exceeds the maximum length of ${maxKey} characters`);
    }
    if (value.length > maxValue) {
      throw invalidParameter(`Tag value exceeds the maximum length of ${maxValue} characters`);
    }
  }
}

/** Adds or replaces; TagLimitExceeded changes nothing. */
export function setTags(target: Map<string, string>, tags: readonly Tag[]): void {
  const keys = [...new Set([...target.keys(), ...tags.map(({ Key }) => Key ?? "")])];
  if (keys.filter((key) => !key.startsWith("aws:")).length > maxTags) {
    throw ec2Error(
      "TagLimitExceeded",
      `The maximum number of Tags for a resource has been reached.`,
    );
  }
  for (const { Key: key = "", Value: value = "" } of tags) target.set(key, value);
}

export function tagsToWire(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

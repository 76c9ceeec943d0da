import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";

const maxTags = 50;
const maxKey = 128;
const maxValue = 256;
const maxResources = 20;

export function checkTags(tags: readonly Tag[], present: ReadonlyMap<string, string>): void {
  const keys = new Set<string>();
  for (const { Key: key = "", Value: value = "" } of tags) {
    if (keys.has(key)) throw elbv2Error("DuplicateTagKeys", key);
    keys.add(key);
    if (key === "" || key.length > maxKey || value.length > maxValue || key.startsWith("aws:")) {
      throw invalid(
        `Tag '${key}' is not valid: keys have 1 to ${maxKey} characters and do not begin with 'aws:', values have at most ${maxValue}`,
      );
    }
  }
  const all = new Set([...keys, ...present.keys()]);
  if (all.size > maxTags) throw elbv2Error("TooManyTags", `${maxTags}`);
}

export function tagMap(tags: readonly Tag[] = []): Map<string, string> {
  checkTags(tags, new Map());
  return new Map(tags.map(({ Key: key = "", Value: value = "" }) => [key, value]));
}

/** What is not there is told by the code of its kind, which stands in the ARN. */
function tagsOf(elb: Elbv2Region, arn: string): Map<string, string> {
  if (arn.includes(":targetgroup/")) return elb.requireTargetGroup(arn).tags;
  if (arn.includes(":listener/")) return elb.requireListener(arn).tags;
  return elb.requireBalancer(arn).tags;
}

export function addTags(elb: Elbv2Region, input: AddTagsInput) {
  const { Tags: tags = [], ResourceArns: arns = [] } = input;
  const targets = arns.map((arn) => tagsOf(elb, arn));
  for (const target of targets) checkTags(tags, target);
  for (const target of targets) {
    for (const { Key: key = "", Value: value = "" } of tags) target.set(key, value);
  }
  return {};
}

export function removeTags(elb: Elbv2Region, input: RemoveTagsInput) {
  const targets = (input.ResourceArns ?? []).map((arn) => tagsOf(elb, arn));
  for (const target of targets) for (const key of input.TagKeys ?? []) target.delete(key);
  return {};
}

export function describeTags(elb: Elbv2Region, input: DescribeTagsInput): DescribeTagsOutput {
  const arns = input.ResourceArns ?? [];
  if (arns.length === 0 || arns.length > maxResources) {
    throw invalid(`Between 1 and ${maxResources} resource ARNs are wanted`);
  }
  return {
    TagDescriptions: arns.map((arn) => ({
      ResourceArn: arn,
      Tags: [...tagsOf(elb, arn)].map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from "@aws-sdk/client-elastic-load-balancing";
import { tagsToWire } from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

const maxTags = 50;
const maxKey = 128;
const maxValue = 256;

/** `more` tags are there already (other keys). */
export function checkTags(tags: readonly Tag[], more: number): void {
  const keys = new Set<string>();
  for (const { Key: key = "", Value: value = "" } of tags) {
    if (keys.has(key)) throw elbError("DuplicateTagKeys", key);
    keys.add(key);
    if (key === "" || key.length > maxKey || value.length > maxValue) {
      const why = `Tag keys have 1 to ${maxKey} characters, values at most ${maxValue}: '${key}'`;
      throw elbError("ValidationError", why);
    }
    if (key.startsWith("aws:")) {
      throw elbError("ValidationError", `Tag keys must not begin with 'aws:': '${key}'`);
    }
  }
  if (keys.size + more > maxTags) throw elbError("TooManyTags", `${maxTags}`);
}

export function applyTags(target: Map<string, string>, tags: readonly Tag[]): void {
  for (const { Key: key = "", Value: value = "" } of tags) target.set(key, value);
}

export function addTags(elb: ElbRegion, input: AddTagsInput) {
  const tags = input.Tags ?? [];
  const balancers = (input.LoadBalancerNames ?? []).map((name) => elb.require(name));
  for (const balancer of balancers) {
    const others = [...balancer.tags.keys()].filter((key) => tags.every((tag) => tag.Key !== key));
    checkTags(tags, others.length);
  }
  for (const balancer of balancers) applyTags(balancer.tags, tags);
  return {};
}

export function removeTags(elb: ElbRegion, input: RemoveTagsInput) {
  const balancers = (input.LoadBalancerNames ?? []).map((name) => elb.require(name));
  for (const balancer of balancers) {
    for (const tag of input.Tags ?? []) balancer.tags.delete(tag.Key ?? "");
  }
  return {};
}

const maxNames = 20;

export function describeTags(elb: ElbRegion, input: DescribeTagsInput): DescribeTagsOutput {
  const names = input.LoadBalancerNames ?? [];
  if (names.length === 0 || names.length > maxNames) {
    throw elbError("ValidationError", `Between 1 and ${maxNames} load balancer names are wanted`);
  }
  return {
    TagDescriptions: names.map((name) => ({
      LoadBalancerName: name,
      Tags: tagsToWire(elb.require(name).tags),
    })),
  };
}

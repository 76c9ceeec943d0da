import type {
  GetResourcesInput,
  GetResourcesOutput,
  GetTagKeysInput,
  GetTagKeysOutput,
  GetTagValuesInput,
  GetTagValuesOutput,
  TagFilter,
  TagResourcesInput,
  TagResourcesOutput,
  UntagResourcesInput,
  UntagResourcesOutput,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { AwsError } from "../aws-error.ts";
import type { TaggedResource } from "./tagged-resources.ts";

/** What a handler is given: the tagged resources of the caller's account and region, looked up at its call. */
export interface TaggingState {
  readonly resources: () => readonly TaggedResource[];
}

const maxFilters = 50;
const maxValues = 20;
const maxArns = 20;
const maxKeys = 50;
const pageSize = 100;

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

/** Resources that have or had tags; filters are joined by AND, the values of one by OR. */
export function getResources(state: TaggingState, input: GetResourcesInput): GetResourcesOutput {
  const { TagFilters: filters = [], ResourceTypeFilters: types = [] } = input;
  const { ResourceARNList: arns = [] } = input;
  checkGetResources(input);
  const found = state
    .resources()
    .filter(({ tags }) => tags.size > 0)
    .filter(({ arn }) => arns.length === 0 || arns.includes(arn))
    .filter(({ type }) => types.length === 0 || types.some((wanted) => isOfType(type, wanted)))
    .filter(({ tags }) => filters.every((filter) => holds(filter, tags)));
  const size = input.ResourcesPerPage ?? pageSize;
  const { items, token } = page(found, input.PaginationToken, size);
  return {
    PaginationToken: token,
    ResourceTagMappingList: items.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

function checkGetResources(input: GetResourcesInput): void {
  const { TagFilters: filters = [], ResourceTypeFilters: types = [] } = input;
  if (input.ResourceARNList !== undefined && filters.length + types.length > 0) {
    throw invalid("The ResourceARNList parameter cannot be used with filters");
  }
  if (filters.length > maxFilters) throw invalid(`At most ${maxFilters} tag filters are allowed`);
  if (filters.some(({ Values = [] }) => Values.length > maxValues)) {
    throw invalid(`At most ${maxValues} values are allowed in a tag filter`);
  }
  if (filters.some(({ Key = "" }) => Key === "")) throw invalid("A tag filter needs a key");
  const { ResourcesPerPage: size } = input;
  if (size !== undefined && (size < 1 || size > pageSize)) {
    throw invalid(`ResourcesPerPage must be between 1 and ${pageSize}`);
  }
}

/** "ec2" means every type of the service, "elasticloadbalancing:loadbalancer" all kinds of them. */
function isOfType(type: string, wanted: string): boolean {
  return type === wanted || type.startsWith(`${wanted}:`) || type.startsWith(`${wanted}/`);
}

function holds(
  { Key: key = "", Values: values = [] }: TagFilter,
  tags: ReadonlyMap<string, string>,
) {
  const value = tags.get(key);
  return value !== undefined && (values.length === 0 || values.includes(value));
}

function page<T>(all: readonly T[], token: string | undefined, size: number) {
  const from = token === undefined || token === "" ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError("PaginationTokenExpiredException", "The PaginationToken is not valid");
  }
  const more = from + size < all.length;
  return { items: all.slice(from, from + size), token: more ? `${from + size}` : "" };
}

export function getTagKeys(state: TaggingState, input: GetTagKeysInput): GetTagKeysOutput {
  const keys = [...new Set(state.resources().flatMap(({ tags }) => [...tags.keys()]))];
  const { items, token } = page(keys.toSorted(), input.PaginationToken, pageSize);
  return { PaginationToken: token, TagKeys: [...items] };
}

export function getTagValues(state: TaggingState, input: GetTagValuesInput): GetTagValuesOutput {
  const values = state.resources().flatMap(({ tags }) => tags.get(input.Key ?? "") ?? []);
  const unique = [...new Set(values)].toSorted();
  const { items, token } = page(unique, input.PaginationToken, pageSize);
  return { PaginationToken: token, TagValues: [...items] };
}

function checkArns(arns: readonly string[]): void {
  if (arns.length === 0 || arns.length > maxArns) {
    throw invalid(`Between 1 and ${maxArns} resource ARNs are wanted`);
  }
  const wrong = arns.find((arn) => !/^arn:[^:]+:[^:]+:/.test(arn));
  if (wrong !== undefined) throw invalid(`${wrong} is not a valid ARN`);
}

/** Each resource succeeds or fails by itself. */
function each(
  state: TaggingState,
  arns: readonly string[],
  change: (resource: TaggedResource) => void,
): TagResourcesOutput {
  checkArns(arns);
  const known = new Map(state.resources().map((resource) => [resource.arn, resource]));
  const failed = arns.filter((arn) => !known.has(arn));
  for (const arn of arns) {
    const resource = known.get(arn);
    if (resource !== undefined) change(resource);
  }
  return {
    FailedResourcesMap: Object.fromEntries(
      failed.map((arn) => [
        arn,
        {
          StatusCode: 400,
          ErrorCode: "InvalidParameterException" as const,
          ErrorMessage: `The resource ${arn} does not exist`,
        },
      ]),
    ),
  };
}

export function tagResources(state: TaggingState, input: TagResourcesInput): TagResourcesOutput {
  const tags = Object.entries(input.Tags ?? {});
  if (tags.length === 0 || tags.length > maxKeys) {
    throw invalid(`Between 1 and ${maxKeys} tags are wanted`);
  }
  const reserved = tags.find(([key]) => key.startsWith("aws:"));
  if (reserved !== undefined) {
    throw invalid(`Tag keys starting with 'aws:' are reserved: ${reserved[0]}`);
  }
  return each(state, input.ResourceARNList ?? [], (resource) => {
    for (const [key, value] of tags) resource.set(key, value);
  });
}

export function untagResources(
  state: TaggingState,
  input: UntagResourcesInput,
): UntagResourcesOutput {
  return each(state, input.ResourceARNList ?? [], (resource) => {
    for (const key of input.TagKeys ?? []) resource.remove(key);
  });
}

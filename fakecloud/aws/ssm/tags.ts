import type {
  AddTagsToResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
  Tag,
} from "@aws-sdk/client-ssm";
import { ssmError } from "./errors.ts";
import type { ParameterRecord, ParameterStore } from "./parameter-store.ts";

const maxTags = 50;

export function applyTags(target: Map<string, string>, tags: readonly Tag[]): void {
  for (const { Key: key = "" } of tags) {
    if (key !== "" && key.length <= 128 && !key.startsWith("aws:")) continue;
    throw ssmError("ValidationException", `Tag key '${key}' is not valid.`);
  }
  const keys = new Set([...target.keys(), ...tags.map((tag) => tag.Key ?? "")]);
  if (keys.size > maxTags) {
    throw ssmError("TooManyTagsError", `The Targets parameter includes too many tags.`);
  }
  for (const { Key: key = "", Value: value = "" } of tags) target.set(key, value);
}

function requireTagged(
  store: ParameterStore,
  input: { readonly ResourceType?: string | undefined; readonly ResourceId?: string | undefined },
): ParameterRecord {
  if (input.ResourceType !== "Parameter") {
    throw ssmError("ValidationException", `Seatrial tags no resource type ${input.ResourceType}`);
  }
  const record = store.parameters.get(input.ResourceId ?? "");
  if (record !== undefined) return record;
  throw ssmError(
    "InvalidResourceId",
    "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
  );
}

export function addTagsToResource(store: ParameterStore, input: AddTagsToResourceRequest) {
  applyTags(requireTagged(store, input).tags, input.Tags ?? []);
  return {};
}

export function removeTagsFromResource(
  store: ParameterStore,
  input: RemoveTagsFromResourceRequest,
) {
  const { tags } = requireTagged(store, input);
  for (const key of input.TagKeys ?? []) tags.delete(key);
  return {};
}

export function listTagsForResource(
  store: ParameterStore,
  input: ListTagsForResourceRequest,
): ListTagsForResourceResult {
  const { tags } = requireTagged(store, input);
  return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

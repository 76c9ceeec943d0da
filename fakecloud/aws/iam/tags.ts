import type { Tag } from "@aws-sdk/client-iam";
import { iamError } from "./errors.ts";
import type { IamAccount, IamEntity } from "./iam-account.ts";
import { page } from "./pages.ts";

const maxTags = 50;

export function applyTags(target: Map<string, string>, tags: readonly Tag[]): void {
  const keys = new Set([...target.keys(), ...tags.map((tag) => tag.Key ?? "")]);
  if (keys.size > maxTags) {
    throw iamError("LimitExceeded", `Cannot exceed quota for TagsPerResource: ${maxTags}`);
  }
  for (const { Key: key = "" } of tags) {
    if (key !== "" && !key.startsWith("aws:") && key.length <= 128) continue;
    throw iamError("ValidationError", `Tag key '${key}' is not valid`);
  }
  for (const { Key: key = "", Value: value = "" } of tags) target.set(key, value);
}

export function tagsToWire(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

type PageInput = Parameters<typeof page>[1];

type Find<Input> = (iam: IamAccount, input: Input) => Pick<IamEntity, "tags">;

export function tagging<Input>(find: Find<Input>) {
  return (iam: IamAccount, input: Input & { readonly Tags?: readonly Tag[] | undefined }) => {
    applyTags(find(iam, input).tags, input.Tags ?? []);
    return {};
  };
}

export function untagging<Input>(find: Find<Input>) {
  return (iam: IamAccount, input: Input & { readonly TagKeys?: readonly string[] | undefined }) => {
    for (const key of input.TagKeys ?? []) find(iam, input).tags.delete(key);
    return {};
  };
}

export function listingTags<Input>(find: Find<Input>) {
  return (iam: IamAccount, input: Input & PageInput) => {
    const { items, ...marker } = page(tagsToWire(find(iam, input).tags), input);
    return { Tags: [...items], ...marker };
  };
}

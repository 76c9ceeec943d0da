import {
  CreateTagsCommand,
  type EC2Client,
  type ResourceType,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import { missingTags, tagList, tagMap, type Tags } from "../tags.ts";

interface Tagged {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Tags that go into the creating call: a resource is never without its owner's name. */
export function tagSpecification(type: ResourceType, tags: Tags): TagSpecification {
  return { ResourceType: type, Tags: tagList(tags) };
}

/** Adds what is missing or differs, in one call; never removes anything. */
export async function ensureTags(
  ec2: EC2Client,
  resourceId: string,
  current: readonly Tagged[] | undefined,
  desired: Tags,
): Promise<void> {
  const missing = missingTags(tagMap(current), desired);
  if (Object.keys(missing).length === 0) return;
  await ec2.send(new CreateTagsCommand({ Resources: [resourceId], Tags: tagList(missing) }));
}

import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeVolumesCommand,
  type Instance,
  type Tag,
} from "@aws-sdk/client-ec2";
import { instanceTags, type MachineScope } from "../machine-scope.ts";
import { missingTags, tagList, tagMap, type Tags } from "../tags.ts";

/** What the spec's additional tags were the last time: a key that has gone from the spec goes from AWS, too. */
export const lastTagsAnnotation = "sigs.k8s.io/cluster-api-provider-aws-last-applied-tags";

/** Tags of the instance and its volumes follow the spec; tags that others have set stay. capa-behaviour 0.9, 8.17. */
export async function reconcileInstanceTags(
  scope: MachineScope,
  instance: Instance,
): Promise<void> {
  const desired = instanceTags(scope);
  const removed = removedKeys(scope, desired);
  await sync(scope, instance.InstanceId ?? "", { current: instance.Tags, desired, removed });
  if (removed.length > 0 || isChanged(scope))
    await syncVolumes(scope, instance, { desired, removed });
  record(scope);
}

async function syncVolumes(
  scope: MachineScope,
  instance: Instance,
  change: { readonly desired: Tags; readonly removed: readonly string[] },
): Promise<void> {
  const ids = (instance.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
  if (ids.length === 0) return;
  const { Volumes = [] } = await scope.aws.ec2.send(new DescribeVolumesCommand({ VolumeIds: ids }));
  for (const { VolumeId = "", Tags: current } of Volumes) {
    await sync(scope, VolumeId, { current, ...change });
  }
}

async function sync(
  { aws }: MachineScope,
  id: string,
  change: {
    readonly current: readonly Tag[] | undefined;
    readonly desired: Tags;
    readonly removed: readonly string[];
  },
): Promise<void> {
  const current = tagMap(change.current);
  const missing = missingTags(current, change.desired);
  if (Object.keys(missing).length > 0) {
    await aws.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(missing) }));
  }
  const surplus = change.removed.filter((key) => current[key] !== undefined);
  if (surplus.length > 0) {
    const Tags = surplus.map((Key) => ({ Key }));
    await aws.ec2.send(new DeleteTagsCommand({ Resources: [id], Tags }));
  }
}

function additionalTags({ awsCluster, draft }: MachineScope): Tags {
  return { ...awsCluster.spec?.additionalTags, ...draft.spec?.additionalTags };
}

function lastApplied(scope: MachineScope): Tags {
  const text = scope.draft.metadata.annotations?.[lastTagsAnnotation];
  return text === undefined ? {} : (JSON.parse(text) as Tags);
}

function removedKeys(scope: MachineScope, desired: Tags): readonly string[] {
  return Object.keys(lastApplied(scope)).filter((key) => desired[key] === undefined);
}

function isChanged(scope: MachineScope): boolean {
  return JSON.stringify(sorted(additionalTags(scope))) !== JSON.stringify(lastApplied(scope));
}

function record(scope: MachineScope): void {
  const { metadata } = scope.draft;
  const tags = sorted(additionalTags(scope));
  const known = metadata.annotations?.[lastTagsAnnotation];
  if (Object.keys(tags).length === 0 && known === undefined) return; // Never used: no need to say so.
  metadata.annotations = { ...metadata.annotations, [lastTagsAnnotation]: JSON.stringify(tags) };
}

function sorted(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

import {
  DescribeSecurityGroupsCommand,
  type Instance,
  ModifyNetworkInterfaceAttributeCommand,
} from "@aws-sdk/client-ec2";
import type { AdditionalSecurityGroup } from "../../api/generated/definitions.ts";
import { markFalse, markTrue } from "../conditions.ts";
import { describeError } from "../failed-call.ts";
import { type MachineScope, specOf } from "../machine-scope.ts";
import { coreSecurityGroups } from "./launch-inputs.ts";

/** What was attached the last time because the spec asked for it: only that may be taken off again. */
export const lastSecurityGroupsAnnotation =
  "sigs.k8s.io/cluster-api-provider-aws-last-applied-security-groups";

/** Core and additional security groups on every interface of the instance. Others that somebody attached stay. capa-behaviour 8.17. */
export async function reconcileSecurityGroups(
  scope: MachineScope,
  instance: Instance,
): Promise<void> {
  const { draft, clock } = scope;
  try {
    await sync(scope, instance);
    markTrue(draft, "SecurityGroupsReady", clock);
  } catch (error) {
    const message = describeError(error);
    const why = { reason: "SecurityGroupsSyncFailed", severity: "Error", message } as const;
    markFalse(draft, "SecurityGroupsReady", why, clock);
    throw error;
  }
}

async function sync(scope: MachineScope, instance: Instance): Promise<void> {
  const additional = await additionalGroups(scope);
  const wanted = [...coreSecurityGroups(scope), ...additional];
  const dropped = lastApplied(scope).filter((id) => !wanted.includes(id));
  for (const { NetworkInterfaceId, Groups = [] } of instance.NetworkInterfaces ?? []) {
    const current = Groups.map(({ GroupId = "" }) => GroupId);
    const target = [
      ...current.filter((id) => !dropped.includes(id)),
      ...wanted.filter((id) => !current.includes(id)),
    ];
    if (target.length === current.length && target.every((id) => current.includes(id))) continue;
    await scope.aws.ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: target }),
    );
  }
  record(scope, additional);
}

function lastApplied(scope: MachineScope): readonly string[] {
  const text = scope.draft.metadata.annotations?.[lastSecurityGroupsAnnotation];
  return text === undefined ? [] : Object.keys(JSON.parse(text) as Record<string, unknown>);
}

function record(scope: MachineScope, additional: readonly string[]): void {
  const { metadata } = scope.draft;
  if (
    additional.length === 0 &&
    metadata.annotations?.[lastSecurityGroupsAnnotation] === undefined
  ) {
    return; // Never used: no need to say so.
  }
  const value = JSON.stringify(Object.fromEntries(additional.map((id) => [id, {}])));
  metadata.annotations = { ...metadata.annotations, [lastSecurityGroupsAnnotation]: value };
}

async function additionalGroups(scope: MachineScope): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const reference of specOf(scope).additionalSecurityGroups ?? []) {
    for (const id of await resolve(scope, reference)) if (!ids.includes(id)) ids.push(id);
  }
  return ids;
}

async function resolve(
  scope: MachineScope,
  { id, filters = [] }: AdditionalSecurityGroup,
): Promise<readonly string[]> {
  if (id !== undefined && id !== "") return [id];
  if (filters.length === 0) return [];
  const { SecurityGroups = [] } = await scope.aws.ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: filters.map(({ name, values }) => ({ Name: name, Values: values })),
    }),
  );
  return SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []).sort();
}

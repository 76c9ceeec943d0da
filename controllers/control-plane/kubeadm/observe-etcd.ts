import { messageOf } from "../../runtime/errors.ts";
import type { ControlPlane, Member } from "./control-plane.ts";
import type { EtcdAccess } from "./etcd-access.ts";
import type { EtcdAlarm, EtcdClient, EtcdMember, EtcdStatus } from "./etcd-client.ts";

/** What the member on one node said, or why it said nothing. */
export interface NodeReport {
  readonly status?: EtcdStatus;
  readonly error?: string;
}

export interface EtcdObservation {
  /** As one reachable member lists them; undefined when none could. */
  readonly members: readonly EtcdMember[] | undefined;
  /** Why none could, if one was asked. */
  readonly listError?: string;
  readonly alarms: readonly EtcdAlarm[];
  /** "0" when no member knows a leader. */
  readonly leaderId: string;
  readonly reports: ReadonlyMap<string, NodeReport>;
}

/** Asks the member of every machine that has a Node; the list of members comes from the first that can give it. */
export async function observeEtcd(
  access: EtcdAccess,
  { cluster, members }: ControlPlane,
): Promise<EtcdObservation> {
  const reports = new Map<string, NodeReport>();
  let lists: Lists = {};
  for (const nodeName of nodeNames(members)) {
    const report = await ask(() =>
      access.with(cluster, nodeName, async (client) => {
        const status = await client.status();
        if (lists.members === undefined && !status.isLearner) lists = await readLists(client);
        return status;
      }),
    );
    reports.set(nodeName, report);
  }
  const leaders = [...reports.values()].map(({ status }) => status?.leaderId ?? "0");
  return {
    members: lists.members,
    alarms: lists.alarms ?? [],
    ...(lists.error === undefined ? {} : { listError: lists.error }),
    leaderId: leaders.find((id) => id !== "0") ?? "0",
    reports,
  };
}

interface Lists {
  readonly members?: readonly EtcdMember[];
  readonly alarms?: readonly EtcdAlarm[];
  readonly error?: string;
}

/** A member without quorum answers for itself, but cannot list the others. */
async function readLists(client: EtcdClient): Promise<Lists> {
  let members: readonly EtcdMember[];
  try {
    members = await client.memberList();
  } catch (error) {
    return { error: `Failed to get etcd members: ${messageOf(error)}` };
  }
  try {
    return { members, alarms: await client.alarms() };
  } catch (error) {
    return { error: `Failed to get etcd alarms: ${messageOf(error)}` };
  }
}

async function ask(call: () => Promise<EtcdStatus>): Promise<NodeReport> {
  try {
    return { status: await call() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

export function nodeNames(members: readonly Member[]): readonly string[] {
  return members
    .map(({ machine }) => machine.status?.nodeRef?.name)
    .filter((name) => name !== undefined);
}

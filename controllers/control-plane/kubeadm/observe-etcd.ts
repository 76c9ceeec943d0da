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
  let list: readonly EtcdMember[] | undefined;
  let alarms: readonly EtcdAlarm[] = [];
  for (const nodeName of nodeNames(members)) {
    const report = await ask(() =>
      access.with(cluster, nodeName, async (client) => {
        const status = await client.status();
        if (list === undefined && !status.isLearner) ({ list, alarms } = await readLists(client));
        return status;
      }),
    );
    reports.set(nodeName, report);
  }
  const leaders = [...reports.values()].map(({ status }) => status?.leaderId ?? "0");
  return { members: list, alarms, leaderId: leaders.find((id) => id !== "0") ?? "0", reports };
}

/** A member without quorum answers for itself, but cannot list the others. */
async function readLists(
  client: EtcdClient,
): Promise<{ list: readonly EtcdMember[] | undefined; alarms: readonly EtcdAlarm[] }> {
  try {
    return { list: await client.memberList(), alarms: await client.alarms() };
  } catch {
    return { list: undefined, alarms: [] };
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

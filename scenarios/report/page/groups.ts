import type { PageData } from "../page-data.ts";
import type { Playback } from "../playback.ts";
import { promiseRows, rateRows, reconcileRows } from "./event-rows.ts";
import { capacityRow, etcdRow, happeningRow, laneRow, type RowGroup } from "./rows.ts";

/** So many Machines and more get one thin bar each. */
const manyLanes = 80;

/** The rows of the timeline, from what people do down to what has been promised. */
export function rowGroups(data: PageData, playback: Playback): readonly RowGroup[] {
  const { recording, lanes, capacity, happenings } = data;
  const { virtualMs, violations } = recording.run;
  const isCompact = lanes.length >= manyLanes;
  const owners = [...new Set(lanes.map(({ group }) => group))];
  const etcd = Map.groupBy(recording.etcd, ({ cluster }) => cluster);
  const groups: readonly RowGroup[] = [
    { name: "People and nature", isOpen: true, rows: happenings.map(happeningRow) },
    {
      name: "Capacity, beside what a rollout may use",
      isOpen: true,
      rows: capacity.map((one) => capacityRow(one, virtualMs)),
    },
    ...owners.map((owner) => ({
      name: `Machines of ${owner}`,
      isOpen: true,
      rows: lanes.filter(({ group }) => group === owner).map((lane) => laneRow(lane, isCompact)),
    })),
    {
      name: "etcd",
      isOpen: true,
      rows: [...etcd].map(([cluster, facts]) => etcdRow(cluster, facts, virtualMs)),
    },
    { name: "Reconciles", isOpen: true, rows: reconcileRows(playback) },
    { name: "Calls", isOpen: true, rows: rateRows(playback) },
    {
      name: "Promises",
      isOpen: violations.length > 0,
      rows: promiseRows(recording.promises, violations, virtualMs),
    },
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

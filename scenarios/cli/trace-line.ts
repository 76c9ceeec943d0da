import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";

/** One event on one line in fixed columns, so that `grep` and `diff` work on it. */
export function formatTraceLine(record: TraceRecord): string {
  const seconds = (record.atMs / 1000).toFixed(3).padStart(12);
  const detail = record.detail === undefined ? "" : JSON.stringify(record.detail);
  return `${seconds}  ${record.kind.padEnd(16)}  ${record.actor.padEnd(24)}  ${record.verb.padEnd(22)}  ${record.object}  ${detail}`.trimEnd();
}

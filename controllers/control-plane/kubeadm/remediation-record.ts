import { RemediationForAnnotation, RemediationInProgressAnnotation } from "../../api/constants.ts";
import type { KubeObject } from "../../runtime/client.ts";

/** Kept as JSON in annotations: on the control plane while in progress, then on the replacement. */
export interface RemediationRecord {
  /** The Machine that was, or is being, replaced. */
  readonly machine: string;
  /** RFC 3339. */
  readonly timestamp: string;
  /** How often in a row a replacement failed as well. */
  readonly retryCount: number;
}

export function remediationInProgress(kcp: KubeObject): RemediationRecord | undefined {
  return parse(kcp.metadata.annotations?.[RemediationInProgressAnnotation]);
}

/** What this Machine is the replacement for. */
export function remediationFor(machine: KubeObject): RemediationRecord | undefined {
  return parse(machine.metadata.annotations?.[RemediationForAnnotation]);
}

/** An unreadable record counts as none: it must not keep a cluster from being repaired. */
function parse(text: string | undefined): RemediationRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as Partial<RemediationRecord>;
    return typeof record.machine === "string" && typeof record.timestamp === "string"
      ? { machine: record.machine, timestamp: record.timestamp, retryCount: record.retryCount ?? 0 }
      : undefined;
  } catch {
    return undefined;
  }
}

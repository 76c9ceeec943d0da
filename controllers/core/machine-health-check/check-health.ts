import { RemediateMachineAnnotation } from "../../api/constants.ts";
import type { Cluster, Machine, MachineHealthCheck } from "../../api/core/v1beta2.ts";
import type { Node } from "../../api/kubernetes.ts";
import { parseTime } from "../../runtime/clock.ts";
import { type Condition, findCondition } from "../../runtime/conditions.ts";
import { goDuration } from "../../runtime/go-duration.ts";

export interface Target {
  readonly machine: Machine;
  /** Undefined while there is none, or none any more. */
  readonly node: Node | undefined;
  /** False while the workload cluster cannot be asked: what needs the Node is not judged then. */
  readonly isConnected: boolean;
}

export type Verdict =
  | { readonly health: "healthy" }
  /** Not judged at all: it counts as neither. */
  | { readonly health: "unknown" }
  /** Something is wrong, but not for long enough; look again then. */
  | { readonly health: "waiting"; readonly nextMs: number }
  | {
      readonly health: "unhealthy";
      readonly reason: string;
      readonly message: string;
      /** The same to readers of v1beta1. */
      readonly old: { readonly reason: string; readonly message: string };
    };

interface Finding {
  readonly reason: string;
  readonly line: string;
}

const defaultStartupSeconds = 600;
/** Times are in whole seconds: a second more, so that the limit has surely passed. */
const slackMs = 1_000;

/** Judges one Machine by what is known of it now. capi-behaviour 6.2 to 6.4. */
export function checkHealth(
  target: Target,
  check: MachineHealthCheck,
  context: { readonly cluster: Cluster; readonly nowMs: number },
): Verdict {
  const { machine } = target;
  if (machine.metadata.annotations?.[RemediateMachineAnnotation] !== undefined) {
    const message = `Health check failed: marked for remediation via ${RemediateMachineAnnotation} annotation`;
    const reason = "HasRemediateAnnotation";
    return { health: "unhealthy", reason, message, old: askedFor };
  }
  const { cluster, nowMs } = context;
  if (!canBeFit(machine, cluster)) return { health: "unknown" };
  const findings: Finding[] = [];
  const nextMs: number[] = [];
  checkFailure(machine, findings);
  checkMachineConditions(machine, check, { nowMs, findings, nextMs });
  if (target.isConnected) checkNode(target, check, { cluster, nowMs, findings, nextMs });
  if (findings.length > 0) return unhealthy(findings);
  if (nextMs.length > 0) return { health: "waiting", nextMs: Math.min(...nextMs) };
  return isJudged(target) ? { health: "healthy" } : { health: "unknown" };
}

const askedFor = {
  reason: "HasRemediateMachineAnnotation",
  message: "Marked for remediation via remediate-machine annotation",
};

/** What is wrong with the Node is told first, but a Machine that says itself what is wrong with it gives the reason. */
function unhealthy(findings: readonly Finding[]): Verdict {
  const own = findings.filter(({ reason }) => reason === "UnhealthyMachine");
  const ofNode = findings.filter(({ reason }) => reason !== "UnhealthyMachine");
  const lines = [...ofNode, ...own].map(({ line }) => line);
  const message = ["Health check failed:", ...lines.map((line) => `  * ${line}`)].join("\n");
  const reason = (own[0] ?? ofNode[0])?.reason ?? "";
  const old =
    reason === "NodeDeleted"
      ? { reason: "NodeNotFound", message: "" }
      : { reason, message: lines.join("; ") };
  return { health: "unhealthy", reason, message, old };
}

/** Before there is a cluster to join, no Machine can be blamed. 6.2. */
function canBeFit({ metadata }: Machine, { status }: Cluster): boolean {
  if (status?.initialization?.infrastructureProvisioned !== true) return false;
  const isWorker = metadata.labels?.["cluster.x-k8s.io/control-plane"] === undefined;
  return !isWorker || status.initialization.controlPlaneInitialized === true;
}

/** Without a look at its Node, or on its way out, a Machine is neither healthy nor unhealthy. */
function isJudged({ isConnected, node, machine }: Target): boolean {
  return isConnected && node !== undefined && machine.metadata.deletionTimestamp === undefined;
}

/** Providers of the older contract say so themselves when a machine cannot be saved. */
function checkFailure(machine: Machine, findings: Finding[]): void {
  const { failureReason, failureMessage } = machine.status?.deprecated?.v1beta1 ?? {};
  if (failureReason === undefined && failureMessage === undefined) return;
  const line = `Machine failed (${failureReason ?? ""}): ${failureMessage ?? ""}`;
  findings.push({ reason: "UnhealthyMachine", line });
}

interface Findings {
  readonly nowMs: number;
  readonly findings: Finding[];
  readonly nextMs: number[];
}

function checkMachineConditions(
  machine: Machine,
  check: MachineHealthCheck,
  context: Findings,
): void {
  for (const wanted of check.spec.checks?.unhealthyMachineConditions ?? []) {
    const condition = findCondition(machine, wanted.type);
    if (condition?.status !== wanted.status) continue;
    judge(condition, wanted, { ...context, subject: "Machine", reason: "UnhealthyMachine" });
  }
}

function judge(
  condition: Pick<Condition, "lastTransitionTime">,
  wanted: { readonly type: string; readonly status: string; readonly timeoutSeconds: number },
  context: Findings & { readonly subject: string; readonly reason: string },
): void {
  const { nowMs, findings, nextMs, subject, reason } = context;
  const sinceMs = parseTime(condition.lastTransitionTime) ?? nowMs;
  const dueMs = sinceMs + wanted.timeoutSeconds * 1000;
  if (dueMs >= nowMs) {
    nextMs.push(dueMs - nowMs + slackMs);
    return;
  }
  const limit = goDuration(wanted.timeoutSeconds);
  const line = `Condition ${wanted.type} on ${subject} is reporting status ${wanted.status} for more than ${limit}`;
  findings.push({ reason, line });
}

function checkNode(
  { machine, node }: Target,
  check: MachineHealthCheck,
  context: Findings & { readonly cluster: Cluster },
): void {
  if (node === undefined) {
    checkMissingNode(machine, check, context);
    return;
  }
  for (const wanted of check.spec.checks?.unhealthyNodeConditions ?? []) {
    const condition = node.status?.conditions?.find(({ type }) => type === wanted.type);
    if (condition?.status !== wanted.status) continue;
    const { lastTransitionTime = "" } = condition;
    judge({ lastTransitionTime }, wanted, { ...context, subject: "Node", reason: "UnhealthyNode" });
  }
}

function checkMissingNode(
  machine: Machine,
  check: MachineHealthCheck,
  { cluster, nowMs, findings, nextMs }: Findings & { readonly cluster: Cluster },
): void {
  const nodeRef = machine.status?.nodeRef;
  if (nodeRef !== undefined) {
    findings.push({ reason: "NodeDeleted", line: `Node ${nodeRef.name} has been deleted` });
    return;
  }
  const seconds = check.spec.checks?.nodeStartupTimeoutSeconds ?? defaultStartupSeconds;
  // With a verdict already, nobody waits for a Node.
  if (seconds === 0 || findings.length > 0) return;
  const dueMs = startOfWait(machine, cluster) + seconds * 1000;
  if (dueMs >= nowMs) {
    nextMs.push(dueMs - nowMs + slackMs);
    return;
  }
  findings.push({
    reason: "NodeStartupTimeout",
    line: `Node failed to report startup in ${goDuration(seconds)}`,
  });
}

/** The wait for a Node begins when the last thing that it needs is there. */
function startOfWait(machine: Machine, cluster: Cluster): number {
  const since = (conditions: readonly Condition[] | undefined, type: string) => {
    const found = conditions?.find((condition) => condition.type === type);
    return found?.status === "True" ? (parseTime(found.lastTransitionTime) ?? 0) : 0;
  };
  return Math.max(
    parseTime(machine.metadata.creationTimestamp ?? "") ?? 0,
    since(cluster.status?.conditions, "ControlPlaneInitialized"),
    since(cluster.status?.conditions, "InfrastructureReady"),
    since(machine.status?.conditions, "InfrastructureReady"),
  );
}

import { conditionOf, isConditionTrue } from "../../bootstrap/objects/conditions.ts";
import {
  type ControlPlane,
  hasHealthyComponents,
  healthConditionsOf,
  isDeleting,
  isEtcdManaged,
  type Member,
  nameOf,
} from "./control-plane.ts";
import { healthyNodes, isSafeToAdd } from "./etcd-health.ts";
import type { EtcdObservation } from "./observe-etcd.ts";
import { isReplacementDue } from "./plan-remediation.ts";

/** What a change has to wait for. */
export type PreflightFailure = "certificates" | "components" | "deletingMachine" | "etcd";

export interface Blocked {
  readonly failures: readonly PreflightFailure[];
  /** In full, for an event; of what takes its time anyway nobody is told. */
  readonly problems: readonly string[];
  readonly requeueAfterMs: number;
}

const preflightRequeueMs = 15_000;
const deletingRequeueMs = 30_000;

/** Never two changes at once: everybody else is there and well before a machine is added. */
export function preflightForScaleUp(
  controlPlane: ControlPlane,
  etcd?: EtcdObservation,
): Blocked | undefined {
  if (!isConditionTrue(controlPlane.kcp, "CertificatesAvailable")) {
    return { failures: ["certificates"], problems: [], requeueAfterMs: preflightRequeueMs };
  }
  const deletion = deletionInProgress(controlPlane);
  if (deletion !== undefined) return deletion;
  const unhealthy = unhealthyMachines(controlPlane, undefined);
  if (unhealthy === undefined || !isReplacementDue(controlPlane)) return unhealthy;
  return unsafeReplacement(controlPlane, etcd);
}

/** The machine that goes may be ill; that may be why it goes. */
export function preflightForScaleDown(
  controlPlane: ControlPlane,
  leaving: Member,
): Blocked | undefined {
  return deletionInProgress(controlPlane) ?? unhealthyMachines(controlPlane, leaving);
}

/**
 * While a machine is being replaced others may be ill too; waiting for them could mean waiting for ever. The replacement
 * may come if some machine works and etcd can stand one more member that may never become healthy.
 */
function unsafeReplacement(
  controlPlane: ControlPlane,
  etcd: EtcdObservation | undefined,
): Blocked | undefined {
  const failures: PreflightFailure[] = [];
  const problems: string[] = [];
  if (!controlPlane.members.some((member) => hasHealthyComponents(controlPlane, member))) {
    failures.push("components");
    problems.push(
      "cannot add a new control plane Machine when there are no control plane Machines with all Kubernetes control plane components in healthy state. Please check Kubernetes control plane component status",
    );
  }
  const members = etcd?.members ?? [];
  if (isEtcdManaged(controlPlane)) {
    if (members.length === 0) {
      problems.push("cannot check etcd cluster health before scale up, etcd member list is empty");
    } else if (!isSafeToAdd({ members, healthy: healthyNodes(controlPlane) })) {
      failures.push("etcd");
      problems.push(
        "adding a new control plane Machine can lead to etcd quorum loss. Please check the etcd status",
      );
    }
  }
  return problems.length === 0 ? undefined : unhealthy(failures, problems);
}

function deletionInProgress({ members }: ControlPlane): Blocked | undefined {
  return members.some(isDeleting)
    ? { failures: ["deletingMachine"], problems: [], requeueAfterMs: deletingRequeueMs }
    : undefined;
}

interface Problem {
  readonly failures: readonly PreflightFailure[];
  readonly text: string;
}

function unhealthyMachines(
  controlPlane: ControlPlane,
  except: Member | undefined,
): Blocked | undefined {
  const problems = controlPlane.members
    .filter((member) => member !== except)
    .flatMap((member) => problemsOf(controlPlane, member));
  if (problems.length === 0) return undefined;
  const failures = [...new Set(problems.flatMap((problem) => problem.failures))];
  return unhealthy(
    failures,
    problems.map(({ text }) => text),
  );
}

/** The conditions of a machine without a Node tell nothing but that. */
function problemsOf(controlPlane: ControlPlane, member: Member): readonly Problem[] {
  const name = `Machine ${nameOf(member)}`;
  if (member.machine.status?.nodeRef === undefined) {
    const text = `${name} does not have a corresponding Node yet (Machine.status.nodeRef not set)`;
    return [
      { failures: isEtcdManaged(controlPlane) ? ["components", "etcd"] : ["components"], text },
    ];
  }
  return healthConditionsOf(controlPlane).flatMap((type) => {
    const condition = conditionOf(member.machine, type);
    if (condition?.status === "True") return [];
    const failures: readonly PreflightFailure[] =
      type === "EtcdMemberHealthy" ? ["etcd"] : ["components"];
    const text =
      condition === undefined
        ? `${name} does not have ${type} condition`
        : `${name} reports ${type} condition is ${condition.status.toLowerCase()} (${condition.message})`;
    return [{ failures, text }];
  });
}

function unhealthy(failures: readonly PreflightFailure[], problems: readonly string[]): Blocked {
  return { failures, problems, requeueAfterMs: preflightRequeueMs };
}

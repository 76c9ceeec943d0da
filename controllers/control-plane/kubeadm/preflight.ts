import { isConditionTrue } from "../../bootstrap/objects/conditions.ts";
import {
  type ControlPlane,
  hasHealthyComponents,
  healthProblem,
  isDeleting,
  isEtcdManaged,
  type Member,
  nameOf,
} from "./control-plane.ts";
import { healthyNodes, isSafeToAdd } from "./etcd-health.ts";
import type { EtcdObservation } from "./observe-etcd.ts";
import { isReplacementDue } from "./plan-remediation.ts";

export interface Blocked {
  readonly reason: string;
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
    return blocked("the certificates of the cluster are not available");
  }
  const deletion = deletionInProgress(controlPlane);
  if (deletion !== undefined) return deletion;
  const unhealthy = unhealthyMachines(controlPlane, undefined);
  return unhealthy !== undefined && isReplacementSafe(controlPlane, etcd) ? undefined : unhealthy;
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
function isReplacementSafe(controlPlane: ControlPlane, etcd: EtcdObservation | undefined): boolean {
  if (!isReplacementDue(controlPlane)) return false;
  const isServed = controlPlane.members.some((member) =>
    hasHealthyComponents(controlPlane, member),
  );
  if (!isServed) return false;
  if (!isEtcdManaged(controlPlane)) return true;
  return (
    etcd?.members !== undefined &&
    isSafeToAdd({ members: etcd.members, healthy: healthyNodes(controlPlane) })
  );
}

function deletionInProgress({ members }: ControlPlane): Blocked | undefined {
  const names = members.filter(isDeleting).map(nameOf);
  return names.length === 0
    ? undefined
    : {
        reason: `Machine ${names.join(", ")} is being deleted`,
        requeueAfterMs: deletingRequeueMs,
      };
}

function unhealthyMachines(
  controlPlane: ControlPlane,
  except: Member | undefined,
): Blocked | undefined {
  const problems = controlPlane.members
    .filter((member) => member !== except)
    .map((member) => ({ member, problem: problemOf(controlPlane, member) }))
    .filter(({ problem }) => problem !== undefined)
    .map(({ member, problem }) => `Machine ${nameOf(member)}: ${problem}`);
  return problems.length === 0 ? undefined : blocked(problems.join("; "));
}

function problemOf(controlPlane: ControlPlane, member: Member): string | undefined {
  if (member.machine.status?.nodeRef === undefined) return "it has no Node yet";
  return healthProblem(controlPlane, member);
}

function blocked(reason: string): Blocked {
  return { reason, requeueAfterMs: preflightRequeueMs };
}

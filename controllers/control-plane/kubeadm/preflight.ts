import { isConditionTrue } from "../../bootstrap/objects/conditions.ts";
import {
  type ControlPlane,
  healthProblem,
  isDeleting,
  type Member,
  nameOf,
} from "./control-plane.ts";

export interface Blocked {
  readonly reason: string;
  readonly requeueAfterMs: number;
}

const preflightRequeueMs = 15_000;
const deletingRequeueMs = 30_000;

/** Never two changes at once: everybody else is there and well before a machine is added. */
export function preflightForScaleUp(controlPlane: ControlPlane): Blocked | undefined {
  if (!isConditionTrue(controlPlane.kcp, "CertificatesAvailable")) {
    return blocked("the certificates of the cluster are not available");
  }
  return deletionInProgress(controlPlane) ?? unhealthyMachines(controlPlane, undefined);
}

/** The machine that goes may be ill; that may be why it goes. */
export function preflightForScaleDown(
  controlPlane: ControlPlane,
  leaving: Member,
): Blocked | undefined {
  return deletionInProgress(controlPlane) ?? unhealthyMachines(controlPlane, leaving);
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

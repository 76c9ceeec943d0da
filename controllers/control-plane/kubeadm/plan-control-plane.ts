import { DeleteMachineAnnotation } from "../../api/constants.ts";
import {
  byAge,
  type ControlPlane,
  desiredReplicas,
  hasUnhealthyComponent,
  type Member,
} from "./control-plane.ts";
import { candidatesInFullestDomain, domainForNewMachine } from "./failure-domains.ts";
import type { EtcdObservation } from "./observe-etcd.ts";
import { type Blocked, preflightForScaleDown, preflightForScaleUp } from "./preflight.ts";
import { rolloutReasons } from "./up-to-date.ts";

/** One change at a time: the next reconcile observes what it did and plans the rest. */
export type Step =
  | { readonly type: "none" }
  | { readonly type: "initialize"; readonly failureDomain?: string; readonly reason: string }
  | { readonly type: "scaleUp"; readonly failureDomain?: string; readonly reason: string }
  | { readonly type: "scaleDown"; readonly member: Member; readonly reason: string }
  | ({ readonly type: "wait" } & Blocked);

export function planControlPlane(controlPlane: ControlPlane, etcd?: EtcdObservation): Step {
  const { members } = controlPlane;
  const replicas = desiredReplicas(controlPlane);
  const outdated = members.filter((member) => rolloutReasons(controlPlane, member).length > 0);
  if (outdated.length > 0) return planRollout(controlPlane, outdated, etcd);
  if (members.length < replicas) {
    const reason = `${members.length} current Machines < ${replicas} spec.replicas`;
    return scaleUp(controlPlane, reason, etcd);
  }
  if (members.length > replicas) {
    return scaleDown(
      controlPlane,
      [],
      `${members.length} current Machines > ${replicas} spec.replicas`,
    );
  }
  return { type: "none" };
}

function planRollout(
  controlPlane: ControlPlane,
  outdated: readonly Member[],
  etcd: EtcdObservation | undefined,
): Step {
  const count = controlPlane.members.length;
  const replicas = desiredReplicas(controlPlane);
  const surge = maxSurge(controlPlane);
  const why = `${outdated.length} Machines are not up-to-date`;
  if (count < replicas + surge) {
    const reason = `${why}; ${count} current Machines < ${replicas} + ${surge} maxSurge`;
    return scaleUp(controlPlane, reason, etcd);
  }
  return scaleDown(
    controlPlane,
    outdated,
    `${why}; ${count} current Machines >= ${replicas} + ${surge} maxSurge`,
  );
}

/** 0 or 1; validation lets nothing else in. */
function maxSurge({ kcp }: ControlPlane): number {
  const value = kcp.spec.rollout?.strategy?.rollingUpdate?.maxSurge ?? 1;
  return Number(value) === 0 ? 0 : 1;
}

function scaleUp(
  controlPlane: ControlPlane,
  reason: string,
  etcd: EtcdObservation | undefined,
): Step {
  const isUpToDate = (member: Member) => rolloutReasons(controlPlane, member).length === 0;
  const failureDomain = domainForNewMachine(controlPlane, isUpToDate);
  const place = failureDomain === undefined ? {} : { failureDomain };
  if (controlPlane.members.length === 0) return { type: "initialize", ...place, reason };
  const blocked = preflightForScaleUp(controlPlane, etcd);
  if (blocked !== undefined) return { type: "wait", ...blocked };
  return { type: "scaleUp", ...place, reason };
}

function scaleDown(controlPlane: ControlPlane, outdated: readonly Member[], reason: string): Step {
  const member = selectMachineToDelete(controlPlane, outdated);
  if (member === undefined) return { type: "none" };
  const blocked = preflightForScaleDown(controlPlane, member);
  if (blocked !== undefined) return { type: "wait", ...blocked };
  return { type: "scaleDown", member, reason };
}

/**
 * The first group that is not empty: outdated and marked for deletion, marked, outdated and broken, outdated, all. A
 * broken one goes before a healthy one, otherwise a fix could never be rolled out. Within it the fullest failure domain,
 * and there the oldest.
 */
export function selectMachineToDelete(
  controlPlane: ControlPlane,
  outdated: readonly Member[],
): Member | undefined {
  const { members } = controlPlane;
  const isMarked = ({ machine }: Member) =>
    machine.metadata.annotations?.[DeleteMachineAnnotation] !== undefined;
  const groups = [
    outdated.filter(isMarked),
    members.filter(isMarked),
    outdated.filter((member) => hasUnhealthyComponent(controlPlane, member)),
    outdated,
    members,
  ];
  const candidates = groups.find((group) => group.length > 0) ?? [];
  return candidatesInFullestDomain(controlPlane, candidates).toSorted(byAge)[0];
}

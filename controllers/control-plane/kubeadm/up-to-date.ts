import {
  TemplateClonedFromGroupKindAnnotation,
  TemplateClonedFromNameAnnotation,
} from "../../api/constants.ts";
import { deepEqual } from "../../runtime/json.ts";
import { parseTime } from "../../runtime/clock.ts";
import type { ControlPlane, Member } from "./control-plane.ts";
import { desiredConfigSpec, roleOf } from "./desired-config.ts";
import { normalizeForComparison } from "./normalize-config.ts";

const dayMs = 86_400_000;

/** Why a machine has to be replaced, in the order in which it is told; empty when it matches the control plane's spec. */
export function rolloutReasons(controlPlane: ControlPlane, member: Member): readonly string[] {
  return [
    certificateReason(controlPlane, member),
    rolloutAfterReason(controlPlane, member),
    versionReason(controlPlane, member),
    configReason(controlPlane, member),
    infrastructureReason(controlPlane, member),
  ].filter((reason) => reason !== undefined);
}

function certificateReason({ kcp, nowMs }: ControlPlane, { machine }: Member): string | undefined {
  const days = kcp.spec.rollout?.before?.certificatesExpiryDays;
  const expiry = machine.status?.certificatesExpiryDate;
  if (days === undefined || expiry === undefined) return undefined;
  const expiryMs = parseTime(expiry);
  return expiryMs !== undefined && expiryMs - days * dayMs <= nowMs
    ? "Certificates will expire soon"
    : undefined;
}

/** Not before the time has come, and only for machines from before it: within one second counts as after. */
function rolloutAfterReason({ kcp, nowMs }: ControlPlane, { machine }: Member): string | undefined {
  const afterMs = parseTime(kcp.spec.rollout?.after ?? "");
  const createdMs = parseTime(machine.metadata.creationTimestamp ?? "");
  if (afterMs === undefined || createdMs === undefined || afterMs > nowMs) return undefined;
  return createdMs < Math.floor(afterMs / 1000) * 1000
    ? "KubeadmControlPlane spec.rolloutAfter expired"
    : undefined;
}

function versionReason({ kcp }: ControlPlane, { machine }: Member): string | undefined {
  const { version } = machine.spec;
  if (version === undefined || version === kcp.spec.version) return undefined;
  return `Version ${version}, ${kcp.spec.version} required`;
}

function infrastructureReason({ kcp }: ControlPlane, { infraMachine }: Member): string | undefined {
  const annotations = infraMachine?.metadata.annotations;
  const name = annotations?.[TemplateClonedFromNameAnnotation];
  const groupKind = annotations?.[TemplateClonedFromGroupKindAnnotation];
  // Without the annotations the object was made by somebody else; it is never rolled out because of that.
  if (infraMachine === undefined || name === undefined || groupKind === undefined) return undefined;
  const reference = kcp.spec.machineTemplate.spec.infrastructureRef;
  const isSame = name === reference.name && groupKind === `${reference.kind}.${reference.apiGroup}`;
  return isSame ? undefined : `${infraMachine.kind} is not up-to-date`;
}

function configReason({ kcp }: ControlPlane, { config }: Member): string | undefined {
  if (config === undefined) return undefined;
  const current = normalizeForComparison(config.spec ?? {});
  const desired = normalizeForComparison(desiredConfigSpec(kcp, roleOf(config.spec)));
  return deepEqual(current, desired) ? undefined : "KubeadmConfig is not up-to-date";
}

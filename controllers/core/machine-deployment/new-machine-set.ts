import {
  ClusterNameLabel,
  DesiredReplicasAnnotation,
  DisableMachineCreateAnnotation,
  MachineDeploymentNameLabel,
  MachineDeploymentUniqueLabel,
  MachineSetFinalizer,
  MaxReplicasAnnotation,
  RevisionAnnotation,
} from "../../api/constants.ts";
import type { MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { nameSuffix, type Random } from "../../runtime/random.ts";
import { controllerReferenceTo } from "../../runtime/owner-references.ts";
import { suffixedName } from "../machine-set/machine-name.ts";
import { resolveRollout } from "./resolve-rollout.ts";

export const revisionHistoryAnnotation = "machinedeployment.clusters.x-k8s.io/revision-history";

/** Annotations of a MachineDeployment that are not those of its MachineSets. */
const ownAnnotations = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  RevisionAnnotation,
  revisionHistoryAnnotation,
  DesiredReplicasAnnotation,
  MaxReplicasAnnotation,
  "cluster.x-k8s.io/conversion-data",
]);

/** A MachineSet for the template as it is now. It begins without replicas: the planner decides how many it may have. */
export function newMachineSet(deployment: MachineDeployment, random: Random): MachineSet {
  const { namespace = "", name } = deployment.metadata;
  const suffix = nameSuffix(random, "machine-set-name", `${namespace}/${name}`);
  const hash = `${fnv32a(JSON.stringify(deployment.spec.template))}-${suffix}`;
  const uniqueLabel = { [MachineDeploymentUniqueLabel]: hash };
  const { selector, template } = deployment.spec;
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "MachineSet",
    metadata: {
      name: suffixedName(`${name}-`, suffix),
      namespace,
      labels: { ...template.metadata?.labels, ...ownLabels(deployment), ...uniqueLabel },
      annotations: setAnnotations(deployment, { isOld: false }),
      ownerReferences: [controllerReferenceTo(deployment)],
      finalizers: [MachineSetFinalizer],
    },
    spec: {
      clusterName: deployment.spec.clusterName,
      replicas: 0,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, ...uniqueLabel } },
      ...inPlaceSpec(deployment),
      template: {
        metadata: {
          ...template.metadata,
          labels: { ...template.metadata?.labels, ...uniqueLabel },
        },
        spec: template.spec,
      },
    },
  };
}

function ownLabels(deployment: MachineDeployment): Record<string, string> {
  return {
    [ClusterNameLabel]: deployment.spec.clusterName,
    [MachineDeploymentNameLabel]: deployment.metadata.name,
  };
}

function inPlaceSpec({
  spec,
}: MachineDeployment): Pick<MachineSet["spec"], "deletion" | "machineNaming"> {
  return {
    ...(spec.deletion === undefined ? {} : { deletion: spec.deletion }),
    ...(spec.machineNaming === undefined ? {} : { machineNaming: spec.machineNaming }),
  };
}

function setAnnotations(
  deployment: MachineDeployment,
  { isOld }: { readonly isOld: boolean },
): Record<string, string> {
  const { replicas, maxSurge } = resolveRollout(deployment);
  const onDelete = deployment.spec.rollout?.strategy?.type === "OnDelete";
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !ownAnnotations.has(key),
  );
  return {
    ...Object.fromEntries(copied),
    [DesiredReplicasAnnotation]: String(replicas),
    [MaxReplicasAnnotation]: String(replicas + maxSurge),
    // Replacing Machines that somebody deletes is the new MachineSet's business alone.
    [DisableMachineCreateAnnotation]: String(onDelete && isOld),
  };
}

/**
 * Brings what needs no rollout to an existing MachineSet; old MachineSets keep their template apart from that. Changes the copy.
 */
export function updateMachineSet(
  draft: MachineSet,
  deployment: MachineDeployment,
  options: { readonly isOld: boolean },
): void {
  const { template } = deployment.spec;
  const hash = draft.metadata.labels?.[MachineDeploymentUniqueLabel];
  const uniqueLabel = hash === undefined ? {} : { [MachineDeploymentUniqueLabel]: hash };
  draft.metadata.labels = {
    ...template.metadata?.labels,
    ...ownLabels(deployment),
    ...uniqueLabel,
  };
  const kept = [RevisionAnnotation, revisionHistoryAnnotation].flatMap((key) => {
    const value = draft.metadata.annotations?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  draft.metadata.annotations = {
    ...setAnnotations(deployment, options),
    ...Object.fromEntries(kept),
  };
  for (const field of ["deletion", "machineNaming"] as const) {
    if (deployment.spec[field] === undefined) delete draft.spec[field];
    else Object.assign(draft.spec, { [field]: deployment.spec[field] });
  }
  draft.spec.template.metadata = {
    ...template.metadata,
    labels: { ...template.metadata?.labels, ...uniqueLabel },
  };
  for (const field of ["deletion", "minReadySeconds", "readinessGates", "taints"] as const) {
    if (template.spec[field] === undefined) delete draft.spec.template.spec[field];
    else Object.assign(draft.spec.template.spec, { [field]: template.spec[field] });
  }
}

/** A new MachineSet gets the next revision; one that has become current again, too. capi-behaviour 5.7. */
export function updateRevision(draft: MachineSet, old: readonly MachineSet[]): void {
  const annotations = (draft.metadata.annotations ??= {});
  const next = Math.max(0, ...old.map(revisionOf)) + 1;
  const current = revisionOf(draft);
  if (current >= next) return;
  if (current > 0) {
    const history = annotations[revisionHistoryAnnotation];
    annotations[revisionHistoryAnnotation] =
      history === undefined ? `${current}` : `${history},${current}`;
  }
  annotations[RevisionAnnotation] = String(next);
}

export function revisionOf(object: Pick<MachineSet, "metadata">): number {
  const revision = Number(object.metadata.annotations?.[RevisionAnnotation] ?? "0");
  return Number.isInteger(revision) ? revision : 0;
}

function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}

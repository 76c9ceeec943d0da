import {
  DesiredReplicasAnnotation,
  MaxReplicasAnnotation,
  RevisionAnnotation,
} from "../../api/constants.ts";
import { type MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { keyOf } from "../../runtime/client.ts";
import { parseTime } from "../../runtime/clock.ts";
import { draftOf } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import type { CoreDeps } from "../core-deps.ts";
import { splitSets } from "./find-current-set.ts";
import type { MachineDeploymentScope } from "./machine-deployment-scope.ts";
import { newMachineSet, updateMachineSet, updateRevision } from "./new-machine-set.ts";
import { type PausedSet, planPausedScaling } from "./plan-paused-scaling.ts";
import { planRollout, type RolloutStep } from "./plan-rollout.ts";
import { resolveRollout } from "./resolve-rollout.ts";
import type { PlannedSet } from "./rollout-plan.ts";

/** One step of the rollout: observe the MachineSets, plan, write each MachineSet once. */
export async function rollOut(deps: CoreDeps, scope: MachineDeploymentScope): Promise<void> {
  const { observed } = scope;
  const { current, old } = splitSets(observed, scope.machineSets, deps.clock.now());
  const isNew = current === undefined;
  const newSet = isNew ? await createSet(deps, scope) : current;
  const steps = planFor(scope, newSet, old);
  const drafts = [...old, newSet].map((set) => ({ set, draft: draftOf(set) }));
  for (const { set, draft } of drafts) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    updateMachineSet(draft, observed, { isOld: set !== newSet });
    if (set === newSet) updateRevision(draft, old);
    const step = steps.get(set.metadata.name);
    if (step !== undefined) draft.spec.replicas = step.to;
    await writeSet(deps, scope, { set, draft, step });
  }
  const revision = drafts.at(-1)?.draft.metadata.annotations?.[RevisionAnnotation];
  if (revision !== undefined) {
    scope.draft.metadata.annotations = {
      ...scope.draft.metadata.annotations,
      [RevisionAnnotation]: revision,
    };
  }
  await cleanUp(deps, scope, { current: newSet, old });
}

async function createSet(deps: CoreDeps, scope: MachineDeploymentScope): Promise<MachineSet> {
  const { observed } = scope;
  if (scope.missingTemplates.length > 0) {
    const missing = scope.missingTemplates.join(" and ");
    throw new Error(`a new MachineSet cannot be created because ${missing} does not exist`);
  }
  const draft = newMachineSet(observed, deps.random);
  updateRevision(draft, scope.machineSets);
  const created = await deps.client.create(MachineSet, draft);
  scope.machineSets = [...scope.machineSets, created];
  const text = `Created MachineSet ${created.metadata.name}`;
  deps.recorder.event(observed, "Normal", "SuccessfulCreate", text);
  return created;
}

function planFor(
  { observed }: MachineDeploymentScope,
  newSet: MachineSet,
  old: readonly MachineSet[],
): ReadonlyMap<string, RolloutStep> {
  const { type = "RollingUpdate" } = observed.spec.rollout?.strategy ?? {};
  const steps = planRollout({
    ...resolveRollout(observed),
    strategy: type,
    newSet: plannedSet(newSet),
    oldSets: old.map(plannedSet),
  });
  return new Map(steps.map((step) => [step.machineSet, step]));
}

function plannedSet({ metadata, spec, status }: MachineSet): PlannedSet {
  return {
    name: metadata.name,
    spec: spec.replicas ?? 1,
    status: status?.replicas ?? 0,
    available: status?.availableReplicas ?? 0,
    upToDate: status?.upToDateReplicas ?? 0,
  };
}

async function writeSet(
  deps: CoreDeps,
  scope: MachineDeploymentScope,
  { set, draft, step }: { set: MachineSet; draft: MachineSet; step: RolloutStep | undefined },
): Promise<void> {
  const stored = await persist(deps.client, MachineSet, set, draft);
  scope.machineSets = scope.machineSets.map((other) => (other === set ? stored : other));
  if (step === undefined) return;
  const { from, to, reason } = step;
  const verb = to > from ? "Scaled up" : "Scaled down";
  const text = `${verb} MachineSet ${set.metadata.name}: ${from} -> ${to} (${reason})`;
  deps.recorder.event(scope.observed, "Normal", "SuccessfulScale", text);
}

/** When the rollout is complete, old MachineSets have nothing left to keep. There is no history limit. */
async function cleanUp(
  deps: CoreDeps,
  { observed }: MachineDeploymentScope,
  { current, old }: { readonly current: MachineSet; readonly old: readonly MachineSet[] },
): Promise<void> {
  if (!isComplete(observed) || current.spec.replicas !== observed.spec.replicas) return;
  for (const set of old) {
    if (!isEmpty(set) || set.metadata.deletionTimestamp !== undefined) continue;
    await deps.client.delete(MachineSet, keyOf(set));
    const text = `Deleted MachineSet ${set.metadata.name}`;
    deps.recorder.event(observed, "Normal", "SuccessfulDelete", text);
  }
}

function isComplete({ metadata, spec, status = {} }: MachineDeployment): boolean {
  const replicas = spec.replicas ?? 1;
  return (
    [status.upToDateReplicas, status.replicas, status.availableReplicas].every(
      (count) => count === replicas,
    ) && (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

function isEmpty({ metadata, spec, status = {} }: MachineSet): boolean {
  return (
    spec.replicas === 0 &&
    (status.replicas ?? 0) === 0 &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

/** A paused MachineDeployment still follows its replicas. */
export async function scalePaused(deps: CoreDeps, scope: MachineDeploymentScope): Promise<void> {
  const { observed } = scope;
  const { current, old } = splitSets(observed, scope.machineSets, deps.clock.now());
  const { replicas, maxSurge } = resolveRollout(observed);
  const wanted = planPausedScaling({
    replicas,
    maxSurge,
    isRollingUpdate: observed.spec.rollout?.strategy?.type !== "OnDelete",
    statusReplicas: observed.status?.replicas ?? 0,
    current: current === undefined ? undefined : pausedSet(current),
    oldSets: old.map(pausedSet),
  });
  for (const set of scope.machineSets) {
    const count = wanted[set.metadata.name];
    if (count === undefined) continue;
    const draft = draftOf(set);
    draft.spec.replicas = count;
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [DesiredReplicasAnnotation]: String(replicas),
      [MaxReplicasAnnotation]: String(replicas + maxSurge),
    };
    const stored = await persist(deps.client, MachineSet, set, draft);
    scope.machineSets = scope.machineSets.map((other) => (other === set ? stored : other));
  }
}

function pausedSet(set: MachineSet): PausedSet {
  const { annotations = {}, creationTimestamp = "" } = set.metadata;
  return {
    ...plannedSet(set),
    maxReplicas: Number(annotations[MaxReplicasAnnotation] ?? "0"),
    desiredReplicas: Number(annotations[DesiredReplicasAnnotation] ?? "0"),
    createdMs: parseTime(creationTimestamp) ?? 0,
  };
}

import { availabilityBand } from "./availability-band.ts";
import { controlPlaneBeforeWorkers } from "./control-plane-before-workers.ts";
import { controlPlaneOneAtATime } from "./control-plane-one-at-a-time.ts";
import { disruptionBudgets } from "./disruption-budgets.ts";
import { etcdQuorum } from "./etcd-quorum.ts";
import { nothingLeft } from "./nothing-left.ts";
import { noCreationUnderDeletion } from "./no-creation-under-deletion.ts";
import { noOrphan } from "./no-orphan.ts";
import { oneInit } from "./one-init.ts";
import { oneInstancePerMachine } from "./one-instance-per-machine.ts";
import { oneMachineSetPerTemplate } from "./one-machine-set-per-template.ts";
import { pausedIsLeftAlone } from "./paused-is-left-alone.ts";
import { providerIdsAreUnique } from "./provider-ids-are-unique.ts";
import { secretsAreKept } from "./secrets-are-kept.ts";
import { surgeBound } from "./surge-bound.ts";
import { versionSkew } from "./version-skew.ts";
import type { Invariant } from "./invariant.ts";

/** Every promise; a run keeps all of them unless its scenario says otherwise. API-1 (rest) is in `runner/calm.ts`. */
export const invariants: readonly Invariant[] = [
  surgeBound,
  availabilityBand,
  oneMachineSetPerTemplate,
  noCreationUnderDeletion,
  pausedIsLeftAlone,
  providerIdsAreUnique,
  oneInstancePerMachine,
  nothingLeft,
  noOrphan,
  etcdQuorum,
  controlPlaneOneAtATime,
  oneInit,
  disruptionBudgets,
  versionSkew,
  controlPlaneBeforeWorkers,
  secretsAreKept,
];

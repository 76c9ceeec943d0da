import { type MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import type { ContractReference, MachineSpec } from "../../api/generated/definitions.ts";
import type { Reader } from "../../runtime/client.ts";
import { parseTime } from "../../runtime/clock.ts";
import { deepEqual } from "../../runtime/json.ts";
import { isControlledBy } from "../../runtime/owner-references.ts";

/** Which MachineSet is the current one, and which must go. capi-behaviour 5.2. */
export function splitSets(
  deployment: MachineDeployment,
  machineSets: readonly MachineSet[],
  nowMs: number,
): { readonly current: MachineSet | undefined; readonly old: readonly MachineSet[] } {
  const candidates = machineSets
    .filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp === undefined &&
        hasEqualTemplate(spec.template.spec, deployment.spec.template.spec),
    )
    .toSorted((a, b) => (b.spec.replicas ?? 1) - (a.spec.replicas ?? 1) || compareByCreation(a, b));
  const afterMs = parseTime(deployment.spec.rollout?.after ?? "");
  const current =
    afterMs === undefined || nowMs < afterMs
      ? candidates[0]
      : candidates.find(
          ({ metadata }) => (parseTime(metadata.creationTimestamp ?? "") ?? 0) >= afterMs,
        );
  const old = machineSets.filter((set) => set !== current).toSorted(compareByCreation);
  return { current, old };
}

export async function findCurrentSet(
  reader: Reader,
  deployment: MachineDeployment,
  nowMs: number,
): Promise<MachineSet | undefined> {
  const { namespace = "" } = deployment.metadata;
  const sets = await reader.list(MachineSet, { namespace });
  const own = sets.filter((set) => isControlledBy(set, deployment));
  return splitSets(deployment, own, nowMs).current;
}

export function compareByCreation(a: MachineSet, b: MachineSet): number {
  const [x, y] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Only these fields make a rollout; everything else reaches existing Machines in place. capi-behaviour 5.3. */
export function hasEqualTemplate(a: MachineSpec, b: MachineSpec): boolean {
  return templateDifferences(a, b).length === 0;
}

/** What a Machine of `a` would have to change to become one of `b`, in words. */
export function templateDifferences(a: MachineSpec, b: MachineSpec): readonly string[] {
  return [...valueDifferences(a, b), ...referenceDifferences(a, b)];
}

function valueDifferences(a: MachineSpec, b: MachineSpec): readonly string[] {
  const differences: string[] = [];
  if ((a.version ?? "") !== (b.version ?? "")) {
    differences.push(`Version ${a.version ?? "(unset)"}, ${b.version ?? "(unset)"} required`);
  }
  if ((a.failureDomain ?? "") !== (b.failureDomain ?? "")) {
    const [from, to] = [a.failureDomain ?? "(unset)", b.failureDomain ?? "(unset)"];
    differences.push(`Failure domain ${from}, ${to} required`);
  }
  return differences;
}

function referenceDifferences(a: MachineSpec, b: MachineSpec): readonly string[] {
  const differences: string[] = [];
  if (!isSameReference(a.infrastructureRef, b.infrastructureRef)) {
    differences.push(`${a.infrastructureRef.kind.replace(/Template$/, "")} is not up-to-date`);
  }
  const sameConfig =
    isSameReference(a.bootstrap.configRef, b.bootstrap.configRef) &&
    (b.bootstrap.configRef !== undefined ||
      a.bootstrap.dataSecretName === b.bootstrap.dataSecretName);
  if (!sameConfig) {
    const kind =
      b.bootstrap.configRef?.kind.replace(/Template$/, "") ?? "spec.bootstrap.dataSecretName";
    differences.push(`${kind} is not up-to-date`);
  }
  return differences;
}

function isSameReference(
  a: ContractReference | undefined,
  b: ContractReference | undefined,
): boolean {
  return deepEqual(
    a === undefined ? undefined : [a.apiGroup, a.kind, a.name],
    b === undefined ? undefined : [b.apiGroup, b.kind, b.name],
  );
}

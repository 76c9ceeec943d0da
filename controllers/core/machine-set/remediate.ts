import { RemediateMachineAnnotation } from "../../api/constants.ts";
import { Machine, MachineDeployment, type MachineSet } from "../../api/core/v1beta2.ts";
import { keyOf } from "../../runtime/client.ts";
import { type ConditionInput, findCondition, setCondition } from "../../runtime/conditions.ts";
import { draftOf } from "../../runtime/json.ts";
import { ownerOfKind } from "../../runtime/owner-references.ts";
import { persist } from "../../runtime/persist.ts";
import type { CoreDeps } from "../core-deps.ts";
import { scaledValue } from "../machine-deployment/resolve-rollout.ts";
import { findCurrentSet } from "../machine-deployment/find-current-set.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";
import { preflightFailures } from "./preflight.ts";

type Verdict = Omit<ConditionInput, "type">;

/** Deletes the Machines that a health check has found unhealthy, within the budget. capi-behaviour 4.12. */
export async function remediateUnhealthy(deps: CoreDeps, scope: MachineSetScope): Promise<void> {
  const unhealthy = scope.machines.filter((machine) => awaitsRemediation(machine));
  if (unhealthy.length === 0) return;
  const deployment = await ownerOf(deps, scope.observed);
  if (deployment !== undefined && !(await isCurrent(deps, scope.observed, deployment))) {
    const message = "Machine won't be remediated because it is pending removal due to rollout";
    await mark(deps, scope, unhealthy, { status: "False", reason: "CannotBeRemediated", message });
    return;
  }
  const allowed = budgetOf(scope, deployment);
  const doomed = unhealthy.toSorted(byUrgency).slice(0, Math.max(0, allowed));
  const failures = await preflightFailures(deps, scope);
  if (failures.length > 0) {
    const message = failures.map((line) => `* ${line}`).join("\n");
    await mark(deps, scope, unhealthy, { status: "False", reason: "RemediationDeferred", message });
    return;
  }
  const deferred = unhealthy.filter((machine) => !doomed.includes(machine));
  await mark(deps, scope, deferred, {
    status: "False",
    reason: "RemediationDeferred",
    message: "Waiting because there are already too many remediations in progress",
  });
  await mark(deps, scope, doomed, {
    status: "False",
    reason: "MachineDeleting",
    message: "Machine is deleting",
  });
  for (const machine of doomed) await deps.client.delete(Machine, keyOf(machine));
}

function awaitsRemediation(machine: Machine): boolean {
  return (
    !isDeleting(machine) &&
    findCondition(machine, "HealthCheckSucceeded")?.status === "False" &&
    findCondition(machine, "OwnerRemediated")?.status === "False"
  );
}

async function ownerOf(
  deps: CoreDeps,
  machineSet: MachineSet,
): Promise<MachineDeployment | undefined> {
  const owner = ownerOfKind(machineSet, MachineDeployment);
  if (owner === undefined) return undefined;
  const namespace = machineSet.metadata.namespace ?? "";
  return deps.client.get(MachineDeployment, { namespace, name: owner.name });
}

async function isCurrent(
  deps: CoreDeps,
  machineSet: MachineSet,
  deployment: MachineDeployment,
): Promise<boolean> {
  const current = await findCurrentSet(deps.client, deployment, deps.clock.now());
  return current === undefined || current.metadata.uid === machineSet.metadata.uid;
}

/** How many more may be remediated now. */
function budgetOf(scope: MachineSetScope, deployment: MachineDeployment | undefined): number {
  const maxInFlight = deployment?.spec.remediation?.maxInFlight;
  if (maxInFlight === undefined) return Number.POSITIVE_INFINITY;
  const most = scaledValue(maxInFlight, deployment?.spec.replicas ?? 1, Math.ceil);
  const inFlight = scope.machines.filter(
    (machine) =>
      isDeleting(machine) &&
      findCondition(machine, "OwnerRemediated")?.reason === "MachineDeleting",
  );
  return most - inFlight.length;
}

/** Those that somebody asked for come first, then the newest. */
function byUrgency(a: Machine, b: Machine): number {
  const asked = (machine: Machine) =>
    Number(machine.metadata.annotations?.[RemediateMachineAnnotation] !== undefined);
  const [x, y] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  if (asked(a) !== asked(b)) return asked(b) - asked(a);
  if (x !== y) return x > y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

async function mark(
  deps: CoreDeps,
  scope: MachineSetScope,
  machines: readonly Machine[],
  verdict: Verdict,
): Promise<void> {
  for (const machine of machines) {
    const draft = draftOf(machine);
    setCondition(draft, { type: "OwnerRemediated", ...verdict }, deps.clock.now());
    const stored = await persist(deps.client, Machine, machine, draft);
    scope.machines = scope.machines.map((other) => (other === machine ? stored : other));
  }
}

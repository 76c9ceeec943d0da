import type { Cluster } from "../../api/core/v1beta2.ts";
import type { ControlPlane } from "../../api/generated/definitions.ts";
import { isConditionTrue } from "../../runtime/conditions.ts";
import { isOwnedBy } from "../../runtime/owner-references.ts";
import type { ExternalObject } from "../external/external-objects.ts";
import { recordVersions } from "../machine-set/machine-set-status.ts";
import { type ClusterScope, hasEndpoint, isDeleting, workerMachines } from "./cluster-scope.ts";

type Phase = NonNullable<NonNullable<Cluster["status"]>["phase"]>;

/** capi-behaviour 2.9. */
export function clusterPhase(scope: ClusterScope): Phase {
  const { spec, status } = scope.draft;
  if (isDeleting(scope)) return "Deleting";
  const provisioned = status?.initialization?.infrastructureProvisioned === true;
  if (provisioned && hasEndpoint(scope)) return "Provisioned";
  return spec.infrastructureRef !== undefined || spec.controlPlaneRef !== undefined
    ? "Provisioning"
    : "Pending";
}

/** Replica counters of the control plane and of all workers. capi-behaviour 2.17. */
export function recordCounters(scope: ClusterScope): void {
  const status = (scope.draft.status ??= {});
  if (scope.controlPlane !== undefined)
    status.controlPlane = controlPlaneCounters(scope.controlPlane);
  status.workers = workerCounters(scope);
}

function controlPlaneCounters({ object, contract }: ExternalObject): ControlPlane {
  const status = object.status ?? {};
  const desired = numberOf(object.spec?.["replicas"]);
  const unavailable = numberOf(status["unavailableReplicas"]) ?? 0;
  const isOld = contract === "v1beta1";
  const available = isOld
    ? Math.max((desired ?? 0) - unavailable, 0)
    : numberOf(status["availableReplicas"]);
  return withoutUndefined({
    desiredReplicas: desired,
    replicas: numberOf(status["replicas"]),
    readyReplicas: numberOf(status["readyReplicas"]),
    availableReplicas: available,
    upToDateReplicas: numberOf(status[isOld ? "updatedReplicas" : "upToDateReplicas"]),
    versions: status["versions"] as ControlPlane["versions"] | undefined,
  });
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function withoutUndefined(counters: {
  readonly [Key in keyof ControlPlane]: ControlPlane[Key] | undefined;
}): ControlPlane {
  return Object.fromEntries(
    Object.entries(counters).filter(([, value]) => value !== undefined),
  ) as ControlPlane;
}

function workerCounters(scope: ClusterScope): ControlPlane {
  const { observed, machineDeployments, machineSets } = scope;
  const groups = [
    ...machineDeployments,
    ...machineSets.filter((set) => isOwnedBy(set, observed)),
  ].map(({ spec, status = {} }) => ({ desired: spec.replicas ?? 1, ...status }));
  const own = workerMachines(scope).filter((machine) => isOwnedBy(machine, observed));
  const sum = (
    key: "availableReplicas" | "desired" | "readyReplicas" | "replicas" | "upToDateReplicas",
  ) => groups.reduce((total, group) => total + (group[key] ?? 0), 0);
  const count = (type: string) => own.filter((machine) => isConditionTrue(machine, type)).length;
  const counters: ControlPlane = {
    desiredReplicas: sum("desired") + own.length,
    replicas: sum("replicas") + own.length,
    readyReplicas: sum("readyReplicas") + count("Ready"),
    availableReplicas: sum("availableReplicas") + count("Available"),
    upToDateReplicas: sum("upToDateReplicas") + count("UpToDate"),
  };
  recordVersions(counters, workerMachines(scope));
  return counters;
}

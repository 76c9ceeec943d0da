import type { KubeObject } from "../runtime/client.ts";
import type { Condition } from "../runtime/conditions.ts";
import { deepEqual } from "../runtime/json.ts";

/**
 * Predicates for watches: whether a change concerns the one who watches. Conditions change far more often than what they are made of;
 * without these every Machine that takes a breath wakes the whole family. A resync shows the same object twice and always counts.
 */
type Predicate = (object: KubeObject, old?: KubeObject) => boolean;

interface WithStatus {
  readonly spec?: unknown;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Any change but of the conditions of these types, which the one who watches writes itself. */
export function changedExceptConditions(own: "all" | ReadonlySet<string>): Predicate {
  const foreign = ({ type }: Condition) => own !== "all" && !own.has(type);
  return (object, old) =>
    isResync(object, old) || !deepEqual(view(object, foreign), view(old, foreign));
}

/** Changes of metadata and spec, of the rest of the status, and of the conditions of these types. */
export function changedInConditions(types: ReadonlySet<string>): Predicate {
  const wanted = ({ type }: Condition) => types.has(type);
  return (object, old) =>
    isResync(object, old) || !deepEqual(view(object, wanted), view(old, wanted));
}

function isResync(object: KubeObject, old: KubeObject | undefined): boolean {
  return old === undefined || old === object;
}

function view(object: KubeObject | undefined, wanted: (condition: Condition) => boolean) {
  if (object === undefined) return undefined;
  const { resourceVersion: _, managedFields: __, generation: ___, ...metadata } = object.metadata;
  const { spec, status = {} } = object as WithStatus;
  const { conditions = [], ...rest } = status;
  const told = conditions
    .filter(wanted)
    .map(({ type, status: value, reason, message }) => [type, value, reason, message]);
  return { metadata, spec, rest, told };
}

/** What the Machine controller itself writes: no news to it. */
export const machineOwnChange = changedExceptConditions(
  new Set([
    "Available",
    "BootstrapConfigReady",
    "Deleting",
    "InfrastructureReady",
    "NodeHealthy",
    "NodeReady",
    "Paused",
    "Ready",
    "UpToDate",
    "Updating",
  ]),
);

const countedConditions = ["Available", "OwnerRemediated", "Ready", "UpToDate"];

/** What owners of Machines count and sum up. */
export const machineSummaryChange = changedInConditions(
  new Set([...countedConditions, "HealthCheckSucceeded", "NodeHealthy"]),
);

/** A health check judges by everything that it does not write itself. */
export const machineHealthChange = changedExceptConditions(
  new Set(["Available", "HealthCheckSucceeded", "OwnerRemediated", "Ready"]),
);

/** Of parts of a cluster what its summaries are made of. */
export const partChange = changedInConditions(
  new Set(["Available", "RollingOut", "ScalingDown", "ScalingUp"]),
);

/** Metadata, spec and counters. */
export const countersChange = changedExceptConditions("all");

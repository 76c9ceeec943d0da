import { ManagedByAnnotation } from "../../api/constants.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import { done, requeueAfter, type Result, watch } from "../../runtime/controller.ts";
import { ownerReferenceTo } from "../../runtime/owner-references.ts";
import { type CoreDeps, ownersOfKind } from "../core-deps.ts";
import { adoptExternal } from "../external/adopt.ts";
import {
  endpointOf,
  failureDomainsOf,
  isControlPlaneInitialized,
  isProvisioned,
} from "../external/contract.ts";
import { type ExternalObject, getExternal } from "../external/external-objects.ts";
import {
  type ClusterScope,
  controlPlaneMachines,
  hasEndpoint,
  isDeleting,
} from "./cluster-scope.ts";

const missingRetryMs = 30_000;

function initializationOf({ draft }: ClusterScope) {
  draft.status ??= {};
  return (draft.status.initialization ??= {});
}

/** Follows the infrastructure of the cluster and takes over its endpoint and failure domains. capi-behaviour 2.3 to 2.6. */
export async function reconcileInfrastructure(
  deps: CoreDeps,
  scope: ClusterScope,
): Promise<Result> {
  const { draft, observed } = scope;
  const reference = draft.spec.infrastructureRef;
  const initialization = initializationOf(scope);
  if (reference === undefined) {
    if (!isDeleting(scope)) initialization.infrastructureProvisioned = true;
    return done; // Nothing to wait for.
  }
  scope.infrastructure = await observeExternal(deps, scope, reference);
  const { infrastructure } = scope;
  if (infrastructure === undefined) {
    scope.missing.add("infrastructure");
    return missing(scope, reference, initialization.infrastructureProvisioned === true);
  }
  if (isDeleting(scope) || !isProvisioned(infrastructure)) return done; // The object is watched.
  const endpoint = endpointOf(infrastructure);
  if (!hasEndpoint(scope) && endpoint !== undefined) draft.spec.controlPlaneEndpoint = endpoint;
  const domains = failureDomainsOf(infrastructure);
  const status = (draft.status ??= {});
  if (domains.length > 0) status.failureDomains = domains;
  else delete status.failureDomains;
  if (initialization.infrastructureProvisioned !== true) {
    const text = `Cluster ${observed.metadata.name} InfrastructureReady is now True`;
    deps.recorder.event(observed, "Normal", "InfrastructureReady", text);
  }
  initialization.infrastructureProvisioned = true;
  return done;
}

/** Follows the control plane. capi-behaviour 2.7. */
export async function reconcileControlPlane(deps: CoreDeps, scope: ClusterScope): Promise<Result> {
  const { draft, observed } = scope;
  const reference = draft.spec.controlPlaneRef;
  const initialization = initializationOf(scope);
  if (reference === undefined) return done;
  scope.controlPlane = await observeExternal(deps, scope, reference);
  const { controlPlane } = scope;
  if (controlPlane === undefined) {
    scope.missing.add("controlPlane");
    return missing(scope, reference, initialization.controlPlaneInitialized === true);
  }
  if (isDeleting(scope)) return done;
  const endpoint = endpointOf(controlPlane);
  const provisioned = initialization.infrastructureProvisioned === true;
  if (provisioned && !hasEndpoint(scope) && endpoint !== undefined) {
    draft.spec.controlPlaneEndpoint = endpoint;
  }
  if (!isControlPlaneInitialized(controlPlane)) return done; // The object is watched.
  if (initialization.controlPlaneInitialized !== true) {
    const text = `Cluster ${observed.metadata.name} ControlPlaneInitialized is now True`;
    deps.recorder.event(observed, "Normal", "ControlPlaneInitialized", text);
  }
  initialization.controlPlaneInitialized = true;
  return done;
}

/** Without a control-plane object any control-plane Machine with a Node will do. */
export function recordInitializedByMachines(scope: ClusterScope): void {
  if (scope.draft.spec.controlPlaneRef !== undefined || isDeleting(scope)) return;
  const initialized = controlPlaneMachines(scope).some(
    ({ status }) => status?.nodeRef !== undefined,
  );
  if (initialized) initializationOf(scope).controlPlaneInitialized = true;
}

async function observeExternal(
  deps: CoreDeps,
  scope: ClusterScope,
  reference: ContractReference,
): Promise<ExternalObject | undefined> {
  const { observed } = scope;
  const { namespace = "", name } = observed.metadata;
  const key = { namespace, name: reference.name };
  const external = await getExternal(deps.client, reference, key);
  if (external === undefined) return undefined;
  deps.follow?.(
    "cluster",
    watch({ kind: external.kind, toRequests: (object) => ownersOfKind(object, Cluster) }),
  );
  const managed = external.object.metadata.annotations?.[ManagedByAnnotation] !== undefined;
  if (isDeleting(scope) || managed) return external;
  return adoptExternal(deps.client, external, {
    owner: ownerReferenceTo(observed),
    clusterName: name,
  });
}

function missing(scope: ClusterScope, reference: ContractReference, existed: boolean): Result {
  if (isDeleting(scope)) return done; // Gone is where it should go.
  if (existed) throw new Error(`${reference.kind} ${reference.name} has been deleted`);
  return requeueAfter(missingRetryMs); // A kind that is not watched yet may come.
}

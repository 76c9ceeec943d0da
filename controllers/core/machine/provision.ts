import { Machine } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import { done, requeueAfter, type Result, watch } from "../../runtime/controller.ts";
import {
  controllerOf,
  controllerReferenceTo,
  ownerOfKind,
} from "../../runtime/owner-references.ts";
import { type CoreDeps, ownersOfKind } from "../core-deps.ts";
import { adoptExternal } from "../external/adopt.ts";
import {
  addressesOf,
  dataSecretNameOf,
  failureDomainOf,
  failureOf,
  isDataSecretCreated,
  isProvisioned,
  providerIdOf,
} from "../external/contract.ts";
import { type ExternalObject, getExternal } from "../external/external-objects.ts";
import { initializationOf, isDeleting, type MachineScope } from "./machine-scope.ts";

const missingRetryMs = 30_000;
const providerIdRetryMs = 5_000;

/** Waits for the bootstrap data and notes the Secret that holds them. capi-behaviour 3.3. */
export async function reconcileBootstrap(deps: CoreDeps, scope: MachineScope): Promise<Result> {
  const { draft } = scope;
  const { configRef, dataSecretName } = draft.spec.bootstrap;
  const initialization = initializationOf(scope);
  if (configRef === undefined) {
    if (dataSecretName !== undefined) initialization.bootstrapDataSecretCreated = true;
    return done; // The user provides the Secret.
  }
  scope.bootstrap = await observeExternal(deps, scope, configRef);
  if (scope.bootstrap === undefined) {
    scope.missing.add("bootstrap");
    return missing(scope, configRef, initialization.bootstrapDataSecretCreated === true);
  }
  recordFailure(scope, scope.bootstrap);
  if (dataSecretName !== undefined) {
    initialization.bootstrapDataSecretCreated = true;
    return done; // It is never changed again.
  }
  if (!isDataSecretCreated(scope.bootstrap)) return done; // The object is watched.
  const name = dataSecretNameOf(scope.bootstrap);
  if (name === undefined) {
    throw new Error(
      `${configRef.kind} ${configRef.name} is ready but has no status.dataSecretName`,
    );
  }
  draft.spec.bootstrap.dataSecretName = name;
  initialization.bootstrapDataSecretCreated = true;
  return done;
}

/** Waits for the machine and takes over what the provider says of it. capi-behaviour 3.4. */
export async function reconcileInfrastructure(
  deps: CoreDeps,
  scope: MachineScope,
): Promise<Result> {
  const { draft } = scope;
  const reference = draft.spec.infrastructureRef;
  const initialization = initializationOf(scope);
  scope.infrastructure = await observeExternal(deps, scope, reference);
  const { infrastructure } = scope;
  if (infrastructure === undefined) {
    scope.missing.add("infrastructure");
    return missing(scope, reference, initialization.infrastructureProvisioned === true);
  }
  recordFailure(scope, infrastructure);
  if (!isProvisioned(infrastructure) && initialization.infrastructureProvisioned !== true) {
    return done; // The object is watched.
  }
  const providerID = providerIdOf(infrastructure);
  if (providerID === undefined) return requeueAfter(providerIdRetryMs);
  draft.spec.providerID = providerID;
  const status = (draft.status ??= {});
  const addresses = addressesOf(infrastructure);
  if (addresses.length > 0) status.addresses = addresses;
  const domain = failureDomainOf(infrastructure);
  if (domain.spec !== undefined) draft.spec.failureDomain = domain.spec;
  if (domain.status !== undefined) status.failureDomain = domain.status;
  initialization.infrastructureProvisioned = true;
  return done;
}

async function observeExternal(
  deps: CoreDeps,
  scope: MachineScope,
  reference: ContractReference,
): Promise<ExternalObject | undefined> {
  const { observed } = scope;
  const { namespace = "" } = observed.metadata;
  const external = await getExternal(deps.client, reference, { namespace, name: reference.name });
  if (external === undefined) return undefined;
  deps.follow?.(
    "machine",
    watch({ kind: external.kind, toRequests: (object) => ownersOfKind(object, Machine) }),
  );
  if (isDeleting(scope)) return external;
  return adoptExternal(deps.client, external, {
    owner: controllerReferenceTo(observed),
    instead: creatorOf(scope, external),
    clusterName: observed.spec.clusterName,
  });
}

/** Until the Machine is there, what creates it also holds the objects made for it. */
function creatorOf({ observed }: MachineScope, { object }: ExternalObject) {
  const creator = controllerOf(observed);
  if (creator === undefined) return undefined;
  const slash = creator.apiVersion.indexOf("/");
  const group = creator.apiVersion.slice(0, slash);
  return ownerOfKind(object, { group, kind: creator.kind });
}

function missing(scope: MachineScope, reference: ContractReference, existed: boolean): Result {
  if (isDeleting(scope)) return done; // Gone is where it should go.
  if (existed) {
    throw new Error(
      `${reference.kind} ${reference.name} has been deleted while the Machine needs it`,
    );
  }
  return requeueAfter(missingRetryMs); // A kind that is not watched yet may come.
}

function recordFailure({ draft }: MachineScope, external: ExternalObject): void {
  const failure = failureOf(external);
  if (failure === undefined) return;
  const status = (draft.status ??= {});
  const deprecated = (status.deprecated ??= {});
  const { kind, metadata } = external.object;
  deprecated.v1beta1 = {
    ...deprecated.v1beta1,
    failureReason: failure.reason,
    failureMessage:
      `Failure detected from referenced resource ${kind} with name ` +
      `"${metadata.name}": ${failure.message}`,
  };
}

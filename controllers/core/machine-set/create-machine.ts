import { formatLabelValue } from "../../api/admission/defaults.ts";
import {
  ClusterNameLabel,
  MachineDeploymentNameLabel,
  MachineFinalizer,
  MachineSetNameLabel,
} from "../../api/constants.ts";
import { Machine, type MachineSet } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import { isUncertain, messageOf } from "../../runtime/errors.ts";
import { controllerReferenceTo, ownerReferenceTo } from "../../runtime/owner-references.ts";
import type { CoreDeps } from "../core-deps.ts";
import { cloneTemplate } from "../external/clone-template.ts";
import { resolveKind } from "../external/external-objects.ts";
import { renderName } from "./machine-name.ts";
import type { MachineSetScope } from "./machine-set-scope.ts";

const defaultNaming = "{{ .machineSet.name }}-{{ .random }}";

/** The labels of a MachineSet's Machines and of what belongs to them. */
export function machineLabels(machineSet: MachineSet): Record<string, string> {
  const deployment = machineSet.metadata.labels?.[MachineDeploymentNameLabel];
  return {
    ...machineSet.spec.template.metadata?.labels,
    [ClusterNameLabel]: machineSet.spec.clusterName,
    [MachineSetNameLabel]: formatLabelValue(machineSet.metadata.name),
    ...(deployment === undefined ? {} : { [MachineDeploymentNameLabel]: deployment }),
  };
}

/**
 * Creates bootstrap configuration, infrastructure machine and Machine under one name. If one of them fails, those made before are
 * deleted again: no Machine will ever refer to them.
 */
export async function createMachine(deps: CoreDeps, scope: MachineSetScope): Promise<Machine> {
  const { observed: machineSet } = scope;
  const name = newName(deps, scope);
  const made: ContractReference[] = [];
  try {
    const configRef = machineSet.spec.template.spec.bootstrap.configRef;
    const bootstrap =
      configRef === undefined ? undefined : await clone(deps, scope, { template: configRef, name });
    if (bootstrap !== undefined) made.push(bootstrap);
    const template = machineSet.spec.template.spec.infrastructureRef;
    const infrastructureRef = await clone(deps, scope, { template, name });
    made.push(infrastructureRef);
    const machine = newMachine(scope, { name, infrastructureRef, bootstrap });
    const created = await deps.client.create(Machine, machine);
    deps.recorder.event(machineSet, "Normal", "SuccessfulCreate", `Created machine "${name}"`);
    return created;
  } catch (error) {
    // After a lost answer the Machine may be there and need them: `removeLeftovers` looks before the next attempt.
    if (!isUncertain(error)) await removeAll(deps, machineSet.metadata.namespace ?? "", made);
    const text = `Failed to create machine: ${messageOf(error)}`;
    deps.recorder.event(machineSet, "Warning", "FailedCreate", text);
    throw error;
  }
}

function newName(deps: CoreDeps, { observed, cluster }: MachineSetScope): string {
  const { namespace = "", name } = observed.metadata;
  return renderName(
    observed.spec.machineNaming?.template ?? defaultNaming,
    { ".cluster.name": cluster.metadata.name, ".machineSet.name": name },
    { source: deps.random, family: "machine-name", key: `${namespace}/${name}` },
  );
}

async function clone(
  deps: CoreDeps,
  { observed }: MachineSetScope,
  { template, name }: { readonly template: ContractReference; readonly name: string },
): Promise<ContractReference> {
  const object = await cloneTemplate(deps.client, {
    template,
    name,
    namespace: observed.metadata.namespace ?? "",
    clusterName: observed.spec.clusterName,
    labels: machineLabels(observed),
    annotations: { ...observed.spec.template.metadata?.annotations },
    owner: ownerReferenceTo(observed),
  });
  return { apiGroup: template.apiGroup, kind: object.kind, name };
}

function newMachine(
  { observed }: MachineSetScope,
  parts: {
    readonly name: string;
    readonly infrastructureRef: ContractReference;
    readonly bootstrap: ContractReference | undefined;
  },
): Machine {
  const { template } = observed.spec;
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: {
      name: parts.name,
      namespace: observed.metadata.namespace ?? "",
      labels: machineLabels(observed),
      annotations: { ...template.metadata?.annotations },
      ownerReferences: [controllerReferenceTo(observed)],
      // With the finalizer from the first moment no deletion can leave an instance behind.
      finalizers: [MachineFinalizer],
    },
    spec: {
      ...template.spec,
      bootstrap:
        parts.bootstrap === undefined ? template.spec.bootstrap : { configRef: parts.bootstrap },
      infrastructureRef: parts.infrastructureRef,
    },
  };
}

async function removeAll(
  deps: CoreDeps,
  namespace: string,
  references: readonly ContractReference[],
): Promise<void> {
  for (const reference of references) {
    try {
      const { kind } = await resolveKind(deps.client, reference);
      await deps.client.delete(kind, { namespace, name: reference.name });
    } catch (error) {
      // The first failure is the one that is reported; what is left over is found by its owner and removed later.
      deps.logger.info({ ...reference, error: messageOf(error) }, "a leftover was not removed");
    }
  }
}

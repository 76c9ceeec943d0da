import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import {
  ClusterNameLabel,
  MachineControlPlaneLabel,
  MachineControlPlaneNameLabel,
  MachineFinalizer,
  PreTerminateHookCleanupAnnotation,
  TemplateClonedFromGroupKindAnnotation,
  TemplateClonedFromNameAnnotation,
} from "../../api/constants.ts";
import { formatLabelValue } from "../../api/admission/defaults.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { ownerReferenceTo } from "../../bootstrap/objects/owners.ts";
import { kindOfReference } from "../../bootstrap/objects/references.ts";
import type { Client, ObjectMeta, UnstructuredObject } from "../../runtime/client.ts";
import { type ControlPlane, healthConditionsOf } from "./control-plane.ts";
import { desiredConfigSpec, type Role } from "./desired-config.ts";

export interface NewMachine {
  readonly name: string;
  readonly role: Role;
  readonly failureDomain?: string;
  /** For a replacement: what it replaces, as JSON in an annotation. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Labels of everything that belongs to a control-plane machine. */
export function machineLabels({ kcp, cluster }: ControlPlane): Record<string, string> {
  return {
    ...kcp.spec.machineTemplate.metadata?.labels,
    [ClusterNameLabel]: cluster.metadata.name,
    [MachineControlPlaneLabel]: "",
    [MachineControlPlaneNameLabel]: formatLabelValue(kcp.metadata.name),
  };
}

/**
 * Creates the three objects of a machine under one name: infrastructure, bootstrap, Machine. A crash in between leaves
 * objects that no Machine refers to; they carry the control plane as owner and are removed before the next machine.
 */
export async function createMachine(
  client: Client,
  controlPlane: ControlPlane,
  wanted: NewMachine,
): Promise<Machine> {
  const infrastructureRef = await createInfraMachine(client, controlPlane, wanted);
  const config = newConfig(controlPlane, wanted);
  await client.create(KubeadmConfig, config);
  return client.create(Machine, newMachine(controlPlane, wanted, infrastructureRef));
}

async function createInfraMachine(
  client: Client,
  controlPlane: ControlPlane,
  wanted: NewMachine,
): Promise<ContractReference> {
  const { kcp } = controlPlane;
  const reference = kcp.spec.machineTemplate.spec.infrastructureRef;
  const { namespace = "" } = kcp.metadata;
  const templateKind = await kindOfReference(client, reference);
  const template = await client.get(templateKind, { namespace, name: reference.name });
  if (template === undefined) {
    throw new Error(`${reference.kind} ${namespace}/${reference.name} does not exist`);
  }
  const content = (template.spec?.["template"] ?? {}) as Partial<UnstructuredObject>;
  const kind = reference.kind.replace(/Template$/, "");
  const metadata = newMetadata(controlPlane, wanted, content.metadata?.labels);
  const infraKind = await kindOfReference(client, { apiGroup: reference.apiGroup, kind });
  await client.create(infraKind, {
    apiVersion: `${infraKind.group}/${infraKind.version}`,
    kind,
    metadata: {
      ...metadata,
      annotations: {
        ...content.metadata?.annotations,
        ...metadata.annotations,
        [TemplateClonedFromNameAnnotation]: reference.name,
        [TemplateClonedFromGroupKindAnnotation]: `${reference.kind}.${reference.apiGroup}`,
      },
    },
    spec: content.spec ?? {},
  });
  return { apiGroup: reference.apiGroup, kind, name: wanted.name };
}

function newConfig(controlPlane: ControlPlane, wanted: NewMachine): KubeadmConfig {
  return {
    apiVersion: "bootstrap.cluster.x-k8s.io/v1beta2",
    kind: "KubeadmConfig",
    metadata: newMetadata(controlPlane, wanted),
    spec: desiredConfigSpec(controlPlane.kcp, wanted.role),
  };
}

/** Until the Machine controller takes them over, the control plane owns what it made. */
function newMetadata(
  controlPlane: ControlPlane,
  { name }: NewMachine,
  templateLabels?: Readonly<Record<string, string>>,
): ObjectMeta {
  const { kcp } = controlPlane;
  const { namespace = "" } = kcp.metadata;
  return {
    name,
    namespace,
    labels: { ...templateLabels, ...machineLabels(controlPlane) },
    annotations: { ...kcp.spec.machineTemplate.metadata?.annotations },
    ownerReferences: [ownerReferenceTo(kcp, false)],
  };
}

function newMachine(
  controlPlane: ControlPlane,
  { name, failureDomain, annotations }: NewMachine,
  infrastructureRef: ContractReference,
): Machine {
  const { kcp, cluster } = controlPlane;
  const { namespace = "" } = kcp.metadata;
  const template = kcp.spec.machineTemplate;
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: {
      name,
      namespace,
      labels: machineLabels(controlPlane),
      annotations: {
        ...template.metadata?.annotations,
        ...annotations,
        [PreTerminateHookCleanupAnnotation]: "",
      },
      finalizers: [MachineFinalizer],
      ownerReferences: [ownerReferenceTo(kcp, true)],
    },
    spec: {
      clusterName: cluster.metadata.name,
      version: kcp.spec.version,
      bootstrap: {
        configRef: { apiGroup: KubeadmConfig.group, kind: KubeadmConfig.kind, name },
      },
      infrastructureRef,
      readinessGates: readinessGates(kcp),
      ...(failureDomain === undefined ? {} : { failureDomain }),
      ...(template.spec.deletion === undefined ? {} : { deletion: template.spec.deletion }),
    },
  };
}

/** A control-plane Machine is Ready only when its part of the control plane is. */
export function readinessGates(kcp: KubeadmControlPlane): { conditionType: string }[] {
  const own = ["NodeKubeadmLabelsAndTaintsSet", ...healthConditionsOf({ kcp })].map(
    (conditionType) => ({ conditionType }),
  );
  const types = new Set(own.map(({ conditionType }) => conditionType));
  const extra = (kcp.spec.machineTemplate.spec.readinessGates ?? []).filter(
    ({ conditionType }) => !types.has(conditionType),
  );
  return [...own, ...extra];
}

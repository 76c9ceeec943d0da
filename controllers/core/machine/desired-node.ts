import {
  AnnotationsFromMachineAnnotation,
  ClusterNameAnnotation,
  ClusterNamespaceAnnotation,
  InterruptibleLabel,
  LabelsFromMachineAnnotation,
  MachineAnnotation,
  ManagedNodeAnnotationDomain,
  ManagedNodeLabelDomain,
  NodeOutdatedRevisionTaint,
  NodeRestrictionLabelDomain,
  NodeRoleLabelPrefix,
  NodeUninitializedTaint,
  OwnerKindAnnotation,
  OwnerNameAnnotation,
} from "../../api/constants.ts";
import type { Machine } from "../../api/core/v1beta2.ts";
import type { Node, NodeTaint } from "../../api/kubernetes.ts";
import type { ObjectKey } from "../../runtime/client.ts";
import { controllerOf } from "../../runtime/owner-references.ts";

export interface NodeWishes {
  readonly machine: Machine;
  readonly cluster: ObjectKey;
  readonly interruptible: boolean;
  readonly isOutdated: boolean;
}

/** The Node as its Machine wants it. Changes the copy: what others have put there stays. */
export function desiredNode(node: Node, wishes: NodeWishes): Node {
  const { machine, cluster } = wishes;
  const owner = controllerOf(machine);
  const labels = pick(machine.metadata.labels, isNodeLabel);
  const annotations = pick(machine.metadata.annotations, (key) =>
    isInDomain(key, ManagedNodeAnnotationDomain),
  );
  const before = node.metadata.annotations ?? {};
  node.metadata.labels = {
    ...without(node.metadata.labels, before[LabelsFromMachineAnnotation], labels),
    ...labels,
    ...(wishes.interruptible ? { [InterruptibleLabel]: "" } : {}),
  };
  node.metadata.annotations = {
    ...without(before, before[AnnotationsFromMachineAnnotation], annotations),
    ...annotations,
    [ClusterNameAnnotation]: cluster.name,
    [ClusterNamespaceAnnotation]: cluster.namespace,
    [MachineAnnotation]: machine.metadata.name,
    ...(owner === undefined
      ? {}
      : { [OwnerKindAnnotation]: owner.kind, [OwnerNameAnnotation]: owner.name }),
    [LabelsFromMachineAnnotation]: Object.keys(labels).sort().join(","),
    [AnnotationsFromMachineAnnotation]: Object.keys(annotations).sort().join(","),
  };
  const taints = withTaints(node.spec?.taints ?? [], wishes.isOutdated);
  if (taints.length > 0) node.spec = { ...node.spec, taints };
  else if (node.spec !== undefined) delete node.spec.taints;
  return node;
}

function withTaints(taints: readonly NodeTaint[], isOutdated: boolean): NodeTaint[] {
  const [outdatedKey = "", effect = ""] = NodeOutdatedRevisionTaint.split(":");
  const [uninitializedKey = ""] = NodeUninitializedTaint.split(":");
  const kept = taints.filter(
    ({ key }) => key !== uninitializedKey && (isOutdated || key !== outdatedKey),
  );
  const missing = isOutdated && !kept.some(({ key }) => key === outdatedKey);
  return missing ? [...kept, { key: outdatedKey, effect }] : kept;
}

function isNodeLabel(key: string): boolean {
  const prefix = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  return (
    prefix === NodeRoleLabelPrefix ||
    isInDomain(key, NodeRestrictionLabelDomain) ||
    isInDomain(key, ManagedNodeLabelDomain)
  );
}

/** A domain includes its sub-domains. */
function isInDomain(key: string, domain: string): boolean {
  const slash = key.indexOf("/");
  if (slash === -1) return false;
  const prefix = key.slice(0, slash);
  return prefix === domain || prefix.endsWith(`.${domain}`);
}

function pick(
  values: Readonly<Record<string, string>> | undefined,
  wanted: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => wanted(key)));
}

/** Without what the Machine has set the last time and does not want any more. */
function without(
  values: Readonly<Record<string, string>> | undefined,
  tracked: string | undefined,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> {
  const dropped = new Set(
    (tracked ?? "").split(",").filter((key) => key !== "" && wanted[key] === undefined),
  );
  return Object.fromEntries(Object.entries(values ?? {}).filter(([key]) => !dropped.has(key)));
}

import { matchesLabels, matchesSelector, type NodeObject, type PodSpec } from "./objects.ts";

/** Whether the labels of a node are what a pod asks for: its node selector and its required node affinity. */
export function nodeMatches(node: NodeObject, spec: PodSpec): boolean {
  const { name, labels } = node.metadata;
  if (!matchesLabels(spec.nodeSelector ?? {}, labels)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  const withName = { ...labels, "metadata.name": name };
  return (required.nodeSelectorTerms ?? []).some(({ matchExpressions = [] }) =>
    matchesSelector({ matchExpressions }, withName),
  );
}

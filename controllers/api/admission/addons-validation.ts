import type { ClusterResourceSet, ClusterResourceSetBinding } from "../generated/addons-v1beta2.ts";
import { immutable } from "./checks.ts";
import { type FieldError, invalid } from "./field-error.ts";
import { validateSelector } from "./label-selector.ts";

type Errors = readonly FieldError[];

/** An empty selector would select nothing, which nobody means. */
export function validateClusterResourceSet(
  { spec }: ClusterResourceSet,
  old?: ClusterResourceSet,
): Errors {
  const { matchLabels = {}, matchExpressions = [] } = spec.clusterSelector;
  const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  return [
    ...validateSelector(spec.clusterSelector, "spec.clusterSelector"),
    ...(isEmpty && old === undefined
      ? [invalid("spec.clusterSelector", spec.clusterSelector, "selector must not be empty")]
      : []),
    ...(old === undefined ? [] : immutable("spec.strategy", old.spec.strategy, spec.strategy)),
    ...(old === undefined
      ? []
      : immutable("spec.clusterSelector", old.spec.clusterSelector, spec.clusterSelector)),
  ];
}

export function validateClusterResourceSetBinding(
  { spec }: ClusterResourceSetBinding,
  old?: ClusterResourceSetBinding,
): Errors {
  // It may be filled in once, where older versions left it out.
  const before = old?.spec.clusterName;
  if (before === undefined || before === "") return [];
  return immutable("spec.clusterName", before, spec.clusterName);
}

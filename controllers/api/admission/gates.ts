import { type FieldError, forbidden } from "./field-error.ts";

/** Features of upstream that have no live controller here: what belongs to them is refused, never ignored. */
export type Gate =
  | "BootstrapFormatIgnition"
  | "ClusterTopology"
  | "EKS"
  | "KubeadmBootstrapFormatIgnition"
  | "MachinePool"
  | "MachineTaintPropagation";

/** The refusal of a field, or of a whole kind, whose feature is off. */
export function behindGate(field: string, gate: Gate): FieldError {
  return forbidden(field, `can be set only if the ${gate} feature flag is enabled`);
}

export function refuseIfSet(field: string, value: unknown, gate: Gate): readonly FieldError[] {
  return value === undefined ? [] : [behindGate(field, gate)];
}

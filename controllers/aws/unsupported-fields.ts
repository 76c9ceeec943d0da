import {
  unsupportedClusterFields,
  unsupportedMachineFields,
} from "../api/admission/aws-unsupported.ts";
import type { AWSClusterSpec, AWSMachineSpec } from "../api/generated/definitions.ts";

/** A field of the spec that this provider does not act on; admission refuses it, where it is asked. */
export class UnsupportedFieldError extends Error {
  override readonly name = "UnsupportedFieldError";
}

export function assertSupportedCluster(spec: AWSClusterSpec = {}): void {
  assertNone(unsupportedClusterFields(spec));
}

export function assertSupportedMachine(spec: AWSMachineSpec): void {
  assertNone(unsupportedMachineFields(spec));
}

function assertNone(fields: readonly string[]): void {
  if (fields.length === 0) return;
  const names = fields.map((field) => `spec.${field}`).join(", ");
  throw new UnsupportedFieldError(`not supported by this version of the provider: ${names}`);
}

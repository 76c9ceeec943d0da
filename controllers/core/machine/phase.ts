import type { Machine } from "../../api/core/v1beta2.ts";

type Phase = NonNullable<NonNullable<Machine["status"]>["phase"]>;

/** In one word how far a Machine is; what comes later in its life wins. capi-behaviour 3.7. */
export function machinePhase({ metadata, spec, status = {} }: Machine): Phase {
  if (metadata.deletionTimestamp !== undefined) return "Deleting";
  const { infrastructureProvisioned = false, bootstrapDataSecretCreated = false } =
    status.initialization ?? {};
  if (status.nodeRef !== undefined && infrastructureProvisioned) return "Running";
  if (spec.providerID !== undefined) return "Provisioned";
  return bootstrapDataSecretCreated && !infrastructureProvisioned ? "Provisioning" : "Pending";
}

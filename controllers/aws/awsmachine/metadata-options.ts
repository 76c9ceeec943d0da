import {
  type Instance,
  type InstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsCommand,
} from "@aws-sdk/client-ec2";
import type { InstanceMetadataOptions } from "../../api/generated/definitions.ts";
import { type MachineScope, specOf } from "../machine-scope.ts";

/** The instance metadata service as the spec wants it, with upstream's defaults. capa-behaviour 8.14. */
export function metadataOptions(
  spec: InstanceMetadataOptions = {},
): Required<
  Pick<
    InstanceMetadataOptionsRequest,
    "HttpEndpoint" | "HttpPutResponseHopLimit" | "HttpTokens" | "InstanceMetadataTags"
  >
> &
  Pick<InstanceMetadataOptionsRequest, "HttpProtocolIpv6"> {
  return {
    HttpEndpoint: spec.httpEndpoint ?? "enabled",
    HttpPutResponseHopLimit: spec.httpPutResponseHopLimit ?? 1,
    HttpTokens: spec.httpTokens ?? "optional",
    InstanceMetadataTags: spec.instanceMetadataTags ?? "disabled",
    ...(spec.httpProtocolIpv6 === undefined ? {} : { HttpProtocolIpv6: spec.httpProtocolIpv6 }),
  };
}

/** Brings a running instance back to what the spec says; writes nothing while it agrees. */
export async function reconcileMetadataOptions(
  scope: MachineScope,
  instance: Instance,
): Promise<void> {
  const { instanceMetadataOptions } = specOf(scope);
  if (instanceMetadataOptions === undefined) return; // Nothing was asked for: the account decides.
  const wanted = metadataOptions(instanceMetadataOptions);
  const actual = (instance.MetadataOptions ?? {}) as Readonly<Record<string, unknown>>;
  if (Object.entries(wanted).every(([key, value]) => actual[key] === value)) return;
  const InstanceId = instance.InstanceId ?? "";
  await scope.aws.ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...wanted }));
}

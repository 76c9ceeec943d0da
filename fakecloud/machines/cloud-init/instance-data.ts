import type { InstanceView } from "../../aws/contract.ts";
import type { TemplateData } from "./jinja.ts";

/** What templates can ask of the instance: the metadata service's answers, and cloud-init's own names for them. */
export function instanceData(instance: InstanceView): TemplateData {
  const v1 = {
    availability_zone: instance.zone,
    cloud_name: "aws",
    instance_id: instance.instanceId,
    local_hostname: instance.privateDnsName,
    platform: "ec2",
    region: instance.region,
  };
  const metadata = {
    ami_id: instance.imageId,
    hostname: instance.privateDnsName,
    instance_id: instance.instanceId,
    instance_type: instance.instanceType,
    local_hostname: instance.privateDnsName,
    local_ipv4: instance.privateIp,
    placement: { availability_zone: instance.zone, region: instance.region },
    ...(instance.publicIp === undefined ? {} : { public_ipv4: instance.publicIp }),
  };
  // Keys with a dash have an alias with an underscore, which is the only form that templates can write with dots.
  return { ...v1, v1, ds: { meta_data: { ...metadata, ...dashed(metadata) } } };
}

function dashed(metadata: TemplateData): TemplateData {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key.replaceAll("_", "-"), value]),
  );
}

import type { InstanceView } from "../contract.ts";
import type { Ec2Region } from "./ec2-region.ts";
import type { InstanceRecord } from "./records.ts";

/** What the inside of the machine, the network and the tools see of an instance. */
export function viewOf(region: Ec2Region, instance: InstanceRecord): InstanceView {
  const primary = region.networkInterfaces.peek(instance.networkInterfaceIds[0] ?? "");
  const { publicIp, securityGroupIds = [] } = primary ?? {};
  const { instanceProfileArn } = instance;
  return {
    instanceId: instance.instanceId,
    accountId: region.accountId,
    region: region.region,
    zone: instance.zone,
    state: instance.state,
    instanceType: instance.instanceType,
    imageId: instance.imageId,
    imageName: instance.imageName,
    vpcId: instance.vpcId,
    subnetId: instance.subnetId,
    privateIp: instance.privateIp,
    privateDnsName: instance.privateDnsName,
    ...(publicIp === undefined ? {} : { publicIp }),
    securityGroupIds,
    ...(instanceProfileArn === undefined ? {} : { instanceProfileArn }),
    tags: Object.fromEntries(instance.tags),
    // Few who look at an instance read it, and it is long.
    get userData() {
      return new Uint8Array(Buffer.from(instance.userData, "base64"));
    },
    metadataOptions: {
      httpTokens: instance.metadataOptions.HttpTokens ?? "optional",
      httpEndpoint: instance.metadataOptions.HttpEndpoint ?? "enabled",
    },
    launchedAtMs: instance.launchedAtMs,
  };
}

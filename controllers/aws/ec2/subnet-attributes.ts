import {
  ModifySubnetAttributeCommand,
  type ModifySubnetAttributeRequest,
  type Subnet,
} from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import { type ClusterScope, networkOf } from "../cluster-scope.ts";

type Attribute = Omit<ModifySubnetAttributeRequest, "SubnetId">;

/** AWS takes one attribute per call. On every pass, not only after the creation: a crash may have come between the two. */
export async function keepSubnetAttributes(
  scope: ClusterScope,
  subnet: AWSClusterSpecNetworkSubnet,
  actual: Subnet,
): Promise<void> {
  for (const attribute of missingAttributes(scope, subnet, actual)) {
    const request = { SubnetId: actual.SubnetId, ...attribute };
    await scope.aws.ec2.send(new ModifySubnetAttributeCommand(request));
  }
}

/** capa-behaviour 2.13. */
function missingAttributes(
  scope: ClusterScope,
  subnet: AWSClusterSpecNetworkSubnet,
  actual: Subnet,
): readonly Attribute[] {
  const isPublic = subnet.isPublic === true;
  const isIpv6Only = subnet.isIpv6 === true && (subnet.cidrBlock ?? "") === "";
  // A wavelength zone has carrier addresses instead of public ones, and an IPv6-only subnet has no IPv4 to map.
  const mapsPublicIp = isPublic && subnet.zoneType !== "wavelength-zone" && !isIpv6Only;
  const hostnameType = networkOf(scope).vpc.privateDnsHostnameTypeOnLaunch;
  const attributes: Attribute[] = [];
  if (subnet.isIpv6 === true && actual.AssignIpv6AddressOnCreation !== true) {
    attributes.push({ AssignIpv6AddressOnCreation: { Value: true } });
  }
  if (isIpv6Only && !isPublic && actual.EnableDns64 !== true) {
    attributes.push({ EnableDns64: { Value: true } });
  }
  if (mapsPublicIp && actual.MapPublicIpOnLaunch !== true) {
    attributes.push({ MapPublicIpOnLaunch: { Value: true } });
  }
  const current = actual.PrivateDnsNameOptionsOnLaunch?.HostnameType;
  if (hostnameType !== undefined && current !== hostnameType) {
    attributes.push({ PrivateDnsHostnameTypeOnLaunch: hostnameType });
  }
  return attributes;
}

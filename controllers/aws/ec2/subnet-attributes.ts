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
  const hostnameType = networkOf(scope).vpc.privateDnsHostnameTypeOnLaunch;
  const current = actual.PrivateDnsNameOptionsOnLaunch?.HostnameType;
  return [
    ...switches(subnet)
      .filter((name) => actual[name] !== true)
      .map((name) => ({ [name]: { Value: true } })),
    ...(hostnameType === undefined || current === hostnameType
      ? []
      : [{ PrivateDnsHostnameTypeOnLaunch: hostnameType }]),
  ];
}

type Switch = "AssignIpv6AddressOnCreation" | "EnableDns64" | "MapPublicIpOnLaunch";

/** What is to be on. A wavelength zone has carrier addresses instead of public ones, and IPv6 alone has no IPv4 to map. */
function switches(subnet: AWSClusterSpecNetworkSubnet): readonly Switch[] {
  const { isPublic = false, isIpv6 = false, cidrBlock = "", zoneType } = subnet;
  const isIpv6Only = isIpv6 && cidrBlock === "";
  const wanted: readonly (readonly [Switch, boolean])[] = [
    ["AssignIpv6AddressOnCreation", isIpv6],
    ["EnableDns64", isIpv6Only && !isPublic],
    ["MapPublicIpOnLaunch", isPublic && !isIpv6Only && zoneType !== "wavelength-zone"],
  ];
  return wanted.filter(([, isWanted]) => isWanted).map(([name]) => name);
}

import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  VpcEndpoint as WireEndpoint,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe, paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import {
  createInterface,
  deleteInterface,
  requireGroups,
  setInterfaceGroups,
} from "./interfaces.ts";
import { groupsToWire } from "./network-interfaces.ts";
import { servicePrefixListId } from "./prefix-lists.ts";
import type { RouteTable, Subnet, VpcEndpoint } from "./records.ts";
import { interfaceServices, servicePrefixes } from "./tables/endpoint-services.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

const openPolicy = JSON.stringify({
  Version: "2008-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

/** The type of the endpoint, if the service has endpoints of it. */
function offeredType(region: Ec2Region, serviceName: string, type: string): VpcEndpoint["type"] {
  if (type !== "Gateway" && type !== "Interface") {
    throw ec2Error("UnsupportedOperation", `Seatrial has no VPC endpoints of type ${type}`);
  }
  const prefix = `com.amazonaws.${region.region}.`;
  const service = serviceName.startsWith(prefix) ? serviceName.slice(prefix.length) : "";
  const isOffered =
    type === "Gateway"
      ? Object.hasOwn(servicePrefixes, service)
      : interfaceServices.includes(service);
  if (isOffered) return type;
  const message = `The Vpc Endpoint Service '${serviceName}' does not exist`;
  throw ec2Error("InvalidServiceName", message);
}

/** When several errors apply, the first of these wins: VPC, service, route tables or subnets, groups. */
export function createVpcEndpoint(
  region: Ec2Region,
  input: CreateVpcEndpointRequest,
): CreateVpcEndpointResult {
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateVpcEndpoint", token, asked, () => make(region, input));
  return {
    VpcEndpoint: toWire(region, region.vpcEndpoints.own(id)),
    ...(token === undefined ? {} : { ClientToken: token }),
  };
}

function make(region: Ec2Region, input: CreateVpcEndpointRequest): string {
  const { vpcId } = region.vpcs.require(required(input.VpcId, "vpcId"));
  const serviceName = required(input.ServiceName, "serviceName");
  const type = offeredType(region, serviceName, input.VpcEndpointType ?? "Gateway");
  const tags = tagsFor(input.TagSpecifications, "vpc-endpoint");
  const vpcEndpointId = region.newId("vpce", tags.get("Name") ?? `${vpcId}/${serviceName}`);
  const endpoint: VpcEndpoint = {
    vpcEndpointId,
    vpcId,
    serviceName,
    type,
    createdAtMs: region.now(),
    state: type === "Gateway" ? "available" : "pending",
    routeTableIds: [],
    subnetIds: [],
    securityGroupIds: [],
    networkInterfaceIds: [],
    privateDnsEnabled: type === "Interface" && input.PrivateDnsEnabled !== false,
    policy: input.PolicyDocument ?? openPolicy,
    tags,
  };
  if (type === "Gateway") addRoutes(region, endpoint, input.RouteTableIds ?? []);
  else {
    endpoint.securityGroupIds = requireGroups(region, vpcId, input.SecurityGroupIds ?? []);
    addSubnets(region, endpoint, input.SubnetIds ?? []);
  }
  region.vpcEndpoints.add(vpcEndpointId, endpoint);
  if (type === "Interface") {
    const label = `VPC endpoint ${vpcEndpointId} becomes available`;
    region.after(region.settings.durations.vpcEndpoint, label, "vpcEndpointRuns", vpcEndpointId);
  }
  return vpcEndpointId;
}

function requireTable(region: Ec2Region, endpoint: VpcEndpoint, id: string): RouteTable {
  const table = region.routeTables.require(id);
  if (table.vpcId === endpoint.vpcId) return table;
  const message = `Route table ${id} does not belong to the VPC ${endpoint.vpcId}`;
  throw ec2Error("InvalidParameter", message);
}

/** Routes of a gateway endpoint come and go with it. All of the tables, or none. */
function addRoutes(region: Ec2Region, endpoint: VpcEndpoint, ids: readonly string[]): void {
  const destination = servicePrefixListId(region.region, endpoint.serviceName) ?? "";
  const tables = ids.map((id) => requireTable(region, endpoint, id));
  for (const { routes, routeTableId } of tables) {
    if (!routes.some((route) => route.destination === destination)) continue;
    const message = `route table ${routeTableId} already has a route with destination-prefix-list-id ${destination}`;
    throw ec2Error("RouteAlreadyExists", message);
  }
  for (const table of tables) {
    const target = { kind: "other", id: endpoint.vpcEndpointId } as const;
    table.routes = [
      ...table.routes,
      { destination, state: "active", target, origin: "CreateRoute" },
    ];
  }
  endpoint.routeTableIds = [...endpoint.routeTableIds, ...ids];
}

function removeRoutes(region: Ec2Region, endpoint: VpcEndpoint, ids: readonly string[]): void {
  const { vpcEndpointId } = endpoint;
  for (const id of ids) {
    const table = region.routeTables.peek(id);
    if (table === undefined) continue;
    table.routes = table.routes.filter(
      ({ target }) => target.kind === "local" || target.id !== vpcEndpointId,
    );
  }
  endpoint.routeTableIds = endpoint.routeTableIds.filter((id) => !ids.includes(id));
}

function addSubnets(region: Ec2Region, endpoint: VpcEndpoint, ids: readonly string[]): void {
  const subnets = ids.map((id) => region.subnets.require(id));
  for (const subnet of subnets) checkSubnet(region, endpoint, subnet);
  for (const subnet of subnets) {
    const node = createInterface(region, subnet, {
      securityGroupIds: endpoint.securityGroupIds,
      description: `VPC Endpoint Interface ${endpoint.vpcEndpointId}`,
      interfaceType: "vpc_endpoint",
      requesterId: "amazon-vpce",
    });
    endpoint.networkInterfaceIds = [...endpoint.networkInterfaceIds, node.networkInterfaceId];
    endpoint.subnetIds = [...endpoint.subnetIds, subnet.subnetId];
  }
}

function checkSubnet(region: Ec2Region, endpoint: VpcEndpoint, subnet: Subnet): void {
  if (subnet.vpcId !== endpoint.vpcId) {
    const message = `Subnet ${subnet.subnetId} does not belong to the VPC ${endpoint.vpcId}`;
    throw ec2Error("InvalidParameter", message);
  }
  const zones = endpoint.subnetIds.map((id) => region.subnets.peek(id)?.zone);
  if (!zones.includes(subnet.zone)) return;
  const message = `Found another VPC endpoint subnet in the availability zone of ${subnet.subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`;
  throw ec2Error("DuplicateSubnetsInSameZone", message);
}

function removeSubnets(region: Ec2Region, endpoint: VpcEndpoint, ids: readonly string[]): void {
  for (const id of endpoint.networkInterfaceIds) {
    const node = region.networkInterfaces.peek(id);
    if (node === undefined || !ids.includes(node.subnetId)) continue;
    deleteInterface(region, node);
    endpoint.networkInterfaceIds = endpoint.networkInterfaceIds.filter((one) => one !== id);
  }
  endpoint.subnetIds = endpoint.subnetIds.filter((id) => !ids.includes(id));
}

export function vpcEndpointRuns(region: Ec2Region, id: string): void {
  const endpoint = region.vpcEndpoints.peek(id);
  if (endpoint?.state === "pending") endpoint.state = "available";
}

export function vpcEndpointDeleted(region: Ec2Region, id: string): void {
  const endpoint = region.vpcEndpoints.peek(id);
  if (endpoint === undefined) return;
  removeSubnets(region, endpoint, endpoint.subnetIds);
  region.vpcEndpoints.delete(id);
}

function toWire(region: Ec2Region, endpoint: VpcEndpoint): WireEndpoint {
  const groups = groupsToWire(region, endpoint.securityGroupIds);
  const service = endpoint.serviceName.slice(endpoint.serviceName.lastIndexOf(".") + 1);
  const dnsName = `${endpoint.vpcEndpointId}.${service}.${region.region}.vpce.amazonaws.com`;
  return {
    VpcEndpointId: endpoint.vpcEndpointId,
    VpcEndpointType: endpoint.type,
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    // In lower case on the wire, whatever the model says.
    State: endpoint.state as "Available",
    PolicyDocument: endpoint.policy,
    RouteTableIds: [...endpoint.routeTableIds],
    SubnetIds: [...endpoint.subnetIds],
    Groups: groups.map(({ GroupId, GroupName }) => ({ GroupId, GroupName })),
    PrivateDnsEnabled: endpoint.privateDnsEnabled,
    RequesterManaged: false,
    NetworkInterfaceIds: [...endpoint.networkInterfaceIds],
    DnsEntries: endpoint.type === "Interface" ? [{ DnsName: dnsName }] : [],
    IpAddressType: "ipv4",
    CreationTimestamp: toDate(endpoint.createdAtMs),
    OwnerId: region.accountId,
    Tags: tagsToWire(endpoint.tags),
  };
}

export function describeVpcEndpoints(
  region: Ec2Region,
  input: DescribeVpcEndpointsRequest,
): DescribeVpcEndpointsResult {
  const { items, ...token } = describe(
    region.vpcEndpoints,
    {
      ids: input.VpcEndpointIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "ip-address-type": () => "ipv4",
      "service-name": (one) => one.serviceName,
      "vpc-endpoint-id": (one) => one.vpcEndpointId,
      "vpc-endpoint-state": (one) => one.state,
      "vpc-endpoint-type": (one) => one.type,
      "vpc-id": (one) => one.vpcId,
    },
    { min: 1, max: 1000 },
  );
  return { VpcEndpoints: items.map((one) => toWire(region, one)), ...token };
}

export function modifyVpcEndpoint(
  region: Ec2Region,
  input: ModifyVpcEndpointRequest,
): ModifyVpcEndpointResult {
  const endpoint = region.vpcEndpoints.require(required(input.VpcEndpointId, "vpcEndpointId"));
  if (endpoint.type === "Gateway" && (input.AddSubnetIds ?? input.AddSecurityGroupIds)) {
    throw invalidParameter("Subnets and security groups are for interface endpoints");
  }
  removeRoutes(region, endpoint, input.RemoveRouteTableIds ?? []);
  addRoutesOnce(region, endpoint, input.AddRouteTableIds ?? []);
  changeGroups(region, endpoint, input);
  removeSubnets(region, endpoint, input.RemoveSubnetIds ?? []);
  addSubnets(region, endpoint, input.AddSubnetIds ?? []);
  endpoint.privateDnsEnabled = input.PrivateDnsEnabled ?? endpoint.privateDnsEnabled;
  if (input.ResetPolicy === true) endpoint.policy = openPolicy;
  endpoint.policy = input.PolicyDocument ?? endpoint.policy;
  return { Return: true };
}

/** Tables that the endpoint has already are no error. */
function addRoutesOnce(region: Ec2Region, endpoint: VpcEndpoint, ids: readonly string[]): void {
  const fresh = ids.filter((id) => !endpoint.routeTableIds.includes(id));
  addRoutes(region, endpoint, fresh);
}

function changeGroups(
  region: Ec2Region,
  endpoint: VpcEndpoint,
  input: ModifyVpcEndpointRequest,
): void {
  const { AddSecurityGroupIds: added = [], RemoveSecurityGroupIds: removed = [] } = input;
  if (added.length + removed.length === 0) return;
  const kept = endpoint.securityGroupIds.filter((id) => !removed.includes(id));
  const wanted = [...new Set([...kept, ...added])];
  endpoint.securityGroupIds = requireGroups(region, endpoint.vpcId, wanted);
  for (const id of endpoint.networkInterfaceIds) {
    const node = region.networkInterfaces.peek(id);
    if (node !== undefined) setInterfaceGroups(node, endpoint.securityGroupIds);
  }
}

/** Each endpoint succeeds or fails by itself. */
export function deleteVpcEndpoints(
  region: Ec2Region,
  input: DeleteVpcEndpointsRequest,
): DeleteVpcEndpointsResult {
  const ids = input.VpcEndpointIds ?? [];
  for (const id of ids) region.vpcEndpoints.checkId(id);
  const unknown = ids.filter((id) => region.vpcEndpoints.get(id) === undefined);
  for (const id of ids) {
    const endpoint = region.vpcEndpoints.get(id);
    if (endpoint === undefined || endpoint.state === "deleting") continue;
    removeRoutes(region, endpoint, endpoint.routeTableIds);
    endpoint.state = "deleting";
    const { vpcEndpointDeletion } = region.settings.durations;
    const duration = endpoint.type === "Gateway" ? { min: 0, max: 0 } : vpcEndpointDeletion;
    region.after(duration, `VPC endpoint ${id} goes`, "vpcEndpointDeleted", id);
  }
  return {
    Unsuccessful: unknown.map((id) => ({
      ResourceId: id,
      Error: {
        Code: "InvalidVpcEndpoint.NotFound",
        Message: `The Vpc Endpoint Id '${id}' does not exist`,
      },
    })),
  };
}

export function describeVpcEndpointServices(
  region: Ec2Region,
  input: DescribeVpcEndpointServicesRequest,
): DescribeVpcEndpointServicesResult {
  const noTags = new Map<string, string>();
  const entry = (type: VpcEndpoint["type"]) => (service: string) => ({
    name: `com.amazonaws.${region.region}.${service}`,
    type,
    tags: noTags,
  });
  const all = [
    ...Object.keys(servicePrefixes).map(entry("Gateway")),
    ...interfaceServices.map(entry("Interface")),
  ];
  const names = input.ServiceNames ?? [];
  for (const name of names) {
    if (all.some((one) => one.name === name)) continue;
    const message = `The Vpc Endpoint Service '${name}' does not exist`;
    throw ec2Error("InvalidServiceName", message);
  }
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const filtered = applyFilters(chosen, input.Filters, {
    owner: () => "amazon",
    "service-name": ({ name }) => name,
    "service-type": ({ type }) => type,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page, { min: 1, max: 1000 });
  const zones = region.zones
    .filter(({ zoneType }) => zoneType === "availability-zone")
    .map(({ zoneName }) => zoneName);
  return {
    ServiceNames: [...new Set(items.map(({ name }) => name))],
    ServiceDetails: items.map(({ name, type }) => ({
      ServiceName: name,
      ServiceType: [{ ServiceType: type }],
      AvailabilityZones: zones,
      Owner: "amazon",
      AcceptanceRequired: false,
      ManagesVpcEndpoints: false,
      VpcEndpointPolicySupported: true,
      Tags: [],
    })),
    ...token,
  };
}

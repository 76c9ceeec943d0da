import { expect } from "vitest";
import type { Call, ConformanceCase, Step } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const api = (operation: string) => `EC2 API reference, ${operation}`;
const guide = "VPC user guide, Gateway endpoints";
const VpcId = "{vpc.Vpc.VpcId}";
const ServiceName = "com.amazonaws.eu-west-1.s3";
const makeTable: Step = { call: "CreateRouteTable", input: { VpcId }, as: "table" };
const RouteTableId = "{table.RouteTable.RouteTableId}";
const makeEndpoint: Call = {
  call: "CreateVpcEndpoint",
  input: { VpcId, ServiceName, RouteTableIds: [RouteTableId] },
  as: "endpoint",
};
const VpcEndpointId = "{endpoint.VpcEndpoint.VpcEndpointId}";
const routes = (gives: object): Call => ({
  call: "DescribeRouteTables",
  input: { RouteTableIds: [RouteTableId] },
  gives: { RouteTables: [{ Routes: gives }] },
});
const local = { GatewayId: "local" };
const toService = {
  DestinationPrefixListId: expect.stringMatching(/^pl-[0-9a-f]{8}$/),
  GatewayId: VpcEndpointId,
  State: "active",
};
const makeSubnet: Step = {
  call: "CreateSubnet",
  input: { VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1a" },
  as: "subnet",
};
const SubnetIds = ["{subnet.Subnet.SubnetId}"];
const interfaceEndpoint: Call = {
  call: "CreateVpcEndpoint",
  input: {
    VpcId,
    VpcEndpointType: "Interface",
    ServiceName: "com.amazonaws.eu-west-1.sts",
    SubnetIds,
  },
  as: "endpoint",
};
const makeList: Call = {
  call: "CreateManagedPrefixList",
  input: {
    PrefixListName: "offices",
    AddressFamily: "IPv4",
    MaxEntries: 2,
    Entries: [{ Cidr: "192.0.2.0/24", Description: "one" }],
  },
  as: "list",
};
const PrefixListId = "{list.PrefixList.PrefixListId}";

export const endpointsAndPrefixLists: readonly ConformanceCase[] = [
  {
    title: "a gateway endpoint brings its routes and takes them with it",
    source: guide,
    steps: [
      makeVpc,
      makeTable,
      {
        ...makeEndpoint,
        gives: { VpcEndpoint: { State: "available", VpcEndpointType: "Gateway", ServiceName } },
      },
      routes([local, toService]),
      {
        call: "DeleteVpcEndpoints",
        input: { VpcEndpointIds: [VpcEndpointId] },
        gives: { Unsuccessful: [] },
      },
      routes([local]),
    ],
  },
  {
    title: "route tables are added to a gateway endpoint and taken from it",
    source: api("ModifyVpcEndpoint"),
    steps: [
      makeVpc,
      makeTable,
      { call: "CreateVpcEndpoint", input: { VpcId, ServiceName }, as: "endpoint" },
      routes([local]),
      {
        call: "ModifyVpcEndpoint",
        input: { VpcEndpointId, AddRouteTableIds: [RouteTableId] },
        gives: { Return: true },
      },
      routes([local, toService]),
      {
        call: "DescribeVpcEndpoints",
        input: {
          Filters: [
            { Name: "service-name", Values: [ServiceName] },
            { Name: "vpc-id", Values: [VpcId] },
          ],
        },
        gives: { VpcEndpoints: [{ RouteTableIds: [RouteTableId] }] },
      },
      {
        call: "ModifyVpcEndpoint",
        input: { VpcEndpointId, RemoveRouteTableIds: [RouteTableId] },
      },
      routes([local]),
    ],
  },
  {
    title: "a route table has one route to a service",
    source: guide,
    steps: [makeVpc, makeTable, makeEndpoint, { ...makeEndpoint, fails: "RouteAlreadyExists" }],
  },
  {
    title: "a VPC with an endpoint cannot be deleted",
    source: api("DeleteVpc"),
    steps: [
      makeVpc,
      { call: "CreateVpcEndpoint", input: { VpcId, ServiceName }, as: "endpoint" },
      { call: "DeleteVpc", input: { VpcId }, fails: "DependencyViolation" },
      { call: "DeleteVpcEndpoints", input: { VpcEndpointIds: [VpcEndpointId] } },
      { call: "DeleteVpc", input: { VpcId } },
    ],
  },
  {
    title: "an interface endpoint has an interface in each subnet, and a name",
    source: "VPC user guide, Interface endpoints",
    steps: [
      makeVpc,
      makeSubnet,
      {
        ...interfaceEndpoint,
        gives: {
          VpcEndpoint: {
            NetworkInterfaceIds: [expect.stringMatching(/^eni-/)],
            DnsEntries: [
              { DnsName: expect.stringMatching(/\.sts\.eu-west-1\.vpce\.amazonaws\.com$/) },
            ],
            PrivateDnsEnabled: true,
          },
        },
      },
      {
        call: "DescribeNetworkInterfaces",
        input: { Filters: [{ Name: "vpc-id", Values: [VpcId] }] },
        gives: {
          NetworkInterfaces: [{ InterfaceType: "vpc_endpoint", RequesterManaged: true }],
        },
      },
      {
        call: "DeleteSubnet",
        input: { SubnetId: SubnetIds[0] },
        fails: "DependencyViolation",
      },
      { call: "DeleteVpcEndpoints", input: { VpcEndpointIds: [VpcEndpointId] } },
      { call: "DeleteSubnet", input: { SubnetId: SubnetIds[0] } },
    ],
  },
  {
    title: "an interface endpoint takes a while to come and to go",
    source: "VPC user guide, Interface endpoints",
    profile: "faithful",
    steps: [
      makeVpc,
      makeSubnet,
      { ...interfaceEndpoint, gives: { VpcEndpoint: { State: "pending" } } },
      { waitMs: 180_000 },
      {
        call: "DescribeVpcEndpoints",
        input: { VpcEndpointIds: [VpcEndpointId] },
        gives: { VpcEndpoints: [{ State: "available" }] },
      },
      { call: "DeleteVpcEndpoints", input: { VpcEndpointIds: [VpcEndpointId] } },
      {
        call: "DescribeVpcEndpoints",
        input: { VpcEndpointIds: [VpcEndpointId] },
        gives: { VpcEndpoints: [{ State: "deleting" }] },
      },
      { waitMs: 180_000 },
      {
        call: "DescribeVpcEndpoints",
        input: { VpcEndpointIds: [VpcEndpointId] },
        fails: "InvalidVpcEndpointId.NotFound",
      },
    ],
  },
  {
    title: "two subnets of one zone do not fit one endpoint",
    source: api("CreateVpcEndpoint"),
    steps: [
      makeVpc,
      makeSubnet,
      interfaceEndpoint,
      {
        call: "CreateSubnet",
        input: { VpcId, CidrBlock: "10.0.1.0/24", AvailabilityZone: "eu-west-1a" },
        as: "other",
      },
      {
        call: "ModifyVpcEndpoint",
        input: { VpcEndpointId, AddSubnetIds: ["{other.Subnet.SubnetId}"] },
        fails: "DuplicateSubnetsInSameZone",
      },
    ],
  },
  {
    title: "an endpoint for a service that is not there is InvalidServiceName",
    source: api("CreateVpcEndpoint"),
    steps: [
      makeVpc,
      {
        call: "CreateVpcEndpoint",
        input: { VpcId, ServiceName: "com.amazonaws.eu-west-1.nothing" },
        fails: "InvalidServiceName",
        says: "com.amazonaws.eu-west-1.nothing",
      },
    ],
  },
  {
    title: "deleting an endpoint that is not there is told in the answer",
    source: api("DeleteVpcEndpoints"),
    steps: [
      {
        call: "DeleteVpcEndpoints",
        input: { VpcEndpointIds: ["vpce-0123456789abcdef0"] },
        gives: {
          Unsuccessful: [
            {
              ResourceId: "vpce-0123456789abcdef0",
              Error: { Code: "InvalidVpcEndpoint.NotFound" },
            },
          ],
        },
      },
    ],
  },
  {
    title: "an endpoint with a client token is made once",
    source: api("CreateVpcEndpoint"),
    steps: [
      makeVpc,
      {
        call: "CreateVpcEndpoint",
        input: { VpcId, ServiceName, ClientToken: "t" },
        as: "endpoint",
      },
      {
        call: "CreateVpcEndpoint",
        input: { VpcId, ServiceName, ClientToken: "t" },
        gives: { VpcEndpoint: { VpcEndpointId } },
      },
    ],
  },
  {
    title: "services with endpoints are listed with their types",
    source: api("DescribeVpcEndpointServices"),
    steps: [
      {
        call: "DescribeVpcEndpointServices",
        input: {
          ServiceNames: [ServiceName],
          Filters: [{ Name: "service-type", Values: ["Gateway"] }],
        },
        gives: {
          ServiceNames: [ServiceName],
          ServiceDetails: [{ ServiceType: [{ ServiceType: "Gateway" }], Owner: "amazon" }],
        },
      },
    ],
  },
  {
    title: "AWS's own prefix lists are there, with their addresses",
    source: "VPC user guide, AWS-managed prefix lists",
    steps: [
      {
        call: "DescribePrefixLists",
        input: { Filters: [{ Name: "prefix-list-name", Values: [ServiceName] }] },
        gives: { PrefixLists: [{ Cidrs: expect.arrayContaining([expect.stringMatching(/\//)]) }] },
        as: "lists",
      },
      {
        call: "DescribeManagedPrefixLists",
        input: { PrefixListIds: ["{lists.PrefixLists.0.PrefixListId}"] },
        gives: { PrefixLists: [{ OwnerId: "AWS", PrefixListName: ServiceName }] },
      },
    ],
  },
  {
    title: "a prefix list changes only in the version that its editor knows",
    source: api("ModifyManagedPrefixList"),
    steps: [
      { ...makeList, gives: { PrefixList: { Version: 1, MaxEntries: 2 } } },
      {
        call: "ModifyManagedPrefixList",
        input: { PrefixListId, CurrentVersion: 9, AddEntries: [{ Cidr: "198.51.100.0/24" }] },
        fails: "PrefixListVersionMismatch",
      },
      {
        call: "ModifyManagedPrefixList",
        input: { PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: "198.51.100.0/24" }] },
        gives: { PrefixList: { Version: 2 } },
      },
      {
        call: "GetManagedPrefixListEntries",
        input: { PrefixListId },
        gives: {
          Entries: [{ Cidr: "192.0.2.0/24", Description: "one" }, { Cidr: "198.51.100.0/24" }],
        },
      },
      {
        call: "ModifyManagedPrefixList",
        input: { PrefixListId, CurrentVersion: 2, AddEntries: [{ Cidr: "203.0.113.0/24" }] },
        fails: "PrefixListMaxEntriesExceeded",
      },
    ],
  },
  {
    title: "a prefix list that a rule refers to cannot be deleted",
    source: api("DeleteManagedPrefixList"),
    steps: [
      makeVpc,
      makeList,
      {
        call: "CreateSecurityGroup",
        input: { VpcId, GroupName: "g", Description: "d" },
        as: "group",
      },
      {
        call: "AuthorizeSecurityGroupIngress",
        input: {
          GroupId: "{group.GroupId}",
          IpPermissions: [
            { IpProtocol: "tcp", FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] },
          ],
        },
      },
      {
        call: "DeleteManagedPrefixList",
        input: { PrefixListId },
        fails: "DependencyViolation",
      },
      { call: "DeleteSecurityGroup", input: { GroupId: "{group.GroupId}" } },
      {
        call: "DeleteManagedPrefixList",
        input: { PrefixListId },
        gives: { PrefixList: { State: "delete-complete" } },
      },
    ],
  },
];

import { expect } from "vitest";
import type { ConformanceCase } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const api = (operation: string) => `Resource Groups Tagging API reference, ${operation}`;
const owned = { Key: "kubernetes.io/cluster/c", Value: "owned" };
const balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/classic";

export const tagging: readonly ConformanceCase[] = [
  {
    title: "resources of all services are found by their tags",
    source: api("GetResources"),
    steps: [
      makeVpc,
      { call: "CreateTags", input: { Resources: ["{vpc.Vpc.VpcId}"], Tags: [owned] } },
      {
        call: "ssm:PutParameter",
        input: { Name: "/p", Value: "v", Type: "String", Tags: [owned] },
      },
      {
        call: "tagging:GetResources",
        input: { TagFilters: [{ Key: owned.Key, Values: ["owned"] }] },
        gives: {
          PaginationToken: "",
          ResourceTagMappingList: [
            {
              ResourceARN: "arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc.Vpc.VpcId}",
              Tags: [owned],
            },
            { ResourceARN: "arn:aws:ssm:eu-west-1:123456789012:parameter/p" },
          ],
        },
      },
    ],
  },
  {
    title: "a type of resources leaves the others out",
    source: `${api("GetResources")}, ResourceTypeFilters`,
    steps: [
      makeVpc,
      { call: "CreateTags", input: { Resources: ["{vpc.Vpc.VpcId}"], Tags: [owned] } },
      {
        call: "elb:CreateLoadBalancer",
        input: {
          LoadBalancerName: "classic",
          AvailabilityZones: ["eu-west-1a"],
          Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 80 }],
          Tags: [owned],
        },
      },
      {
        call: "tagging:GetResources",
        input: {
          ResourceTypeFilters: ["elasticloadbalancing:loadbalancer"],
          TagFilters: [{ Key: owned.Key, Values: ["owned"] }],
        },
        gives: { ResourceTagMappingList: [{ ResourceARN: balancer, Tags: [owned] }] },
      },
      {
        call: "tagging:GetResources",
        input: { ResourceTypeFilters: ["ec2"], TagFilters: [{ Key: owned.Key }] },
        gives: { ResourceTagMappingList: [{ ResourceARN: expect.stringContaining(":vpc/") }] },
      },
    ],
  },
  {
    title: "a list of resources comes in pages",
    source: `${api("GetResources")}, PaginationToken`,
    steps: [
      ...["/a", "/b"].map((Name) => ({
        call: "ssm:PutParameter",
        input: { Name, Value: "v", Type: "String", Tags: [owned] },
      })),
      {
        call: "tagging:GetResources",
        input: { ResourcesPerPage: 1 },
        gives: {
          ResourceTagMappingList: [{ ResourceARN: expect.stringMatching(/parameter\/a$/) }],
        },
        as: "page",
      },
      {
        call: "tagging:GetResources",
        input: { ResourcesPerPage: 1, PaginationToken: "{page.PaginationToken}" },
        gives: {
          PaginationToken: "",
          ResourceTagMappingList: [{ ResourceARN: expect.stringMatching(/parameter\/b$/) }],
        },
      },
    ],
  },
  {
    title: "resources are tagged by their ARNs, each by itself",
    source: api("TagResources"),
    steps: [
      makeVpc,
      {
        call: "tagging:TagResources",
        input: {
          ResourceARNList: [
            "arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc.Vpc.VpcId}",
            "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0",
          ],
          Tags: { a: "1" },
        },
        gives: {
          FailedResourcesMap: {
            "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0": { StatusCode: 400 },
          },
        },
      },
      {
        call: "DescribeVpcs",
        input: { VpcIds: ["{vpc.Vpc.VpcId}"] },
        gives: { Vpcs: [{ Tags: [{ Key: "a", Value: "1" }] }] },
      },
      { call: "tagging:GetTagKeys", gives: { TagKeys: ["a"] } },
      { call: "tagging:GetTagValues", input: { Key: "a" }, gives: { TagValues: ["1"] } },
    ],
  },
  {
    title: "ARNs and filters cannot be combined",
    source: `${api("GetResources")}, ResourceARNList`,
    steps: [
      {
        call: "tagging:GetResources",
        input: { ResourceARNList: [balancer], TagFilters: [{ Key: "a" }] },
        fails: "InvalidParameter",
      },
    ],
  },
];

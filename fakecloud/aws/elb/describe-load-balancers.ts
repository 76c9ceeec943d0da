import type {
  DescribeAccessPointsInput,
  DescribeAccessPointsOutput,
} from "@aws-sdk/client-elastic-load-balancing";
import { type ClassicLoadBalancer, toWire } from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

const maxPageSize = 400;

/** Names that do not exist are an error, whatever else was asked for. The marker is the name that the page begins after. */
export function describeLoadBalancers(
  elb: ElbRegion,
  input: DescribeAccessPointsInput,
): DescribeAccessPointsOutput {
  const { PageSize: pageSize = maxPageSize, Marker: marker } = input;
  if (pageSize < 1 || pageSize > maxPageSize) {
    throw elbError("ValidationError", `PageSize must be between 1 and ${maxPageSize}`);
  }
  const names = input.LoadBalancerNames ?? [];
  const selected = names.length > 0 ? names.map((name) => elb.require(name)) : all(elb);
  const from = marker === undefined ? 0 : startAfter(selected, marker);
  const page = selected.slice(from, from + pageSize);
  const last = page.at(-1);
  const more = from + pageSize < selected.length && last !== undefined;
  return {
    LoadBalancerDescriptions: page.map((balancer) => describe(elb, balancer)),
    ...(more ? { NextMarker: last.name } : {}),
  };
}

function all(elb: ElbRegion): readonly ClassicLoadBalancer[] {
  return [...elb.balancers.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function startAfter(selected: readonly ClassicLoadBalancer[], marker: string): number {
  const index = selected.findIndex((balancer) => balancer.name === marker);
  if (index < 0) throw elbError("ValidationError", `Marker '${marker}' is not valid`);
  return index + 1;
}

function describe(elb: ElbRegion, balancer: ClassicLoadBalancer) {
  const firstGroup = elb.balancing.topology.securityGroup(balancer.securityGroupIds[0] ?? "");
  return toWire(balancer, firstGroup?.groupName ?? "");
}

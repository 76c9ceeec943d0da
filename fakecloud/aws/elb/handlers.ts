import type { ElbRegion } from "./elb-region.ts";
import type { DescribeAccountLimitsInput } from "@aws-sdk/client-elastic-load-balancing";
import { describeLoadBalancerAttributes, modifyLoadBalancerAttributes } from "./attributes.ts";
import { createLoadBalancer } from "./create-load-balancer.ts";
import { deleteLoadBalancer } from "./delete-load-balancer.ts";
import { describeLoadBalancers } from "./describe-load-balancers.ts";
import { configureHealthCheck } from "./health-check.ts";
import { deregisterInstances, describeInstanceHealth, registerInstances } from "./instances.ts";
import {
  createLoadBalancerListeners,
  deleteLoadBalancerListeners,
  setLoadBalancerListenerSslCertificate,
} from "./listeners.ts";
import {
  applySecurityGroups,
  attachToSubnets,
  detachFromSubnets,
  disableZones,
  enableZones,
} from "./placement.ts";
import {
  createAppCookieStickinessPolicy,
  createLbCookieStickinessPolicy,
  createLoadBalancerPolicy,
  deleteLoadBalancerPolicy,
  describeLoadBalancerPolicies,
  describeLoadBalancerPolicyTypes,
  setPoliciesForBackendServer,
  setPoliciesOfListener,
} from "./policies.ts";
import { addTags, describeTags, removeTags } from "./tags.ts";

/** Every action of the 2012-06-01 API. */
export const elbHandlers = {
  AddTags: addTags,
  ApplySecurityGroupsToLoadBalancer: applySecurityGroups,
  AttachLoadBalancerToSubnets: attachToSubnets,
  ConfigureHealthCheck: configureHealthCheck,
  CreateAppCookieStickinessPolicy: createAppCookieStickinessPolicy,
  CreateLBCookieStickinessPolicy: createLbCookieStickinessPolicy,
  CreateLoadBalancer: createLoadBalancer,
  CreateLoadBalancerListeners: createLoadBalancerListeners,
  CreateLoadBalancerPolicy: createLoadBalancerPolicy,
  DeleteLoadBalancer: deleteLoadBalancer,
  DeleteLoadBalancerListeners: deleteLoadBalancerListeners,
  DeleteLoadBalancerPolicy: deleteLoadBalancerPolicy,
  DeregisterInstancesFromLoadBalancer: deregisterInstances,
  DescribeAccountLimits: describeAccountLimits,
  DescribeInstanceHealth: describeInstanceHealth,
  DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
  DescribeLoadBalancerPolicies: describeLoadBalancerPolicies,
  DescribeLoadBalancerPolicyTypes: describeLoadBalancerPolicyTypes,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeTags: describeTags,
  DetachLoadBalancerFromSubnets: detachFromSubnets,
  DisableAvailabilityZonesForLoadBalancer: disableZones,
  EnableAvailabilityZonesForLoadBalancer: enableZones,
  ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
  RegisterInstancesWithLoadBalancer: registerInstances,
  RemoveTags: removeTags,
  SetLoadBalancerListenerSSLCertificate: setLoadBalancerListenerSslCertificate,
  SetLoadBalancerPoliciesForBackendServer: setPoliciesForBackendServer,
  SetLoadBalancerPoliciesOfListener: setPoliciesOfListener,
};

const maxPage = 400;

function describeAccountLimits(elb: ElbRegion, input: DescribeAccountLimitsInput) {
  const all = [
    { Name: "classic-load-balancers", Max: `${elb.settings.quotas?.loadBalancers ?? 20}` },
    { Name: "classic-listeners", Max: "100" },
    { Name: "classic-registered-instances", Max: "1000" },
  ];
  const { Marker: marker, PageSize: size = maxPage } = input;
  const from = marker === undefined ? 0 : all.findIndex(({ Name }) => Name === marker);
  const next = all[from + size]?.Name;
  const Limits = all.slice(from, from + size);
  return next === undefined ? { Limits } : { Limits, NextMarker: next };
}

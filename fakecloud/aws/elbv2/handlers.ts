import * as attributes from "./attributes.ts";
import * as limits from "./limits.ts";
import { createListener, deleteListener, describeListeners, modifyListener } from "./listeners.ts";
import { createLoadBalancer, deleteLoadBalancer, describeLoadBalancers } from "./load-balancers.ts";
import { setIpAddressType, setSecurityGroups, setSubnets } from "./placement.ts";
import { addTags, describeTags, removeTags } from "./tags.ts";
import * as groups from "./target-groups.ts";
import { deregisterTargets, describeTargetHealth, registerTargets } from "./targets.ts";

/** Every action of the 2015-12-01 API that there is here. */
export const elbv2Handlers = {
  AddTags: addTags,
  CreateListener: createListener,
  CreateLoadBalancer: createLoadBalancer,
  CreateTargetGroup: groups.createTargetGroup,
  DeleteListener: deleteListener,
  DeleteLoadBalancer: deleteLoadBalancer,
  DeleteTargetGroup: groups.deleteTargetGroup,
  DeregisterTargets: deregisterTargets,
  DescribeAccountLimits: limits.describeAccountLimits,
  DescribeCapacityReservation: limits.describeCapacityReservation,
  DescribeListenerAttributes: attributes.describeListenerAttributes,
  DescribeListenerCertificates: limits.describeListenerCertificates,
  DescribeListeners: describeListeners,
  DescribeLoadBalancerAttributes: attributes.describeBalancerAttributes,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeRules: limits.describeRules,
  DescribeSSLPolicies: limits.describeSslPolicies,
  DescribeTags: describeTags,
  DescribeTargetGroupAttributes: attributes.describeTargetGroupAttributes,
  DescribeTargetGroups: groups.describeTargetGroups,
  DescribeTargetHealth: describeTargetHealth,
  ModifyListener: modifyListener,
  ModifyListenerAttributes: attributes.modifyListenerAttributes,
  ModifyLoadBalancerAttributes: attributes.modifyBalancerAttributes,
  ModifyTargetGroup: groups.modifyTargetGroup,
  ModifyTargetGroupAttributes: attributes.modifyTargetGroupAttributes,
  RegisterTargets: registerTargets,
  RemoveTags: removeTags,
  SetIpAddressType: setIpAddressType,
  SetSecurityGroups: setSecurityGroups,
  SetSubnets: setSubnets,
};

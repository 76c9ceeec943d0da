import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredByElb: HonouredTable = {
  AddTags: "LoadBalancerNames Tags(Key Value)",
  ApplySecurityGroupsToLoadBalancer: "LoadBalancerName SecurityGroups",
  AttachLoadBalancerToSubnets: "LoadBalancerName Subnets",
  ConfigureHealthCheck:
    "LoadBalancerName HealthCheck(Target Interval Timeout UnhealthyThreshold HealthyThreshold)",
  CreateAppCookieStickinessPolicy: "LoadBalancerName PolicyName CookieName",
  CreateLBCookieStickinessPolicy: "LoadBalancerName PolicyName CookieExpirationPeriod",
  CreateLoadBalancer:
    "LoadBalancerName Listeners(Protocol LoadBalancerPort InstancePort InstanceProtocol SSLCertificateId) AvailabilityZones Subnets SecurityGroups Scheme Tags(Key Value)",
  CreateLoadBalancerListeners:
    "LoadBalancerName Listeners(Protocol LoadBalancerPort InstancePort InstanceProtocol SSLCertificateId)",
  CreateLoadBalancerPolicy:
    "LoadBalancerName PolicyName PolicyTypeName PolicyAttributes(AttributeName AttributeValue)",
  DeleteLoadBalancer: "LoadBalancerName",
  DeleteLoadBalancerListeners: "LoadBalancerName LoadBalancerPorts",
  DeleteLoadBalancerPolicy: "LoadBalancerName PolicyName",
  DeregisterInstancesFromLoadBalancer: "LoadBalancerName Instances(InstanceId)",
  DescribeAccountLimits: "Marker PageSize",
  DescribeInstanceHealth: "LoadBalancerName Instances(InstanceId)",
  DescribeLoadBalancerAttributes: "LoadBalancerName",
  DescribeLoadBalancerPolicies: "LoadBalancerName PolicyNames",
  DescribeLoadBalancerPolicyTypes: "PolicyTypeNames",
  DescribeLoadBalancers: "LoadBalancerNames Marker PageSize",
  DescribeTags: "LoadBalancerNames",
  DetachLoadBalancerFromSubnets: "LoadBalancerName Subnets",
  DisableAvailabilityZonesForLoadBalancer: "LoadBalancerName AvailabilityZones",
  EnableAvailabilityZonesForLoadBalancer: "LoadBalancerName AvailabilityZones",
  ModifyLoadBalancerAttributes:
    "LoadBalancerName LoadBalancerAttributes(CrossZoneLoadBalancing(Enabled) AccessLog(Enabled S3BucketName EmitInterval S3BucketPrefix) ConnectionDraining(Enabled Timeout) ConnectionSettings(IdleTimeout) AdditionalAttributes(Key Value))",
  RegisterInstancesWithLoadBalancer: "LoadBalancerName Instances(InstanceId)",
  RemoveTags: "LoadBalancerNames Tags(Key)",
  SetLoadBalancerListenerSSLCertificate: "LoadBalancerName LoadBalancerPort SSLCertificateId",
  SetLoadBalancerPoliciesForBackendServer: "LoadBalancerName InstancePort PolicyNames",
  SetLoadBalancerPoliciesOfListener: "LoadBalancerName LoadBalancerPort PolicyNames",
};

import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredByElbv2: HonouredTable = {
  AddTags: "ResourceArns Tags(Key Value)",
  CreateListener:
    "LoadBalancerArn DefaultActions(Type TargetGroupArn Order=1 RedirectConfig(Protocol Port Host Path Query StatusCode) FixedResponseConfig(MessageBody StatusCode ContentType) ForwardConfig(TargetGroups(TargetGroupArn Weight=*) TargetGroupStickinessConfig(Enabled=false DurationSeconds=*))) Protocol Port SslPolicy Certificates(CertificateArn IsDefault=true) AlpnPolicy Tags(Key Value) MutualAuthentication(Mode=off)",
  CreateLoadBalancer:
    "Name Subnets SubnetMappings(SubnetId AllocationId) SecurityGroups Scheme Tags(Key Value) Type IpAddressType EnablePrefixForIpv6SourceNat=off",
  CreateTargetGroup:
    "Name Protocol ProtocolVersion=HTTP1 Port VpcId HealthCheckProtocol HealthCheckPort HealthCheckEnabled HealthCheckPath HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount UnhealthyThresholdCount Matcher(HttpCode) TargetType Tags(Key Value) IpAddressType",
  DeleteListener: "ListenerArn",
  DeleteLoadBalancer: "LoadBalancerArn",
  DeleteTargetGroup: "TargetGroupArn",
  DeregisterTargets: "TargetGroupArn Targets(Id Port)",
  DescribeAccountLimits: "Marker PageSize",
  DescribeCapacityReservation: "LoadBalancerArn",
  DescribeListenerAttributes: "ListenerArn",
  DescribeListenerCertificates: "ListenerArn Marker PageSize",
  DescribeListeners: "LoadBalancerArn ListenerArns Marker PageSize",
  DescribeLoadBalancerAttributes: "LoadBalancerArn",
  DescribeLoadBalancers: "LoadBalancerArns Names Marker PageSize",
  DescribeRules: "ListenerArn RuleArns Marker PageSize",
  DescribeSSLPolicies: "Names Marker PageSize LoadBalancerType",
  DescribeTags: "ResourceArns",
  DescribeTargetGroupAttributes: "TargetGroupArn",
  DescribeTargetGroups: "LoadBalancerArn TargetGroupArns Names Marker PageSize",
  DescribeTargetHealth: "TargetGroupArn Targets(Id Port)",
  ModifyListener:
    "ListenerArn Port Protocol SslPolicy Certificates(CertificateArn IsDefault=true) DefaultActions(Type TargetGroupArn Order=1 RedirectConfig(Protocol Port Host Path Query StatusCode) FixedResponseConfig(MessageBody StatusCode ContentType) ForwardConfig(TargetGroups(TargetGroupArn Weight=*) TargetGroupStickinessConfig(Enabled=false DurationSeconds=*))) AlpnPolicy MutualAuthentication(Mode=off)",
  ModifyListenerAttributes: "ListenerArn Attributes(Key Value)",
  ModifyLoadBalancerAttributes: "LoadBalancerArn Attributes(Key Value)",
  ModifyTargetGroup:
    "TargetGroupArn HealthCheckProtocol HealthCheckPort HealthCheckPath HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount UnhealthyThresholdCount Matcher(HttpCode)",
  ModifyTargetGroupAttributes: "TargetGroupArn Attributes(Key Value)",
  RegisterTargets: "TargetGroupArn Targets(Id Port)",
  RemoveTags: "ResourceArns TagKeys",
  SetIpAddressType: "LoadBalancerArn IpAddressType",
  SetSecurityGroups: "LoadBalancerArn SecurityGroups",
  SetSubnets:
    "LoadBalancerArn Subnets SubnetMappings(SubnetId AllocationId) IpAddressType EnablePrefixForIpv6SourceNat=off",
};

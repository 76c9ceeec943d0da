/**
 * What the roles of machines may do in an account where `clusterawsadm bootstrap iam` has run with its defaults. Source:
 * kubernetes-sigs/cluster-api-provider-aws, cmd/clusterawsadm/cloudformation/bootstrap/fixtures/default.yaml (06da7fc).
 */
interface Permission {
  readonly service: string;
  readonly actions: string;
  readonly resource?: string;
}

const nodes: readonly Permission[] = [
  {
    service: "ec2",
    actions:
      "AssignIpv6Addresses CreateTags DescribeInstances DescribeInstanceTypes DescribeNetworkInterfaces DescribeRegions DescribeTags",
  },
  {
    service: "ecr",
    actions:
      "BatchCheckLayerAvailability BatchGetImage DescribeRepositories GetAuthorizationToken GetDownloadUrlForLayer GetRepositoryPolicy ListImages",
  },
  {
    service: "secretsmanager",
    actions: "DeleteSecret GetSecretValue",
    resource: "arn:*:secretsmanager:*:*:secret:aws.cluster.x-k8s.io/*",
  },
  { service: "ssm", actions: "UpdateInstanceInformation" },
  {
    service: "ssmmessages",
    actions: "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel",
  },
  { service: "s3", actions: "GetEncryptionConfiguration" },
];

const controlPlane: readonly Permission[] = [
  {
    service: "autoscaling",
    actions: "DescribeAutoScalingGroups DescribeLaunchConfigurations DescribeTags",
  },
  {
    service: "ec2",
    actions:
      "AssignIpv6Addresses AttachVolume AuthorizeSecurityGroupIngress CreateRoute CreateSecurityGroup CreateTags CreateVolume " +
      "DeleteRoute DeleteSecurityGroup DeleteVolume DescribeImages DescribeInstances DescribeRegions DescribeRouteTables " +
      "DescribeSecurityGroups DescribeSubnets DescribeVolumes DescribeVpcs DetachVolume ModifyInstanceAttribute ModifyVolume " +
      "RevokeSecurityGroupIngress",
  },
  {
    service: "elasticloadbalancing",
    actions:
      "AddTags ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets ConfigureHealthCheck CreateListener CreateLoadBalancer " +
      "CreateLoadBalancerListeners CreateLoadBalancerPolicy CreateTargetGroup DeleteListener DeleteLoadBalancer " +
      "DeleteLoadBalancerListeners DeleteTargetGroup DeregisterInstancesFromLoadBalancer DescribeListeners " +
      "DescribeLoadBalancerAttributes DescribeLoadBalancerPolicies DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth " +
      "DetachLoadBalancerFromSubnets ModifyListener ModifyLoadBalancerAttributes ModifyTargetGroup RegisterInstancesWithLoadBalancer " +
      "RegisterTargets SetLoadBalancerPoliciesForBackendServer SetLoadBalancerPoliciesOfListener",
  },
  { service: "iam", actions: "CreateServiceLinkedRole" },
  { service: "kms", actions: "DescribeKey" },
];

/** By the first word of the policy's name, with the roles that have it. */
export const providerPolicies = [
  { name: "control-plane", roles: ["control-plane"], document: documentOf(controlPlane) },
  { name: "nodes", roles: ["control-plane", "nodes"], document: documentOf(nodes) },
] as const;

function documentOf(permissions: readonly Permission[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: permissions.map(({ service, actions, resource = "*" }) => ({
      Effect: "Allow",
      Action: actions.split(" ").map((action) => `${service}:${action}`),
      Resource: [resource],
    })),
  });
}

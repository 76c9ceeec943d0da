export interface PolicyStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const allow = (...Action: string[]): readonly PolicyStatement[] => [
  { Effect: "Allow", Action, Resource: "*" },
];

/** The policies that AWS manages, as far as clusters on EC2 refer to them; reduced to the services that exist here. */
export const awsManagedPolicies: Readonly<Record<string, readonly PolicyStatement[]>> = {
  AdministratorAccess: allow("*"),
  AmazonEC2ContainerRegistryReadOnly: allow(
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetRepositoryPolicy",
    "ecr:DescribeRepositories",
    "ecr:ListImages",
    "ecr:DescribeImages",
    "ecr:BatchGetImage",
  ),
  AmazonEC2FullAccess: allow("ec2:*", "elasticloadbalancing:*", "autoscaling:*"),
  AmazonEC2ReadOnlyAccess: allow("ec2:Describe*", "elasticloadbalancing:Describe*"),
  AmazonEKSClusterPolicy: allow("ec2:*", "elasticloadbalancing:*", "autoscaling:*"),
  AmazonEKSWorkerNodePolicy: allow("ec2:Describe*", "eks:DescribeCluster"),
  AmazonEKS_CNI_Policy: allow(
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:Describe*",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
  ),
  AmazonS3FullAccess: allow("s3:*"),
  AmazonS3ReadOnlyAccess: allow("s3:Get*", "s3:List*"),
  AmazonSSMManagedInstanceCore: allow("ssm:*", "ssmmessages:*", "ec2messages:*"),
  IAMFullAccess: allow("iam:*"),
  ReadOnlyAccess: allow("*:Describe*", "*:Get*", "*:List*"),
  SecretsManagerReadWrite: allow("secretsmanager:*"),
};

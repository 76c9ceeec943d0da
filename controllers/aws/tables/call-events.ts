type Input = Readonly<Record<string, unknown>>;

/** Reason of the event, and its message up to the error. */
export type FailureWords = (input: Input) => readonly [reason: string, message: string];

const quote = (value: unknown): string => JSON.stringify(value ?? "");

function roleOf({ TagSpecifications }: Input): string {
  const [specification] = (TagSpecifications ?? []) as readonly {
    readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  }[];
  const role = "sigs.k8s.io/cluster-api-provider-aws/role";
  return specification?.Tags?.find(({ Key }) => Key === role)?.Value ?? "";
}

function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Input): string {
  return (DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? "") as string;
}

/**
 * What upstream says in a Warning event on the AWSCluster when one of these calls fails (pkg/cloud/services/{network,
 * securitygroup,ec2} of cluster-api-provider-aws v2.11); for other calls it records none, and the condition has to do.
 */
export const failedCallEvents: Readonly<Record<string, FailureWords>> = {
  CreateVpc: () => ["FailedCreateVPC", "Failed to create new managed VPC"],
  ModifyVpcAttribute: ({ VpcId }) => [
    "FailedSetVPCAttributes",
    `Failed to set managed VPC attributes for ${quote(VpcId)}`,
  ],
  DeleteVpc: ({ VpcId }) => ["FailedDeleteVPC", `Failed to delete managed VPC ${quote(VpcId)}`],

  CreateSubnet: () => ["FailedCreateSubnet", "Failed creating new managed Subnet"],
  ModifySubnetAttribute: ({ SubnetId }) => [
    "FailedModifySubnetAttributes",
    `Failed modifying managed Subnet ${quote(SubnetId)} attributes`,
  ],
  DeleteSubnet: ({ SubnetId }) => [
    "FailedDeleteSubnet",
    `Failed to delete managed Subnet ${quote(SubnetId)}`,
  ],

  CreateInternetGateway: () => [
    "FailedCreateInternetGateway",
    "Failed to create new managed Internet Gateway",
  ],
  AttachInternetGateway: ({ InternetGatewayId, VpcId }) => [
    "FailedAttachInternetGateway",
    `Failed to attach managed Internet Gateway ${quote(InternetGatewayId)} to vpc ${quote(VpcId)}`,
  ],
  DetachInternetGateway: ({ InternetGatewayId, VpcId }) => [
    "FailedDetachInternetGateway",
    `Failed to detach Internet Gateway ${quote(InternetGatewayId)} from VPC ${quote(VpcId)}`,
  ],
  DeleteInternetGateway: ({ InternetGatewayId }) => [
    "FailedDeleteInternetGateway",
    `Failed to delete Internet Gateway ${quote(InternetGatewayId)}`,
  ],
  CreateEgressOnlyInternetGateway: () => [
    "FailedCreateEgressOnlyInternetGateway",
    "Failed to create new managed Egress Only Internet Gateway",
  ],
  DeleteEgressOnlyInternetGateway: ({ EgressOnlyInternetGatewayId }) => [
    "FailedDeleteEgressOnlyInternetGateway",
    `Failed to delete Egress Only Internet Gateway ${quote(EgressOnlyInternetGatewayId)}`,
  ],
  CreateCarrierGateway: () => [
    "FailedCreateCarrierGateway",
    "Failed to create new managed Carrier Gateway",
  ],
  DeleteCarrierGateway: ({ CarrierGatewayId }) => [
    "FailedDeleteCarrierGateway",
    `Failed to delete Carrier Gateway ${quote(CarrierGatewayId)}`,
  ],

  AllocateAddress: (input) => [
    "FailedAllocateEIP",
    `Failed to allocate Elastic IP for ${quote(roleOf(input))}`,
  ],
  ReleaseAddress: ({ AllocationId }) => [
    "FailedReleaseEIP",
    `Failed to disassociate Elastic IP ${quote(AllocationId)}`,
  ],
  CreateNatGateway: () => ["FailedCreateNATGateway", "Failed to create new NAT Gateway"],
  DeleteNatGateway: ({ NatGatewayId }) => [
    "FailedDeleteNATGateway",
    `Failed to delete NAT Gateway ${quote(NatGatewayId)}`,
  ],

  CreateRouteTable: () => ["FailedCreateRouteTable", "Failed to create managed RouteTable"],
  CreateRoute: (input) => [
    "FailedCreateRoute",
    `Failed to create route ${destinationOf(input)} for RouteTable ${quote(input["RouteTableId"])}`,
  ],
  ReplaceRoute: ({ RouteTableId }) => [
    "FailedReplaceRoute",
    `Failed to replace outdated route on managed RouteTable ${quote(RouteTableId)}`,
  ],
  AssociateRouteTable: ({ RouteTableId, SubnetId }) => [
    "FailedAssociateRouteTable",
    `Failed to associate managed RouteTable ${quote(RouteTableId)} with Subnet ${quote(SubnetId)}`,
  ],
  DisassociateRouteTable: ({ AssociationId }) => [
    "FailedDisassociateRouteTable",
    `Failed to disassociate managed RouteTable by ${quote(AssociationId)}`,
  ],
  DeleteRouteTable: ({ RouteTableId }) => [
    "FailedDeleteRouteTable",
    `Failed to delete managed RouteTable ${quote(RouteTableId)}`,
  ],

  CreateSecurityGroup: (input) => [
    "FailedCreateSecurityGroup",
    `Failed to create managed SecurityGroup for Role ${quote(roleOf(input))}`,
  ],
  AuthorizeSecurityGroupIngress: ({ GroupId }) => [
    "FailedAuthorizeSecurityGroupIngressRules",
    `Failed to authorize security group ingress rules for SecurityGroup ${quote(GroupId)}`,
  ],
  RevokeSecurityGroupIngress: ({ GroupId }) => [
    "FailedRevokeSecurityGroupIngressRules",
    `Failed to revoke security group ingress rules for SecurityGroup ${quote(GroupId)}`,
  ],
  DeleteSecurityGroup: ({ GroupId }) => [
    "FailedDeleteSecurityGroup",
    `Failed to delete managed SecurityGroup ${quote(GroupId)}`,
  ],

  RunInstances: () => ["FailedCreateBastion", "Failed to create bastion instance"],
  TerminateInstances: () => ["FailedTerminateBastion", "Failed to terminate bastion instance"],
};

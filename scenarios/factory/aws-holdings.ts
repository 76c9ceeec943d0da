import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Instance,
} from "@aws-sdk/client-ec2";

/** EC2 of a running factory, as any client sees it. */
export function ec2Of(endpoint: string): EC2Client {
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  return new EC2Client({ endpoint, region: "eu-west-1", credentials });
}

/** All that there is and was: terminated instances can be seen for a while. */
export async function instancesOf(ec2: EC2Client): Promise<readonly Instance[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

export function nameOf({ Tags = [] }: Instance): string {
  return Tags.find(({ Key }) => Key === "Name")?.Value ?? "";
}

/** What an account holds in EC2 that is not gone, as sorted "type/id" lines. */
export async function ec2Holdings(ec2: EC2Client): Promise<readonly string[]> {
  const instances = (await instancesOf(ec2)).filter(({ State }) => State?.Name !== "terminated");
  const gateways = await ec2.send(new DescribeNatGatewaysCommand({}));
  const alive = (gateways.NatGateways ?? []).filter(({ State }) => State !== "deleted");
  const lists: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ["instance", instances.map(({ InstanceId }) => InstanceId)],
    ["natgateway", alive.map(({ NatGatewayId }) => NatGatewayId)],
    ["vpc", (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.map(({ VpcId }) => VpcId) ?? []],
    ["subnet", idsOf(await ec2.send(new DescribeSubnetsCommand({})), "Subnets", "SubnetId")],
    [
      "igw",
      idsOf(
        await ec2.send(new DescribeInternetGatewaysCommand({})),
        "InternetGateways",
        "InternetGatewayId",
      ),
    ],
    [
      "rtb",
      idsOf(await ec2.send(new DescribeRouteTablesCommand({})), "RouteTables", "RouteTableId"),
    ],
    ["eip", idsOf(await ec2.send(new DescribeAddressesCommand({})), "Addresses", "AllocationId")],
    [
      "sg",
      idsOf(await ec2.send(new DescribeSecurityGroupsCommand({})), "SecurityGroups", "GroupId"),
    ],
    ["volume", idsOf(await ec2.send(new DescribeVolumesCommand({})), "Volumes", "VolumeId")],
    [
      "eni",
      idsOf(
        await ec2.send(new DescribeNetworkInterfacesCommand({})),
        "NetworkInterfaces",
        "NetworkInterfaceId",
      ),
    ],
  ];
  return lists.flatMap(([type, ids]) => ids.map((id) => `${type}/${id}`)).toSorted();
}

function idsOf<List extends string, Id extends string>(
  answer: {
    readonly [key in List]?: readonly { readonly [key in Id]?: string | undefined }[] | undefined;
  },
  list: List,
  id: Id,
): readonly (string | undefined)[] {
  return (answer[list] ?? []).map((item) => item[id]);
}

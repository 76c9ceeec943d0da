import { DescribeInstancesCommand, EC2Client, type Instance } from "@aws-sdk/client-ec2";

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

import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  type Instance,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  type ClusterScope,
  clusterTags,
  networkOf,
  networkStatusOf,
  ownedFilter,
  ready,
  type Wait,
} from "../cluster-scope.ts";
import { clientToken } from "../client-token.ts";
import { bastionName } from "../names.ts";
import { providerTag } from "../tags.ts";
import { terminateInstance } from "./instances.ts";
import { subnetId } from "./subnets.ts";
import { tagSpecification } from "./tags.ts";

/** Canonical, who publish Ubuntu's images. */
const ubuntuOwner = "099720109477";
const ubuntuName = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*";
const terminatingMs = 15_000;

/** A host in a public subnet from which the nodes can be reached, while the spec asks for one. capa-behaviour 4. */
export async function reconcileBastion(scope: ClusterScope): Promise<Wait | undefined> {
  if (scope.draft.spec?.bastion?.enabled !== true) return deleteBastion(scope);
  const { subnets = [] } = networkOf(scope);
  if (!subnets.some(({ isPublic }) => isPublic !== true)) return ready; // Every node can be reached anyway.
  const publicSubnet = subnets.find(({ isPublic }) => isPublic === true);
  if (publicSubnet === undefined) throw new Error("a bastion needs a public subnet");
  const found = await findBastion(scope);
  record(scope, found ?? (await launch(scope, subnetId(publicSubnet))));
  return ready;
}

async function findBastion(scope: ClusterScope): Promise<Instance | undefined> {
  const { Reservations = [] } = await scope.aws.ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        ownedFilter(scope),
        { Name: `tag:${providerTag}/role`, Values: ["bastion"] },
        { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
      ],
    }),
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances)[0];
}

async function launch(scope: ClusterScope, SubnetId: string): Promise<Instance> {
  const { bastion = {}, sshKeyName = "" } = scope.draft.spec ?? {};
  const group = requireGroup(scope);
  const tags = clusterTags(scope, { name: bastionName(scope.clusterName), role: "bastion" });
  const { Instances = [] } = await scope.aws.ec2.send(
    new RunInstancesCommand({
      // One bastion at a time: after one has been deleted by hand the next has another ordinal.
      ClientToken: clientToken(scope.draft.metadata.uid ?? "", "bastion", ordinal(scope)),
      MinCount: 1,
      MaxCount: 1,
      ImageId: bastion.ami ?? (await newestUbuntu(scope)),
      InstanceType: (bastion.instanceType ?? defaultType(scope.region)) as "t3.micro",
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId, Groups: [group], AssociatePublicIpAddress: true },
      ],
      TagSpecifications: [tagSpecification("instance", tags)],
      ...(sshKeyName === "" ? {} : { KeyName: sshKeyName }),
    }),
  );
  return Instances[0] ?? {};
}

function requireGroup(scope: ClusterScope): string {
  const group = networkStatusOf(scope).securityGroups?.["bastion"]?.id;
  if (group === undefined) throw new Error("the security group of the bastion is not known yet");
  return group;
}

function ordinal(scope: ClusterScope): string {
  return scope.draft.status?.bastion?.id ?? "first";
}

function defaultType(region: string): string {
  return region === "us-east-1" ? "t2.micro" : "t3.micro";
}

async function newestUbuntu(scope: ClusterScope): Promise<string> {
  const { Images = [] } = await scope.aws.ec2.send(
    new DescribeImagesCommand({
      Filters: [
        { Name: "owner-id", Values: [ubuntuOwner] },
        { Name: "name", Values: [ubuntuName] },
        { Name: "state", Values: ["available"] },
      ],
    }),
  );
  const rank = (image: (typeof Images)[number]) =>
    `${image.CreationDate ?? ""} ${image.ImageId ?? ""}`;
  const [newest] = Images.toSorted((a, b) => (rank(a) > rank(b) ? -1 : 1));
  if (newest?.ImageId === undefined) {
    throw new Error("no image for the bastion: set spec.bastion.ami");
  }
  return newest.ImageId;
}

function record(scope: ClusterScope, instance: Instance): void {
  const { InstanceId, State, PublicIpAddress, PrivateIpAddress } = instance;
  if (InstanceId === undefined) return;
  const status = (scope.draft.status ??= { ready: false });
  status.bastion = {
    id: InstanceId,
    ...(State?.Name === undefined ? {} : { instanceState: State.Name }),
    ...(PublicIpAddress === undefined ? {} : { publicIp: PublicIpAddress }),
    ...(PrivateIpAddress === undefined ? {} : { privateIp: PrivateIpAddress }),
  };
}

/** Undefined once there is none. */
export async function deleteBastion(scope: ClusterScope): Promise<Wait | undefined> {
  const known = scope.draft.status?.bastion?.id;
  const found = await findBastion(scope);
  if (found?.InstanceId !== undefined) {
    await terminateInstance(scope.aws, found.InstanceId);
  } else if (known === undefined || !(await isGoing(scope, known))) {
    if (scope.draft.status !== undefined) delete scope.draft.status.bastion;
    return ready;
  }
  const message = "waiting for the bastion to terminate";
  return { reason: "Deleting", message, requeueAfterMs: terminatingMs };
}

async function isGoing(scope: ClusterScope, id: string): Promise<boolean> {
  const { Reservations = [] } = await scope.aws.ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: "instance-id", Values: [id] },
        { Name: "instance-state-name", Values: ["shutting-down"] },
      ],
    }),
  );
  return Reservations.length > 0;
}

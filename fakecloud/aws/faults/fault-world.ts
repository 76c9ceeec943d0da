import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import { createFakeAws } from "../fake-aws.ts";
import type { Fault } from "./fault.ts";

export const minuteMs = 60_000;

/** A cloud with one VPC that is open to the internet, and a real client for it: what tests of faults act on. */
export class FaultWorld {
  readonly kernel: Kernel;
  readonly aws: ReturnType<typeof createFakeAws>;
  readonly config;
  readonly ec2: EC2Client;
  vpcId = "";
  readonly subnets = new Map<string, string>();
  groupId = "";
  routeTableId = "";
  gatewayId = "";

  constructor(profile: "faithful" | "lenient" = "faithful", seed = "1") {
    this.kernel = new Kernel({ seed });
    const { clock, random, trace } = this.kernel;
    this.aws = createFakeAws({ clock, random, trace, profile });
    const handle: typeof this.aws.handle = (request) => this.aws.handle(request);
    const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
    const requestHandler = new InProcessRequestHandler({ handle });
    this.config = { region: "eu-west-1", credentials, requestHandler, maxAttempts: 1 };
    this.ec2 = new EC2Client(this.config);
  }

  static async create(profile?: "faithful" | "lenient", seed?: string): Promise<FaultWorld> {
    const world = new FaultWorld(profile, seed);
    await world.#build();
    return world;
  }

  inject(fault: Fault): string {
    return this.aws.faults.inject(fault);
  }

  /** Subnets in zones a and b, a route to the internet, and a group that lets 6443 in. */
  async #build(): Promise<void> {
    const { ec2 } = this;
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    this.vpcId = idOf(Vpc?.VpcId);
    const made = await ec2.send(new CreateInternetGatewayCommand({}));
    this.gatewayId = idOf(made.InternetGateway?.InternetGatewayId);
    const there = { InternetGatewayId: this.gatewayId, VpcId: this.vpcId };
    await ec2.send(new AttachInternetGatewayCommand(there));
    await this.#createSubnet("a", "10.0.0.0/24");
    await this.#createSubnet("b", "10.0.1.0/24");
    await this.#openToTheInternet();
  }

  async #createSubnet(zone: string, CidrBlock: string): Promise<void> {
    const AvailabilityZone = `eu-west-1${zone}`;
    const wanted = { VpcId: this.vpcId, CidrBlock, AvailabilityZone };
    const { Subnet } = await this.ec2.send(new CreateSubnetCommand(wanted));
    this.subnets.set(zone, idOf(Subnet?.SubnetId));
  }

  async #openToTheInternet(): Promise<void> {
    const { ec2 } = this;
    const Filters = [{ Name: "vpc-id", Values: [this.vpcId] }];
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    this.routeTableId = idOf(RouteTables?.[0]?.RouteTableId);
    await ec2.send(
      new CreateRouteCommand({
        RouteTableId: this.routeTableId,
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: this.gatewayId,
      }),
    );
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    this.groupId = idOf(SecurityGroups?.[0]?.GroupId);
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: this.groupId,
        IpProtocol: "tcp",
        FromPort: 6443,
        ToPort: 6443,
        CidrIp: "0.0.0.0/0",
      }),
    );
  }

  async #image(): Promise<string> {
    const Filters = [{ Name: "name", Values: ["capa-ami-ubuntu-24.04-v1.34.0-*"] }];
    const { Images } = await this.ec2.send(new DescribeImagesCommand({ Filters }));
    return Images?.[0]?.ImageId ?? "";
  }

  /** Asks for one instance in a zone; returns its ID. */
  async launch(
    name: string,
    zone = "a",
    options: Partial<RunInstancesRequest> = {},
  ): Promise<string> {
    const { Instances } = await this.ec2.send(
      new RunInstancesCommand({
        ImageId: await this.#image(),
        InstanceType: "t3.large",
        SubnetId: this.subnets.get(zone),
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: name }] }],
        ...options,
      }),
    );
    return Instances?.[0]?.InstanceId ?? "";
  }

  /** A launch that is over. */
  async running(name: string, zone = "a", options: Partial<RunInstancesRequest> = {}) {
    const id = await this.launch(name, zone, options);
    await this.kernel.runFor(minuteMs);
    return id;
  }

  /** On the wire, as anybody would see it. */
  async see(instanceId: string) {
    const asked = new DescribeInstancesCommand({ InstanceIds: [instanceId] });
    const { Reservations } = await this.ec2.send(asked);
    return Reservations?.[0]?.Instances?.[0];
  }
}

/** The error code of a call, or "fine". */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "fine";
  } catch (error) {
    return (error as Error).name;
  }
}

function idOf(id: string | undefined): string {
  if (id === undefined) throw new Error("the answer holds no ID");
  return id;
}

import { gzipSync } from "node:zlib";
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteRouteCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type Instance,
  ModifyInstanceMetadataOptionsCommand,
  ModifySubnetAttributeCommand,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import type { Faults } from "@seatrial/fakecloud/kernel/faults.ts";
import { noFaults } from "@seatrial/fakecloud/kernel/faults.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import {
  AWSCluster,
  AWSClusterRoleIdentity,
  AWSClusterStaticIdentity,
  AWSMachine,
  AWSMachineTemplate,
} from "../api/aws/v1beta2.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { crds } from "../api/crds.ts";
import { CustomResourceDefinition, Namespace, Secret } from "../api/kubernetes.ts";
import { coreControllers } from "../core/controllers.ts";
import type { Client, Kind, KubeObject } from "../runtime/client.ts";
import { createClient } from "../runtime/dynamic-client.ts";
import { createManager, type Manager } from "../runtime/manager.ts";
import { Life } from "../runtime/life.ts";
import { createAwsClientFactory, type AwsClients } from "./clients.ts";
import { awsControllers } from "./controllers.ts";

const minute = 60_000;
const namespace = "default";
const infrastructure = "infrastructure.cluster.x-k8s.io";
const credentials = { accessKeyId: "AKIASIMULATION000000", secretAccessKey: "simulation" };

/** Management cluster, AWS and the controllers of core and provider; nothing runs inside the instances. */
class World {
  readonly kernel: Kernel;
  readonly aws: FakeAws;
  readonly client: Client;
  readonly ec2: AwsClients["ec2"];
  readonly iam: IAMClient;
  readonly errors: string[] = [];
  /** "RunInstances", in the order in which they reached AWS. */
  readonly calls: string[] = [];
  /** Access keys with which AWS was called. */
  readonly keys = new Set<string>();
  faults: Faults = noFaults;
  manager: Manager;
  readonly #startManager: () => Manager;

  constructor(options: { readonly profile?: "faithful" | "lenient"; readonly seed?: string } = {}) {
    this.kernel = new Kernel({ seed: options.seed ?? "1" });
    const { clock, random, trace } = this.kernel;
    const server = createApiServer({
      clock,
      random,
      trace,
      name: "management",
      version: "v1.36.0",
    });
    const faults: Faults = {
      decide: (point) => {
        if (point.phase === "beforeCommit") this.calls.push(point.operation);
        return this.faults.decide(point);
      },
    };
    this.aws = createFakeAws({
      clock,
      random,
      trace,
      faults,
      profile: options.profile ?? "lenient",
    });
    const transport = inProcessTransport(server, {
      user: { username: "test", groups: ["system:masters"] },
      clock,
      random,
    });
    this.client = createClient({ transport, clock, random });
    const handler = new InProcessRequestHandler({
      handle: (request) => {
        const key = /Credential=([^/]+)/.exec(request.headers["authorization"] ?? "")?.[1];
        if (key !== undefined) this.keys.add(key);
        return this.aws.handle(request);
      },
      clock,
      random,
    });
    const factory = { clock, random, credentials, isolated: true, requestHandler: handler };
    this.ec2 = createAwsClientFactory(factory).clients("eu-west-1").ec2;
    this.iam = new IAMClient({
      region: "eu-west-1",
      maxAttempts: 1,
      credentials,
      requestHandler: handler as never,
    });
    this.#startManager = () => {
      const life = new Life();
      const manager = createManager({
        transport,
        clock,
        random,
        life,
        logger: {
          debug: () => undefined,
          info: () => undefined,
          error: (fields) => this.errors.push(JSON.stringify(fields)),
        },
        controllers: (deps) => [
          ...coreControllers(deps),
          ...awsControllers({
            ...deps,
            gzip: (data) => gzipSync(data, { level: 0 }),
            aws: createAwsClientFactory({
              ...factory,
              clock: life.clock(clock),
              requestHandler: { handle: life.wrap(handler.handle.bind(handler) as never) } as never,
            }),
          }),
        ],
      });
      manager.start();
      return manager;
    };
    this.manager = undefined as unknown as Manager;
  }

  async start(): Promise<this> {
    for (const crd of crds) {
      await this.run(this.client.create(CustomResourceDefinition, crd as never));
    }
    await this.kernel.runFor(1000);
    this.manager = this.#startManager();
    return this;
  }

  crash(): void {
    this.manager.abandon();
    this.manager = this.#startManager();
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.kernel.complete(work, { horizonMs: 10 * minute });
  }

  async create<T extends KubeObject>(kind: Kind<T>, object: object): Promise<T> {
    const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
    const typed = { apiVersion, kind: kind.kind, ...object } as unknown as T;
    return this.run(this.client.create(kind, typed));
  }

  get<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined> {
    return this.run(this.client.get(kind, { namespace, name }));
  }

  async until(
    condition: () => Promise<boolean>,
    what: string,
    mostMs = 60 * minute,
  ): Promise<void> {
    const endMs = this.kernel.clock.now() + mostMs;
    while (!(await condition())) {
      if (this.kernel.clock.now() > endMs) {
        const objects = [
          ...(await this.run(this.client.list(AWSCluster))),
          ...(await this.run(this.client.list(AWSMachine))),
        ];
        throw new Error(
          `${what} did not happen.\n${this.errors.slice(-6).join("\n")}\n` +
            objects.map(({ status }) => JSON.stringify(status?.conditions)).join("\n"),
        );
      }
      await this.kernel.runFor(5_000);
    }
  }

  async createCluster(spec: object = {}): Promise<void> {
    await this.create(AWSCluster, {
      metadata: { name: "test", namespace },
      spec: { region: "eu-west-1", ...spec },
    });
    await this.create(Cluster, {
      metadata: { name: "test", namespace },
      spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name: "test" } },
    });
  }

  clusterReady(): Promise<void> {
    return this.until(
      async () => (await this.get(AWSCluster, "test"))?.status?.ready === true,
      "the infrastructure",
    );
  }

  async createMachine(
    name: string,
    spec: object = {},
    options: { readonly labels?: object; readonly machine?: object } = {},
  ): Promise<void> {
    const data = { value: Buffer.from("#cloud-config\n").toString("base64") };
    await this.create(Secret, {
      metadata: { name: `${name}-data`, namespace },
      data,
    });
    await this.create(AWSMachine, {
      metadata: { name, namespace },
      spec: { instanceType: "t3.large", ...spec },
    });
    await this.create(Machine, {
      metadata: {
        name,
        namespace,
        labels: { "cluster.x-k8s.io/cluster-name": "test", ...options.labels },
      },
      spec: {
        clusterName: "test",
        version: "v1.34.2",
        bootstrap: { dataSecretName: `${name}-data` },
        infrastructureRef: { apiGroup: infrastructure, kind: "AWSMachine", name },
        ...options.machine,
      },
    });
  }

  machineReady(name: string): Promise<void> {
    return this.until(
      async () => (await this.get(AWSMachine, name))?.status?.ready === true,
      `machine ${name}`,
    );
  }

  async instances(): Promise<readonly Instance[]> {
    const { Reservations = [] } = await this.run(this.ec2.send(new DescribeInstancesCommand({})));
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  }

  async deleteCluster(): Promise<void> {
    await this.run(this.client.delete(Cluster, { namespace, name: "test" }));
    await this.until(
      async () => (await this.get(Cluster, "test")) === undefined,
      "the end of the cluster",
      4 * 60 * minute,
    );
  }
}

const controlPlane = { "cluster.x-k8s.io/control-plane": "" };

test("a cluster and its machines come up, and their deletion leaves nothing behind", async () => {
  const world = await new World().start();
  const before = world.aws.inventory();
  await world.createCluster();
  await world.clusterReady();
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.createMachine("worker");
  await world.machineReady("cp");
  await world.machineReady("worker");
  const cluster = await world.get(AWSCluster, "test");
  expect(cluster?.spec?.network?.subnets).toHaveLength(6);
  expect(Object.keys(cluster?.status?.failureDomains ?? {})).toHaveLength(3);
  const machine = await world.get(AWSMachine, "worker");
  expect(machine?.spec?.providerID).toMatch(/^aws:\/\/\/eu-west-1[abc]\/i-[0-9a-f]{17}$/);
  expect(await world.instances()).toHaveLength(2);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 1, 3, 4: whatever is lost or crashes around RunInstances, one machine has one instance", async () => {
  for (const mode of ["lost", "crash", "lost and crash"]) {
    const world = await new World({ profile: "faithful", seed: mode }).start();
    await world.createCluster();
    await world.clusterReady();
    let struck = 0;
    world.faults = {
      decide: ({ operation, phase }) => {
        if (operation !== "RunInstances" || phase !== "afterCommit" || struck >= 2)
          return undefined;
        struck += 1;
        if (mode !== "lost") world.kernel.clock.setTimeout(() => world.crash(), 1, "crash");
        return mode === "crash" ? { do: "delay", ms: 50 } : { do: "loseResponse" };
      },
    };
    await world.createMachine("worker");
    await world.machineReady("worker");
    expect(struck).toBeGreaterThan(0);
    expect(await world.instances()).toHaveLength(1);
  }
});

test("capa-bugs 5, 6: an instance that somebody terminates fails its machine and is never replaced by it", async () => {
  const world = await new World().start();
  await world.createCluster();
  await world.clusterReady();
  await world.createMachine("worker");
  await world.machineReady("worker");
  const [instance] = await world.instances();
  await world.run(
    world.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance!.InstanceId!] })),
  );
  await world.until(async () => {
    const machine = await world.get(AWSMachine, "worker");
    return machine?.status?.failureReason === "UpdateError";
  }, "the failure");
  await world.kernel.runFor(30 * minute);
  expect(await world.instances()).toHaveLength(1);
});

test("capa-bugs 21, 46, 68: at rest nothing is written to AWS", async () => {
  const world = await new World().start();
  await world.createCluster();
  await world.clusterReady();
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.machineReady("cp");
  await world.kernel.runFor(30 * minute);
  world.calls.length = 0;
  await world.kernel.runFor(60 * minute);
  expect(world.calls.length).toBeGreaterThan(0);
  expect(world.calls.filter((call) => !/^(Describe|Get|List)/.test(call))).toEqual([]);
});

test("capa-bugs 74, 75, 45: attributes, routes and rules that somebody removes come back", async () => {
  const world = await new World().start();
  await world.createCluster();
  await world.clusterReady();
  const { Subnets = [] } = await world.run(world.ec2.send(new DescribeSubnetsCommand({})));
  const subnet = Subnets.find(({ Tags }) =>
    Tags?.some(({ Value }) => Value?.includes("subnet-public")),
  );
  const isPublic = async () => {
    const answer = await world.run(
      world.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnet!.SubnetId!] })),
    );
    return answer.Subnets?.[0]?.MapPublicIpOnLaunch === true;
  };
  expect(await isPublic()).toBe(true);
  await world.run(
    world.ec2.send(
      new ModifySubnetAttributeCommand({
        SubnetId: subnet!.SubnetId!,
        MapPublicIpOnLaunch: { Value: false },
      }),
    ),
  );
  const tables = async () => {
    const { RouteTables = [] } = await world.run(
      world.ec2.send(new DescribeRouteTablesCommand({})),
    );
    return RouteTables.filter(({ Tags }) => Tags?.some(({ Key }) => Key === "Name"));
  };
  const [table] = await tables();
  await world.run(
    world.ec2.send(
      new DeleteRouteCommand({
        RouteTableId: table!.RouteTableId!,
        DestinationCidrBlock: "0.0.0.0/0",
      }),
    ),
  );
  const group = async () => {
    const { SecurityGroups = [] } = await world.run(
      world.ec2.send(
        new DescribeSecurityGroupsCommand({
          Filters: [{ Name: "group-name", Values: ["test-node"] }],
        }),
      ),
    );
    return SecurityGroups[0]!;
  };
  const rules = (await group()).IpPermissions ?? [];
  await world.run(
    world.ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: (await group()).GroupId!,
        IpPermissions: rules.slice(0, 1),
      }),
    ),
  );
  await world.kernel.runFor(12 * minute);
  expect(await isPublic()).toBe(true);
  for (const { Routes = [] } of await tables()) {
    expect(Routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock)).toContain("0.0.0.0/0");
  }
  expect((await group()).IpPermissions).toHaveLength(rules.length);
});

test("an instance is launched with the volumes, options and groups of its spec, and follows changes", async () => {
  const world = await new World().start();
  await world.createCluster();
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  const vpcId = cluster!.spec!.network!.vpc!.id!;
  const { GroupId = "" } = await world.run(
    world.ec2.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: "extra", Description: "extra" }),
    ),
  );
  await world.createMachine(
    "worker",
    {
      rootVolume: { size: 100, type: "gp3", iops: 4000 },
      nonRootVolumes: [{ deviceName: "/dev/sdb", size: 50, encrypted: true }],
      instanceMetadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 },
      spotMarketOptions: { maxPrice: "0.1" },
      additionalSecurityGroups: [{ id: GroupId }],
      additionalTags: { team: "blue", tier: "gold" },
      tenancy: "dedicated",
    },
    { machine: { failureDomain: "eu-west-1b" } },
  );
  await world.machineReady("worker");
  const look = async () => {
    const [instance] = await world.instances();
    const tags = new Map(instance!.Tags?.map(({ Key, Value }) => [Key, Value]));
    return { instance: instance!, tags };
  };
  const { instance, tags } = await look();
  expect(instance).toMatchObject({
    InstanceLifecycle: "spot",
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
    Placement: { AvailabilityZone: "eu-west-1b", Tenancy: "dedicated" },
  });
  expect(instance.BlockDeviceMappings).toHaveLength(2);
  expect([tags.get("team"), tags.get("tier")]).toEqual(["blue", "gold"]);
  const groups = instance.NetworkInterfaces?.[0]?.Groups?.map((group) => group.GroupName);
  expect(groups).toEqual(expect.arrayContaining(["test-node", "test-lb", "extra"]));
  await world.run(
    world.client.mergePatch(
      AWSMachine,
      { namespace, name: "worker" },
      { spec: { additionalTags: { team: "red", tier: null }, additionalSecurityGroups: null } },
    ),
  );
  await world.run(
    world.ec2.send(
      new ModifyInstanceMetadataOptionsCommand({
        InstanceId: instance.InstanceId!,
        HttpTokens: "optional",
      }),
    ),
  );
  await world.run(
    world.ec2.send(
      new CreateTagsCommand({
        Resources: [instance.InstanceId!],
        Tags: [{ Key: "theirs", Value: "stays" }],
      }),
    ),
  );
  await world.kernel.runFor(15 * minute);
  const after = await look();
  expect(after.tags.get("team")).toBe("red");
  expect(after.tags.has("tier")).toBe(false);
  expect(after.tags.get("theirs")).toBe("stays");
  expect(after.instance.MetadataOptions?.HttpTokens).toBe("required");
  const left = after.instance.NetworkInterfaces?.[0]?.Groups?.map((group) => group.GroupName);
  expect(left).not.toContain("extra");
});

test("capa-bugs 7, 12, 13: a subnet outside of the cluster's VPC or zone is refused, and the machine says so", async () => {
  const world = await new World().start();
  await world.createCluster();
  await world.clusterReady();
  await world.createMachine("nowhere", { subnet: { id: "subnet-0123456789abcdef0" } });
  const { Subnets = [] } = await world.run(
    world.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
    ),
  );
  await world.createMachine("abroad", { subnet: { id: Subnets[0]!.SubnetId! } });
  await world.createMachine("elsewhere", {}, { machine: { failureDomain: "eu-west-1x" } });
  await world.kernel.runFor(5 * minute);
  const message = async (name: string) => {
    const machine = await world.get(AWSMachine, name);
    return machine?.status?.conditions?.find(({ type }) => type === "InstanceReady")?.message;
  };
  expect(await message("nowhere")).toContain("no subnets available matching criteria");
  expect(await message("abroad")).toContain("is not in VPC vpc-");
  expect(await message("elsewhere")).toContain(
    'no subnets available in availability zone "eu-west-1x"',
  );
  expect(await world.instances()).toEqual([]);
});

test("capa-bugs 32: idle interfaces that hold the cluster's groups do not block its deletion", async () => {
  const world = await new World().start();
  const before = world.aws.inventory();
  await world.createCluster();
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  const [subnet] = cluster!.spec!.network!.subnets!;
  const groups = cluster!.status!.networkStatus!.securityGroups!;
  await world.run(
    world.ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnet!.resourceID!,
        Groups: [groups["node"]!.id],
        Description: "left behind by a CNI",
      }),
    ),
  );
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("a VPC of one's own is used, tagged for the cloud controller, and left as it was", async () => {
  const world = await new World().start();
  const send = <T>(work: Promise<T>) => world.run(work);
  const { Vpc } = await send(world.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" })));
  const VpcId = Vpc!.VpcId!;
  const { InternetGateway } = await send(world.ec2.send(new CreateInternetGatewayCommand({})));
  const InternetGatewayId = InternetGateway!.InternetGatewayId!;
  await send(world.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId })));
  const makeSubnet = async (CidrBlock: string) => {
    const request = new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: "eu-west-1a" });
    const { Subnet } = await send(world.ec2.send(request));
    return Subnet!.SubnetId!;
  };
  const [open, closed] = [await makeSubnet("10.9.0.0/24"), await makeSubnet("10.9.1.0/24")];
  const { RouteTable } = await send(world.ec2.send(new CreateRouteTableCommand({ VpcId })));
  const RouteTableId = RouteTable!.RouteTableId!;
  await send(
    world.ec2.send(
      new CreateRouteCommand({
        RouteTableId,
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: InternetGatewayId,
      }),
    ),
  );
  await send(world.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: open })));
  const before = world.aws.inventory();
  await world.createCluster({
    network: { vpc: { id: VpcId }, subnets: [{ id: open }, { id: closed }] },
  });
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  expect(cluster?.spec?.network?.subnets?.map(({ isPublic }) => isPublic === true)).toEqual([
    true,
    false,
  ]);
  const { Subnets = [] } = await send(
    world.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [open] })),
  );
  const tags = Object.fromEntries(Subnets[0]!.Tags!.map(({ Key = "", Value }) => [Key, Value]));
  expect(tags).toMatchObject({
    "kubernetes.io/cluster/test": "shared",
    "kubernetes.io/role/elb": "1",
  });
  await world.createMachine("worker");
  await world.machineReady("worker");
  expect((await world.instances())[0]?.SubnetId).toBe(closed);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

const roleArn = "arn:aws:iam::123456789012:role/provider";

async function createRole(world: World): Promise<void> {
  const Statement = [
    {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "sts:AssumeRole",
    },
  ];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await world.run(
    world.iam.send(new CreateRoleCommand({ RoleName: "provider", AssumeRolePolicyDocument })),
  );
}

const identityRef = { kind: "AWSClusterRoleIdentity", name: "role" };
const conditionOf = async (world: World, type: string) => {
  const cluster = await world.get(AWSCluster, "test");
  return cluster?.status?.conditions?.find((condition) => condition.type === type);
};

test("capa-bugs 64: a role is assumed, and an assumption that failed is tried again", async () => {
  const world = await new World().start();
  await createRole(world);
  let refusals = 2;
  world.faults = {
    decide: ({ operation, phase }) => {
      if (operation !== "AssumeRole" || phase !== "beforeCommit" || refusals === 0)
        return undefined;
      refusals -= 1;
      return { do: "fail", code: "InvalidClientTokenId", status: 403, message: "not yet known" };
    },
  };
  await world.create(AWSClusterRoleIdentity, {
    metadata: { name: "role" },
    spec: {
      roleARN: roleArn,
      allowedNamespaces: { list: [namespace] },
      sourceIdentityRef: { kind: "AWSClusterControllerIdentity", name: "default" },
    },
  });
  await world.createCluster({ identityRef });
  await world.clusterReady();
  expect(world.errors.join()).toContain("not yet known");
  expect(await conditionOf(world, "PrincipalCredentialRetrieved")).toMatchObject({
    status: "True",
  });
  const assumed = world.calls.filter((call) => call === "AssumeRole").length;
  await world.createMachine("worker");
  await world.machineReady("worker");
  expect(world.calls.filter((call) => call === "AssumeRole")).toHaveLength(assumed);
  await world.kernel.runFor(30 * minute);
  expect(world.calls.filter((call) => call === "AssumeRole").length).toBeGreaterThan(assumed);
});

test("an identity that a namespace may not use stops its clusters, and they say so", async () => {
  const world = await new World().start();
  await createRole(world);
  await world.create(AWSClusterRoleIdentity, {
    metadata: { name: "role" },
    spec: {
      roleARN: roleArn,
      allowedNamespaces: { list: ["another"] },
      sourceIdentityRef: { kind: "AWSClusterControllerIdentity", name: "default" },
    },
  });
  await world.createCluster({ identityRef });
  await world.kernel.runFor(minute);
  expect(await conditionOf(world, "PrincipalUsageAllowed")).toMatchObject({
    status: "False",
    reason: "PrincipalUsageUnauthorized",
    message: 'namespace "default" is not permitted to use AWSClusterRoleIdentity: role',
  });
  expect(world.calls).toEqual(["CreateRole"]);
});

test("capa-bugs 65: a rotated static key is used by every controller at the next reconcile", async () => {
  const world = await new World().start();
  await world.create(Namespace, { metadata: { name: "capa-system" } });
  const data = (id: string) => ({
    AccessKeyID: Buffer.from(id).toString("base64"),
    SecretAccessKey: Buffer.from("secret").toString("base64"),
  });
  const secret = { namespace: "capa-system", name: "keys" };
  await world.create(Secret, {
    metadata: secret,
    data: data("AKIAOLD0000000000000"),
  });
  await world.create(AWSClusterStaticIdentity, {
    metadata: { name: "static" },
    spec: { secretRef: "keys", allowedNamespaces: {} },
  });
  await world.createCluster({ identityRef: { kind: "AWSClusterStaticIdentity", name: "static" } });
  await world.clusterReady();
  expect([...world.keys].filter((key) => key.startsWith("AKIAOLD"))).not.toEqual([]);
  await world.run(world.client.mergePatch(Secret, secret, { data: data("AKIANEW0000000000000") }));
  await world.createMachine("worker");
  await world.kernel.runFor(1000);
  world.keys.clear();
  await world.machineReady("worker");
  await world.kernel.runFor(15 * minute);
  expect([...world.keys]).toEqual(["AKIANEW0000000000000"]);
});

test("a bastion, secondary ranges and an emptied default group come and go with the spec", async () => {
  const world = await new World().start();
  const before = world.aws.inventory();
  const Filters = [
    { Name: "owner-id", Values: ["819546954734"] },
    { Name: "name", Values: ["capa-ami-ubuntu-24.04-?1.34.2-*"] },
    { Name: "architecture", Values: ["x86_64"] },
  ];
  const { Images = [] } = await world.run(world.ec2.send(new DescribeImagesCommand({ Filters })));
  const [image] = Images;
  await world.createCluster({
    bastion: { enabled: true, ami: image!.ImageId!, instanceType: "t3.micro" },
    network: {
      vpc: {
        secondaryCidrBlocks: [{ ipv4CidrBlock: "10.1.0.0/16" }],
        emptyRoutesDefaultVPCSecurityGroup: true,
        privateDnsHostnameTypeOnLaunch: "resource-name",
        availabilityZoneUsageLimit: 1,
      },
    },
    controlPlaneLoadBalancer: { scheme: "internal" },
  });
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  const [bastion] = await world.instances();
  expect(cluster?.status).toMatchObject({
    bastion: { id: bastion!.InstanceId },
    networkStatus: { apiServerElb: { scheme: "internal" } },
  });
  const vpcId = cluster!.spec!.network!.vpc!.id!;
  const { Vpcs = [] } = await world.run(
    world.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })),
  );
  expect(Vpcs[0]!.CidrBlockAssociationSet).toMatchObject([
    { CidrBlock: "10.0.0.0/16" },
    { CidrBlock: "10.1.0.0/16" },
  ]);
  const { SecurityGroups = [] } = await world.run(
    world.ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [
          { Name: "vpc-id", Values: [vpcId] },
          { Name: "group-name", Values: ["default"] },
        ],
      }),
    ),
  );
  expect(SecurityGroups[0]).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  await world.run(
    world.client.mergePatch(
      AWSCluster,
      { namespace, name: "test" },
      { spec: { bastion: { enabled: false } } },
    ),
  );
  await world.kernel.runFor(10 * minute);
  expect((await world.get(AWSCluster, "test"))?.status?.bastion).toBeUndefined();
  await world.deleteCluster();
  await world.kernel.runFor(90 * minute);
  expect(world.aws.inventory()).toEqual(before);
});

test("a template of a cluster tells what its machines would offer", async () => {
  const world = await new World().start();
  await world.createCluster();
  const cluster = await world.get(Cluster, "test");
  const { uid = "", name } = cluster!.metadata;
  await world.create(AWSMachineTemplate, {
    metadata: {
      name: "workers",
      namespace,
      ownerReferences: [{ apiVersion: "cluster.x-k8s.io/v1beta2", kind: "Cluster", name, uid }],
    },
    spec: { template: { spec: { instanceType: "t3.large" } } },
  });
  await world.kernel.runFor(minute);
  expect((await world.get(AWSMachineTemplate, "workers"))?.status).toMatchObject({
    capacity: { cpu: "2", memory: "8192Mi" },
    nodeInfo: { architecture: "amd64", operatingSystem: "linux" },
  });
});

/** The kinds of things that an account holds, and how many of each. */
function countKinds(inventory: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of inventory) {
    const kind = entry.replace(/-[0-9a-f]{8,}.*$/, "").replace(/[0-9a-f]{17}/g, "");
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const oneZone = { network: { vpc: { availabilityZoneUsageLimit: 1 } } };

async function wholeLife(strike?: { operation: string; mode: "fail" | "lose" }) {
  const world = await new World().start();
  const before = world.aws.inventory();
  let struck = 0;
  world.faults = {
    decide: ({ operation, phase }) => {
      if (strike === undefined || operation !== strike.operation || struck >= 1) return undefined;
      if (strike.mode === "fail" && phase === "beforeCommit") {
        struck += 1;
        return { do: "fail", code: "InternalError", status: 500, message: "struck" };
      }
      if (strike.mode === "lose" && phase === "afterCommit") {
        struck += 1;
        return { do: "loseResponse" };
      }
      return undefined;
    },
  };
  await world.createCluster(oneZone);
  await world.clusterReady();
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.machineReady("cp");
  await world.kernel.runFor(12 * minute);
  const counts = countKinds(world.aws.inventory());
  const calls = [...new Set(world.calls)].filter((call) => !/^(Describe|Get|List)/.test(call));
  await world.deleteCluster();
  const all = [...new Set(world.calls)].filter((call) => !/^(Describe|Get|List)/.test(call));
  expect(world.aws.inventory()).toEqual(before);
  return { counts, calls, all, struck };
}

test("capa-bugs 22 to 27, 31, 50 to 53, 76: whichever write fails or loses its answer, the cluster ends the same and leaves nothing", async () => {
  const calm = await wholeLife();
  expect(calm.calls.length).toBeGreaterThan(15);
  // A lost answer is the harder one of the two; the full run tries both.
  const modes =
    process.env["SEATRIAL_FULL"] === undefined ? ["lose" as const] : (["fail", "lose"] as const);
  for (const operation of calm.all) {
    for (const mode of modes) {
      const life = await wholeLife({ operation, mode });
      expect({ operation, mode, struck: life.struck }).toEqual({ operation, mode, struck: 1 });
      expect({ operation, mode, counts: life.counts }).toEqual({
        operation,
        mode,
        counts: calm.counts,
      });
    }
  }
}, 120_000);

test("capa-bugs 8, 9, 10: a refusal by AWS is told, asked for at a bounded rate, and overcome without a manual step", async () => {
  const world = await new World().start();
  await world.createCluster(oneZone);
  await world.clusterReady();
  const code = "InsufficientInstanceCapacity";
  world.faults = {
    decide: ({ operation, phase }) =>
      operation === "RunInstances" && phase === "beforeCommit"
        ? { do: "fail", code, status: 500, message: "no room in eu-west-1a" }
        : undefined,
  };
  world.calls.length = 0;
  await world.createMachine("worker");
  await world.kernel.runFor(30 * minute);
  const machine = await world.get(AWSMachine, "worker");
  expect(machine?.status?.conditions?.find(({ type }) => type === "InstanceReady")).toMatchObject({
    status: "False",
    reason: "InstanceProvisionFailed",
    message: expect.stringContaining("no room in eu-west-1a"),
  });
  expect(world.calls.filter((call) => call === "RunInstances").length).toBeLessThan(60);
  world.faults = noFaults;
  await world.machineReady("worker");
  expect(await world.instances()).toHaveLength(1);
});

test("capa-bugs 42: a second Cluster of the same name neither adopts nor deletes what the first one has", async () => {
  const world = await new World().start();
  await world.createCluster(oneZone);
  await world.clusterReady();
  const inventory = world.aws.inventory();
  await world.create(Namespace, { metadata: { name: "other" } });
  const other = { name: "test", namespace: "other" };
  await world.create(AWSCluster, { metadata: other, spec: { region: "eu-west-1", ...oneZone } });
  await world.create(Cluster, {
    metadata: other,
    spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name: "test" } },
  });
  await world.kernel.runFor(5 * minute);
  const second = await world.run(world.client.get(AWSCluster, other));
  expect(second?.status?.conditions?.find(({ type }) => type === "VpcReady")?.message).toContain(
    "AWSCluster default/test belongs to a Cluster that is also named test",
  );
  await world.run(world.client.delete(Cluster, other));
  await world.until(
    async () => (await world.run(world.client.get(AWSCluster, other))) === undefined,
    "the end of the second cluster",
  );
  expect(world.aws.inventory()).toEqual(inventory);
});

test("a field that the provider does not act on is refused by name", async () => {
  const world = await new World().start();
  await world.createCluster({ network: { vpc: { ipv6: {} } } });
  await world.kernel.runFor(minute);
  expect(await conditionOf(world, "VpcReady")).toMatchObject({
    status: "False",
    message: "not supported by this version of the provider: spec.network.vpc.ipv6",
  });
});

test("capa-bugs 30, 31: a cluster is deleted in whatever state its creation was", async () => {
  for (const afterMs of [10, 100, 300, 1000, 3000, 20_000, 90_000]) {
    const world = await new World({ profile: "faithful", seed: `${afterMs}` }).start();
    const before = world.aws.inventory();
    await world.createCluster();
    await world.kernel.runFor(afterMs);
    if (afterMs % 3 === 0) world.crash();
    await world.deleteCluster();
    await world.kernel.runFor(60 * minute);
    expect(world.aws.inventory()).toEqual(before);
  }
}, 60_000);

import {
  CreateVpcCommand,
  DescribeVpcsCommand,
  EC2Client,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { CreateUserCommand, CreateAccessKeyCommand, IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { codeOf, FaultWorld, minuteMs } from "./fault-world.ts";

const vpcs = new DescribeVpcsCommand({});
const create = () => new CreateVpcCommand({ CidrBlock: "10.7.0.0/16" });

async function countOf({ ec2 }: FaultWorld): Promise<number> {
  const { Vpcs = [] } = await ec2.send(vpcs);
  return Vpcs.filter(({ CidrBlock }) => CidrBlock === "10.7.0.0/16").length;
}

test("a throttled call is refused in the words of its service until the fault ends", async () => {
  const world = new FaultWorld();
  const { ec2, kernel, config } = world;
  world.inject({ call: { cloud: "*" }, do: { throttle: {} }, for: "10m" });
  expect(await codeOf(ec2.send(vpcs))).toBe("RequestLimitExceeded");
  const classic = new ElasticLoadBalancingClient(config);
  expect(await codeOf(classic.send(new elb.DescribeLoadBalancersCommand({})))).toBe("Throttling");
  const secrets = new SecretsManagerClient(config);
  const secret = new GetSecretValueCommand({ SecretId: "x" });
  expect(await codeOf(secrets.send(secret))).toBe("ThrottlingException");
  await kernel.runFor(10 * minuteMs + 1);
  expect(await codeOf(ec2.send(vpcs))).toBe("fine");
});

test("a failing call has no effect before its commit, and has one after it", async () => {
  const world = new FaultWorld();
  const { ec2 } = world;
  world.inject({ call: { cloud: "CreateVpc", times: 1 }, do: { fail: "ServiceUnavailable" } });
  expect(await codeOf(ec2.send(create()))).toBe("ServiceUnavailable");
  expect(await countOf(world)).toBe(0);
  const id = world.inject({
    call: { cloud: "CreateVpc", phase: "afterCommit" },
    do: { fail: { code: "InternalError", status: 500, message: "oh" } },
  });
  expect(await codeOf(ec2.send(create()))).toBe("InternalError");
  expect(await countOf(world)).toBe(1);
  world.aws.faults.remove(id);
  expect(await codeOf(ec2.send(create()))).toBe("fine");
});

test("a lost response is a connection that ends after the call took effect; a reset ends it before", async () => {
  const world = new FaultWorld();
  const { ec2 } = world;
  world.inject({ call: { cloud: "CreateVpc", nth: 2 }, do: { loseResponse: {} } });
  expect(await codeOf(ec2.send(create()))).toBe("fine");
  expect(await codeOf(ec2.send(create()))).toBe("ECONNRESET");
  expect(await countOf(world)).toBe(2);
  world.inject({ call: { cloud: "CreateVpc", times: 1 }, do: { reset: {} } });
  expect(await codeOf(ec2.send(create()))).toBe("ECONNRESET");
  expect(await countOf(world)).toBe(2);
  expect(await codeOf(ec2.send(create()))).toBe("fine");
});

test("a lost response can keep its caller waiting first", async () => {
  const world = new FaultWorld();
  world.inject({ call: { cloud: "CreateVpc" }, do: { loseResponse: { after: "30s" } } });
  const startMs = world.kernel.clock.now();
  const call = codeOf(world.ec2.send(create()));
  expect(await world.kernel.complete(call, { horizonMs: minuteMs })).toBe("ECONNRESET");
  expect(world.kernel.clock.now() - startMs).toBe(30_000);
});

test("a slow call takes that much longer, and is fine", async () => {
  const world = new FaultWorld();
  world.inject({ call: { cloud: "CreateVpc" }, do: { delay: "5s" } });
  const startMs = world.kernel.clock.now();
  const call = codeOf(world.ec2.send(create()));
  expect(await world.kernel.complete(call, { horizonMs: minuteMs })).toBe("fine");
  expect(world.kernel.clock.now() - startMs).toBe(5_000);
});

test("a call is told from others by its object's name, its service and who makes it", async () => {
  const world = await FaultWorld.create();
  const { ec2, config } = world;
  const id = await world.running("md-0-7x2");
  const other = await world.running("md-1-abc");
  world.inject({ call: { cloud: "*Instances", object: "md-0-*" }, do: { fail: "InternalError" } });
  const end = (InstanceIds: string[]) => ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  expect(await codeOf(end([id]))).toBe("InternalError");
  expect(await codeOf(world.launch("md-0-new"))).toBe("InternalError");
  expect(await codeOf(end([other]))).toBe("fine");
  const iam = new IAMClient(config);
  await iam.send(new CreateUserCommand({ UserName: "alice" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "alice" }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const alice = new EC2Client({ ...config, credentials });
  world.inject({ call: { cloud: "DescribeVpcs", by: "user/alice" }, do: { fail: "Unavailable" } });
  expect(await codeOf(alice.send(vpcs))).toBe("Unavailable");
  expect(await codeOf(ec2.send(vpcs))).toBe("fine");
  world.inject({ call: { cloud: "*", service: "sts" }, do: { throttle: true } });
  const sts = new STSClient(config);
  expect(await codeOf(sts.send(new GetCallerIdentityCommand({})))).toBe("Throttling");
});

test("calls from inside an instance are struck too, by the role of its profile", async () => {
  const world = await FaultWorld.create();
  const { aws, config, kernel } = world;
  const role = "nodes.cluster-api-provider-aws.sigs.k8s.io";
  const id = await world.running("md-0", "a", { IamInstanceProfile: { Name: role } });
  const secrets = new SecretsManagerClient(config);
  const create = new CreateSecretCommand({ Name: "user-data", SecretString: "x" });
  await secrets.send(create);
  const input = { SecretId: "user-data" };
  const fetch = () => codeOf(aws.callFromInstance(id, "secretsmanager", "GetSecretValue", input));
  world.inject({
    call: { cloud: "Get*", by: `assumed-role/${role}/i-*` },
    do: { throttle: {} },
    for: "5m",
  });
  expect(await fetch()).toBe("ThrottlingException");
  expect(await codeOf(secrets.send(new GetSecretValueCommand(input)))).toBe("fine");
  await kernel.runFor(5 * minuteMs + 1);
  expect(await fetch()).toBe("fine");
  world.inject({ call: { cloud: "GetSecretValue", times: 1 }, do: { loseResponse: {} } });
  expect(await fetch()).toBe("ConnectionClosedError");
  expect(await fetch()).toBe("fine");
});

async function pattern(seed: string, options: { readonly other?: boolean } = {}) {
  const world = new FaultWorld("lenient", seed);
  world.inject({ id: "coin", call: { cloud: "CreateVpc" }, chance: 0.5, do: { fail: "Coin" } });
  if (options.other === true) {
    const call = { cloud: "DescribeVpcs" };
    world.inject({ id: "other", call, chance: 0.5, do: { fail: "Coin" } });
  }
  const codes: string[] = [];
  for (let call = 0; call < 40; call += 1) {
    if (options.other === true) await codeOf(world.ec2.send(vpcs));
    codes.push(await codeOf(world.ec2.send(create())));
  }
  return codes.join(" ");
}

test("chance is drawn by seed and fault: the same for one seed, whatever else goes wrong", async () => {
  const first = await pattern("1");
  expect(first.match(/Coin/g)?.length).toBeGreaterThan(8);
  expect(first.match(/fine/g)?.length).toBeGreaterThan(8);
  expect(await pattern("1")).toBe(first);
  expect(await pattern("1", { other: true })).toBe(first);
  expect(await pattern("2")).not.toBe(first);
});

test("what began, struck and ended is in the list and in the trace, by ID", async () => {
  const world = new FaultWorld();
  const { aws, kernel } = world;
  const id = world.inject({
    call: { cloud: "CreateVpc" },
    do: { fail: "InternalError" },
    for: "5m",
  });
  await codeOf(world.ec2.send(create()));
  await codeOf(world.ec2.send(create()));
  expect(aws.faults.list()).toMatchObject([
    { id: "fail-1", kind: "fail", strikes: 2, untilMs: kernel.clock.now() + 5 * minuteMs },
  ]);
  expect(() => world.inject({ id, do: { zoneOutage: "b" } })).toThrow("active already");
  await kernel.runFor(5 * minuteMs + 1);
  expect(aws.faults.list()).toEqual([]);
  expect(aws.faults.remove(id)).toBe(false);
  const faults = kernel.trace.records.filter(({ kind }) => kind === "fault");
  expect(faults.map(({ object, verb }) => `${object} ${verb}`)).toEqual([
    "fault/fail-1 begins",
    " fail",
    " fail",
    "fault/fail-1 ends",
  ]);
  expect(faults[1]?.detail).toEqual({
    operation: "CreateVpc",
    phase: "beforeCommit",
    cause: "fail-1",
  });
});

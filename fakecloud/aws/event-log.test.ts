import {
  CreateVpcCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { codeOf, FaultWorld } from "./faults/fault-world.ts";
import { EventLog } from "./event-log.ts";
import { evaluate } from "./iam/evaluate.ts";
import { IamAccount } from "./iam/iam-account.ts";
import { Credentials } from "./iam/credentials.ts";
import { PermissionRecorder } from "./iam/permission-recorder.ts";
import { rootOf, roleSession } from "./iam/principal.ts";
import { createRole } from "./iam/roles.ts";
import type { CallContext } from "./service.ts";

const userData = Buffer.from("#cloud-config\npassword: hunter2").toString("base64");

test("an event says who did what, with which client and result", async () => {
  const world = new FaultWorld();
  const iam = new IAMClient(world.config);
  await iam.send(new CreateUserCommand({ UserName: "alice" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "alice" }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const alice = new EC2Client({ ...world.config, credentials });
  await alice.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  await codeOf(alice.send(new TerminateInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })));
  const events = world.aws.events.list({ by: "user/alice" });
  expect(events).toMatchObject([
    {
      eventSource: "ec2.amazonaws.com",
      eventName: "CreateVpc",
      awsRegion: "eu-west-1",
      eventTime: "2026-01-05T08:00:00Z",
      userIdentity: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/alice" },
      userAgent: expect.stringContaining("aws-sdk-js/3") as string,
      readOnly: false,
      requestParameters: { CidrBlock: "10.0.0.0/16" },
    },
    { eventName: "TerminateInstances", errorCode: "InvalidInstanceID.NotFound" },
  ]);
  expect(events[0]).not.toHaveProperty("errorCode");
  expect(world.aws.events.list({ errorsOnly: true })).toHaveLength(1);
  expect(world.aws.events.list({ name: "Create*", limit: 1 })[0]?.eventName).toBe("CreateVpc");
  expect(world.aws.events.list({ after: events[0]?.sequence })).toHaveLength(1);
});

test("calls that a fault refuses are in the log, and so is what is done by hand", async () => {
  const world = await FaultWorld.create();
  world.inject({ call: { cloud: "DescribeVpcs" }, do: { throttle: {} } });
  await codeOf(world.ec2.send(new DescribeVpcsCommand({})));
  world.inject({ do: { removeRoute: world.routeTableId } });
  expect(world.aws.events.list({ limit: 2 })).toMatchObject([
    { eventName: "DescribeVpcs", errorCode: "RequestLimitExceeded" },
    {
      eventName: "DeleteRoute",
      userIdentity: { arn: "arn:aws:iam::123456789012:user/somebody-at-the-console" },
    },
  ]);
});

test("no secret is in an event: user data, secrets, parameters, objects", async () => {
  const world = await FaultWorld.create();
  const { config } = world;
  await world.launch("md-0", "a", { UserData: userData });
  const SecretString = "hunter2";
  const secrets = new SecretsManagerClient(config);
  await secrets.send(new CreateSecretCommand({ Name: "s", SecretString }));
  const SecretBinary = Buffer.from("hunter2");
  await secrets.send(new CreateSecretCommand({ Name: "t", SecretBinary }));
  const parameter = { Name: "/p", Value: "hunter2", Type: "SecureString" } as const;
  await new SSMClient(config).send(new PutParameterCommand(parameter));
  const s3 = new S3Client(config);
  await codeOf(s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "hunter2" })));
  const text = JSON.stringify(world.aws.events.list());
  expect(text).not.toContain("hunter2");
  expect(text).not.toContain(userData);
  expect(text).not.toContain(Buffer.from("hunter2").toString("base64"));
  const [launch] = world.aws.events.list({ name: "RunInstances" });
  expect(launch?.requestParameters).toMatchObject({
    InstanceType: "t3.large",
    UserData: "HIDDEN_DUE_TO_SECURITY_REASONS",
  });
});

test("the log keeps the latest calls and forgets the oldest", async () => {
  const world = new FaultWorld();
  const log = new EventLog(10);
  const { accountId } = { accountId: "123456789012" };
  const { clock, random } = world.kernel;
  const base = { accountId, region: "eu-west-1", principal: rootOf(accountId), service: "ec2" };
  const service = { model: { operations: new Map() }, handlers: new Map() } as never;
  for (let index = 1; index <= 95; index += 1) {
    const operation = `Describe${index}`;
    log.record(service, { ...base, requestId: "", operation, clock, random }, {});
  }
  const kept = log.list();
  expect(kept).toHaveLength(10);
  expect(kept[0]).toMatchObject({ sequence: 86, eventName: "Describe86" });
  log.clear();
  expect(log.list()).toEqual([]);
});

async function recorded() {
  const world = await FaultWorld.create();
  const { aws, config, ec2 } = world;
  await world.launch("md-0", "a", {
    IamInstanceProfile: { Name: "nodes.cluster-api-provider-aws.sigs.k8s.io" },
  });
  const secrets = new SecretsManagerClient(config);
  await secrets.send(new CreateSecretCommand({ Name: "aws.cluster/1", SecretString: "x" }));
  const s3 = new S3Client(config);
  await codeOf(s3.send(new GetObjectCommand({ Bucket: "boot", Key: "node/md-0" })));
  await codeOf(ec2.send(new RunInstancesCommand({ ImageId: "x", MinCount: 1, MaxCount: 1 })));
  return aws.permissions.policies();
}

test("the minimal policy names actions and resources, and what comes along: tags, roles handed on", async () => {
  const [{ principal, policy } = { principal: "", policy: undefined }] = await recorded();
  expect(principal).toBe("arn:aws:iam::123456789012:root");
  expect(policy?.Statement).toEqual([
    {
      Effect: "Allow",
      Action: [
        "ec2:AttachInternetGateway",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateInternetGateway",
        "ec2:CreateRoute",
        "ec2:CreateSubnet",
        "ec2:CreateTags",
        "ec2:CreateVpc",
        "ec2:DescribeImages",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:RunInstances",
      ],
      Resource: ["*"],
    },
    {
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::123456789012:role/nodes.cluster-api-provider-aws.sigs.k8s.io"],
    },
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::boot/node/md-0"] },
    {
      Effect: "Allow",
      Action: ["secretsmanager:CreateSecret"],
      Resource: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:aws.cluster/1-??????"],
    },
  ]);
});

test("sessions of a role count as the role, and many names become their common beginning", () => {
  const { clock, random } = new FaultWorld().kernel;
  const recorder = new PermissionRecorder();
  const accountId = "123456789012";
  for (let index = 0; index < 20; index += 1) {
    const session = { accountId, roleName: "nodes", roleId: "AROA", sessionName: `i-${index}` };
    const call: CallContext = {
      accountId,
      region: "eu-west-1",
      principal: roleSession(session),
      requestId: "",
      service: "secretsmanager",
      operation: "GetSecretValue",
      clock,
      random,
    };
    recorder.record(call, { SecretId: `aws.cluster.x-k8s.io/${index}` });
  }
  expect(recorder.policies()).toMatchObject([
    {
      principal: "arn:aws:iam::123456789012:role/nodes",
      policy: {
        Statement: [
          {
            Action: ["secretsmanager:GetSecretValue"],
            Resource: [
              "arn:aws:secretsmanager:eu-west-1:123456789012:secret:aws.cluster.x-k8s.io/*",
            ],
          },
        ],
      },
    },
  ]);
});

test("the minimal policy is enough for what was called, and for nothing beside it", async () => {
  const [{ policy } = { policy: undefined }] = await recorded();
  const { clock, random } = new FaultWorld().kernel;
  const accountId = "123456789012";
  const credentials = new Credentials(clock, random);
  const account = new IamAccount({ accountId, clock, random, credentials });
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  createRole(
    account,
    new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: trust }).input,
  );
  const PolicyDocument = JSON.stringify(policy);
  account.roles.get("r")?.inline.set("minimal", PolicyDocument);
  const principal = roleSession({ accountId, roleName: "r", roleId: "AROA", sessionName: "s" });
  const may = (action: string, resource: string) =>
    evaluate(account, { principal, action, resources: [resource], context: {} }).allowed;
  for (const { Action, Resource } of policy?.Statement ?? []) {
    for (const action of Action)
      for (const resource of Resource) expect(may(action, resource)).toBe(true);
  }
  const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:";
  expect(may("secretsmanager:CreateSecret", `${secret}aws.cluster/1-AbCdEf`)).toBe(true);
  expect(may("secretsmanager:CreateSecret", `${secret}other-AbCdEf`)).toBe(false);
  expect(may("ec2:TerminateInstances", "*")).toBe(false);
  expect(may("iam:PassRole", "arn:aws:iam::123456789012:role/admin")).toBe(false);
  expect(may("s3:GetObject", "arn:aws:s3:::boot/other")).toBe(false);
});

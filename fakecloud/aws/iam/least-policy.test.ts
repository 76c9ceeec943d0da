import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { createFakeAws } from "../fake-aws.ts";

const place = { service: "ec2", region: "eu-west-1" };
const statements = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const trust = statements({
  Effect: "Allow",
  Principal: { AWS: "123456789012" },
  Action: "sts:AssumeRole",
});

/** A cloud that enforces policies, and a role in it. */
class World {
  readonly kernel = new Kernel({ seed: "1" });
  readonly aws = createFakeAws({
    clock: this.kernel.clock,
    random: this.kernel.random,
    profile: "lenient",
    enforcePolicies: true,
  });

  async ask<T>(accessKeyId: string, call: string, input: object): Promise<T> {
    const [service = "", operation = ""] = call.split(":");
    const version = service === "elasticloadbalancing" ? { version: "2015-12-01" } : {};
    const answer = await this.aws.call({
      ...place,
      ...version,
      service,
      operation,
      accessKeyId,
      input: input as Record<string, unknown>,
    });
    return answer?.output as T;
  }

  /** A key of a session of the role "worker", which may do what the document says. */
  async keyFor(PolicyDocument: string): Promise<string> {
    const RoleName = "worker";
    const role = { RoleName, AssumeRolePolicyDocument: trust };
    await this.ask("any", "iam:CreateRole", role).catch(() => undefined);
    await this.ask("any", "iam:PutRolePolicy", { RoleName, PolicyName: "p", PolicyDocument });
    const RoleArn = "arn:aws:iam::123456789012:role/worker";
    const session = { RoleArn, RoleSessionName: "session" };
    const { Credentials } = await this.ask<{ Credentials: { AccessKeyId: string } }>(
      "any",
      "sts:AssumeRole",
      session,
    );
    return Credentials.AccessKeyId;
  }

  /** A VPC with an instance and a load balancer, and all of it gone again. */
  async live(key: string): Promise<void> {
    const ask = <T>(call: string, input: object) => this.ask<T>(key, call, input);
    const TagSpecifications = [{ ResourceType: "vpc", Tags: [{ Key: "k", Value: "v" }] }];
    const { Vpc } = await ask<{ Vpc: { VpcId: string } }>("ec2:CreateVpc", {
      CidrBlock: "10.0.0.0/16",
      TagSpecifications,
    });
    const { VpcId } = Vpc;
    const { Subnet } = await ask<{ Subnet: { SubnetId: string } }>("ec2:CreateSubnet", {
      VpcId,
      CidrBlock: "10.0.0.0/24",
    });
    const { SubnetId } = Subnet;
    const { Instances } = await ask<{ Instances: { InstanceId: string }[] }>("ec2:RunInstances", {
      ImageId: "ami-12c6146b",
      InstanceType: "t3.micro",
      MinCount: 1,
      MaxCount: 1,
      SubnetId,
    });
    const { LoadBalancers } = await ask<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
      "elasticloadbalancing:CreateLoadBalancer",
      { Name: "lb", Type: "network", Scheme: "internal", Subnets: [SubnetId] },
    );
    const [{ LoadBalancerArn } = { LoadBalancerArn: "" }] = LoadBalancers;
    await ask("secretsmanager:CreateSecret", { Name: "s", SecretString: "v" });
    await ask("secretsmanager:DeleteSecret", { SecretId: "s", ForceDeleteWithoutRecovery: true });
    await ask("elasticloadbalancing:DeleteLoadBalancer", { LoadBalancerArn });
    await ask("ec2:TerminateInstances", { InstanceIds: [Instances[0]?.InstanceId] });
    await this.kernel.runFor(3_600_000);
    await ask("ec2:DeleteSubnet", { SubnetId });
    await ask("ec2:DeleteVpc", { VpcId });
  }

  leastPolicy(): readonly { readonly Action: readonly string[] }[] {
    const found = this.aws.permissions
      .policies()
      .find(({ principal }) => principal.endsWith(":role/worker"));
    return found?.policy.Statement ?? [];
  }
}

// Red when: `permissionsFor` (required-permissions.ts) forgets what tags in a creating call need.
test("the least policy that is printed for a life allows this life, and nothing of it can be left out", async () => {
  const world = new World();
  await world.live(await world.keyFor(statements({ Effect: "Allow", Action: "*", Resource: "*" })));
  const least = world.leastPolicy();
  const actions = least.flatMap(({ Action }) => Action);
  expect(actions).toContain("ec2:CreateTags");
  await world.live(await world.keyFor(statements(...least)));
  for (const left of actions) {
    const fewer = least
      .map((one) => ({ ...one, Action: one.Action.filter((action) => action !== left) }))
      .filter(({ Action }) => Action.length > 0);
    const other = new World();
    const life = other.live(await other.keyFor(statements(...fewer)));
    await expect(life, left).rejects.toThrow(`not authorized to perform: ${left}`);
    other.aws.close();
  }
  world.aws.close();
});

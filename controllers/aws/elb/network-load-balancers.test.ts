import { expect, test } from "vitest";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { AWSCluster } from "../../api/aws/v1beta2.ts";
import type { ClusterScope } from "../cluster-scope.ts";
import { deleteLoadBalancers, reconcileLoadBalancers } from "./api-server-load-balancers.ts";
import { registerTarget } from "./network-load-balancers.ts";

type Input = Readonly<Record<string, unknown>>;
interface Part {
  [field: string]: unknown;
}

function notFound(name: string): Error {
  return Object.assign(new Error(`${name} not found`), { name: `${name}NotFoundException` });
}

/** The few calls of Elastic Load Balancing v2 that the provider makes, with their idempotency rules. */
class Elbv2 {
  readonly balancers = new Map<string, Part>();
  readonly groups = new Map<string, Part>();
  readonly listeners: Part[] = [];
  readonly tags = new Map<string, readonly { Key: string; Value: string }[]>();
  readonly attributes = new Map<string, Record<string, string>>();
  readonly targets = new Map<string, Set<string>>();
  readonly calls: string[] = [];
  failNext: string | undefined;

  send = async (command: { readonly input: object }): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, "");
    this.calls.push(operation);
    if (this.failNext === operation) {
      this.failNext = undefined;
      throw Object.assign(new Error("Rate exceeded"), { name: "Throttling" });
    }
    const handler = this.#handlers[operation];
    if (handler === undefined) throw new Error(`${operation} is not played here`);
    return handler(command.input as Input);
  };

  readonly #handlers: Record<string, (input: Input) => unknown> = {
    DescribeLoadBalancers: ({ Names }) => {
      const found = this.balancers.get((Names as string[])[0]!);
      if (found === undefined) throw notFound("LoadBalancer");
      found["State"] = { Code: "active" };
      return { LoadBalancers: [{ ...found }] };
    },
    CreateLoadBalancer: (input) => {
      const name = String(input["Name"]);
      const made = this.balancers.get(name) ?? {
        LoadBalancerArn: `arn:lb/${name}`,
        DNSName: `${name}.elb.example`,
        VpcId: "vpc-1",
        Scheme: input["Scheme"],
        State: { Code: "provisioning" },
        SecurityGroups: input["SecurityGroups"],
        AvailabilityZones: [{ ZoneName: "eu-west-1a", SubnetId: "subnet-a" }],
      };
      this.balancers.set(name, made);
      this.tags.set(`arn:lb/${name}`, input["Tags"] as never);
      return { LoadBalancers: [{ ...made }] };
    },
    DescribeTags: ({ ResourceArns }) => ({
      TagDescriptions: (ResourceArns as string[]).map((arn) => ({ Tags: this.tags.get(arn) })),
    }),
    DescribeTargetGroups: (input) => {
      const names = input["Names"] as string[] | undefined;
      if (names === undefined) return { TargetGroups: [...this.groups.values()] };
      const found = this.groups.get(names[0]!);
      if (found === undefined) throw notFound("TargetGroup");
      return { TargetGroups: [{ ...found }] };
    },
    CreateTargetGroup: (input) => {
      const name = String(input["Name"]);
      const { Tags: _, ...rest } = input;
      const made = { ...rest, TargetGroupArn: `arn:tg/${name}` };
      this.groups.set(name, made);
      return { TargetGroups: [{ ...made }] };
    },
    ModifyTargetGroup: ({ TargetGroupArn, ...rest }) => {
      for (const group of this.groups.values()) {
        if (group["TargetGroupArn"] === TargetGroupArn) Object.assign(group, rest);
      }
      return {};
    },
    DescribeTargetGroupAttributes: ({ TargetGroupArn }) => this.#attributesOf(TargetGroupArn),
    DescribeLoadBalancerAttributes: ({ LoadBalancerArn }) => this.#attributesOf(LoadBalancerArn),
    ModifyTargetGroupAttributes: (input) => this.#modify(input["TargetGroupArn"], input),
    ModifyLoadBalancerAttributes: (input) => this.#modify(input["LoadBalancerArn"], input),
    DescribeListeners: () => ({ Listeners: [...this.listeners] }),
    CreateListener: (input) => {
      const made = { ...input, ListenerArn: `arn:listener/${String(input["Port"])}` };
      this.listeners.push(made);
      return { Listeners: [made] };
    },
    SetSecurityGroups: ({ LoadBalancerArn, SecurityGroups }) => {
      for (const balancer of this.balancers.values()) {
        if (balancer["LoadBalancerArn"] === LoadBalancerArn)
          balancer["SecurityGroups"] = SecurityGroups;
      }
      return {};
    },
    DescribeTargetHealth: ({ TargetGroupArn }) => ({
      TargetHealthDescriptions: [...(this.targets.get(String(TargetGroupArn)) ?? [])].map((Id) => ({
        Target: { Id },
      })),
    }),
    RegisterTargets: ({ TargetGroupArn, Targets }) => {
      const arn = String(TargetGroupArn);
      const ids = (Targets as { Id: string }[]).map(({ Id }) => Id);
      this.targets.set(arn, new Set([...(this.targets.get(arn) ?? []), ...ids]));
      return {};
    },
    DeleteListener: ({ ListenerArn }) => {
      const at = this.listeners.findIndex((listener) => listener["ListenerArn"] === ListenerArn);
      this.listeners.splice(at, 1);
      return {};
    },
    DeleteTargetGroup: ({ TargetGroupArn }) => {
      this.groups.delete(String(TargetGroupArn).replace("arn:tg/", ""));
      return {};
    },
    DeleteLoadBalancer: ({ LoadBalancerArn }) => {
      this.balancers.delete(String(LoadBalancerArn).replace("arn:lb/", ""));
      return {};
    },
  };

  #attributesOf(arn: unknown) {
    const found = this.attributes.get(String(arn)) ?? {};
    return { Attributes: Object.entries(found).map(([Key, Value]) => ({ Key, Value })) };
  }

  #modify(arn: unknown, { Attributes }: Input) {
    const changes = (Attributes as { Key: string; Value: string }[]).map((one) => [
      one.Key,
      one.Value,
    ]);
    const known = this.attributes.get(String(arn));
    this.attributes.set(String(arn), { ...known, ...Object.fromEntries(changes) });
    return {};
  }
}

function scopeOf(elbv2: Elbv2, spec: Partial<AWSCluster["spec"]>): ClusterScope {
  const { clock, random } = new Kernel({ seed: "1" });
  return {
    clusterName: "test",
    namespace: "default",
    region: "eu-west-1",
    clock,
    random,
    recorder: { event: () => undefined },
    aws: { elbv2 } as never,
    persist: async () => undefined,
    draft: {
      apiVersion: "infrastructure.cluster.x-k8s.io/v1beta2",
      kind: "AWSCluster",
      metadata: { name: "test", namespace: "default", uid: "1" },
      spec: {
        network: {
          vpc: { id: "vpc-1" },
          subnets: [
            {
              id: "public",
              resourceID: "subnet-a",
              isPublic: true,
              availabilityZone: "eu-west-1a",
            },
            { id: "private", resourceID: "subnet-b", availabilityZone: "eu-west-1a" },
          ],
        },
        ...spec,
      },
      status: {
        ready: false,
        networkStatus: { securityGroups: { "apiserver-lb": { id: "sg-1", name: "lb" } } },
      },
    },
  };
}

const nlb = { controlPlaneLoadBalancer: { loadBalancerType: "nlb" as const } };
const additional = {
  controlPlaneLoadBalancer: {
    ...nlb.controlPlaneLoadBalancer,
    additionalListeners: [{ port: 8132 }],
  },
};

async function settle(scope: ClusterScope): Promise<void> {
  for (let pass = 0; pass < 10; pass += 1) {
    try {
      if ((await reconcileLoadBalancers(scope)) === undefined) return;
    } catch (error) {
      if ((error as Error).name !== "Throttling") throw error;
    }
  }
  throw new Error("the load balancers did not settle");
}

test("capa-bugs 50, 51, 53: whichever call fails, each port ends with one target group and one listener", async () => {
  const calm = new Elbv2();
  await settle(scopeOf(calm, additional));
  for (const operation of new Set(calm.calls)) {
    const elbv2 = new Elbv2();
    elbv2.failNext = operation;
    await settle(scopeOf(elbv2, additional));
    expect([...elbv2.groups.keys()]).toEqual([...calm.groups.keys()]);
    expect(elbv2.listeners.map(({ Port }) => Port)).toEqual([6443, 8132]);
    expect([...elbv2.attributes]).toEqual([...calm.attributes]);
  }
});

test("at rest nothing is written to a network load balancer", async () => {
  const elbv2 = new Elbv2();
  const scope = scopeOf(elbv2, additional);
  await settle(scope);
  elbv2.calls.length = 0;
  await settle(scope);
  expect(elbv2.calls.filter((call) => !call.startsWith("Describe"))).toEqual([]);
  expect(scope.draft.status?.networkStatus?.apiServerElb).toMatchObject({
    name: "default-test-apiserver",
    dnsName: "default-test-apiserver.elb.example",
    availabilityZones: ["eu-west-1a"],
    loadBalancerType: "nlb",
  });
});

test("capa-bugs 49: a secondary load balancer has its own scheme and subnets, and instances are behind both", async () => {
  const elbv2 = new Elbv2();
  const scope = scopeOf(elbv2, { ...nlb, secondaryControlPlaneLoadBalancer: { name: "inside" } });
  await settle(scope);
  expect([...elbv2.balancers].map(([name, { Scheme }]) => [name, Scheme])).toEqual([
    ["default-test-apiserver", "internet-facing"],
    ["inside", "internal"],
  ]);
  const { secondaryAPIServerELB } = scope.draft.status!.networkStatus!;
  await registerTarget(scope.aws, secondaryAPIServerELB!.arn!, "i-1");
  await registerTarget(scope.aws, secondaryAPIServerELB!.arn!, "i-1");
  expect(elbv2.calls.filter((call) => call === "RegisterTargets")).toHaveLength(elbv2.groups.size);
});

test("a load balancer of the user's own is only used, and stays when the cluster goes", async () => {
  const elbv2 = new Elbv2();
  elbv2.balancers.set("mine", {
    LoadBalancerArn: "arn:lb/mine",
    DNSName: "mine.example",
    Scheme: "internal",
    State: { Code: "active" },
  });
  const scope = scopeOf(elbv2, {
    controlPlaneLoadBalancer: { loadBalancerType: "nlb", name: "mine" },
  });
  await settle(scope);
  expect(elbv2.calls.filter((call) => !call.startsWith("Describe"))).toEqual([]);
  expect(await deleteLoadBalancers(scope)).toBeUndefined();
  expect([...elbv2.balancers.keys()]).toEqual(["mine"]);
});

test("the deletion of a network load balancer leaves nothing", async () => {
  const elbv2 = new Elbv2();
  const scope = scopeOf(elbv2, additional);
  await settle(scope);
  while ((await deleteLoadBalancers(scope)) !== undefined);
  expect([elbv2.balancers.size, elbv2.groups.size, elbv2.listeners.length]).toEqual([0, 0, 0]);
});

test("an external load balancer is waited for until the spec names it", async () => {
  const disabled = { controlPlaneLoadBalancer: { loadBalancerType: "disabled" as const } };
  const scope = scopeOf(new Elbv2(), disabled);
  expect(await reconcileLoadBalancers(scope)).toMatchObject({
    reason: "WaitForExternalControlPlaneEndpoint",
  });
  scope.draft.spec!.controlPlaneEndpoint = { host: "api.example", port: 6443 };
  expect(await reconcileLoadBalancers(scope)).toBeUndefined();
});

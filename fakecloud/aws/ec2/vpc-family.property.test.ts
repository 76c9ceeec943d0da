import fc from "fast-check";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import { senderFor } from "../conformance/subjects.ts";
import { createFakeAws } from "../fake-aws.ts";

/** Indices choose among everything ever made, so calls also meet what is gone. */
interface Call {
  readonly act: (typeof acts)[number];
  readonly first: number;
  readonly second: number;
}

const acts = [
  "CreateVpc",
  "CreateSubnet",
  "CreateInternetGateway",
  "AttachInternetGateway",
  "DetachInternetGateway",
  "DeleteSubnet",
  "DeleteInternetGateway",
  "DeleteVpc",
] as const;

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({ act: fc.constantFrom(...acts), first: fc.nat(3), second: fc.nat(3) }),
  { minLength: 1, maxLength: 30 },
);

/** What ought to be there. */
class Model {
  readonly vpcIds: string[] = [];
  readonly subnetIds: string[] = [];
  readonly gatewayIds: string[] = [];
  readonly vpcs = new Set<string>();
  readonly subnets = new Map<string, { readonly vpcId: string; readonly block: number }>();
  /** Gateways with the VPC that they are attached to. */
  readonly gateways = new Map<string, string | undefined>();

  vpcAt(index: number): string {
    return this.vpcIds[index % this.vpcIds.length] ?? "vpc-0123456789abcdef0";
  }

  subnetAt(index: number): string {
    return this.subnetIds[index % this.subnetIds.length] ?? "subnet-0123456789abcdef0";
  }

  gatewayAt(index: number): string {
    return this.gatewayIds[index % this.gatewayIds.length] ?? "igw-0123456789abcdef0";
  }

  /** The code of the error that a call must bring; undefined if it must succeed. */
  expected({ act, first, second }: Call): string | undefined {
    if (act === "CreateVpc" || act === "CreateInternetGateway") return undefined;
    if (act === "DeleteSubnet") {
      return this.subnets.has(this.subnetAt(first)) ? undefined : "InvalidSubnetID.NotFound";
    }
    if (act === "CreateSubnet" || act === "DeleteVpc")
      return this.#expectedOfVpc(act, first, second);
    return this.#expectedOfGateway(act, first, second);
  }

  #expectedOfVpc(act: string, first: number, block: number): string | undefined {
    const vpcId = this.vpcAt(first);
    if (!this.vpcs.has(vpcId)) return "InvalidVpcID.NotFound";
    const inside = [...this.subnets.values()].filter((one) => one.vpcId === vpcId);
    if (act === "CreateSubnet") {
      return inside.some((one) => one.block === block) ? "InvalidSubnet.Conflict" : undefined;
    }
    const held = inside.length > 0 || [...this.gateways.values()].includes(vpcId);
    return held ? "DependencyViolation" : undefined;
  }

  #expectedOfGateway(act: string, first: number, second: number): string | undefined {
    const id = this.gatewayAt(first);
    if (!this.gateways.has(id)) return "InvalidInternetGatewayID.NotFound";
    const attached = this.gateways.get(id);
    if (act === "DeleteInternetGateway") {
      return attached === undefined ? undefined : "DependencyViolation";
    }
    const vpcId = this.vpcAt(second);
    if (!this.vpcs.has(vpcId)) return "InvalidVpcID.NotFound";
    if (act === "DetachInternetGateway") {
      return attached === vpcId ? undefined : "Gateway.NotAttached";
    }
    if (attached !== undefined) return "Resource.AlreadyAssociated";
    return [...this.gateways.values()].includes(vpcId) ? "InvalidParameterValue" : undefined;
  }

  inputOf({ act, first, second }: Call): object {
    const VpcId = this.vpcAt(act.endsWith("InternetGateway") ? second : first);
    const InternetGatewayId = this.gatewayAt(first);
    const inputs = {
      CreateVpc: { CidrBlock: "10.0.0.0/16" },
      CreateSubnet: { VpcId, CidrBlock: `10.0.${second}.0/24` },
      CreateInternetGateway: {},
      AttachInternetGateway: { InternetGatewayId, VpcId },
      DetachInternetGateway: { InternetGatewayId, VpcId },
      DeleteSubnet: { SubnetId: this.subnetAt(first) },
      DeleteInternetGateway: { InternetGatewayId },
      DeleteVpc: { VpcId },
    };
    return inputs[act];
  }

  apply(call: Call, output: Answer): void {
    const { act, first, second } = call;
    if (act.startsWith("Create")) this.#applyCreation(call, output);
    if (act === "AttachInternetGateway") {
      this.gateways.set(this.gatewayAt(first), this.vpcAt(second));
    }
    if (act === "DetachInternetGateway") this.gateways.set(this.gatewayAt(first), undefined);
    if (act === "DeleteSubnet") this.subnets.delete(this.subnetAt(first));
    if (act === "DeleteInternetGateway") this.gateways.delete(this.gatewayAt(first));
    if (act === "DeleteVpc") this.vpcs.delete(this.vpcAt(first));
  }

  #applyCreation({ first, second: block }: Call, output: Answer): void {
    const { Vpc, Subnet, InternetGateway } = output;
    if (Vpc !== undefined) {
      this.vpcs.add(fresh(this.vpcIds, Vpc.VpcId));
    } else if (Subnet !== undefined) {
      const vpcId = this.vpcAt(first);
      this.subnets.set(fresh(this.subnetIds, Subnet.SubnetId), { vpcId, block });
    } else if (InternetGateway !== undefined) {
      this.gateways.set(fresh(this.gatewayIds, InternetGateway.InternetGatewayId), undefined);
    }
  }

  /** As inventory() names what somebody made, without what a VPC is born with. */
  lines(): readonly string[] {
    return [
      ...[...this.vpcs].map((id) => `vpc/${id}`),
      ...[...this.subnets.keys()].map((id) => `subnet/${id}`),
      ...[...this.gateways.keys()].map((id) => `internet-gateway/${id}`),
    ].toSorted();
  }
}

interface Answer {
  readonly Vpc?: { readonly VpcId: string };
  readonly Subnet?: { readonly SubnetId: string };
  readonly InternetGateway?: { readonly InternetGatewayId: string };
}

/** Remembers an id, which nothing ever had before. */
function fresh(ids: string[], id: string): string {
  expect(ids, "ids are unique").not.toContain(id);
  ids.push(id);
  return id;
}

// Red when: `isInUse` (vpcs.ts) forgets subnets.
test("no sequence of calls loses a resource, deletes one in use or leaves a dangling reference", async () => {
  const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 60 : 1000;
  await fc.assert(
    fc.asyncProperty(calls, async (sequence) => {
      const { clock, random } = new Kernel({ seed: "1" });
      const aws = createFakeAws({ clock, random, profile: "lenient" });
      const handle: typeof aws.handle = (request) => aws.handle(request);
      const send = senderFor({ requestHandler: new InProcessRequestHandler({ handle }) });
      const model = new Model();
      for (const call of sequence) {
        const expected = model.expected(call);
        const outcome = await send("ec2", call.act, model.inputOf(call)).then(
          (output) => ({ output: output as Answer, code: undefined }),
          (error: unknown) => ({ output: {}, code: (error as Error).name }),
        );
        expect(outcome.code).toBe(expected);
        if (expected === undefined) model.apply(call, outcome.output);
      }
      const made = /^(internet-gateway|subnet|vpc)\//;
      expect(aws.inventory().filter((line) => made.test(line))).toEqual(model.lines());
      aws.close();
    }),
    { numRuns, seed: 11 },
  );
}, 60_000);

import fc from "fast-check";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import { senderFor } from "../conformance/subjects.ts";
import { createFakeAws } from "../fake-aws.ts";

const longestLagMs = 10_000;

type Step =
  | { readonly do: "create" | "list" }
  | { readonly do: "delete" | "read"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ do: "create" }),
  fc.constant<Step>({ do: "list" }),
  fc.record({ do: fc.constantFrom("delete" as const, "read" as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 6000 }) }),
);

/** A VPC as the truth has it. */
interface Truth {
  readonly vpcId: string;
  readonly createdAtMs: number;
  /** When somebody first saw it: nobody may lose sight of it again while it is there. */
  seen: boolean;
  deleted: boolean;
}

interface Vpcs {
  readonly Vpcs?: readonly { readonly VpcId: string }[];
}

/** One cloud whose reads lag, one client, and what is true. */
class World {
  readonly kernel = new Kernel({ seed: "1" });
  readonly aws = createFakeAws({
    clock: this.kernel.clock,
    random: this.kernel.random,
    profile: "lenient",
  });
  readonly #send = senderFor({
    requestHandler: new InProcessRequestHandler({ handle: (request) => this.aws.handle(request) }),
  });
  readonly truths: Truth[] = [];

  constructor() {
    const min = "1ms";
    const max = `${longestLagMs}ms`;
    this.aws.faults.inject({ do: { consistencyLag: { min, max, share: 0.7 } } });
  }

  now(): number {
    return this.kernel.clock.now();
  }

  async run(one: Step): Promise<void> {
    if (one.do === "wait") await this.kernel.runFor(one.ms);
    else if ("which" in one) await this.#ask(one.do, one.which);
    else if (one.do === "create") await this.#create();
    else await this.list();
  }

  async #create(): Promise<void> {
    const input = { CidrBlock: "10.0.0.0/16" };
    const { Vpc } = (await this.#send("ec2", "CreateVpc", input)) as { Vpc: { VpcId: string } };
    expect(this.truths.map(({ vpcId }) => vpcId)).not.toContain(Vpc.VpcId);
    const createdAtMs = this.now();
    this.truths.push({ vpcId: Vpc.VpcId, createdAtMs, seen: false, deleted: false });
  }

  /** Whether the present may still be unknown to those who ask. */
  #mayBeUnknown(truth: Truth): boolean {
    return !truth.seen && this.now() - truth.createdAtMs < longestLagMs;
  }

  /** A read or a deletion by id: finds what is there, unless it is too young to be known. */
  async #ask(what: "delete" | "read", which: number): Promise<void> {
    const truth = this.truths[which % Math.max(1, this.truths.length)];
    if (truth === undefined) return;
    const { vpcId } = truth;
    const call =
      what === "read"
        ? this.#send("ec2", "DescribeVpcs", { VpcIds: [vpcId] })
        : this.#send("ec2", "DeleteVpc", { VpcId: vpcId });
    const code = await call.then(
      () => undefined,
      (error: unknown) => (error as Error).name,
    );
    if (code !== undefined) {
      expect(code).toBe("InvalidVpcID.NotFound");
      expect(truth.deleted || this.#mayBeUnknown(truth), `${vpcId} is known`).toBe(true);
      return;
    }
    expect(truth.deleted, `${vpcId} was deleted`).toBe(false);
    truth.seen = true;
    if (what === "delete") truth.deleted = true;
  }

  /** A list is a recent past: all that is in it is there, and what is missing is too young. */
  async list(): Promise<void> {
    const input = { Filters: [{ Name: "is-default", Values: ["false"] }] };
    const { Vpcs = [] } = (await this.#send("ec2", "DescribeVpcs", input)) as Vpcs;
    const listed = new Set(Vpcs.map(({ VpcId }) => VpcId));
    for (const truth of this.truths) {
      if (listed.delete(truth.vpcId)) {
        expect(truth.deleted, `${truth.vpcId} was deleted`).toBe(false);
        truth.seen = true;
      } else {
        expect(truth.deleted || this.#mayBeUnknown(truth), `${truth.vpcId} is known`).toBe(true);
      }
    }
    expect([...listed], "nothing is listed that nobody made").toEqual([]);
  }

  present(): readonly string[] {
    return this.truths.filter(({ deleted }) => !deleted).map(({ vpcId }) => `vpc/${vpcId}`);
  }
}

// Red when: `visibleFromMs` (ec2-region.ts) draws three times the lag.
test("while reads lag every one of them is some recent past, and finally the present", async () => {
  const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 40 : 1000;
  let unknown = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const world = new World();
      for (const one of steps) {
        await world.run(one);
        unknown += world.truths.filter(({ seen, deleted }) => !seen && !deleted).length;
      }
      await world.kernel.runFor(longestLagMs);
      await world.list();
      expect(world.truths.filter(({ seen, deleted }) => !seen && !deleted)).toEqual([]);
      const inventory = world.aws.inventory().filter((line) => line.startsWith("vpc/"));
      expect(inventory).toEqual([...world.present()].toSorted());
      world.aws.close();
    }),
    { numRuns, seed: 5 },
  );
  // Otherwise nothing lagged, and nothing was shown.
  expect(unknown).toBeGreaterThan(0);
}, 120_000);

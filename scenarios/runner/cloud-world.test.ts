import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";
import { runScenario } from "./run-scenario.ts";
import type { CloudWorld } from "./scenario.ts";
import { createWorld, type World } from "./world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const quickStart = loadScenario(fileURLToPath(new URL("../quick-start.yaml", import.meta.url)));

async function traceWith(cloud: CloudWorld): Promise<string> {
  const { scenario } = quickStart;
  const story = { ...scenario, world: { ...scenario.world, cloud } };
  const loaded = { ...quickStart, scenario: story };
  const { traceHash, violations } = await runScenario(loaded, { seed: "1", awsWire: false });
  expect(violations).toEqual([]);
  return traceHash;
}

test("a story whose reads may be old takes another way, and comes to its end as well", async () => {
  const strong = await traceWith({ consistency: "strong" });
  expect(await traceWith({})).toBe(strong);
  expect(await traceWith({ consistency: "eventual" })).not.toBe(strong);
});

/** Asks as a user to whom nobody has given a policy. */
async function askAsNewcomer(cloud: CloudWorld): Promise<unknown> {
  const { manifests } = quickStart;
  world = createWorld({ seed: "1", cloud, keepTrace: false, excepted: new Set(), manifests });
  const { aws, kernel } = world;
  const ask = async (accessKeyId: string, service: string, operation: string, input: object) => {
    const call = { service, operation, region: "eu-west-1", accessKeyId, input: { ...input } };
    return (await aws.call(call))?.output;
  };
  const asked = (async () => {
    await ask("any", "iam", "CreateUser", { UserName: "newcomer" });
    const made = await ask("any", "iam", "CreateAccessKey", { UserName: "newcomer" });
    const { AccessKey } = made as { AccessKey: { AccessKeyId: string } };
    return ask(AccessKey.AccessKeyId, "ec2", "DescribeVpcs", {});
  })();
  return kernel.complete(asked, { horizonMs: 60_000 });
}

test("with enforced policies nobody does what no policy allows; otherwise everybody may", async () => {
  await expect(askAsNewcomer({ policies: "enforced" })).rejects.toThrow(
    "no identity-based policy allows the ec2:DescribeVpcs action",
  );
  world?.close();
  expect(await askAsNewcomer({ policies: "recorded" })).toMatchObject({ Vpcs: [{}] });
});

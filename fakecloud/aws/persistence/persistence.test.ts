import fc from "fast-check";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import { allCases } from "../conformance/tables/all-cases.ts";
import { senderFor } from "../conformance/subjects.ts";
import { createFakeAws } from "../fake-aws.ts";
import { implementedServices } from "../services.ts";
import { fromPlain, toPlain } from "./plain.ts";
import type { SavedTables } from "./state-root.ts";

/** A cloud that can be ended and begun anew, as by another process at a later time. */
function lifetime(profile: "faithful" | "lenient") {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  let aws = createFakeAws({ clock, random, profile });
  const handle = (request: Parameters<typeof aws.handle>[0]) => aws.handle(request);
  return {
    send: senderFor({ requestHandler: new InProcessRequestHandler({ handle }) }),
    inventory: () => aws.inventory(),
    faults: () => aws.faults,
    wait: (ms: number) => kernel.runFor(ms),
    /** The time between the end and the new beginning passes with nobody there. */
    restart: async (downForMs: number) => {
      const text = JSON.stringify([...aws.save()]);
      aws.close();
      await kernel.runFor(downForMs);
      const restore: SavedTables = new Map(JSON.parse(text) as [string, []][]);
      aws = createFakeAws({ clock, random, profile, restore });
      return text;
    },
    save: () => JSON.stringify([...aws.save()]),
  };
}

interface Launched {
  readonly Instances: readonly { readonly InstanceId: string }[];
}

async function launch(cloud: ReturnType<typeof lifetime>): Promise<string> {
  const input = { InstanceType: "t3.large", MinCount: 1, MaxCount: 1 };
  const images = (await cloud.send("ec2", "DescribeImages", {})) as {
    readonly Images: readonly { readonly ImageId: string }[];
  };
  const ImageId = images.Images[0]?.ImageId ?? "";
  const run = await cloud.send("ec2", "RunInstances", { ...input, ImageId });
  return (run as Launched).Instances[0]?.InstanceId ?? "";
}

async function stateOf(cloud: ReturnType<typeof lifetime>, id: string): Promise<string> {
  const found = await cloud.send("ec2", "DescribeInstances", { InstanceIds: [id] });
  type Reservations = {
    readonly Reservations: readonly {
      readonly Instances: readonly { readonly State: { readonly Name: string } }[];
    }[];
  };
  return (found as Reservations).Reservations[0]?.Instances[0]?.State.Name ?? "";
}

test("what was due while nobody was there has happened after the restart", async () => {
  const cloud = lifetime("faithful");
  const id = await launch(cloud);
  await cloud.restart(20_000);
  await cloud.wait(1);
  expect(await stateOf(cloud, id)).toBe("running");
});

test("what is due later happens at its time, not a whole duration after the restart", async () => {
  const cloud = lifetime("faithful");
  const id = await launch(cloud);
  await cloud.wait(20_000);
  await cloud.send("ec2", "TerminateInstances", { InstanceIds: [id] });
  // Termination takes 20 to 60 s.
  await cloud.restart(15_000);
  expect(await stateOf(cloud, id)).toBe("shutting-down");
  await cloud.wait(46_000);
  expect(await stateOf(cloud, id)).toBe("terminated");
});

test("a fault that lasts goes on after the restart for the time that it has left; one that was taken back does not", async () => {
  const cloud = lifetime("faithful");
  cloud.faults().inject({ do: { noCapacity: { type: "t3.*" } }, for: "1h" });
  cloud.faults().inject({ id: "for-good", do: { brownOut: "all" }, chance: 0 });
  const gone = cloud.faults().inject({ do: { brownOut: "all" } });
  cloud.faults().remove(gone);
  await cloud.restart(10 * 60_000);
  expect(cloud.faults().list()).toMatchObject([
    { id: "noCapacity-1", untilMs: cloud.faults().list()[0]!.sinceMs + 60 * 60_000 },
    { id: "for-good", fault: { chance: 0 } },
  ]);
  expect(cloud.faults().inject({ do: { smallPages: 5 } })).toBe("smallPages-2");
  await expect(launch(cloud)).rejects.toThrow("We currently do not have sufficient t3.large");
  await cloud.wait(51 * 60_000);
  expect(await launch(cloud)).toMatch(/^i-/);
  expect(
    cloud
      .faults()
      .list()
      .map(({ id }) => id),
  ).toEqual(["for-good", "smallPages-2"]);
});

test("a restored cloud holds and saves exactly what was saved", async () => {
  const cloud = lifetime("lenient");
  await launch(cloud);
  await cloud.send("secretsmanager", "CreateSecret", {
    Name: "user-data",
    SecretBinary: new Uint8Array([0, 255, 7]),
  });
  const before = cloud.inventory();
  const text = await cloud.restart(0);
  expect(cloud.inventory()).toEqual(before);
  expect(cloud.save()).toBe(text);
});

// The conformance cases run once more with a restart before every call: that covers a service only if it has cases.
test("every service with state is among the conformance cases", () => {
  const names = { elasticloadbalancing: "elb" } as Readonly<Record<string, string>>;
  const wanted = implementedServices().map(
    ({ model }) => names[model.signingName] ?? model.signingName,
  );
  const covered = new Set(
    allCases
      .flatMap(({ steps }) => steps)
      .map((step) => ("waitMs" in step ? "" : step.call))
      .map((call) => (call.includes(":") ? call.slice(0, call.indexOf(":")) : "ec2")),
  );
  expect([...new Set(wanted)].filter((name) => !covered.has(name))).toEqual([]);
});

const savable = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie("value")), { maxLength: 4 })
      .map((entries) => new Map(entries)),
    fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }).map((items) => new Set(items)),
    fc.dictionary(
      fc.string().filter((key) => key !== "$type" && key !== "__proto__"),
      tie("value"),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
}));

// Turns red if `fromPlain` forgets any of the marks, or `toPlain` saves a Map as an object.
test("whatever a state may hold comes back from its JSON as it was", () => {
  fc.assert(
    fc.property(savable.value, (value) => {
      const text = JSON.stringify(toPlain(value)) ?? "null";
      expect(fromPlain(JSON.parse(text))).toEqual(value);
    }),
  );
});

test("what would not come back is refused, and its place is named", () => {
  expect(() => toPlain({ pool: { matcher: () => true } }, "elbv2/targets")).toThrow(
    "elbv2/targets.pool.matcher is a function, which cannot be saved",
  );
  expect(() => toPlain([new Kernel({ seed: "1" })], "x")).toThrow(
    "x[0] is a Kernel, which cannot be saved",
  );
});

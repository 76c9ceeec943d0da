import { expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { parseFault } from "./parse-fault.ts";
import { kindFacts } from "./tables/fault-kinds.ts";
import { parse } from "yaml";

const read = (fault: unknown) => parseFault(fault, (kind) => `${kind}-1`);
const refusal = (fault: unknown): string => {
  try {
    read(fault);
    return "taken";
  } catch (error) {
    return (error as Error).message;
  }
};

test("a bare value stands for the main field, and defaults fill the rest", () => {
  const short = read({ do: { terminateInstance: "md-0-*" } });
  expect(short.fields.text("instance")).toBe("md-0-*");
  expect(short.fields.text("pick")).toBe("all");
  expect(short.id).toBe("terminateInstance-1");
  const long = read({ id: "lag", do: { consistencyLag: { max: "1m30s" } }, for: "2h" });
  expect(long.fields.number("max")).toBe(90_000);
  expect(long).toMatchObject({ id: "lag", forMs: 7_200_000, chance: 1 });
});

for (const [kind, { example }] of kindFacts) {
  test(`the example of ${kind} is a fault of this kind`, () => {
    expect(read(parse(example)).kind).toBe(kind);
  });
}

const mistakes: readonly (readonly [fault: unknown, says: string])[] = [
  ["zoneOutage", 'a fault must be an object, not "zoneOutage"'],
  [{}, "do must be an object, not nothing"],
  [{ do: {} }, "do names no kind of fault; there are brownOut, busyAccount,"],
  [{ do: { zonOutage: "b" } }, "do.zonOutage is no kind of fault; there are brownOut,"],
  [{ do: { zoneOutage: "b", quota: 1 } }, "one fault does one thing"],
  [{ do: { zoneOutage: {} } }, "do.zoneOutage.zone is missing"],
  [
    { do: { zoneOutage: { zone: "b", api: true } } },
    "do.zoneOutage has no field api: it takes zone",
  ],
  [{ do: { zoneOutage: "b" }, until: "5m" }, "a fault has no field until: it takes id, call, for"],
  [{ do: { zoneOutage: "b" }, for: 30 }, 'for must be a duration like "90s" or "1h30m", not 30'],
  [{ do: { zoneOutage: "b" }, for: "0s" }, "for must be a duration"],
  [{ do: { zoneOutage: "b" }, chance: 0.5 }, "chance has no meaning for zoneOutage"],
  [{ do: { zoneOutage: "b" }, call: { cloud: "*" } }, "call has no meaning for zoneOutage"],
  [{ do: { terminateInstance: "*" }, for: "5m" }, "for has no meaning for terminateInstance"],
  [{ do: { throttle: {} } }, "call is missing: throttle strikes calls"],
  [{ call: {}, do: { throttle: {} } }, "call needs exactly one of cloud, kube, machine"],
  [
    { call: { cloud: "*", nth: 0 }, do: { reset: {} } },
    "call.nth must be a whole number from 1, not 0",
  ],
  [
    { call: { cloud: "*", phase: "later" }, do: { reset: {} } },
    "call.phase must be one of afterCommit",
  ],
  [{ call: { machine: "boot" }, do: { throttle: {} } }, "nothing inside a machine"],
  [
    { call: { cloud: "*", verb: "x" }, do: { reset: {} } },
    "call has no field verb: it takes cloud,",
  ],
  [
    { call: { cloud: "*" }, do: { fail: { status: 200 } } },
    "do.fail.status must be a whole number from 400",
  ],
  [
    { call: { cloud: "*" }, chance: 2, do: { reset: {} } },
    "chance must be a number from 0 to 1, not 2",
  ],
  [{ do: { quota: { name: "cpus", value: 1 } } }, "do.quota.name must be one of addresses,"],
  [{ do: { smallPages: 4 } }, "do.smallPages.size must be a whole number from 5, not 4"],
];

for (const [fault, says] of mistakes) {
  test(`${JSON.stringify(fault)} is refused: ${says}`, () => {
    expect(refusal(fault)).toContain(says);
  });
}

test("what is written comes back with its ID, so that a list of faults can be injected again", () => {
  const fault: Fault = { call: { cloud: "Create*" }, do: { fail: "InternalError" } };
  expect(read(fault).source).toEqual({ id: "fail-1", ...fault });
});

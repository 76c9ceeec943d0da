import { Command } from "commander";
import { expect, test } from "vitest";
import { behaviourOf, type CloudFlags, withCloudOptions } from "./cloud-options.ts";

function behaviourWith(...flags: readonly string[]) {
  const command = withCloudOptions(new Command("up"));
  return behaviourOf(command.parse([...flags], { from: "user" }).opts<CloudFlags>());
}

test("without flags AWS is faithful, shows the present and records policies", () => {
  expect(behaviourWith()).toEqual({ profile: "faithful", timeScale: 60 });
});

test("flags make reads old and policies count", () => {
  expect(behaviourWith("--eventual-consistency", "--enforce-policies")).toMatchObject({
    consistency: { chance: 0.1, span: { min: 200, max: 3_000 } },
    enforcePolicies: true,
  });
});

import type { NormalizedSchema } from "@smithy/core/schema";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { createFakeAws } from "../fake-aws.ts";
import type { HonouredMembers } from "./honoured.ts";
import { actions, inputOf, inputWith, membersOf, nameOf } from "./inputs.ts";

// Turned red by: leaving `checkHonoured` out of `Dispatch.invoke`, or its recursion into lists.
test("every member of every action's input is honoured, or refused with an error that names it", async () => {
  const { clock, random } = new Kernel({ seed: "1" });
  const aws = createFakeAws({ clock, random, profile: "lenient" });
  const missed: string[] = [];
  let refused = 0;
  for (const { service, operation } of actions) {
    const schema = inputOf(service, operation);
    for (const { path, honoured } of membersOf(schema, service.honoured(operation))) {
      if (honoured !== undefined && !(honoured.values instanceof Set)) continue;
      const { signingName, version } = service.model;
      const call = aws.call({
        service: signingName,
        version,
        region: "eu-west-1",
        accessKeyId: "any",
        operation,
        input: inputWith(schema, path, honoured?.values),
      });
      const error = await call.then(
        () => ({ code: "none", message: "the call succeeded" }),
        (cause: unknown) => cause as { readonly code: string; readonly message: string },
      );
      refused += 1;
      const named = error.message.replaceAll("[0]", "").includes(` ${path}`);
      if (error.code === "UnsupportedOperation" && named) continue;
      missed.push(`${nameOf(service, operation)} ${path}: ${error.message}`);
    }
  }

  expect(missed).toEqual([]);
  expect(refused).toBeGreaterThan(400);
});

test("the tables name actions and members that there are, and every action has its row", () => {
  const unknown: string[] = [];
  const look = (schema: NormalizedSchema, honoured: HonouredMembers, place: string) => {
    const names = new Map(schema.structIterator());
    for (const [name, { members }] of honoured) {
      const member = names.get(name);
      if (member === undefined) unknown.push(`${place} ${name}`);
      else if (members !== undefined) {
        look(member.isListSchema() ? member.getValueSchema() : member, members, `${place} ${name}`);
      }
    }
  };
  for (const { service, operation } of actions) {
    look(inputOf(service, operation), service.honoured(operation), nameOf(service, operation));
  }
  expect(unknown).toEqual([]);
});

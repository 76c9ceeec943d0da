import type { NormalizedSchema } from "@smithy/core/schema";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import type { ConformanceCase } from "../conformance/case.ts";
import { runCase } from "../conformance/run-case.ts";
import { optionsFor, senderFor } from "../conformance/subjects.ts";
import { allCases } from "../conformance/tables/all-cases.ts";
import type { WatchInput } from "../contract.ts";
import { createFakeAws } from "../fake-aws.ts";
import { implementedServices } from "../services.ts";
import type { Service } from "../service.ts";
import type { Honoured, HonouredMembers } from "./honoured.ts";
import { type MemberPath, trackReads } from "./track-reads.ts";

const services = implementedServices();

/** Every action of every service. */
const actions = services.flatMap((service) =>
  [...service.handlers.keys()].map((operation) => ({ service, operation })),
);

const nameOf = ({ model }: Service, operation: string) =>
  `${model.signingName}${model.version === "" ? "" : ` ${model.version}`} ${operation}`;

function inputOf({ model }: Service, operation: string): NormalizedSchema {
  const found = model.operations.get(operation);
  if (found === undefined) throw new Error(`no ${operation}`);
  return found.input;
}

interface Member {
  readonly path: MemberPath;
  readonly schema: NormalizedSchema;
  /** What the tables say; undefined if nothing. */
  readonly honoured: Honoured | undefined;
}

/** Members of a structure and of what is in it, down to what nothing is said of. */
function* membersOf(
  schema: NormalizedSchema,
  honoured: HonouredMembers,
  prefix = "",
): Generator<Member> {
  for (const [name, member] of schema.structIterator()) {
    const path = `${prefix}${name}`;
    const said = honoured.get(name);
    yield { path, schema: member, honoured: said };
    const inside = member.isListSchema() ? member.getValueSchema() : member;
    if (said?.members !== undefined) yield* membersOf(inside, said.members, `${path}.`);
  }
}

/** Some value other than the default, with every structure and list on the way down. */
function sample(schema: NormalizedSchema, depth = 0): unknown {
  if (schema.isListSchema()) return [sample(schema.getValueSchema(), depth)];
  if (schema.isMapSchema()) return { key: sample(schema.getValueSchema(), depth) };
  if (schema.isStructSchema()) {
    const [first] = [...schema.structIterator()];
    return first === undefined || depth > 6
      ? { unknown: "x" }
      : { [first[0]]: sample(first[1], depth + 1) };
  }
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  if (schema.isTimestampSchema()) return new Date(0);
  return schema.isBlobSchema() ? new Uint8Array([1]) : "seatrial-sample";
}

/** An input that carries one member, nested as it has to be. */
function inputWith(
  schema: NormalizedSchema,
  path: MemberPath,
  except?: Honoured["values"],
): Record<string, unknown> {
  const [name = "", ...rest] = path.split(".");
  const member = schema.getMemberSchema(name);
  if (rest.length === 0) {
    const usual = sample(member);
    return { [name]: except instanceof Set && except.has(String(usual)) ? !usual : usual };
  }
  const struct = member.isListSchema() ? member.getValueSchema() : member;
  const inside = inputWith(struct, rest.join("."), except);
  return { [name]: member.isListSchema() ? [inside] : inside };
}

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

interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** Not what goes without saying, alone or as a structure of nothing else. */
function isToBeRead({ values, members }: Honoured): boolean {
  if (values !== undefined) return false;
  return members === undefined || [...members.values()].some(isToBeRead);
}

/** What a template or a spot request says of its launch is read by the launch. */
function readerOf(operation: string, path: MemberPath): { operation: string; path: MemberPath } {
  const inLaunch = /^(?:LaunchTemplateData|LaunchSpecification)\.(.*)$/.exec(path)?.[1];
  return inLaunch === undefined
    ? { operation, path }
    : { operation: "RunInstances", path: inLaunch };
}

/** What handlers have read so far, of which action. */
class Reads {
  readonly #seen = new Map<string, Set<MemberPath>>();

  of(service: Service, operation: string): Set<MemberPath> {
    const name = nameOf(service, operation);
    const seen = this.#seen.get(name) ?? new Set();
    this.#seen.set(name, seen);
    return seen;
  }

  unread(service: Service, operation: string): readonly MemberPath[] {
    const isRead = (path: MemberPath) => {
      const reader = readerOf(operation, path);
      return this.of(service, reader.operation).has(reader.path);
    };
    return [...membersOf(inputOf(service, operation), service.honoured(operation))]
      .filter(({ honoured }) => honoured !== undefined && isToBeRead(honoured))
      .map(({ path }) => path)
      .filter((path) => path !== "DryRun" && !isRead(path));
  }
}

/** Runs a conformance case; then its calls once more, each with one more member that nothing has read yet. */
async function readByCase(one: ConformanceCase, reads: Reads): Promise<void> {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  const calls: Call[] = [];
  const watchInput: WatchInput = (service, operation, input) => {
    calls.push({ service, operation, input });
    const onRead = (path: MemberPath) => void reads.of(service, operation).add(path);
    return trackReads(inputOf(service, operation), input, onRead) as Record<string, unknown>;
  };
  const aws = createFakeAws({ clock, random, ...optionsFor(one), watchInput });
  const send = senderFor({
    requestHandler: new InProcessRequestHandler({ handle: (request) => aws.handle(request) }),
  });
  await runCase({ send, wait: (ms) => kernel.runFor(ms) }, one);
  for (const { service, operation, input } of calls.slice()) {
    for (const path of reads.unread(service, operation)) {
      const { signingName, version } = service.model;
      const place = { service: signingName, version, region: "eu-west-1", accessKeyId: "any" };
      const extra = inputWith(inputOf(service, operation), path);
      for (const richer of variantsOf(merge(input, extra), path)) {
        await aws.call({ ...place, operation, input: richer }).catch(() => undefined);
      }
    }
  }
  aws.close();
}

/** Tags are read only where their resource type is the right one: one of these. */
const taggedTypes =
  "carrier-gateway dedicated-host dhcp-options egress-only-internet-gateway elastic-ip image instance internet-gateway key-pair launch-template natgateway network-acl network-interface placement-group prefix-list route-table security-group security-group-rule snapshot spot-instances-request subnet volume vpc vpc-endpoint".split(
    " ",
  );

function variantsOf(
  input: Record<string, unknown>,
  path: MemberPath,
): readonly Record<string, unknown>[] {
  if (!path.startsWith("TagSpecifications.Tags")) return [input];
  return taggedTypes.map((ResourceType) => ({
    ...input,
    TagSpecifications: [{ ResourceType, Tags: [{ Key: "k", Value: "v" }] }],
  }));
}

function merge(
  base: Record<string, unknown>,
  extra: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...base };
  for (const [name, value] of Object.entries(extra)) merged[name] = mergeValue(base[name], value);
  return merged;
}

function mergeValue(base: unknown, extra: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(extra)) {
    return base.length === 0 ? extra : [mergeValue(base[0], extra[0]), ...base.slice(1)];
  }
  const isObject = (value: unknown) =>
    typeof value === "object" && value !== null && !(value instanceof Date);
  if (!isObject(base) || !isObject(extra)) return extra;
  return merge(base as Record<string, unknown>, extra as Record<string, unknown>);
}

// Turned red by: a name in a table whose handler does not read it, say EnaQueueCount of AttachNetworkInterface.
test("what the tables call honoured is read by the handlers in the conformance suite", async () => {
  const reads = new Reads();
  for (const one of allCases) await readByCase(one, reads);
  const unread = actions.flatMap(({ service, operation }) =>
    reads.unread(service, operation).map((path) => `${nameOf(service, operation)} ${path}`),
  );
  expect(unread).toEqual([]);
});

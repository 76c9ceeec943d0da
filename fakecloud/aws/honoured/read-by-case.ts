import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import type { ConformanceCase } from "../conformance/case.ts";
import { runCase } from "../conformance/run-case.ts";
import { optionsFor, senderFor } from "../conformance/subjects.ts";
import type { WatchInput } from "../contract.ts";
import { createFakeAws } from "../fake-aws.ts";
import type { Service } from "../service.ts";
import type { Honoured } from "./honoured.ts";
import { inputOf, inputWith, membersOf, nameOf } from "./inputs.ts";
import { type MemberPath, trackReads } from "./track-reads.ts";

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
export class Reads {
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
export async function readByCase(one: ConformanceCase, reads: Reads): Promise<void> {
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
    typeof value === "object" && value !== null && !("toISOString" in value);
  if (!isObject(base) || !isObject(extra)) return extra;
  return merge(base as Record<string, unknown>, extra as Record<string, unknown>);
}

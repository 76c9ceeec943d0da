import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions, nameOf } from "../honoured/inputs.ts";
import { readByCase, Reads } from "../honoured/read-by-case.ts";
import type { ConformanceCase } from "./case.ts";
import { type Adapter, overHttp, overMsw, restored, senderFor } from "./subjects.ts";
import { runCase } from "./run-case.ts";
import { allCases } from "./tables/all-cases.ts";

const adapters: readonly (readonly [string, () => Adapter | Promise<Adapter>])[] = [
  ["over HTTP", overHttp],
  ["through msw", overMsw],
  ["saved and restored before every call", restored],
];

const full = process.env["SEATRIAL_FULL"] !== undefined;

/** Saving and restoring before every call takes its time: EC2's many cases take turns with it in the quick run. */
function casesFor(make: unknown): readonly ConformanceCase[] {
  if (full || make !== restored) return allCases;
  const isEc2 = ({ steps }: ConformanceCase) =>
    steps.every((step) => "waitMs" in step || !step.call.includes(":"));
  return allCases.filter((one, index) => index % 4 === 0 || !isEc2(one));
}

describe("in process", () => {
  const reads = new Reads();
  test.each(allCases)("$title", (one) => readByCase(one, reads));

  // Turned red by: a name in a table whose handler does not read it, say EnaQueueCount of AttachNetworkInterface.
  test("what the tables call honoured is read by the handlers in these cases", () => {
    const unread = actions.flatMap(({ service, operation }) =>
      reads.unread(service, operation).map((path) => `${nameOf(service, operation)} ${path}`),
    );
    expect(unread).toEqual([]);
  });
});

describe.each(adapters)("%s", (_name, make) => {
  let adapter: Adapter;
  beforeAll(async () => {
    adapter = await make();
  });
  afterAll(() => adapter.close());

  test.each(casesFor(make))("$title", (one) => runCase(adapter.begin(one), one));
});

test("every case has a title of its own and names its source", () => {
  const titles = allCases.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(allCases.filter(({ source }) => source.length < 8)).toEqual([]);
});

// SEATRIAL_CONFORMANCE_ENDPOINT=http://127.0.0.1:5000 puts another endpoint to the test (moto_server, a test account).
const endpoint = process.env["SEATRIAL_CONFORMANCE_ENDPOINT"];
const remote = endpoint === undefined ? [] : allCases.filter(isTimeless);

function isTimeless({ steps, profile }: (typeof allCases)[number]): boolean {
  return profile !== "faithful" && steps.every((step) => !("waitMs" in step));
}

describe.runIf(remote.length > 0)("at another endpoint", () => {
  const subject = {
    send: senderFor({ endpoint: endpoint ?? "", forcePathStyle: true }),
    wait: () => Promise.reject(new Error("no time passes elsewhere")),
  };
  test.each(remote)("$title", (one) => runCase(subject, one));
});

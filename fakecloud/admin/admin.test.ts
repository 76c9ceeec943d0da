import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFakeAws } from "../aws/fake-aws.ts";
import { realClock } from "../kernel/clock.ts";
import { KeyedRandom } from "../kernel/random.ts";
import type { Machines } from "../machines/machines.ts";
import { type AwsHttpServer, startAwsHttpServer } from "../wire/http-server.ts";
import { createAdmin } from "./admin.ts";
import { adminRoutes } from "./routes.ts";

const token = "a-token-of-this-test";
const make = () =>
  createFakeAws({ clock: realClock, random: new KeyedRandom("1"), profile: "lenient" });

/** A served cloud with its admin API, which a reset replaces. */
async function serve(profile: "faithful" | "lenient") {
  let aws = make();
  const machines = {
    why: (id: string) => (id.startsWith("i-") ? "no route to 10.0.0.5" : undefined),
    bootLog: () => ["booting", "kubeadm join", "error"].map((text, atMs) => ({ atMs, text })),
  } as unknown as Machines;
  const admin = createAdmin({
    subject: () => ({ aws, machines }),
    clock: realClock,
    token,
    profile,
    timeScale: 60,
    reset: () => {
      aws.close();
      aws = make();
      return Promise.resolve();
    },
  });
  const handle: typeof aws.handle = (wire) => aws.handle(wire);
  return startAwsHttpServer({ handle, clock: realClock, port: 0, admin });
}

let lenient: AwsHttpServer;
let faithful: AwsHttpServer;
let ec2: EC2Client;

beforeAll(async () => {
  lenient = await serve("lenient");
  faithful = await serve("faithful");
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  ec2 = new EC2Client({ endpoint: lenient.url, region: "eu-west-1", credentials });
});

afterAll(async () => {
  await lenient.close();
  await faithful.close();
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly server?: AwsHttpServer;
}

/** With node:http, because fetch does not let anybody choose the Host. */
function ask(path: string, asked: Asked = {}): Promise<{ status: number; body: unknown }> {
  const { method = "GET", headers = {}, body, server = lenient } = asked;
  const authorization = `Bearer ${token}`;
  return new Promise((resolve, reject) => {
    const options = { method, headers: { authorization, ...headers } };
    const sent = request(`${server.url}${path}`, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text.startsWith("{") ? JSON.parse(text) : text,
        }),
      );
    });
    sent.on("error", reject);
    sent.end(typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body));
  });
}

const createVpc = () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
const vpcs = async () => {
  const { body } = await ask("/_seatrial/inventory");
  return (body as { inventory: string[] }).inventory.filter((line) => line.startsWith("vpc/"));
};

const strangers: readonly (readonly [
  name: string,
  headers: Record<string, string>,
  status: number,
])[] = [
  ["without a token", { authorization: "" }, 401],
  ["with another token", { authorization: "Bearer a-token-of-this-tesT" }, 401],
  ["from a web page", { origin: "https://example.com" }, 403],
  ["from a page without origin", { "sec-fetch-site": "none" }, 403],
  ["under a host name that was rebound", { host: "evil.example.com" }, 403],
  ["under a host name that only looks like loopback", { host: "127.0.0.1.example.com:4566" }, 403],
];

for (const [name, headers, status] of strangers) {
  test(`${name} nobody gets an answer, nor does anything`, async () => {
    await createVpc();
    const before = await vpcs();
    for (const path of ["/_seatrial/health", "/_seatrial/inventory", "/_seatrial/no-such-thing"]) {
      const answer = await ask(path, { headers });
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.body)).not.toContain("vpc-");
    }
    expect((await ask("/_seatrial/reset", { method: "POST", headers })).status).toBe(status);
    expect(await vpcs()).toEqual(before);
  });
}

test("loopback by name, by IPv4 and by IPv6 is let in", async () => {
  for (const host of ["localhost:4566", "127.0.0.1", "[::1]:4566", "LOCALHOST"]) {
    expect((await ask("/_seatrial/health", { headers: { host } })).status).toBe(200);
  }
});

test("a reset leaves nothing of what was made", async () => {
  await createVpc();
  expect(await vpcs()).not.toEqual([]);
  expect((await ask("/_seatrial/reset", { method: "POST" })).status).toBe(200);
  expect(await vpcs()).toEqual([]);
});

test("a fault that is injected strikes, is listed, and is gone once it is removed", async () => {
  const fault = { id: "down", call: { cloud: "CreateVpc" }, do: { fail: "ServiceUnavailable" } };
  const injected = await ask("/_seatrial/faults", { method: "POST", body: fault });
  expect(injected).toMatchObject({ status: 200, body: { id: "down" } });
  await expect(createVpc()).rejects.toThrow("ServiceUnavailable");
  const listed = await ask("/_seatrial/faults");
  expect(listed.body).toMatchObject({ faults: [{ id: "down", kind: "fail", fault }] });
  expect((await ask("/_seatrial/faults/down", { method: "DELETE" })).status).toBe(200);
  expect((await ask("/_seatrial/faults/down", { method: "DELETE" })).status).toBe(404);
  await createVpc();
  await ask("/_seatrial/faults", { method: "POST", body: fault });
  await ask("/_seatrial/faults", { method: "DELETE" });
  expect((await ask("/_seatrial/faults")).body).toEqual({ faults: [] });
});

test("a fault that is none is refused in a sentence", async () => {
  const body = { do: { zonOutage: "b" } };
  expect(await ask("/_seatrial/faults", { method: "POST", body })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("do.zonOutage is no kind of fault") as string },
  });
  expect(await ask("/_seatrial/faults", { method: "POST", body: "{" })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("the body is no JSON") as string },
  });
  expect((await ask("/_seatrial/faults", { method: "POST" })).status).toBe(400);
  const large = `"${"x".repeat(2 * 1024 * 1024)}"`;
  expect((await ask("/_seatrial/faults", { method: "POST", body: large })).status).toBe(413);
});

test("events, the least policy, the clock and machines can be asked for", async () => {
  await ask("/_seatrial/reset", { method: "POST" });
  await createVpc();
  const events = await ask("/_seatrial/events?name=Create*&limit=5");
  expect(events.body).toMatchObject({ events: [{ eventName: "CreateVpc" }] });
  expect((await ask("/_seatrial/events?limit=many")).status).toBe(400);
  const policy = await ask("/_seatrial/minimal-policy");
  expect(policy.body).toMatchObject({
    policies: [{ policy: { Statement: [{ Action: ["ec2:CreateVpc"] }] } }],
  });
  expect((await ask("/_seatrial/clock")).body).toMatchObject({ timeScale: 60 });
  expect((await ask("/_seatrial/machines")).body).toEqual({ machines: [] });
  expect((await ask("/_seatrial/machines/none")).body).toEqual({
    error: "no instance is called none",
  });
  expect((await ask("/_seatrial/machines/%zz")).status).toBe(400);
  expect((await ask("/_seatrial/proxy")).status).toBe(404);
});

test("an unknown route is refused with those that there are", async () => {
  const answer = await ask("/_seatrial/reset");
  expect(answer.status).toBe(404);
  for (const route of Object.keys(adminRoutes))
    expect(JSON.stringify(answer.body)).toContain(route);
});

test("the lenient profile resets as other emulators do, without a token, but for no page", async () => {
  const noToken = { authorization: "" };
  for (const path of ["/moto-api/reset", "/_localstack/state/reset"]) {
    await createVpc();
    const page = { ...noToken, origin: "https://example.com" };
    expect((await ask(path, { method: "POST", headers: page })).status).toBe(403);
    expect(await vpcs()).not.toEqual([]);
    expect((await ask(path, { method: "POST", headers: noToken })).status).toBe(200);
    expect(await vpcs()).toEqual([]);
  }
  const health = await ask("/_localstack/health", { headers: noToken });
  expect(health.body).toMatchObject({ services: { ec2: "available" } });
});

test("the faithful profile does not know other emulators", async () => {
  const asked = { method: "POST", server: faithful, headers: { authorization: "" } };
  const answer = await ask("/moto-api/reset", asked);
  expect(answer.status).toBe(404);
  expect(JSON.stringify(answer.body)).toContain("UnknownService");
});

import { Agent, request as httpsRequest } from "node:https";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { startTestServer } from "@seatrial/fakecloud/kubernetes/https/test-server.ts";
import {
  type InProcessRequest,
  inProcessTransport,
} from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { crds } from "@seatrial/controllers/api/crds.ts";
import { perSecond, rate } from "./rate.ts";

type Call = (request: InProcessRequest) => Promise<unknown>;

const machines = "/apis/cluster.x-k8s.io/v1beta2/namespaces/default/machines";
const mergePatch = "application/merge-patch+json";
const applyPatch = "application/apply-patch+yaml";
const goals = { get: 300_000, mergePatch: 50_000, apply: 10_000, listed: 100_000 };

function machine(name: string) {
  const infrastructureRef = {
    apiGroup: "infrastructure.cluster.x-k8s.io",
    kind: "AWSMachine",
    name,
  };
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: { name, labels: { "cluster.x-k8s.io/cluster-name": "c1" } },
    spec: {
      clusterName: "c1",
      version: "v1.34.2",
      bootstrap: { dataSecretName: `${name}-bootstrap` },
      infrastructureRef,
    },
  };
}

/** The definitions of Cluster API and a hundred Machines: a real schema with its rules, and objects of a usual size. */
async function fill(call: Call, settle: () => Promise<unknown>): Promise<void> {
  for (const body of crds) {
    await call({
      method: "POST",
      path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      body,
    });
  }
  await settle();
  for (let index = 0; index < 100; index += 1) {
    await call({ method: "POST", path: machines, body: machine(`m-${index}`) });
  }
}

interface Figures {
  readonly get: number;
  readonly mergePatch: number;
  readonly apply: number;
  readonly listed: number;
}

interface Rounds {
  readonly gets: number;
  readonly writes: number;
  readonly lists: number;
}

async function measure(call: Call, rounds: Rounds): Promise<Figures> {
  let turn = 0;
  const each = (count: number, request: (index: number) => InProcessRequest) =>
    rate(count, async () => {
      for (let index = 0; index < count; index += 1) await call(request(index));
    });
  const path = (index: number) => `${machines}/m-${index % 100}`;
  // Every write changes something: one that changes nothing is none.
  const text = () => String((turn += 1));
  return {
    get: await each(rounds.gets, (index) => ({ method: "GET", path: path(index) })),
    mergePatch: await each(rounds.writes, (index) => ({
      method: "PATCH",
      path: path(index),
      contentType: mergePatch,
      body: { metadata: { annotations: { turn: text() } } },
    })),
    apply: await each(rounds.writes, (index) => ({
      method: "PATCH",
      path: path(index),
      query: { fieldManager: "bench", force: "true" },
      contentType: applyPatch,
      body: {
        apiVersion: "cluster.x-k8s.io/v1beta2",
        kind: "Machine",
        metadata: { name: `m-${index % 100}`, labels: { turn: text() } },
        spec: { clusterName: "c1", version: "v1.34.2" },
      },
    })),
    listed: 100 * (await each(rounds.lists, () => ({ method: "GET", path: machines }))),
  };
}

function lines(how: string, figures: Figures, wanted: Partial<Figures>): readonly string[] {
  return [
    perSecond(`${how}: get`, figures.get, wanted.get),
    perSecond(`${how}: merge patch`, figures.mergePatch, wanted.mergePatch),
    perSecond(`${how}: server-side apply`, figures.apply, wanted.apply),
    perSecond(`${how}: objects listed, 100 at a time`, figures.listed, wanted.listed),
  ];
}

async function inProcess(): Promise<Figures> {
  const kernel = new Kernel({ seed: "1", keepTrace: false });
  const { clock, random, trace } = kernel;
  const server = createApiServer({ clock, random, trace, name: "bench", version: "v1.36.0" });
  const transport = inProcessTransport(server, {
    user: { username: "bench", groups: ["system:masters"] },
    actor: "bench",
  });
  const call: Call = (request) => transport.request(request);
  await fill(call, () => kernel.runFor(1000));
  const figures = await measure(call, { gets: 100_000, writes: 10_000, lists: 2000 });
  server.close();
  return figures;
}

async function overHttps(): Promise<Figures> {
  const server = await startTestServer();
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: server.ca.certificatePem,
    ...server.clientOf("bench", ["system:masters"]),
  });
  const send: Call = ({ method, path, query = {}, contentType = "application/json", body }) =>
    new Promise((resolve, reject) => {
      const search = new URLSearchParams(query).toString();
      const request = httpsRequest(
        {
          agent,
          host: "127.0.0.1",
          port: server.https.port,
          method,
          path: search === "" ? path : `${path}?${search}`,
          headers: { "content-type": contentType, "user-agent": "bench" },
        },
        (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode));
        },
      );
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  await fill(send, async () => server.core.state.settlingDefinitions);
  const figures = await measure(send, { gets: 2000, writes: 1000, lists: 100 });
  agent.destroy();
  await server.close();
  return figures;
}

/** Machines of Cluster API, read and written in this process and over HTTPS (client and server share its one core). */
export async function benchmarkApiServer(): Promise<readonly string[]> {
  return [
    ...lines("in process", await inProcess(), goals),
    ...lines("over HTTPS", await overHttps(), {}),
  ];
}

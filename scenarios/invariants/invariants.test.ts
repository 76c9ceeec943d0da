import type { Machine, MachineSet } from "@seatrial/controllers/api/core/v1beta2.ts";
import { createAwsClientFactory } from "@seatrial/controllers/aws/clients.ts";
import type { KubeObject } from "@seatrial/fakecloud/kubernetes/object.ts";
import type { InstanceView } from "@seatrial/fakecloud/aws/contract.ts";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import { RunInstancesCommand } from "@aws-sdk/client-ec2";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Calm } from "../runner/calm.ts";
import { loadScenario } from "../runner/load-scenario.ts";
import { unconverged } from "../runner/snapshot.ts";
import { createWorld, type World } from "../runner/world.ts";
import { invariants } from "./index.ts";
import { isControlPlane, list, tables } from "./facts.ts";
import { oneInit } from "./one-init.ts";

/**
 * One world that has converged and whose controllers have stopped; then somebody who says that they are the controllers does
 * what no controller may. Each test is the mutation of one promise: without its check it is red.
 */
let world: World;
/** Who has written which kind of object until all had converged: "seatrial-manager/machineset machines". */
const authors = new Set<string>();

beforeAll(async () => {
  const file = fileURLToPath(new URL("../quick-start.yaml", import.meta.url));
  const { manifests, scenario } = loadScenario(file);
  world = createWorld({
    seed: "1",
    cloud: { profile: "faithful" },
    keepTrace: false,
    excepted: new Set(),
    manifests,
  });
  world.kernel.trace.onRecord(({ kind, actor, object }) => {
    if (kind === "kube.write") authors.add(`${actor} ${object.split("/")[0]}`);
  });
  await complete(world.perform({ apply: { manifests: scenario.world.manifests } }));
  await world.kernel.run(
    () => world.snapshot().nodes.length === 2 && unconverged(world.snapshot()).length === 0,
    { horizonMs: 3_600_000 },
  );
  expect(world.watchdog.violations).toEqual([]);
  await complete(world.perform({ restartControllers: { after: "1000h" } }));
});

afterAll(() => world.close());

const complete = <T>(promise: Promise<T>) =>
  world.kernel.complete(promise, { horizonMs: 3_600_000 });

/** One request in the name of the controllers, without their manners. */
async function request(method: "DELETE" | "POST" | "PATCH", path: string, body?: unknown) {
  return send(world.management, method, path, body);
}

async function send(
  server: Pick<World["management"], "handle">,
  method: "DELETE" | "POST" | "PATCH",
  path: string,
  body?: unknown,
): Promise<void> {
  const [resource = "", subresource] = path.split("?");
  const response = await complete(
    server.handle({
      method,
      path: resource,
      query: subresource === undefined ? {} : { fieldManager: [subresource] },
      headers: {
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
        "user-agent": "seatrial-manager",
      },
      ...(body === undefined ? {} : { body }),
      user: { username: "seatrial-manager", groups: ["system:masters"] },
    }),
  );
  if (response.status >= 300) throw new Error(JSON.stringify(response));
}

const machines = () => list<Machine>(world.management.store, tables.machines);
const worker = () => require(machines().find((one) => !isControlPlane(one)));
const controlPlane = () => require(machines().find(isControlPlane));
const core = "/apis/cluster.x-k8s.io/v1beta2/namespaces/default";

function require<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the world lacks what the test breaks");
  return value;
}

function workload() {
  return require(world.machines.clusters()[0]);
}

/** A copy under another name, as a create would send it. */
function copyOf<T extends { metadata: object }>(object: T, name: string): Record<string, unknown> {
  const { labels, namespace, ownerReferences } = object.metadata as KubeObject["metadata"];
  const { status: _status, ...rest } = object as unknown as Record<string, unknown>;
  return structuredClone({ ...rest, metadata: { name, namespace, labels, ownerReferences } });
}

async function createMachine(name: string, spec: object = {}): Promise<void> {
  const copy = copyOf(worker(), name) as { spec: Record<string, unknown> };
  delete copy.spec["providerID"];
  Object.assign(copy.spec, spec);
  await request("POST", `${core}/machines`, copy);
}

function instanceOf(machine: Machine): InstanceView {
  const id = machine.spec.providerID?.split("/").at(-1);
  return require(world.aws.instances().find(({ instanceId }) => instanceId === id));
}

async function launchAgain(instance: InstanceView): Promise<void> {
  const { clock, random } = world.kernel;
  const handle = (wire: Parameters<World["aws"]["handle"]>[0]) => world.aws.handle(wire);
  const clients = createAwsClientFactory({
    clock,
    random,
    credentials: { accessKeyId: "AKIASIMULATION000000", secretAccessKey: "simulation" },
    isolated: true,
    requestHandler: new InProcessRequestHandler({ handle, clock, random }),
  });
  const { imageId, instanceType, subnetId, region, tags } = instance;
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await complete(
    clients.clients(region).ec2.send(
      new RunInstancesCommand({
        ImageId: imageId,
        InstanceType: instanceType as "t3.large",
        SubnetId: subnetId,
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: "instance", Tags }],
      }),
    ),
  );
  await world.kernel.runFor(10_000);
}

const budget = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "dns", namespace: "kube-system" },
  spec: { minAvailable: "100%", selector: { matchLabels: { "k8s-app": "kube-dns" } } },
};

/** In this order, because the last ones leave little standing. */
const sabotage: readonly (readonly [id: string, act: () => Promise<void>])[] = [
  ["CPL-6b", () => createMachine("too-new", { version: "v1.40.0" })],
  [
    "REP-1",
    async () => {
      await createMachine("one-more");
      await createMachine("too-many");
    },
  ],
  [
    "REP-4",
    async () => {
      const [set] = list<MachineSet>(world.management.store, tables.machineSets);
      await request("POST", `${core}/machinesets`, copyOf(require(set), "second"));
    },
  ],
  [
    "IDN-1",
    () =>
      request("PATCH", `${core}/machines/one-more`, {
        spec: { providerID: worker().spec.providerID ?? controlPlane().spec.providerID },
      }),
  ],
  ["IDN-2", () => launchAgain(instanceOf(controlPlane()))],
  [
    "CPL-8",
    () =>
      request("PATCH", "/api/v1/namespaces/default/secrets/small-ca", {
        data: { "tls.crt": "bmV3" },
      }),
  ],
  [
    "CPL-6",
    async () => {
      const server = { handle: anyServer() };
      const node = { apiVersion: "v1", kind: "Node", metadata: { name: "new" } };
      await send(server, "POST", "/api/v1/nodes", node);
      const status = { status: { nodeInfo: { kubeletVersion: "v1.99.0" } } };
      await send(server, "PATCH", "/api/v1/nodes/new/status", status);
    },
  ],
  [
    "DEL-5",
    async () => {
      const server = { handle: anyServer() };
      const policy = "/apis/policy/v1/namespaces/kube-system/poddisruptionbudgets";
      await send(server, "POST", policy, budget);
      await world.kernel.runFor(10_000);
      const pod = list<KubeObject>(workload().state.store, "pods").find(({ metadata }) =>
        metadata.name?.startsWith("coredns"),
      );
      const name = require(pod).metadata.name;
      await send(server, "DELETE", `/api/v1/namespaces/kube-system/pods/${name}`);
    },
  ],
  [
    "REP-8",
    async () => {
      await complete(world.perform({ pause: { target: "cluster/small" } }));
      await world.kernel.runFor(60_000);
      await request("PATCH", `${core}/machines/one-more`, { spec: { minReadySeconds: 5 } });
      await complete(world.perform({ unpause: { target: "cluster/small" } }));
    },
  ],
  [
    "REP-3",
    async () => {
      const available = require(
        machines().find((one) => !isControlPlane(one) && one.status?.nodeRef !== undefined),
      );
      await request("DELETE", `${core}/machines/${available.metadata.name}`);
    },
  ],
  ["CPL-2", () => request("DELETE", `${core}/machines/${controlPlane().metadata.name}`)],
  [
    "CPL-1",
    async () => {
      world.aws.terminateOutOfBand(instanceOf(controlPlane()).instanceId);
      await world.kernel.runFor(60_000);
    },
  ],
  [
    "REP-7",
    async () => {
      await request("DELETE", `${core}/clusters/small`);
      await world.kernel.runFor(20_000);
      await createMachine("late");
    },
  ],
  ["DEL-7", async () => world.watchdog.rest()],
  [
    "DEL-1",
    async () => {
      await request("PATCH", `${core}/clusters/small`, { metadata: { finalizers: null } });
      world.watchdog.end();
    },
  ],
];

function anyServer(): World["management"]["handle"] {
  const cluster = workload();
  const reach = world.aws.network.canReach(
    { from: "internet" },
    ...endpointOf(cluster.controlPlaneEndpoint),
  );
  if (!reach.reachable) throw new Error(reach.obstacle.message);
  const { server } = reach.endpoint.service as { server: World["management"] };
  return (wire) => server.handle(wire);
}

function endpointOf(endpoint: string): [host: string, port: number] {
  const { hostname, port } = new URL(`https://${endpoint}`);
  return [hostname, Number(port === "" ? 443 : port)];
}

test("CPL-4 sees a second cluster behind one endpoint", () => {
  const cluster = workload();
  const watch = oneInit.watch({
    management: world.management.store,
    aws: world.aws,
    inventoryAtStart: new Set(),
    nowMs: () => 0,
    workloads: () => [cluster, cluster],
  });
  const object = { apiVersion: "v1", kind: "Node", metadata: { name: "second" } };
  const write = { workload: cluster, author: "kubelet", type: "ADDED", before: undefined } as const;
  expect(watch.writes?.["nodes"]?.({ ...write, object })).toMatch(/2 clusters are behind/);
});

test("the author of a write is the controller that wrote, also inside of a workload cluster", () => {
  const controllers = [...authors].filter((author) => author.startsWith("seatrial-manager"));
  expect(controllers.filter((author) => !author.startsWith("seatrial-manager/"))).toEqual([]);
  expect(controllers).toEqual(
    expect.arrayContaining([
      "seatrial-manager/cluster clusters",
      "seatrial-manager/machineset machines",
      "seatrial-manager/kubeadmcontrolplane machines",
      "seatrial-manager/awsmachine awsmachines",
      "seatrial-manager/machine nodes",
    ]),
  );
});

test.each(sabotage)("%s names the write that breaks it", async (id, act) => {
  const before = world.watchdog.violations.length;
  await act();
  const found = world.watchdog.violations.slice(before);
  expect(found.map((violation) => violation.id)).toContain(id);
  const violation = require(found.find((one) => one.id === id));
  expect(violation.message).toMatch(/ by seatrial-manager in |^instance i-|^at (rest|the end)/);
});

test("every promise has a test that breaks it", () => {
  const broken = [...sabotage.map(([id]) => id), "CPL-4"];
  expect(invariants.map(({ id }) => id).toSorted()).toEqual(broken.toSorted());
});

test("API-1 counts writes and hot loops at rest, and polling is none", () => {
  const calm = new Calm();
  const record = { sequence: 0, atMs: 0, kind: "reconcile", verb: "done" } as const;
  for (let times = 0; times < 60; times += 1) {
    calm.onRecord({ ...record, actor: "clustercache", object: "default/small" });
  }
  expect(calm.problems(600_000)).toEqual([]);
  for (let times = 0; times < 71; times += 1) {
    calm.onRecord({ ...record, actor: "machine", object: "default/small-0" });
  }
  const write = { ...record, kind: "kube.write", verb: "patch", detail: { cluster: "management" } };
  calm.onRecord({ ...write, kind: "kube.write", actor: "seatrial-manager", object: "machines/a" });
  expect(calm.problems(600_000)).toEqual([
    "1 × patch machines/a by seatrial-manager in management",
    "71 reconciles of machine default/small-0",
  ]);
});

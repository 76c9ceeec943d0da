import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import {
  createManagementCluster,
  installDefinitions,
} from "../../../scenarios/runner/management-cluster.ts";
import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { ConfigMap, Secret } from "../../api/kubernetes.ts";
import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import type { Client } from "../../runtime/client.ts";
import { createClient } from "../../runtime/dynamic-client.ts";
import { createManager } from "../../runtime/manager.ts";
import { bootstrapControllers } from "../controllers.ts";

const namespace = "default";
const minute = 60_000;
const key = (name: string) => ({ namespace, name });
const tokenKey = (token: string) => ({
  namespace: "kube-system",
  name: `bootstrap-token-${token.slice(0, 6)}`,
});

/** A management cluster with the bootstrap controller and a workload cluster to write tokens into. */
class World {
  readonly kernel = new Kernel({ seed: "1" });
  readonly client: Client;
  readonly workload: Client;
  readonly #manager;
  readonly #install: () => Promise<void>;

  constructor() {
    const { clock, random, trace } = this.kernel;
    const management = createManagementCluster({ clock, random, trace });
    this.#install = () => installDefinitions(management);
    const server = createApiServer({ clock, random, trace, name: "w", version: "v1.34.0" });
    const link = { user: { username: "t", groups: ["system:masters"] }, actor: "t", clock, random };
    this.client = createClient({ transport: inProcessTransport(management, link), clock, random });
    this.workload = createClient({ transport: inProcessTransport(server, link), clock, random });
    this.#manager = createManager({
      transport: inProcessTransport(management, link),
      clock,
      random,
      logger: { debug: () => {}, info: () => {}, error: () => {} },
      workloadDialer: () => inProcessTransport(server, link),
      controllers: (deps) => bootstrapControllers({ ...deps, keyPairs: fixtureKeyPairs(random) }),
    });
  }

  async start(): Promise<void> {
    await this.do(this.#install());
    await this.kernel.runFor(1_000);
    this.#manager.start();
    const reference = { apiGroup: "x.cluster.x-k8s.io", kind: "X", name: "x" };
    await this.do(
      this.client.create(Cluster, {
        apiVersion: "cluster.x-k8s.io/v1beta2",
        kind: "Cluster",
        metadata: { name: "c", namespace },
        spec: {
          infrastructureRef: reference,
          controlPlaneEndpoint: { host: "lb.example", port: 6443 },
        },
      }),
    );
    await this.setCluster({ infrastructureProvisioned: true });
  }

  setCluster(initialization: object): Promise<Cluster> {
    const status = { initialization };
    return this.do(
      this.client.mergePatch(Cluster, key("c"), { status }, { subresource: "status" }),
    );
  }

  /** The connection to the workload cluster needs a kubeconfig; what it says doesn't matter here. */
  async initialize(): Promise<void> {
    const data = { value: Buffer.from("kubeconfig").toString("base64") };
    const metadata = { name: "c-kubeconfig", namespace };
    await this.do(this.client.create(Secret, { apiVersion: "v1", kind: "Secret", metadata, data }));
    await this.setCluster({ infrastructureProvisioned: true, controlPlaneInitialized: true });
    await this.kernel.runFor(minute);
  }

  async addMachine(
    name: string,
    options: { spec?: KubeadmConfigSpec; controlPlane?: boolean } = {},
  ) {
    const labels = {
      "cluster.x-k8s.io/cluster-name": "c",
      ...(options.controlPlane === true ? { "cluster.x-k8s.io/control-plane": "" } : {}),
    };
    const machine = await this.do(
      this.client.create(Machine, {
        apiVersion: "cluster.x-k8s.io/v1beta2",
        kind: "Machine",
        metadata: { name, namespace, labels },
        spec: {
          clusterName: "c",
          version: "v1.34.2",
          bootstrap: {
            configRef: { apiGroup: "bootstrap.cluster.x-k8s.io", kind: "KubeadmConfig", name },
          },
          infrastructureRef: { apiGroup: "x.cluster.x-k8s.io", kind: "X", name },
        },
      }),
    );
    const { apiVersion, kind, metadata } = machine;
    const owner = { apiVersion, kind, name, uid: metadata.uid!, controller: true };
    await this.do(
      this.client.create(KubeadmConfig, {
        apiVersion: "bootstrap.cluster.x-k8s.io/v1beta2",
        kind: "KubeadmConfig",
        metadata: { name, namespace, labels, ownerReferences: [owner] },
        ...(options.spec === undefined ? {} : { spec: options.spec }),
      }),
    );
  }

  async config(name: string): Promise<KubeadmConfig> {
    return (await this.do(this.client.get(KubeadmConfig, key(name))))!;
  }

  async userData(name: string): Promise<string | undefined> {
    const secret = await this.do(this.client.get(Secret, key(name)));
    const value = secret?.data?.["value"];
    return value === undefined ? undefined : Buffer.from(value, "base64").toString();
  }

  async token(name: string): Promise<string> {
    const { spec } = await this.config(name);
    return spec!.joinConfiguration!.discovery!.bootstrapToken!.token!;
  }

  tokenSecret(token: string): Promise<Secret | undefined> {
    return this.do(this.workload.get(Secret, tokenKey(token)));
  }

  do<T>(promise: Promise<T>): Promise<T> {
    return this.kernel.complete(promise, { horizonMs: 60 * minute });
  }

  stop(): Promise<void> {
    return this.do(this.#manager.stop());
  }
}

function expiryMs(secret: Secret | undefined): number {
  return Date.parse(Buffer.from(secret!.data!["expiration"]!, "base64").toString());
}

test("of two machines with a cluster configuration one initializes, the other joins later (D42)", async () => {
  const world = new World();
  await world.start();
  const spec = { clusterConfiguration: { imageRepository: "registry.example" } };
  await world.addMachine("a", { controlPlane: true, spec });
  await world.addMachine("b", { controlPlane: true, spec });
  await world.kernel.runFor(10 * minute);
  const data = [await world.userData("a"), await world.userData("b")];
  expect(data.filter((text) => text !== undefined)).toHaveLength(1);
  expect(data.join("")).toContain("kubeadm init");
  await world.initialize();
  const [second] = (await world.userData("a"))!.includes("kubeadm init") ? ["b"] : ["a"];
  expect(await world.userData(second)).toContain("kubeadm join");
  await world.stop();
});

test("the lock goes to the next machine when its holder is gone (D41)", async () => {
  const world = new World();
  await world.start();
  const metadata = { ...key("c-lock") };
  const data = { "lock-information": JSON.stringify({ machineName: "gone" }) };
  await world.do(
    world.client.create(ConfigMap, { apiVersion: "v1", kind: "ConfigMap", metadata, data }),
  );
  await world.addMachine("a", { controlPlane: true });
  await world.kernel.runFor(2 * minute);
  expect(await world.userData("a")).toContain("kubeadm init");
  await world.stop();
});

test("a worker waits for the control plane, then joins with a pinned CA", async () => {
  const world = new World();
  await world.start();
  await world.addMachine("a", { controlPlane: true });
  await world.addMachine("w");
  await world.kernel.runFor(5 * minute);
  expect(await world.userData("w")).toBeUndefined();
  const waiting = (await world.config("w")).status!.conditions!;
  expect(waiting.find(({ type }) => type === "DataSecretAvailable")).toMatchObject({
    status: "False",
    message: "Waiting for Cluster control plane to be initialized",
  });
  await world.initialize();
  const text = (await world.userData("w"))!;
  expect(text).toMatch(/caCertHashes:\n +- sha256:[0-9a-f]{64}/);
  expect(text).not.toContain("PRIVATE KEY");
  await world.stop();
});

test("a token outlives slow infrastructure, and is left alone once the node is there (D40, D44)", async () => {
  const world = new World();
  await world.start();
  await world.addMachine("a", { controlPlane: true });
  await world.kernel.runFor(minute);
  await world.initialize();
  await world.addMachine("w");
  await world.kernel.runFor(2 * minute);
  const token = await world.token("w");
  for (let hours = 0; hours < 3; hours += 1) {
    await world.kernel.runFor(60 * minute);
    expect(expiryMs(await world.tokenSecret(token))).toBeGreaterThan(world.kernel.clock.now());
  }
  const nodeRef = { name: "node-w" };
  const options = { subresource: "status" } as const;
  await world.do(world.client.mergePatch(Machine, key("w"), { status: { nodeRef } }, options));
  await world.kernel.runFor(minute);
  const last = expiryMs(await world.tokenSecret(token));
  await world.kernel.runFor(60 * minute);
  expect(expiryMs(await world.tokenSecret(token))).toBe(last);
  await world.stop();
});

test("a token that was cleaned up is written again as the machine's data names it (D43)", async () => {
  const world = new World();
  await world.start();
  await world.addMachine("a", { controlPlane: true });
  await world.kernel.runFor(minute);
  await world.initialize();
  await world.addMachine("w");
  await world.kernel.runFor(2 * minute);
  const token = await world.token("w");
  expect(await world.userData("w")).toContain(token);
  await world.do(world.workload.delete(Secret, tokenKey(token)));
  await world.kernel.runFor(6 * minute);
  const secret = await world.tokenSecret(token);
  const stored = Buffer.from(secret!.data!["token-secret"]!, "base64").toString();
  expect(`${token.slice(0, 6)}.${stored}`).toBe(token);
  expect(await world.token("w")).toBe(token);
  await world.stop();
});

test("files from Secrets and templates are resolved; a missing Secret is named", async () => {
  const world = new World();
  await world.start();
  const files = [
    { path: "/a", contentFrom: { secret: { name: "s", key: "k" } } },
    {
      path: "/b",
      contentFormat: "Template" as const,
      content: "{{ .controlPlane.version }}",
    },
  ];
  await world.addMachine("a", { controlPlane: true, spec: { files } });
  await world.kernel.runFor(2 * minute);
  expect(await world.userData("a")).toBeUndefined();
  const { conditions } = (await world.config("a")).status!;
  expect(conditions!.find(({ type }) => type === "DataSecretAvailable")).toMatchObject({
    status: "False",
    message: "Failed to read content from secrets for spec.files: Secret default/s does not exist",
  });
  const data = { k: Buffer.from("from the secret").toString("base64") };
  const metadata = { name: "s", namespace };
  await world.do(world.client.create(Secret, { apiVersion: "v1", kind: "Secret", metadata, data }));
  await world.kernel.runFor(20 * minute);
  const text = (await world.userData("a"))!;
  expect(text).toContain("from the secret");
  expect(text).toContain("path: /b");
  expect(text).toContain("      v1.34.2\n");
  await world.stop();
});

// Upstream sets no limit either: what EC2 can hold is its provider's concern.
test("data that no Secret can hold is refused by the API server, and the KubeadmConfig says so", async () => {
  const world = new World();
  await world.start();
  const k = Buffer.from("x".repeat(600_000)).toString("base64");
  for (const name of ["s", "t"]) {
    const metadata = { name, namespace };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, data: { k } } as const;
    await world.do(world.client.create(Secret, secret));
  }
  const files = ["s", "t"].map((name) => ({
    path: `/${name}`,
    contentFrom: { secret: { name, key: "k" } },
  }));
  await world.addMachine("a", { controlPlane: true, spec: { files } });
  await world.kernel.runFor(2 * minute);
  const { conditions } = (await world.config("a")).status!;
  const found = conditions!.find(({ type }) => type === "DataSecretAvailable");
  expect(found).toMatchObject({ status: "False", reason: "NotAvailable" });
  expect(found!.message).toContain("Too long: may not be more than 1048576 bytes");
  await world.stop();
});

test("a paused cluster's machines get no data until it is unpaused", async () => {
  const world = new World();
  await world.start();
  const pause = (paused: boolean) =>
    world.do(world.client.mergePatch(Cluster, key("c"), { spec: { paused } }));
  await pause(true);
  await world.addMachine("a", { controlPlane: true });
  await world.kernel.runFor(10 * minute);
  expect(await world.userData("a")).toBeUndefined();
  const { conditions } = (await world.config("a")).status!;
  expect(conditions!.find(({ type }) => type === "Paused")).toMatchObject({
    status: "True",
    message: "Cluster spec.paused is set to true",
  });
  await pause(false);
  await world.kernel.runFor(minute);
  expect(await world.userData("a")).toContain("kubeadm init");
  await world.stop();
});

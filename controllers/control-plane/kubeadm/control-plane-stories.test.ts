import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { EtcdCluster } from "@seatrial/fakecloud/machines/etcd/etcd-cluster.ts";
import {
  createManagementCluster,
  installDefinitions,
} from "../../../scenarios/runner/management-cluster.ts";
import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import {
  MachineFinalizer,
  PreTerminateHookCleanupAnnotation,
  RemediationInProgressAnnotation,
} from "../../api/constants.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { AWSMachine, AWSMachineTemplate } from "../../api/aws/v1beta2.ts";
import { ConfigMap, DaemonSet, Deployment, Node, Pod, Secret } from "../../api/kubernetes.ts";
import { setConditions } from "../../bootstrap/objects/conditions.ts";
import { bootstrapControllers } from "../../bootstrap/controllers.ts";
import { type Client, keyOf, type Kind, type KubeObject } from "../../runtime/client.ts";
import {
  type Controller,
  type ControllerDeps,
  done,
  requeueAfter,
  watch,
} from "../../runtime/controller.ts";
import { createClient } from "../../runtime/dynamic-client.ts";
import { createManager } from "../../runtime/manager.ts";
import { controlPlaneControllers } from "../controllers.ts";
import type { EtcdClientFactory } from "./etcd-client.ts";

const minute = 60_000;
const namespace = "default";
const hour = 60 * minute;

/**
 * A management cluster with the two kubeadm providers, and a hand that does what machines, infrastructure and the Machine
 * controller would do: it boots a machine once its data is there, and lets it go once nothing holds it.
 */
class World {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly workload: Client;
  readonly etcd: EtcdCluster;
  readonly events: string[] = [];
  /** Names of machines that never boot. */
  readonly broken = new Set<string>();
  /** When the certificate of the API server on each node expires. */
  readonly certificateExpiries = new Map<string, number>();
  /** The version that kubeadm-config named when each machine joined. */
  readonly joinedWith: string[] = [];
  isWorkloadReachable = true;
  bootMs = 30_000;
  readonly #manager;

  constructor(seed = "1") {
    this.kernel = new Kernel({ seed });
    const { clock, random, trace } = this.kernel;
    const management = createManagementCluster({ clock, random, trace });
    this.#install = () => installDefinitions(management);
    const server = createApiServer({ clock, random, trace, name: "w", version: "v1.34.0" });
    const user = { username: "test", groups: ["system:masters"] };
    const link = { user, actor: "test", clock, random };
    const workloadTransport = inProcessTransport(server, link);
    this.client = createClient({ transport: inProcessTransport(management, link), clock, random });
    this.workload = createClient({ transport: workloadTransport, clock, random });
    this.etcd = new EtcdCluster("default/test", random);
    const keyPairs = fixtureKeyPairs(random);
    const refuse = () => Promise.reject(new Error("connection refused"));
    this.#manager = createManager({
      transport: inProcessTransport(management, { ...link, actor: "manager" }),
      clock,
      random,
      logger: { debug: () => {}, info: () => {}, error: (fields) => this.log(fields) },
      workloadDialer: () => ({
        request: (request) =>
          this.isWorkloadReachable && this.etcd.hasQuorum()
            ? workloadTransport.request(request)
            : refuse(),
        watch: (request, sink) => workloadTransport.watch(request, sink),
      }),
      controllers: (base) => {
        const deps = { ...base, recorder: { event: this.#event }, keyPairs };
        return [
          ...bootstrapControllers(deps),
          ...controlPlaneControllers({
            ...deps,
            etcd: this.#etcdClients(),
            apiServerCertificates: {
              expiryMs: async ({ nodeName }) => this.certificateExpiries.get(nodeName) ?? 0,
            },
          }),
          ...this.#hand(deps),
        ];
      },
    });
  }

  readonly #install: () => Promise<void>;
  readonly errors: string[] = [];

  log(fields: Readonly<Record<string, unknown>>): void {
    this.errors.push(JSON.stringify(fields));
  }

  readonly #event = (_object: unknown, _type: string, reason: string, message: string) => {
    this.events.push(`${reason}: ${message}`);
  };

  async start(replicas: number, version = "v1.34.2"): Promise<void> {
    await this.do(this.#install());
    await this.kernel.runFor(1_000);
    this.#manager.start();
    for (const [kind, object] of manifests(replicas, version)) {
      await this.do(this.client.create(kind as Kind<KubeObject>, object as KubeObject));
    }
    const provisioned = {
      status: { initialization: { infrastructureProvisioned: true }, failureDomains },
    };
    await this.do(
      this.client.mergePatch(Cluster, key("test"), provisioned, { subresource: "status" }),
    );
    await this.do(
      this.client.mergePatch(Cluster, key("test"), {
        spec: { controlPlaneEndpoint: { host: "lb.example", port: 6443 } },
      }),
    );
  }

  do<T>(promise: Promise<T>): Promise<T> {
    return this.kernel.complete(promise, { horizonMs: hour });
  }

  machines(): Promise<readonly Machine[]> {
    return this.do(this.client.list(Machine, { namespace }));
  }

  async kcp(): Promise<KubeadmControlPlane> {
    return (await this.do(this.client.get(KubeadmControlPlane, key("test"))))!;
  }

  patchKcp(spec: object): Promise<KubeadmControlPlane> {
    return this.do(this.client.mergePatch(KubeadmControlPlane, key("test"), { spec }));
  }

  /** Lets time pass in steps until the question is answered with yes. */
  async until(question: () => Promise<boolean>, horizonMs = hour): Promise<void> {
    const end = this.kernel.clock.now() + horizonMs;
    while (!(await question())) {
      if (this.kernel.clock.now() > end) {
        const names = (await this.machines()).map((each) => each.metadata.name);
        const { conditions } = (await this.kcp()).status ?? {};
        throw new Error(
          `not reached; machines ${names.join(", ")}\n${JSON.stringify(conditions, null, 1)}\n${this.events.join("\n")}\n${this.errors.slice(-3).join("\n")}`,
        );
      }
      await this.kernel.runFor(5_000);
    }
  }

  async untilReady(replicas: number): Promise<void> {
    await this.until(async () => {
      const { status } = await this.kcp();
      const { generation } = (await this.kcp()).metadata;
      return (
        status?.replicas === replicas &&
        status.upToDateReplicas === replicas &&
        status.readyReplicas === replicas &&
        status.observedGeneration === generation
      );
    });
  }

  stop(): Promise<void> {
    return this.do(this.#manager.stop());
  }

  #etcdClients(): EtcdClientFactory {
    return {
      connect: async ({ nodeName }) => {
        const member = this.etcd.members().find(({ name }) => name === nodeName);
        if (member === undefined || !this.isWorkloadReachable)
          throw new Error("connection refused");
        const { id } = member;
        return {
          status: async () => this.etcd.status(id),
          memberList: async () => this.etcd.memberList(id),
          memberRemove: async (target) => this.etcd.remove(id, target),
          moveLeader: async (target) => this.etcd.moveLeader(id, target),
          alarms: async () => this.etcd.alarms(id),
          close: () => {},
        };
      },
    };
  }

  #hand(deps: ControllerDeps): readonly Controller[] {
    return [
      {
        name: "hand",
        for: watch({ kind: Machine, toRequests: (machine) => [keyOf(machine)] }),
        watches: [
          watch({ kind: KubeadmConfig, toRequests: (config) => [keyOf(config)] }),
          watch({ kind: AWSMachine, toRequests: (machine) => [keyOf(machine)] }),
        ],
        reconciler: {
          reconcile: async (machineKey) => {
            const machine = await deps.client.get(Machine, machineKey);
            if (machine === undefined) return done;
            if (machine.metadata.deletionTimestamp !== undefined)
              return this.#release(deps, machine);
            return this.#boot(deps, machine);
          },
        },
      },
      {
        name: "initialized",
        for: watch({ kind: KubeadmControlPlane, toRequests: (kcp) => [keyOf(kcp)] }),
        reconciler: {
          reconcile: async (kcpKey) => {
            const kcp = await deps.client.get(KubeadmControlPlane, kcpKey);
            const controlPlaneInitialized = kcp?.status?.initialization?.controlPlaneInitialized;
            if (controlPlaneInitialized !== true) return done;
            const status = { initialization: { controlPlaneInitialized } };
            await deps.client.mergePatch(
              Cluster,
              key("test"),
              { status },
              { subresource: "status" },
            );
            return done;
          },
        },
      },
    ];
  }

  async #boot({ client, clock }: ControllerDeps, machine: Machine) {
    const { name } = machine.metadata;
    const config = await client.get(KubeadmConfig, key(name));
    if (config === undefined) return done;
    const owner = {
      apiVersion: machine.apiVersion,
      kind: "Machine",
      name,
      uid: machine.metadata.uid!,
    };
    if (config.metadata.ownerReferences?.some(({ kind }) => kind === "Machine") !== true) {
      const ownerReferences = [{ ...owner, controller: true }];
      await client.mergePatch(KubeadmConfig, key(name), { metadata: { ownerReferences } });
      return done;
    }
    const secret = await client.get(Secret, key(name));
    if (secret === undefined || config.status?.initialization?.dataSecretCreated !== true)
      return done;
    if (machine.status?.nodeRef !== undefined) return this.#reportState(client, machine, config);
    if (this.broken.has(name)) return done;
    const startedMs = Date.parse(machine.metadata.creationTimestamp!);
    const waitMs = startedMs + this.bootMs - clock.now();
    if (waitMs > 0) return requeueAfter(waitMs);
    await this.#join(name, Buffer.from(secret.data!["value"]!, "base64").toString());
    const status = { nodeRef: { name: `node-${name}` } };
    await client.mergePatch(Machine, key(name), { status }, { subresource: "status" });
    return done;
  }

  async #reportState(client: Client, machine: Machine, config: KubeadmConfig) {
    const expiry = config.metadata.annotations?.["machine.cluster.x-k8s.io/certificates-expiry"];
    if (expiry !== undefined && machine.status?.certificatesExpiryDate === undefined) {
      const status = { certificatesExpiryDate: expiry };
      await client.mergePatch(Machine, keyOf(machine), { status }, { subresource: "status" });
      return done;
    }
    return this.#setReady(client, machine, this.kernel.clock.now());
  }

  /** Ready is what the Machine controller makes of the readiness gates. */
  async #setReady(client: Client, machine: Machine, nowMs: number) {
    const isTrue = (type: string) =>
      machine.status?.conditions?.some((each) => each.type === type && each.status === "True");
    const gates = machine.spec.readinessGates ?? [];
    const status = gates.every(({ conditionType }) => isTrue(conditionType)) ? "True" : "False";
    const values = ["Ready", "Available"].map(
      (type) => ({ type, status, reason: "Test" }) as const,
    );
    const conditions = setConditions(machine.status?.conditions, values, { nowMs });
    if (isTrue("Ready") === (status === "True") && isTrue("Ready") !== undefined) return done;
    const patch = {
      metadata: { resourceVersion: machine.metadata.resourceVersion },
      status: { conditions },
    };
    await client.mergePatch(Machine, keyOf(machine), patch, { subresource: "status" });
    return done;
  }

  async #join(name: string, userData: string): Promise<void> {
    const nodeName = `node-${name}`;
    this.certificateExpiries.set(nodeName, this.kernel.clock.now() + 365 * 24 * hour);
    const address = `10.0.0.${this.etcd.members().length + 1}-${name}`;
    if (userData.includes("kubeadm init")) {
      this.etcd.bootstrap(nodeName, address, "3.6.4");
      await this.#createAddons();
      await this.workload.create(ConfigMap, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { namespace: "kube-system", name: "kubeadm-config" },
        data: {
          ClusterConfiguration:
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.2\n",
        },
      });
    } else {
      expect(userData).toContain("kubeadm join");
      const config = await this.workload.get(ConfigMap, {
        namespace: "kube-system",
        name: "kubeadm-config",
      });
      this.joinedWith.push(
        /kubernetesVersion: (\S+)/.exec(config!.data!["ClusterConfiguration"]!)![1]!,
      );
      const id = this.etcd.addLearner(address, "3.6.4");
      this.etcd.start(id, nodeName);
      this.etcd.promote(id);
    }
    const role = "node-role.kubernetes.io/control-plane";
    await this.workload.create(Node, {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: nodeName, labels: { [role]: "" } },
      spec: { taints: [{ key: role, effect: "NoSchedule" }] },
    });
    for (const component of components) {
      const pod = { namespace: "kube-system", name: `${component}-${nodeName}` };
      await this.workload.create(Pod, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...pod, labels: { tier: "control-plane", component } },
        spec: { nodeName, containers: [{ name: component, image: "x" }] },
      });
      await this.setPodReady(component, nodeName, true);
    }
  }

  /** What `kubeadm init` leaves behind for kube-proxy and CoreDNS. */
  async #createAddons(): Promise<void> {
    for (const [kind, name, image] of [
      [DaemonSet, "kube-proxy", "registry.k8s.io/kube-proxy:v1.34.2"],
      [Deployment, "coredns", "registry.k8s.io/coredns/coredns:v1.12.1"],
    ] as const) {
      const labels = { "k8s-app": name };
      const template = { metadata: { labels }, spec: { containers: [{ name, image }] } };
      const metadata = { namespace: "kube-system", name };
      const spec = { selector: { matchLabels: labels }, template };
      await this.workload.create(kind, {
        apiVersion: "apps/v1",
        kind: kind.kind,
        metadata,
        spec,
      } as KubeObject);
    }
  }

  async imageOf(
    kind: Kind<DaemonSet> | Kind<Deployment>,
    name: string,
  ): Promise<string | undefined> {
    const object = await this.do(
      this.workload.get(kind as Kind<DaemonSet>, { namespace: "kube-system", name }),
    );
    return object?.spec?.template.spec?.containers?.[0]?.image;
  }

  async setPodReady(component: string, nodeName: string, isReady: boolean): Promise<void> {
    const conditions = [{ type: "Ready", status: isReady ? "True" : "False" }];
    const status = { phase: "Running", conditions };
    const pod = { namespace: "kube-system", name: `${component}-${nodeName}` };
    await this.workload.mergePatch(Pod, pod, { status }, { subresource: "status" });
  }

  async #release({ client, clock }: ControllerDeps, machine: Machine) {
    const { name, annotations, finalizers = [] } = machine.metadata;
    if (annotations?.[PreTerminateHookCleanupAnnotation] !== undefined) {
      return this.#waitForHook(client, machine, clock.now());
    }
    await this.#powerOff(`node-${name}`);
    await client.delete(AWSMachine, key(name));
    await client.delete(KubeadmConfig, key(name));
    if (finalizers.includes(MachineFinalizer)) {
      await client.mergePatch(Machine, key(name), { metadata: { finalizers: [] } });
    }
    return done;
  }

  async #waitForHook(client: Client, machine: Machine, nowMs: number) {
    const reason = "WaitingForPreTerminateHook";
    const { conditions: before } = machine.status ?? {};
    if (before?.some(({ type, reason: r }) => type === "Deleting" && r === reason)) return done;
    const values = [{ type: "Deleting", status: "True", reason } as const];
    const conditions = setConditions(before, values, { nowMs });
    const { resourceVersion } = machine.metadata;
    const patch = { metadata: { resourceVersion }, status: { conditions } };
    await client.mergePatch(Machine, keyOf(machine), patch, { subresource: "status" });
    return done;
  }

  async #powerOff(nodeName: string): Promise<void> {
    const member = this.etcd.members().find((each) => each.name === nodeName);
    if (member !== undefined) this.etcd.setUp(member.id, false);
    if (!this.etcd.hasQuorum()) return;
    await this.workload.delete(Node, { namespace: "", name: nodeName });
    for (const component of components) {
      const name = `${component}-${nodeName}`;
      await this.workload.delete(Pod, { namespace: "kube-system", name });
    }
  }

  /** A health check has given this machine up. */
  async giveUp(name: string): Promise<void> {
    const machine = (await this.do(this.client.get(Machine, key(name))))!;
    const values = [
      { type: "HealthCheckSucceeded", status: "False", reason: "NodeStartupTimeout" } as const,
      { type: "OwnerRemediated", status: "False", reason: "WaitingForRemediation" } as const,
    ];
    const nowMs = this.kernel.clock.now();
    const conditions = setConditions(machine.status?.conditions, values, { nowMs });
    const patch = { status: { conditions } };
    await this.do(this.client.mergePatch(Machine, key(name), patch, { subresource: "status" }));
  }
}

const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];
const failureDomains = ["a", "b", "c"].map((name) => ({ name, controlPlane: true }));

function key(name: string) {
  return { namespace, name };
}

function manifests(replicas: number, version: string) {
  const reference = (apiGroup: string, kind: string) => ({ apiGroup, kind, name: "test" });
  const metadata = { name: "test", namespace };
  const labels = { "cluster.x-k8s.io/cluster-name": "test" };
  return [
    [
      Cluster,
      {
        apiVersion: "cluster.x-k8s.io/v1beta2",
        kind: "Cluster",
        metadata,
        spec: {
          controlPlaneRef: reference("controlplane.cluster.x-k8s.io", "KubeadmControlPlane"),
          infrastructureRef: reference("infrastructure.cluster.x-k8s.io", "AWSCluster"),
        },
      },
    ],
    [
      AWSMachineTemplate,
      {
        apiVersion: "infrastructure.cluster.x-k8s.io/v1beta2",
        kind: "AWSMachineTemplate",
        metadata,
        spec: { template: { spec: { instanceType: "t3.large" } } },
      },
    ],
    [
      KubeadmControlPlane,
      {
        apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
        kind: "KubeadmControlPlane",
        metadata: { ...metadata, labels },
        spec: {
          replicas,
          version,
          kubeadmConfigSpec: {
            clusterConfiguration: { controllerManager: { extraArgs: [{ name: "v", value: "2" }] } },
          },
          machineTemplate: {
            spec: {
              infrastructureRef: reference("infrastructure.cluster.x-k8s.io", "AWSMachineTemplate"),
            },
          },
        },
      },
    ],
  ] as const;
}

test("three replicas come up one after the other, each in a failure domain of its own", async () => {
  const world = new World();
  await world.start(3);
  let most = 0;
  await world.until(async () => {
    const machines = await world.machines();
    const withoutNode = machines.filter(({ status }) => status?.nodeRef === undefined).length;
    most = Math.max(most, withoutNode);
    return (await world.kcp()).status?.readyReplicas === 3;
  });
  expect(most).toBe(1);
  const machines = await world.machines();
  expect(machines.map(({ spec }) => spec.failureDomain ?? "").sort()).toEqual(["a", "b", "c"]);
  expect(world.etcd.members().filter(({ isLearner }) => !isLearner)).toHaveLength(3);
  const { conditions } = (await world.kcp()).status!;
  const statusOf = (type: string) => conditions?.find((each) => each.type === type)?.status;
  expect(["Available", "Initialized", "EtcdClusterHealthy", "MachinesReady"].map(statusOf)).toEqual(
    ["True", "True", "True", "True"],
  );
  await world.stop();
});

test("nothing is written while nothing changes", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  await world.kernel.runFor(minute);
  const versions = async () => {
    const objects = [
      await world.kcp(),
      ...(await world.machines()),
      ...(await world.do(world.client.list(KubeadmConfig, { namespace }))),
      ...(await world.do(world.client.list(Secret, { namespace }))),
    ];
    return objects.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  };
  const before = await versions();
  await world.kernel.runFor(30 * minute);
  expect(await versions()).toEqual(before);
  await world.stop();
});

test("an upgrade replaces every machine, never has more than one extra, and keeps etcd's quorum (D25)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const old = (await world.machines()).map(({ metadata }) => metadata.name);
  await world.patchKcp({ version: "v1.35.1" });
  let most = 0;
  await world.until(async () => {
    const machines = await world.machines();
    most = Math.max(most, machines.length);
    expect(world.etcd.hasQuorum()).toBe(true);
    const { status } = await world.kcp();
    return status?.version === "v1.35.1" && status.replicas === 3 && status.readyReplicas === 3;
  });
  expect(most).toBe(4);
  const names = (await world.machines()).map(({ metadata }) => metadata.name);
  expect(names.filter((name) => old.includes(name))).toEqual([]);
  expect(
    world.etcd
      .members()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(names.map((name) => `node-${name}`).sort());
  expect((await world.kcp()).status).toMatchObject({
    upToDateReplicas: 3,
    versions: [{ version: "v1.35.1", replicas: 3 }],
  });
  expect(world.joinedWith).toEqual(["v1.34.2", "v1.34.2", "v1.35.1", "v1.35.1", "v1.35.1"]);
  await world.kernel.runFor(minute);
  expect(await world.imageOf(DaemonSet, "kube-proxy")).toBe("registry.k8s.io/kube-proxy:v1.35.1");
  expect(await world.imageOf(Deployment, "coredns")).toBe(
    "registry.k8s.io/coredns/coredns:v1.13.1",
  );
  await world.stop();
});

test("with maxSurge 0 a rollout removes a machine before it adds one", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  await world.patchKcp({
    version: "v1.35.1",
    rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0 } } },
  });
  let most = 0;
  await world.until(async () => {
    most = Math.max(most, (await world.machines()).length);
    const { status } = await world.kcp();
    return status?.version === "v1.35.1" && status.replicas === 3 && status.readyReplicas === 3;
  });
  expect(most).toBe(3);
  await world.stop();
});

test("scaling down keeps the machines spread, and removes each etcd member before its instance (D31)", async () => {
  const world = new World();
  await world.start(5);
  await world.untilReady(5);
  await world.patchKcp({ replicas: 3 });
  await world.until(async () => {
    expect(world.etcd.hasQuorum()).toBe(true);
    const down = world.etcd.members().filter(({ name }) => name !== "");
    // A member whose machine has gone would be left behind here.
    expect(down.length).toBeGreaterThanOrEqual(3);
    return (await world.kcp()).status?.replicas === 3;
  });
  const domains = (await world.machines()).map(({ spec }) => spec.failureDomain ?? "").sort();
  expect(domains).toEqual(["a", "b", "c"]);
  expect(world.etcd.members()).toHaveLength(3);
  await world.stop();
});

test("the leader of etcd hands over before its member is removed (D33)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const leader = world.etcd.members().find(({ id }) => id === world.etcd.leaderId())!;
  const machine = leader.name.replace("node-", "");
  const marked = { metadata: { annotations: { "cluster.x-k8s.io/delete-machine": "" } } };
  await world.do(world.client.mergePatch(Machine, key(machine), marked));
  await world.patchKcp({ replicas: 1 });
  await world.until(async () => (await world.kcp()).status?.replicas === 1);
  expect(world.etcd.members()).toHaveLength(1);
  expect(world.etcd.leaderId()).toBe(world.etcd.members()[0]!.id);
  expect((await world.machines())[0]!.metadata.name).not.toBe(machine);
  await world.stop();
});

test("a first machine that never boots is replaced without asking etcd, and gives the init lock up (D41)", async () => {
  const world = new World();
  world.bootMs = hour;
  await world.start(3);
  await world.until(async () => (await world.machines()).length === 1);
  const [first] = await world.machines();
  world.broken.add(first!.metadata.name);
  world.bootMs = 30_000;
  await world.giveUp(first!.metadata.name);
  await world.untilReady(3);
  const machines = await world.machines();
  expect(machines.map(({ metadata }) => metadata.name)).not.toContain(first!.metadata.name);
  await world.stop();
});

test("a joining machine that fails is replaced though the control plane is not yet whole (D30)", async () => {
  const world = new World();
  await world.start(3);
  await world.until(async () => {
    const machines = await world.machines();
    const young = machines.find(({ status }) => status?.nodeRef === undefined);
    if (machines.length === 2 && young !== undefined) world.broken.add(young.metadata.name);
    return world.broken.size === 1;
  });
  const [name] = [...world.broken];
  await world.kernel.runFor(10 * minute);
  await world.giveUp(name!);
  await world.untilReady(3);
  const replacement = (await world.machines()).find(
    ({ metadata }) => metadata.annotations?.["controlplane.cluster.x-k8s.io/remediation-for"],
  );
  const record =
    replacement!.metadata.annotations!["controlplane.cluster.x-k8s.io/remediation-for"];
  expect(JSON.parse(record!)).toMatchObject({ machine: name, retryCount: 0 });
  expect(
    (await world.kcp()).metadata.annotations?.[RemediationInProgressAnnotation],
  ).toBeUndefined();
  await world.stop();
});

test("a learner that never started is removed, so that the next machine can join (D32)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  world.etcd.addLearner("10.9.9.9", "3.6.4");
  // Nothing in the management cluster tells of it: the periodic reconcile does.
  await world.until(async () => world.etcd.members().length === 3);
  await world.stop();
});

test("an unhealthy machine is not remediated when etcd would lose its quorum (D27)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const names = (await world.machines()).map(({ metadata }) => metadata.name);
  const member = world.etcd.members().find(({ name }) => name === `node-${names[0]}`)!;
  world.etcd.setUp(member.id, false);
  // The health check wants another one gone as well: only the dead one may go.
  await world.giveUp(names[1]!);
  await world.until(async () => {
    const machine = (await world.machines()).find(({ metadata }) => metadata.name === names[1]);
    const condition = machine?.status?.conditions?.find(({ type }) => type === "OwnerRemediated");
    return condition?.reason === "CannotBeRemediated";
  });
  expect(await world.machines()).toHaveLength(3);
  await world.giveUp(names[0]!);
  await world.until(async () => {
    const machines = await world.machines();
    return !machines.some(({ metadata }) => metadata.name === names[0]);
  });
  await world.stop();
});

test("the last machine is never remediated", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const [machine] = await world.machines();
  await world.giveUp(machine!.metadata.name);
  await world.kernel.runFor(5 * minute);
  const [same] = await world.machines();
  expect(same!.metadata.uid).toBe(machine!.metadata.uid);
  const condition = same!.status!.conditions!.find(({ type }) => type === "OwnerRemediated");
  expect(condition!.message).toContain("replicas are less or equal to 1");
  await world.stop();
});

test("deletion removes every machine and the finalizer, even without the workload cluster (D36)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  world.isWorkloadReachable = false;
  await world.do(world.client.delete(KubeadmControlPlane, key("test")));
  await world.until(async () => {
    const kcp = await world.do(world.client.get(KubeadmControlPlane, key("test")));
    return kcp === undefined;
  });
  expect(await world.machines()).toEqual([]);
  await world.stop();
});

test("deletion needs no infrastructure template (D38)", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  await world.do(world.client.delete(AWSMachineTemplate, key("test")));
  await world.do(world.client.delete(KubeadmControlPlane, key("test")));
  await world.until(
    async () => (await world.do(world.client.get(KubeadmControlPlane, key("test")))) === undefined,
  );
  await world.stop();
});

test("a broken machine that is outdated goes before a healthy one (D29)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const names = (await world.machines()).map(({ metadata }) => metadata.name);
  await world.do(world.setPodReady("kube-apiserver", `node-${names[2]}`, false));
  await world.kernel.runFor(minute);
  await world.patchKcp({
    version: "v1.35.1",
    rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0 } } },
  });
  await world.until(async () => world.events.some((event) => event.startsWith("SuccessfulDelete")));
  const [first] = world.events.filter((event) => event.startsWith("SuccessfulDelete"));
  expect(first).toContain(`Deleted Machine ${names[2]}`);
  await world.stop();
});

test("the version of the control plane is that of its oldest machine (D39)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  await world.patchKcp({ version: "v1.35.1" });
  const seen = new Set<string>();
  await world.until(async () => {
    const { status } = await world.kcp();
    const machines = await world.machines();
    const lowest = machines.map(({ spec }) => spec.version ?? "").sort()[0];
    if (machines.length === status?.replicas) seen.add(`${status.version} ${lowest}`);
    return status?.version === "v1.35.1" && status.replicas === 3;
  });
  expect([...seen].every((pair) => new Set(pair.split(" ")).size === 1)).toBe(true);
  await world.stop();
});

test("machines that lost their owner are adopted again, and nothing is rolled out for it", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const before = await world.machines();
  for (const machine of before) {
    const metadata = { ownerReferences: [] };
    await world.do(world.client.mergePatch(Machine, keyOf(machine), { metadata }));
  }
  const isOwned = (machine: Machine) =>
    machine.metadata.ownerReferences?.some(
      ({ kind, controller }) => kind === "KubeadmControlPlane" && controller === true,
    ) === true;
  await world.until(async () => (await world.machines()).every(isOwned), 15 * minute);
  await world.kernel.runFor(10 * minute);
  const names = (machines: readonly Machine[]) => machines.map(({ metadata }) => metadata.uid);
  expect(names(await world.machines())).toEqual(names(before));
  await world.stop();
});

test("labels, annotations and time-outs of the template reach running machines without a rollout", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const [before] = await world.machines();
  await world.patchKcp({
    machineTemplate: {
      metadata: { labels: { team: "a" }, annotations: { note: "b" } },
      spec: { deletion: { nodeDrainTimeoutSeconds: 60 } },
    },
  });
  await world.kernel.runFor(minute);
  const [after] = await world.machines();
  expect(after!.metadata.uid).toBe(before!.metadata.uid);
  expect(after!.metadata.labels).toMatchObject({ team: "a" });
  expect(after!.metadata.annotations).toMatchObject({ note: "b" });
  expect(after!.spec.deletion).toMatchObject({ nodeDrainTimeoutSeconds: 60 });
  const infra = await world.do(world.client.get(AWSMachine, keyOf(after!)));
  expect(infra!.metadata.labels).toMatchObject({ team: "a" });
  await world.stop();
});

test("what a creation that was cut short has left is removed before the next machine", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const kcp = await world.kcp();
  const [machine] = await world.machines();
  const infra = (await world.do(world.client.get(AWSMachine, keyOf(machine!))))!;
  const { apiVersion, kind, metadata } = kcp;
  const orphan: AWSMachine = {
    apiVersion: infra.apiVersion,
    kind: infra.kind,
    metadata: {
      name: "orphan",
      namespace,
      labels: infra.metadata.labels!,
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid! }],
    },
    spec: infra.spec!,
  };
  await world.do(world.client.create(AWSMachine, orphan));
  await world.patchKcp({ replicas: 3 });
  await world.untilReady(3);
  expect(await world.do(world.client.get(AWSMachine, key("orphan")))).toBeUndefined();
  expect(await world.do(world.client.list(AWSMachine, { namespace }))).toHaveLength(3);
  await world.stop();
});

test("a paused control plane is not scaled, and says why", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const paused = { "cluster.x-k8s.io/paused": "false" };
  await world.do(
    world.client.mergePatch(KubeadmControlPlane, key("test"), {
      metadata: { annotations: paused },
    }),
  );
  await world.patchKcp({ replicas: 3 });
  await world.kernel.runFor(30 * minute);
  expect(await world.machines()).toHaveLength(1);
  const { conditions } = (await world.kcp()).status!;
  expect(conditions!.find(({ type }) => type === "Paused")).toMatchObject({
    status: "True",
    message: "KubeadmControlPlane has the cluster.x-k8s.io/paused annotation",
  });
  await world.stop();
});

test("a CA that is lost after initialization is reported and never made anew", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  await world.do(world.client.delete(Secret, key("test-ca")));
  await world.patchKcp({ replicas: 3 });
  await world.kernel.runFor(10 * minute);
  expect(await world.do(world.client.get(Secret, key("test-ca")))).toBeUndefined();
  expect(await world.machines()).toHaveLength(1);
  const { conditions } = (await world.kcp()).status!;
  expect(conditions!.find(({ type }) => type === "CertificatesAvailable")).toMatchObject({
    status: "False",
    reason: "NotAvailable",
    message: "Secrets test-ca do not exist",
  });
  await world.stop();
});

test("machines whose certificates are about to expire are replaced, and only those", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const before = (await world.machines()).map(({ metadata }) => metadata.uid);
  await world.until(async () =>
    (await world.machines()).every(({ status }) => status?.certificatesExpiryDate !== undefined),
  );
  await world.patchKcp({ rollout: { before: { certificatesExpiryDays: 30 } } });
  await world.kernel.runFor(10 * minute);
  expect((await world.machines()).map(({ metadata }) => metadata.uid)).toEqual(before);
  await world.patchKcp({ rollout: { before: { certificatesExpiryDays: 364 } } });
  await world.kernel.runFor(10 * minute);
  expect((await world.machines()).map(({ metadata }) => metadata.uid)).toEqual(before);
  const [machine] = await world.machines();
  const soon = new Date(world.kernel.clock.now() + 24 * hour).toISOString();
  const status = { certificatesExpiryDate: soon };
  await world.do(
    world.client.mergePatch(Machine, keyOf(machine!), { status }, { subresource: "status" }),
  );
  await world.until(async () => {
    const uids = (await world.machines()).map(({ metadata }) => metadata.uid);
    return uids.length === 3 && !uids.includes(machine!.metadata.uid);
  });
  const after = (await world.machines()).map(({ metadata }) => metadata.uid);
  expect(after.filter((uid) => before.includes(uid))).toHaveLength(2);
  await world.stop();
});

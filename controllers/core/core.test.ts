import { beforeEach, expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { admission } from "../api/admission.ts";
import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../api/aws/v1beta2.ts";
import {
  Cluster,
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from "../api/core/v1beta2.ts";
import { crds } from "../api/crds.ts";
import {
  CustomResourceDefinition,
  Node,
  Pod,
  PodDisruptionBudget,
  Secret,
} from "../api/kubernetes.ts";
import type { Client, Kind, KubeObject, UnstructuredObject } from "../runtime/client.ts";
import { keyOf } from "../runtime/client.ts";
import { findCondition } from "../runtime/conditions.ts";
import {
  type Controller,
  type ControllerDeps,
  done,
  requeueAfter,
  watch,
} from "../runtime/controller.ts";
import { createClient, type DynamicClient } from "../runtime/dynamic-client.ts";
import { createManager, type Manager } from "../runtime/manager.ts";
import { coreControllers } from "./controllers.ts";

const minute = 60_000;
const namespace = "default";
const infrastructure = "infrastructure.cluster.x-k8s.io";

/** A provider that honours the contract: instances come after 30 s, their Nodes after 30 s more. */
function provider(deps: ControllerDeps, workload: Client): Controller[] {
  const finalizer = "test/instance";
  const readyNode = (machine: AWSMachine): Node => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `node-${machine.metadata.name}` },
    spec: { providerID: `test:///${machine.metadata.name}` },
    status: {
      conditions: [
        { type: "Ready", status: "True", reason: "KubeletReady", message: "" },
        ...["MemoryPressure", "DiskPressure", "PIDPressure"].map((type) => ({
          type,
          status: "False",
          reason: "Fine",
          message: "",
        })),
      ],
    },
  });
  const machineController: Controller = {
    name: "awsmachine",
    for: watch({ kind: AWSMachine, toRequests: (machine) => [keyOf(machine)] }),
    watches: [
      watch({
        kind: Machine,
        toRequests: (machine) => [{ namespace, name: machine.spec.infrastructureRef.name }],
      }),
    ],
    concurrency: 20,
    reconciler: {
      reconcile: async (key) => {
        const { client, clock } = deps;
        const found = await client.get(AWSMachine, key);
        if (found === undefined) return done;
        const name = `node-${key.name}`;
        if (found.metadata.deletionTimestamp !== undefined) {
          await workload.delete(Node, { namespace: "", name });
          await client.mergePatch(AWSMachine, key, { metadata: { finalizers: null } });
          return done;
        }
        if (found.metadata.finalizers === undefined) {
          await client.mergePatch(AWSMachine, key, { metadata: { finalizers: [finalizer] } });
        }
        const ageMs = clock.now() - Date.parse(found.metadata.creationTimestamp ?? "");
        if (ageMs < 30_000) return requeueAfter(30_000 - ageMs);
        if (found.spec?.providerID === undefined) {
          await client.mergePatch(AWSMachine, key, { spec: { providerID: `test:///${key.name}` } });
          const status = { ready: true };
          await client.mergePatch(AWSMachine, key, { status }, { subresource: "status" });
        }
        if (ageMs < 60_000) return requeueAfter(60_000 - ageMs);
        if ((await workload.get(Node, { namespace: "", name })) === undefined) {
          const node = await workload.create(Node, readyNode(found));
          await workload.mergePatch(
            Node,
            keyOf(node),
            { status: readyNode(found).status },
            { subresource: "status" },
          );
        }
        return done;
      },
    },
  };
  const clusterController: Controller = {
    name: "awscluster",
    for: watch({ kind: AWSCluster, toRequests: (cluster) => [keyOf(cluster)] }),
    reconciler: {
      reconcile: async (key) => {
        const found = await deps.client.get(AWSCluster, key);
        if (found === undefined || found.status?.ready === true) return done;
        const controlPlaneEndpoint = { host: "api.example", port: 6443 };
        await deps.client.mergePatch(AWSCluster, key, { spec: { controlPlaneEndpoint } });
        const status = { ready: true, failureDomains: { a: { controlPlane: true } } };
        await deps.client.mergePatch(AWSCluster, key, { status }, { subresource: "status" });
        return done;
      },
    },
  };
  return [machineController, clusterController];
}

class World {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly workload: DynamicClient;
  readonly manager: Manager;
  readonly errors: string[] = [];

  constructor(seed = "1") {
    this.kernel = new Kernel({ seed });
    const { clock, random, trace } = this.kernel;
    const common = { clock, random, trace, version: "v1.36.0" };
    const management = createApiServer({
      ...common,
      name: "management",
      admission: admission.map((rule) => ({
        name: `${rule.kind}.${rule.group}`,
        kinds: [`${rule.kind}.${rule.group}`],
        version: "v1beta2",
        mutate: ({ operation, object, oldObject }) =>
          rule.default?.(object, {
            operation: operation === "CREATE" ? "CREATE" : "UPDATE",
            ...(oldObject === undefined ? {} : { old: oldObject }),
          }) as typeof object,
      })),
    });
    const workload = createApiServer({ ...common, name: "workload" });
    const user = { username: "test", groups: ["system:masters"] };
    const transportTo = (server: typeof management) =>
      inProcessTransport(server, { user, actor: "manager", clock, random });
    const options = { clock, random };
    this.client = createClient({ transport: transportTo(management), ...options });
    this.workload = createClient({ transport: transportTo(workload), ...options });
    this.manager = createManager({
      transport: transportTo(management),
      ...options,
      logger: {
        debug: () => undefined,
        info: () => undefined,
        error: (fields) => this.errors.push(JSON.stringify(fields)),
      },
      controllers: (deps) => [...coreControllers(deps), ...provider(deps, this.workload)],
      workloadDialer: () => transportTo(workload),
    });
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.kernel.complete(work, { horizonMs: 10 * minute });
  }

  async start(): Promise<void> {
    for (const crd of crds) {
      await this.run(this.client.create(CustomResourceDefinition, crd as never));
    }
    await this.kernel.runFor(1000);
    this.manager.start();
  }

  create(kind: Kind<never>, object: object): Promise<UnstructuredObject> {
    const { group, version, kind: name } = kind as Kind;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    return this.run(
      this.client.create(kind as Kind, { apiVersion, kind: name, ...object } as UnstructuredObject),
    );
  }

  async list<T extends KubeObject>(kind: Kind<T>): Promise<readonly T[]> {
    return this.run(this.client.list(kind, { namespace }));
  }

  get<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined> {
    return this.run(this.client.get(kind, { namespace, name }));
  }

  /** Lets time pass in steps until the condition holds. */
  async until(
    condition: () => Promise<boolean>,
    what: string,
    mostMs = 60 * minute,
  ): Promise<void> {
    const endMs = this.kernel.clock.now() + mostMs;
    while (!(await condition())) {
      if (this.kernel.clock.now() > endMs) {
        const machines = await this.list(Machine);
        throw new Error(
          `${what} did not happen.\n${this.errors.slice(-5).join("\n")}\n` +
            machines.map((each) => JSON.stringify([each.metadata.name, each.status])).join("\n"),
        );
      }
      await this.kernel.runFor(5_000);
    }
  }

  async createCluster(replicas: number, rollout?: object): Promise<void> {
    const dataSecretName = "bootstrap";
    await this.create(Secret as never, {
      metadata: { name: "test-kubeconfig", namespace },
      data: { value: Buffer.from("kubeconfig").toString("base64") },
    });
    await this.create(AWSCluster as never, {
      metadata: { name: "test", namespace },
      spec: { region: "eu-west-1" },
    });
    await this.create(Cluster as never, {
      metadata: { name: "test", namespace },
      spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name: "test" } },
    });
    for (const name of ["one", "two"]) {
      await this.create(AWSMachineTemplate as never, {
        metadata: { name, namespace },
        spec: { template: { spec: { instanceType: "t3.large" } } },
      });
    }
    await this.create(MachineDeployment as never, {
      metadata: { name: "md", namespace },
      spec: {
        clusterName: "test",
        replicas,
        selector: {},
        ...(rollout === undefined ? {} : { rollout }),
        template: {
          spec: {
            clusterName: "test",
            version: "v1.34.2",
            bootstrap: { dataSecretName },
            infrastructureRef: {
              apiGroup: infrastructure,
              kind: "AWSMachineTemplate",
              name: "one",
            },
          },
        },
      },
    });
  }

  async settled(replicas: number): Promise<boolean> {
    const deployment = await this.get(MachineDeployment, "md");
    const { status } = deployment!;
    return (
      status?.availableReplicas === replicas &&
      status.upToDateReplicas === replicas &&
      status.replicas === replicas &&
      (status.observedGeneration ?? 0) >= (deployment!.metadata.generation ?? 0)
    );
  }
}

let world: World;
beforeEach(async () => {
  world = new World();
  await world.start();
});

test("a MachineDeployment becomes Machines with Nodes, and everything says that it is fine", async () => {
  await world.createCluster(3);
  await world.until(() => world.settled(3), "three available Machines");
  const machines = await world.list(Machine);
  expect(machines).toHaveLength(3);
  for (const machine of machines) {
    expect(machine.status?.phase).toBe("Running");
    expect(machine.status?.nodeRef?.name).toBe(`node-${machine.metadata.name}`);
    expect(findCondition(machine, "Ready")).toMatchObject({ status: "True", message: "" });
    const node = await world.run(
      world.workload.get(Node, { namespace: "", name: machine.status!.nodeRef!.name }),
    );
    expect(node?.metadata.annotations?.["cluster.x-k8s.io/machine"]).toBe(machine.metadata.name);
  }
  const cluster = await world.get(Cluster, "test");
  expect(cluster).toMatchObject({
    spec: { controlPlaneEndpoint: { host: "api.example", port: 6443 } },
    status: { phase: "Provisioned", failureDomains: [{ name: "a", controlPlane: true }] },
  });
  expect(findCondition(cluster!, "WorkersAvailable")?.status).toBe("True");
});

test("at rest nothing is written", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two available Machines");
  await world.kernel.runFor(2 * minute);
  const versions = async () => {
    const objects: KubeObject[] = [];
    for (const kind of [Cluster, Machine, MachineSet, MachineDeployment, AWSMachine]) {
      objects.push(...(await world.list<KubeObject>(kind)));
    }
    return objects.map(({ kind, metadata }) => [kind, metadata.name, metadata.resourceVersion]);
  };
  const before = await versions();
  await world.kernel.runFor(60 * minute);
  expect(await versions()).toEqual(before);
});

test("a MachineDeployment scales up and down", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  const key = { namespace, name: "md" };
  for (const replicas of [3, 1]) {
    await world.run(world.client.mergePatch(MachineDeployment, key, { spec: { replicas } }));
    await world.until(() => world.settled(replicas), `${replicas} Machines`);
    expect(await world.list(Machine)).toHaveLength(replicas);
    expect(await world.list(AWSMachine)).toHaveLength(replicas);
  }
});

test("a changed template rolls without ever having too few or too many Machines", async () => {
  await world.createCluster(3);
  await world.until(() => world.settled(3), "three Machines");
  const infrastructureRef = { apiGroup: infrastructure, kind: "AWSMachineTemplate", name: "two" };
  await world.run(
    world.client.mergePatch(
      MachineDeployment,
      { namespace, name: "md" },
      { spec: { template: { spec: { infrastructureRef } } } },
    ),
  );
  await world.until(async () => {
    const machines = await world.list(Machine);
    const available = machines.filter(
      (machine) => findCondition(machine, "Available")?.status === "True",
    );
    expect(machines.length).toBeLessThanOrEqual(4);
    expect(available.length).toBeGreaterThanOrEqual(3);
    return (await world.settled(3)) && (await world.list(MachineSet)).length === 1;
  }, "the rollout");
  const [machineSet] = await world.list(MachineSet);
  expect(machineSet?.spec.template.spec.infrastructureRef.name).toBe("two");
  expect(machineSet?.metadata.annotations?.["machinedeployment.clusters.x-k8s.io/revision"]).toBe(
    "2",
  );
});

test("a deleted Cluster takes everything with it", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  await world.until(async () => (await world.get(Cluster, "test")) === undefined, "the end");
  // The template in use is owned by the Cluster and goes to the garbage collector.
  await world.kernel.runFor(minute);
  expect(await world.get(AWSMachineTemplate, "one")).toBeUndefined();
  for (const kind of [Machine, MachineSet, MachineDeployment, AWSMachine, AWSCluster]) {
    expect(await world.list(kind as Kind<KubeObject>)).toEqual([]);
  }
});

const key = { namespace, name: "md" };

function healthCheck(remediation?: object): object {
  return {
    metadata: { name: "check", namespace },
    spec: {
      clusterName: "test",
      selector: { matchLabels: { "cluster.x-k8s.io/deployment-name": "md" } },
      checks: {
        nodeStartupTimeoutSeconds: 300,
        unhealthyNodeConditions: [{ type: "Ready", status: "False", timeoutSeconds: 120 }],
      },
      ...(remediation === undefined ? {} : { remediation }),
    },
  };
}

/** Without a control-plane object the cluster counts as initialized once somebody says so. */
async function initialize(): Promise<void> {
  const status = { initialization: { controlPlaneInitialized: true } };
  const cluster = { namespace, name: "test" };
  await world.run(world.client.mergePatch(Cluster, cluster, { status }, { subresource: "status" }));
}

async function breakNode(machine: Machine): Promise<void> {
  const node = { namespace: "", name: machine.status!.nodeRef!.name };
  const lastTransitionTime = new Date(world.kernel.clock.now()).toISOString().replace(/\.\d+/, "");
  const condition = {
    type: "Ready",
    status: "False",
    reason: "Broken",
    message: "it is",
    lastTransitionTime,
  };
  const status = { conditions: [condition] };
  await world.run(world.workload.mergePatch(Node, node, { status }, { subresource: "status" }));
}

test("a Machine whose Node is not ready for too long is replaced, the others are left alone", async () => {
  await world.createCluster(3);
  await world.create(MachineHealthCheck as never, healthCheck());
  await initialize();
  await world.until(() => world.settled(3), "three Machines");
  const before = await world.list(Machine);
  await breakNode(before[0]!);
  await world.kernel.runFor(100_000);
  expect((await world.list(Machine)).map(({ metadata }) => metadata.name)).toEqual(
    before.map(({ metadata }) => metadata.name),
  );
  const names = async () => (await world.list(Machine)).map(({ metadata }) => metadata.name);
  await world.until(async () => !(await names()).includes(before[0]!.metadata.name), "remediation");
  await world.until(() => world.settled(3), "three Machines again");
  expect(await names()).toEqual(
    expect.arrayContaining(before.slice(1).map((m) => m.metadata.name)),
  );
});

test("too many unhealthy Machines are marked but not touched", async () => {
  await world.createCluster(3);
  await world.create(
    MachineHealthCheck as never,
    healthCheck({ triggerIf: { unhealthyLessThanOrEqualTo: "40%" } }),
  );
  await initialize();
  await world.until(() => world.settled(3), "three Machines");
  const before = await world.list(Machine);
  for (const machine of before.slice(0, 2)) await breakNode(machine);
  await world.kernel.runFor(10 * minute);
  const after = await world.list(Machine);
  expect(after.map(({ metadata }) => metadata.uid)).toEqual(
    before.map(({ metadata }) => metadata.uid),
  );
  const failed = after.filter(
    (each) => findCondition(each, "HealthCheckSucceeded")?.status === "False",
  );
  expect(failed).toHaveLength(2);
  const check = await world.get(MachineHealthCheck, "check");
  expect(check?.status).toMatchObject({
    expectedMachines: 3,
    currentHealthy: 1,
    remediationsAllowed: 0,
  });
  expect(findCondition(check!, "RemediationAllowed")).toMatchObject({
    status: "False",
    reason: "TooManyUnhealthy",
  });
});

test("a paused Cluster is left alone until it is unpaused", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  const cluster = { namespace, name: "test" };
  await world.run(world.client.mergePatch(Cluster, cluster, { spec: { paused: true } }));
  await world.kernel.runFor(minute);
  await world.run(world.client.mergePatch(MachineDeployment, key, { spec: { replicas: 2 } }));
  await world.kernel.runFor(10 * minute);
  expect(await world.list(Machine)).toHaveLength(1);
  const paused = findCondition((await world.get(MachineDeployment, "md"))!, "Paused");
  expect(paused).toMatchObject({ status: "True", message: "Cluster spec.paused is set to true" });
  await world.run(world.client.mergePatch(Cluster, cluster, { spec: { paused: null } }));
  await world.until(() => world.settled(2), "two Machines");
});

test("OnDelete replaces only what somebody deletes", async () => {
  await world.createCluster(2, { strategy: { type: "OnDelete" } });
  await world.until(() => world.settled(2), "two Machines");
  const before = await world.list(Machine);
  const version = "v1.34.3";
  await world.run(
    world.client.mergePatch(MachineDeployment, key, { spec: { template: { spec: { version } } } }),
  );
  await world.kernel.runFor(20 * minute);
  const unchanged = await world.list(Machine);
  expect(unchanged.map(({ metadata }) => metadata.uid)).toEqual(
    before.map(({ metadata }) => metadata.uid),
  );
  expect(findCondition(unchanged[0]!, "UpToDate")).toMatchObject({
    status: "False",
    message: "* Version v1.34.2, v1.34.3 required",
  });
  for (const machine of before) await world.run(world.client.delete(Machine, keyOf(machine)));
  await world.until(() => world.settled(2), "two new Machines");
  expect((await world.list(Machine)).map(({ spec }) => spec.version)).toEqual([version, version]);
});

test("a rollback makes the old MachineSet the current one again", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  const [first] = await world.list(MachineSet);
  const set = (version: string) =>
    world.run(
      world.client.mergePatch(MachineDeployment, key, {
        spec: { template: { spec: { version } } },
      }),
    );
  await set("v1.34.3");
  await world.kernel.runFor(90_000);
  expect(await world.list(MachineSet)).toHaveLength(2);
  await set("v1.34.2");
  await world.until(
    async () => (await world.settled(2)) && (await world.list(MachineSet)).length === 1,
    "the rollback",
  );
  const [last] = await world.list(MachineSet);
  expect(last?.metadata.uid).toBe(first?.metadata.uid);
  const { annotations } = last!.metadata;
  expect(annotations?.["machinedeployment.clusters.x-k8s.io/revision"]).toBe("3");
  expect(annotations?.["machinedeployment.clusters.x-k8s.io/revision-history"]).toBe("1");
});

test("a drain waits for a PodDisruptionBudget, and the Machine says so", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  const [machine] = await world.list(Machine);
  const pod = { namespace, name: "web" };
  await world.run(
    world.workload.create(Pod, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...pod, labels: { app: "web" } },
      spec: {
        nodeName: machine!.status!.nodeRef!.name,
        containers: [{ name: "web", image: "web" }],
      },
    }),
  );
  const running = {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True" }],
  };
  await world.run(
    world.workload.mergePatch(Pod, pod, { status: running }, { subresource: "status" }),
  );
  const budget = { namespace, name: "web" };
  await world.run(
    world.workload.create(PodDisruptionBudget, {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: budget,
      spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
    } as never),
  );
  const status = {
    currentHealthy: 1,
    desiredHealthy: 1,
    disruptionsAllowed: 0,
    expectedPods: 1,
    observedGeneration: 1,
  };
  await world.run(
    world.workload.mergePatch(PodDisruptionBudget, budget, { status }, { subresource: "status" }),
  );
  await world.run(world.client.mergePatch(MachineDeployment, key, { spec: { replicas: 0 } }));
  await world.kernel.runFor(5 * minute);
  const waiting = await world.get(Machine, machine!.metadata.name);
  const deleting = findCondition(waiting!, "Deleting");
  expect(deleting).toMatchObject({ status: "True", reason: "DrainingNode" });
  expect(deleting?.message).toContain(
    "* Pod default/web: cannot evict pod as it would violate the pod's disruption budget",
  );
  expect(await world.run(world.workload.get(Pod, pod))).toBeDefined();
  const relaxed = { ...status, disruptionsAllowed: 1 };
  await world.run(
    world.workload.mergePatch(
      PodDisruptionBudget,
      budget,
      { status: relaxed },
      { subresource: "status" },
    ),
  );
  await world.kernel.runFor(minute);
  const left = await world.run(world.workload.get(Pod, pod));
  expect(left?.metadata.deletionTimestamp).toBeDefined();
  // Nothing here plays the kubelet, which would confirm the end of the pod.
  await world.run(
    world.workload.rest.call({
      method: "DELETE",
      path: "/api/v1/namespaces/default/pods/web",
      body: { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 },
    }),
  );
  await world.until(async () => (await world.list(Machine)).length === 0, "the end of the Machine");
});

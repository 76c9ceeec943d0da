import { beforeEach, expect, test } from "vitest";
import type { Faults } from "@seatrial/fakecloud/kernel/faults.ts";
import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../api/aws/v1beta2.ts";
import {
  Cluster,
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from "../api/core/v1beta2.ts";
import { Node, Pod, PodDisruptionBudget } from "../api/kubernetes.ts";
import type { Kind, KubeObject } from "../runtime/client.ts";
import { keyOf } from "../runtime/client.ts";
import { findCondition } from "../runtime/conditions.ts";
import { infrastructure, minute, namespace, World } from "./core-world.ts";

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

test("what readers of v1beta1 look at is kept: Ready, and the counters of old", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two available Machines");
  const [machine] = await world.list(Machine);
  const [deployment] = await world.list(MachineDeployment);
  for (const object of [machine, deployment]) {
    const conditions = object?.status?.deprecated?.v1beta1?.conditions ?? [];
    expect(conditions[0], object?.kind).toMatchObject({ type: "Ready", status: "True" });
  }
  const counters = { readyReplicas: 2, updatedReplicas: 2, unavailableReplicas: 0 };
  expect(deployment?.status?.deprecated?.v1beta1).toMatchObject(counters);
});

// Red when the MachineSet takes a default away from its Machines that the API server gives back (nothing changes, but a write is sent).
test("at rest nothing is written: no version changes, no write is even sent, and nobody reconciles more often than the resync", async () => {
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
  const writes: string[] = [];
  const note: Faults = {
    decide: ({ operation }) => {
      if (!/^(GET|get|list|watch) /.test(operation)) writes.push(operation);
      return undefined;
    },
  };
  world.faults = note;
  world.workloadFaults = note;
  world.reconciles.clear();
  await world.kernel.runFor(60 * minute);
  expect(await versions()).toEqual(before);
  expect(writes).toEqual([]);
  // Every ten minutes all objects come again; the connection to the workload cluster is probed every ten seconds.
  const probe = 360;
  for (const [name, count] of world.reconciles) {
    const most = name === "clustercache test" ? probe + 12 : 7;
    expect([name, count <= most], `${name}: ${count}`).toEqual([name, true]);
  }
  expect(world.reconciles.size).toBeGreaterThan(6);
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

import { beforeEach, expect, test } from "vitest";
import type { FaultPoint } from "@seatrial/fakecloud/kernel/faults.ts";
import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../api/aws/v1beta2.ts";
import {
  Cluster,
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from "../api/core/v1beta2.ts";
import { keyOf, type Kind, type KubeObject } from "../runtime/client.ts";
import { findCondition } from "../runtime/conditions.ts";
import { infrastructure, minute, namespace, World } from "./core-world.ts";

/** Defects that other implementations had, by their number in the collection of historical bugs (D1 …). */
const key = { namespace, name: "md" };
let world: World;
beforeEach(async () => {
  world = new World();
  await world.start();
});

const patch = (spec: object) =>
  world.run(world.client.mergePatch(MachineDeployment, key, { spec }));
const useTemplate = (name: string) =>
  patch({
    template: {
      spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSMachineTemplate", name } },
    },
  });
const uids = async () => (await world.list(Machine)).map(({ metadata }) => metadata.uid);
const all = (kind: Kind<KubeObject>): Promise<readonly KubeObject[]> => world.list(kind);

/** Checks after every few seconds of the time that passes. */
async function during(ms: number, check: () => Promise<void>): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10_000) {
    await world.kernel.runFor(10_000);
    await check();
  }
}

/** The first request of this kind has no answer, and has happened or not. */
function loseOnce(operation: string, phase: FaultPoint["phase"]): () => number {
  let lost = 0;
  world.faults = {
    decide: (point) => {
      if (lost > 0 || point.operation !== operation || point.phase !== phase) return undefined;
      lost += 1;
      return { do: "loseResponse" };
    },
  };
  return () => lost;
}

for (const what of ["machines", "awsmachines"]) {
  for (const phase of ["beforeCommit", "afterCommit"] as const) {
    test(`D22: a lost answer to "create ${what}" (${phase}) leaves neither a duplicate nor a leftover`, async () => {
      const lost = loseOnce(`create ${what}`, phase);
      await world.createCluster(3);
      await world.until(() => world.settled(3), "three Machines");
      expect(lost()).toBe(1);
      const names = (await world.list(Machine)).map(({ metadata }) => metadata.name);
      expect(names).toHaveLength(3);
      const instances = await world.list(AWSMachine);
      expect(instances.map(({ metadata }) => metadata.name)).toEqual(names);
    });
  }
}

test("D6: a lost answer to the creation of a MachineSet never makes more Machines than replicas and surge", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  const lost = loseOnce("create machinesets", "afterCommit");
  await useTemplate("two");
  await world.until(async () => {
    expect((await world.list(Machine)).length).toBeLessThanOrEqual(3);
    return (await world.settled(2)) && (await world.list(MachineSet)).length === 1;
  }, "the rollout");
  expect(lost()).toBe(1);
});

test("D5, D15: rollout.after makes one rollout, at its time and without another event", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  await world.kernel.runFor(10 * minute);
  const before = await uids();
  const afterMs = world.kernel.clock.now() + 200_000;
  await patch({ rollout: { after: new Date(afterMs).toISOString().replace(/\.\d+/, "") } });
  await world.kernel.runFor(180_000);
  expect(await uids()).toEqual(before);
  await world.kernel.runFor(60_000);
  expect(await world.list(MachineSet)).toHaveLength(2);
  await world.until(
    async () => (await world.settled(2)) && (await world.list(MachineSet)).length === 1,
    "the rollout",
  );
  const rolled = await uids();
  for (const uid of before) expect(rolled).not.toContain(uid);
  await world.kernel.runFor(60 * minute);
  expect(await uids()).toEqual(rolled);
  const deployment = await world.get(MachineDeployment, "md");
  const current = (await world.list(Machine)).map(
    (each) => findCondition(each, "UpToDate")?.status,
  );
  expect(current).toEqual(["True", "True"]);
  expect(findCondition(deployment!, "RollingOut")?.status).toBe("False");
});

test("D4, D8: a new MachineSet whose Machines never work stops the rollout before it costs an old one", async () => {
  await world.createCluster(3);
  await world.until(() => world.settled(3), "three Machines");
  const before = await uids();
  world.hasNode = ({ metadata }) =>
    metadata.annotations?.["cluster.x-k8s.io/cloned-from-name"] !== "two";
  await useTemplate("two");
  await world.kernel.runFor(60 * minute);
  const machines = await uids();
  expect(machines).toHaveLength(4);
  expect(machines).toEqual(expect.arrayContaining(before));
  expect((await world.get(MachineDeployment, "md"))?.status?.availableReplicas).toBe(3);
});

test("D9: from OnDelete to RollingUpdate the current MachineSet may create Machines", async () => {
  await world.createCluster(2, { strategy: { type: "OnDelete" } });
  await world.until(() => world.settled(2), "two Machines");
  await useTemplate("two");
  await world.kernel.runFor(2 * minute);
  await patch({ rollout: { strategy: { type: "RollingUpdate" } } });
  await world.until(
    async () => (await world.settled(2)) && (await world.list(MachineSet)).length === 1,
    "the rollout",
  );
});

test("D10: a MachineDeployment with a very long name has MachineSets and Machines with valid names", async () => {
  await world.createCluster(1);
  const name = "a".repeat(63);
  const { spec } = (await world.get(MachineDeployment, "md"))!;
  await world.create(MachineDeployment as never, {
    metadata: { name, namespace },
    spec: {
      clusterName: "test",
      replicas: 2,
      selector: {},
      template: { spec: spec.template.spec },
    },
  });
  await world.until(
    async () => (await world.get(MachineDeployment, name))?.status?.availableReplicas === 2,
    "two Machines",
  );
  for (const object of [...(await world.list(MachineSet)), ...(await world.list(Machine))]) {
    expect(object.metadata.name.length).toBeLessThanOrEqual(63);
  }
});

test("D11: a paused MachineDeployment without a MachineSet makes none and reports no error", async () => {
  await world.createCluster(2, undefined, { paused: true });
  await world.kernel.runFor(5 * minute);
  expect(await world.list(MachineSet)).toEqual([]);
  expect(world.errors).toEqual([]);
  await patch({ paused: null });
  await world.until(() => world.settled(2), "two Machines");
});

test("D16: a smaller number in the middle of provisioning deletes exactly the difference", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  await patch({ replicas: 5 });
  await world.kernel.runFor(20_000);
  const before = await uids();
  expect(before).toHaveLength(5);
  await patch({ replicas: 4 });
  await during(5 * minute, async () => {
    expect((await uids()).filter((uid) => before.includes(uid)).length).toBeGreaterThanOrEqual(4);
  });
  expect(await world.settled(4)).toBe(true);
});

test("D18: after a restart in the middle of the deletion of a Cluster nothing is created any more", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  const before = await uids();
  await world.run(world.manager.stop());
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  await patch({ replicas: 5 });
  const [machine] = await world.list(Machine);
  await world.run(world.client.delete(Machine, keyOf(machine!)));
  // The deletion does not get past the Cluster for a while.
  world.faults = {
    decide: ({ operation, phase }) =>
      operation === "delete machinedeployments" && phase === "beforeCommit"
        ? { do: "fail", code: "InternalError", status: 500 }
        : undefined,
  };
  world.restart();
  await during(2 * minute, async () => {
    for (const uid of await uids()) expect(before).toContain(uid);
  });
  expect(await uids()).toHaveLength(1);
  world.faults = { decide: () => undefined };
  await world.until(async () => (await world.get(Cluster, "test")) === undefined, "the end");
  for (const kind of [Machine, MachineSet, MachineDeployment, AWSMachine, AWSCluster]) {
    expect(await all(kind)).toEqual([]);
  }
});

test("D19: Machines whose labels somebody changes still count", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  const before = await uids();
  for (const machine of await world.list(Machine)) {
    const labels = { "cluster.x-k8s.io/deployment-name": "other", "machine-template-hash": null };
    await world.run(world.client.mergePatch(Machine, keyOf(machine), { metadata: { labels } }));
  }
  await world.kernel.runFor(10 * minute);
  expect(await uids()).toEqual(before);
});

test("D20: owner references that somebody removes come back, and adoption goes before creation", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  await world.kernel.runFor(minute);
  const kinds: Kind<KubeObject>[] = [
    Machine,
    MachineSet,
    MachineDeployment,
    AWSMachine,
    AWSCluster,
  ];
  const owners = async () => {
    const objects = (await Promise.all(kinds.map((kind) => all(kind)))).flat();
    return objects.map(({ metadata }) => [
      metadata.name,
      metadata.uid,
      metadata.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`),
    ]);
  };
  const before = await owners();
  expect(before).toHaveLength(7);
  for (const kind of kinds) {
    for (const object of await all(kind)) {
      const metadata = { ownerReferences: null };
      const work = world.client.mergePatch(kind, keyOf(object), { metadata });
      await world.run(work);
    }
  }
  await world.kernel.runFor(11 * minute);
  expect(await owners()).toEqual(before);
});

test("D21: scaling down needs no template, and what misses it is said", async () => {
  await world.createCluster(3);
  await world.until(() => world.settled(3), "three Machines");
  await world.run(world.client.delete(AWSMachineTemplate, { namespace, name: "one" }));
  await patch({ replicas: 1 });
  await world.until(() => world.settled(1), "one Machine");
  const deployment = await world.get(MachineDeployment, "md");
  expect(findCondition(deployment!, "ScalingUp")?.message).toBe(
    "Scaling up would be blocked because AWSMachineTemplate does not exist",
  );
});

function healthCheck(nodeStartupTimeoutSeconds: number): object {
  return {
    metadata: { name: "check", namespace },
    spec: {
      clusterName: "test",
      selector: { matchLabels: { "cluster.x-k8s.io/deployment-name": "md" } },
      checks: {
        nodeStartupTimeoutSeconds,
        unhealthyNodeConditions: [{ type: "Ready", status: "Unknown", timeoutSeconds: 60 }],
      },
    },
  };
}

test("D66: the time for a Node to come begins when there is a control plane to join", async () => {
  world.hasNode = () => false;
  world.hasControlPlane = false;
  await world.createCluster(2);
  await world.create(MachineHealthCheck as never, healthCheck(300));
  await world.kernel.runFor(2 * minute);
  const before = await uids();
  expect(before).toHaveLength(2);
  await world.kernel.runFor(30 * minute);
  const lastTransitionTime = new Date(world.kernel.clock.now()).toISOString().replace(/\.\d+/, "");
  const type = "ControlPlaneInitialized";
  const condition = {
    type,
    status: "True",
    reason: "Initialized",
    message: "",
    lastTransitionTime,
  };
  await world.initialize({ conditions: [condition] });
  await world.kernel.runFor(280_000);
  expect(await uids()).toEqual(before);
  world.hasNode = () => true;
  await world.kernel.runFor(60_000);
  for (const uid of await uids()) expect(before).not.toContain(uid);
  await world.until(() => world.settled(2), "two Machines");
});

test("D67: a workload cluster that refuses or does not answer costs no Machine", async () => {
  await world.createCluster(2);
  await world.create(MachineHealthCheck as never, healthCheck(60));
  await world.until(() => world.settled(2), "two Machines");
  const before = await uids();
  world.workloadFaults = {
    decide: ({ phase }) =>
      phase === "beforeCommit" ? { do: "fail", code: "Unauthorized", status: 401 } : undefined,
  };
  await world.kernel.runFor(30 * minute);
  expect(await uids()).toEqual(before);
  world.workloadFaults = {
    decide: ({ phase }) => (phase === "beforeCommit" ? { do: "loseResponse" } : undefined),
  };
  await world.kernel.runFor(30 * minute);
  expect(await uids()).toEqual(before);
  for (const machine of await world.list(Machine)) {
    expect(findCondition(machine, "HealthCheckSucceeded")?.status).not.toBe("False");
  }
});

for (const propagationPolicy of ["Background", "Foreground"] as const) {
  test(`a MachineDeployment deleted in the ${propagationPolicy.toLowerCase()} takes its Machines with it`, async () => {
    await world.createCluster(2);
    await world.until(() => world.settled(2), "two Machines");
    await world.run(world.client.delete(MachineDeployment, key, { propagationPolicy }));
    await world.until(async () => {
      const deployment = await world.get(MachineDeployment, "md");
      if (deployment !== undefined) return false;
      expect(await world.list(Machine)).toEqual([]);
      return true;
    }, "the end");
    expect(await world.list(AWSMachine)).toEqual([]);
    expect(await world.get(Cluster, "test")).toBeDefined();
  });
}

test("a Cluster whose provider is not installed waits for it without an error", async () => {
  await world.create(Cluster as never, {
    metadata: { name: "early", namespace },
    spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name: "early" } },
  });
  await world.kernel.runFor(5 * minute);
  expect(world.errors).toEqual([]);
  const waiting = await world.get(Cluster, "early");
  expect(waiting?.status?.phase).toBe("Provisioning");
  expect(findCondition(waiting!, "InfrastructureReady")?.reason).toBe("ObjectDoesNotExist");
  await world.create(AWSCluster as never, {
    metadata: { name: "early", namespace },
    spec: { region: "eu-west-1" },
  });
  await world.until(
    async () => (await world.get(Cluster, "early"))?.status?.phase === "Provisioned",
    "the cluster",
  );
});

test("labels, annotations and time-outs of the template reach existing Machines and what belongs to them without a rollout", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  const before = await uids();
  const metadata = { labels: { team: "blue" }, annotations: { note: "kept" } };
  await patch({
    template: { metadata, spec: { deletion: { nodeDrainTimeoutSeconds: 77 }, minReadySeconds: 5 } },
  });
  await world.kernel.runFor(2 * minute);
  expect(await uids()).toEqual(before);
  for (const machine of await world.list(Machine)) {
    expect(machine).toMatchObject({
      metadata,
      spec: { deletion: { nodeDrainTimeoutSeconds: 77 }, minReadySeconds: 5 },
    });
  }
  for (const instance of await world.list(AWSMachine)) expect(instance).toMatchObject({ metadata });
  expect(await world.list(MachineSet)).toHaveLength(1);
});

import { beforeEach, expect, test } from "vitest";
import type { FaultPoint, Faults } from "@seatrial/fakecloud/kernel/faults.ts";
import { KubeadmConfigTemplate } from "../api/bootstrap/v1beta2.ts";
import { KubeadmControlPlane } from "../api/control-plane/v1beta2.ts";
import { Cluster, Machine, MachineDeployment, MachineSet } from "../api/core/v1beta2.ts";
import { Secret } from "../api/kubernetes.ts";
import { findCondition } from "../runtime/conditions.ts";
import { minute, namespace, World } from "./core-world.ts";

/** Caches, connections and loops that other implementations got wrong, by their number (D57 …). */
let world: World;
beforeEach(async () => {
  world = new World();
  await world.start();
});

const key = { namespace, name: "md" };
const patch = (spec: object) =>
  world.run(world.client.mergePatch(MachineDeployment, key, { spec }));

test("D57: a workload cluster that answers no list holds up no reconcile for ever", async () => {
  world.workloadFaults = {
    decide: ({ operation, phase }: FaultPoint) =>
      operation === "list nodes" && phase === "beforeCommit" ? { do: "loseResponse" } : undefined,
  };
  await world.createCluster(1);
  await world.kernel.runFor(5 * minute);
  const [machine] = await world.list(Machine);
  expect(machine?.status?.phase).toBe("Provisioned");
  const before = world.reconciles.get(`machine ${machine!.metadata.name}`) ?? 0;
  await world.kernel.runFor(30 * minute);
  expect(world.reconciles.get(`machine ${machine!.metadata.name}`)).toBeGreaterThan(before);
  world.workloadFaults = { decide: () => undefined };
  await world.until(() => world.settled(1), "the Machine", 5 * minute);
});

test("D58: an API server that forbids its front page is alive, and its cache is kept", async () => {
  let forbidden = 0;
  world.workloadFaults = {
    decide: ({ operation, phase }: FaultPoint) => {
      if (operation !== "GET /" || phase !== "beforeCommit") return undefined;
      forbidden += 1;
      return { do: "fail", code: "Forbidden", status: 403 };
    },
  };
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  await world.kernel.runFor(60 * minute);
  expect(forbidden).toBeGreaterThan(300);
  expect(world.dialled).toHaveLength(1);
});

test("D59: however often a kubeconfig is renewed, there is one connection, and nothing of the old ones is left", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  const { held } = world.manager.life;
  for (let round = 1; round <= 20; round += 1) {
    const value = Buffer.from(`kubeconfig ${round}`).toString("base64");
    const secret = { namespace, name: "test-kubeconfig" };
    await world.run(world.client.mergePatch(Secret, secret, { data: { value } }));
    await world.kernel.runFor(3 * minute);
    expect(world.dialled.at(-1)).toBe(`kubeconfig ${round}`);
    expect(world.connections).toBe(1);
  }
  expect(world.manager.life.held).toBe(held);
  // The new connection works: a Node that is not ready is seen.
  await patch({ replicas: 2 });
  await world.until(() => world.settled(2), "two Machines");
});

test("D60: clusters that do not answer, however many, take nothing from one that does", async () => {
  const alone = new World();
  await alone.start();
  const settleMs = async (its: World) => {
    const startedMs = its.kernel.clock.now();
    await its.createCluster(3);
    await its.until(() => its.settled(3), "three Machines");
    return its.kernel.clock.now() - startedMs;
  };
  const usualMs = await settleMs(alone);
  world.workloadFaults = {
    decide: ({ actor, phase }: FaultPoint) =>
      phase === "beforeCommit" && actor !== "kubeconfig of test"
        ? { do: "loseResponse" }
        : undefined,
  };
  // More than are connected to at a time.
  const count = process.env["SEATRIAL_FULL"] === undefined ? 30 : 300;
  for (let index = 0; index < count; index += 1) await world.createBareCluster(`silent-${index}`);
  await world.kernel.runFor(minute);
  expect(new Set(world.dialled).size).toBe(count);
  expect(await settleMs(world)).toBeLessThanOrEqual(usualMs + 10_000);
});

async function silence() {
  const cluster = await world.get(Cluster, "test");
  const [machine] = await world.list(Machine);
  return [findCondition(cluster!, "RemoteConnectionProbe"), findCondition(machine!, "NodeHealthy")];
}

const nobodyAnswers: Faults = {
  decide: ({ phase }) =>
    phase === "beforeCommit" ? { do: "fail", code: "ServiceUnavailable", status: 503 } : undefined,
};

test("a workload cluster that falls silent is said to be, first by its Cluster and then by its Machines", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "the Machine");
  world.workloadFaults = nobodyAnswers;
  await world.kernel.runFor(90_000);
  const down = { status: "Unknown", reason: "ConnectionDown" };
  expect(await silence()).toMatchObject([{ reason: "ProbeFailed" }, { reason: "NodeHealthy" }]);
  await world.kernel.runFor(5 * minute);
  expect(await silence()).toMatchObject([{ status: "False" }, down]);
});

test("a process that never reaches a workload cluster does not go on saying what the one before it saw", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "the Machine");
  await world.kernel.runFor(5 * minute);
  await world.run(world.manager.stop());
  world.workloadFaults = nobodyAnswers;
  world.restart();
  await world.kernel.runFor(minute);
  expect(await silence()).toMatchObject([{ status: "True" }, { status: "True" }]);
  await world.kernel.runFor(3 * minute);
  const message = "Remote connection probe failed";
  const down = { status: "Unknown", reason: "ConnectionDown", message: "" };
  expect(await silence()).toMatchObject([{ status: "False", message }, down]);
});

test("D63: an error whose text is new every time is tried again ever more slowly", async () => {
  let attempts = 0;
  world.faults = {
    decide: ({ operation, phase }: FaultPoint) => {
      if (operation !== "create awsmachines" || phase !== "beforeCommit") return undefined;
      attempts += 1;
      const message = `no AWSMachine ${attempts} today`;
      return { do: "fail", code: "InternalError", status: 500, message };
    },
  };
  await world.createCluster(1);
  await world.kernel.runFor(60 * minute);
  expect(attempts).toBeGreaterThan(5);
  // One each at 5 ms, 10 ms, … 1,000 s, each repeated by the client, and six resyncs.
  expect(attempts).toBeLessThan(150);
  world.faults = { decide: () => undefined };
  await world.until(() => world.settled(1), "the Machine");
});

const infrastructureRef = {
  apiGroup: "infrastructure.cluster.x-k8s.io",
  kind: "AWSMachineTemplate",
  name: "one",
};

async function setVersion(version: string): Promise<void> {
  const plane = { namespace, name: "plane" };
  const kind = KubeadmControlPlane;
  await world.run(world.client.mergePatch(kind, plane, { spec: { version } }));
  const status = { version, versions: [{ version, replicas: 1 }] };
  await world.run(world.client.mergePatch(kind, plane, { status }, { subresource: "status" }));
}

/** The control plane is a minor version behind its workers, of which there is none yet. */
async function skewedCluster(): Promise<void> {
  await world.create(KubeadmControlPlane as never, {
    metadata: { name: "plane", namespace },
    spec: {
      replicas: 1,
      version: "v1.33.4",
      kubeadmConfigSpec: { format: "cloud-config" },
      machineTemplate: { spec: { infrastructureRef } },
    },
  });
  await setVersion("v1.33.4");
  await world.createCluster(
    1,
    undefined,
    {},
    {
      controlPlaneRef: {
        apiGroup: "controlplane.cluster.x-k8s.io",
        kind: "KubeadmControlPlane",
        name: "plane",
      },
    },
  );
  await world.kernel.runFor(10 * minute);
  expect(await world.list(Machine)).toEqual([]);
}

test("a control plane that is missing is what the Cluster says is missing", async () => {
  const controlPlaneRef = {
    apiGroup: "controlplane.cluster.x-k8s.io",
    kind: "KubeadmControlPlane",
    name: "nowhere",
  };
  await world.createBareCluster("headless", { controlPlaneRef });
  await world.kernel.runFor(2 * minute);
  const cluster = await world.get(Cluster, "headless");
  for (const type of ["ControlPlaneInitialized", "ControlPlaneAvailable"]) {
    expect(findCondition(cluster!, type)?.reason, type).toMatch(/ObjectDoesNotExist|NotExist/);
  }
  expect(world.errors).toEqual([]);
});

const isOneMachine = async () => (await world.list(Machine)).length === 1;

test("D69: no worker is made that could not join the control plane's version, and it comes when it can", async () => {
  await skewedCluster();
  const [set] = await world.list(MachineSet);
  expect(findCondition(set!, "ScalingUp")?.message).toContain(
    'do not conform to the kubernetes version skew policy ("KubernetesVersionSkew" preflight check failed)',
  );
  await setVersion("v1.34.2");
  await world.until(isOneMachine, "the worker", minute);
});

test("preflight checks are skipped where the bootstrap template says so", async () => {
  await skewedCluster();
  await world.create(KubeadmConfigTemplate as never, {
    metadata: {
      name: "joins-older",
      namespace,
      annotations: { "machineset.cluster.x-k8s.io/skip-preflight-checks": "All" },
    },
    spec: { template: { spec: { format: "cloud-config" } } },
  });
  const configRef = {
    apiGroup: "bootstrap.cluster.x-k8s.io",
    kind: "KubeadmConfigTemplate",
    name: "joins-older",
  };
  await patch({ template: { spec: { bootstrap: { dataSecretName: null, configRef } } } });
  await world.until(isOneMachine, "the worker", minute);
});

test("D7: the same template written in other words starts no rollout", async () => {
  await world.createCluster(2);
  await world.until(() => world.settled(2), "two Machines");
  const names = async () => (await world.list(Machine)).map(({ metadata }) => metadata.uid);
  const before = await names();
  await patch({ template: { metadata: { labels: {}, annotations: {}, creationTimestamp: null } } });
  await patch({ template: { spec: { minReadySeconds: 0 } } });
  await world.kernel.runFor(5 * minute);
  expect(await names()).toEqual(before);
  expect(await world.list(MachineSet)).toHaveLength(1);
});

test("D14: in the middle of a rollout that is stuck the counters are the sums of the MachineSets'", async () => {
  await world.createCluster(3);
  await world.until(() => world.settled(3), "three Machines");
  world.hasNode = ({ metadata }) =>
    metadata.annotations?.["cluster.x-k8s.io/cloned-from-name"] !== "two";
  await patch({
    template: { spec: { infrastructureRef: { ...infrastructureRef, name: "two" } } },
  });
  await world.kernel.runFor(10 * minute);
  const sets = await world.list(MachineSet);
  expect(sets).toHaveLength(2);
  const deployment = await world.get(MachineDeployment, "md");
  for (const counter of ["replicas", "readyReplicas", "availableReplicas"] as const) {
    const sum = sets.reduce((total, { status }) => total + (status?.[counter] ?? 0), 0);
    expect([counter, deployment?.status?.[counter]]).toEqual([counter, sum]);
  }
  expect(deployment?.status).toMatchObject({
    replicas: 4,
    availableReplicas: 3,
    upToDateReplicas: 1,
  });
});

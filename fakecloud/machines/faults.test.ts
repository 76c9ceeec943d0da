import { expect, test } from "vitest";
import type { FaultAction, FaultPoint, Faults } from "../kernel/faults.ts";
import { TestCloud } from "./test-cloud.ts";
import {
  apply,
  cloudControllerManager,
  createTestPki,
  createToken,
  initUserData,
  joinUserData,
  networkPlugIn,
} from "./test-user-data.ts";

const minute = 60_000;
const sets = "/apis/apps/v1/namespaces/kube-system/daemonsets";

/** Strikes at one operation of one machine, while it is armed. */
class OneFault implements Faults {
  action: FaultAction | undefined;
  readonly operation: string;
  readonly object: string;

  constructor(operation: string, action: FaultAction | undefined, object = "md-0") {
    this.operation = operation;
    this.action = action;
    this.object = object;
  }

  decide({ seam, operation, object }: FaultPoint): FaultAction | undefined {
    const hits = seam === "machine" && operation === this.operation && object === this.object;
    return hits ? this.action : undefined;
  }
}

const failure: FaultAction = { do: "fail", code: "Broken", status: 500, message: "it broke" };

async function start(faults: Faults) {
  const cloud = new TestCloud("1", faults);
  const pki = createTestPki(cloud);
  cloud.launch("cp-0", initUserData(pki), { role: "control-plane" });
  await cloud.kernel.runFor(4 * minute);
  const [cluster] = cloud.machines.clusters();
  if (cluster === undefined) throw new Error("no cluster");
  await apply(cluster, sets, networkPlugIn());
  await apply(cluster, sets, cloudControllerManager());
  const token = await createToken(cluster);
  const worker = cloud.launch("md-0", joinUserData(pki, { token }));
  return { cloud, cluster, worker, pki };
}

async function nodeOf({ cloud, cluster, worker }: Awaited<ReturnType<typeof start>>) {
  const node = await cluster.caller("test").get(`/api/v1/nodes/${cloud.nodeName(worker)}`);
  const { conditions = [] } = (node?.["status"] ?? {}) as {
    conditions?: { type: string; status: string }[];
  };
  const { taints = [] } = (node?.["spec"] ?? {}) as { taints?: { key: string }[] };
  return {
    exists: node !== undefined,
    status: (type: string) => conditions.find((one) => one.type === type)?.status,
    taints: taints.map(({ key }) => key),
  };
}

for (const operation of ["boot", "user data", "kubeadm join", "kubelet registration"]) {
  test(`a fault at "${operation}" keeps the machine from joining, and why tells its words`, async () => {
    const world = await start(new OneFault(operation, failure));
    await world.cloud.kernel.runFor(5 * minute);
    expect(world.cloud.machines.why(world.worker)).toContain("it broke");
    expect(world.cloud.log(world.worker)).toContain("it broke");
    expect((await nodeOf(world)).exists).toBe(false);
    world.cloud.machines.close();
  });
}

test("a slow boot only takes longer, and a hanging one never ends", async () => {
  const slow = await start(new OneFault("boot", { do: "delay", ms: 10 * minute }));
  await slow.cloud.kernel.runFor(9 * minute);
  expect((await nodeOf(slow)).exists).toBe(false);
  await slow.cloud.kernel.runFor(4 * minute);
  expect((await nodeOf(slow)).exists).toBe(true);
  slow.cloud.machines.close();
  const hanging = await start(new OneFault("boot", { do: "loseResponse" }));
  await hanging.cloud.kernel.runFor(20 * minute);
  expect(hanging.cloud.machines.why(hanging.worker)).toBe("boot hangs");
  hanging.cloud.machines.close();
});

test("a kubelet that falls silent makes its Node Unknown, and Ready again when it is back", async () => {
  const fault = new OneFault("kubelet heartbeat", undefined);
  const world = await start(fault);
  await world.cloud.kernel.runFor(4 * minute);
  expect((await nodeOf(world)).status("Ready")).toBe("True");
  fault.action = failure;
  await world.cloud.kernel.runFor(75_000);
  expect((await nodeOf(world)).status("Ready")).toBe("Unknown");
  fault.action = undefined;
  await world.cloud.kernel.runFor(20_000);
  const node = await nodeOf(world);
  expect(node.status("Ready")).toBe("True");
  expect(node.taints).toEqual([]);
  const pods = await world.cluster.caller("test").list("/api/v1/pods");
  const notReady = pods.filter(({ status }) =>
    (status as { conditions: { type: string; status: string }[] }).conditions.some(
      ({ type, status: value }) => type === "Ready" && value !== "True",
    ),
  );
  expect(notReady).toEqual([]);
  world.cloud.machines.close();
});

test("a node that runs short of disk says so and is tainted", async () => {
  const fault = new OneFault("kubelet heartbeat", undefined);
  const world = await start(fault);
  await world.cloud.kernel.runFor(4 * minute);
  fault.action = { do: "fail", code: "DiskPressure", status: 500 };
  await world.cloud.kernel.runFor(15_000);
  const node = await nodeOf(world);
  expect(node.status("DiskPressure")).toBe("True");
  expect(node.status("Ready")).toBe("True");
  expect(node.taints).toEqual(["node.kubernetes.io/disk-pressure"]);
  world.cloud.machines.close();
});

test("a Node that the cloud controller does not initialise keeps its taint", async () => {
  const name = "ip-10-0-3-32.eu-west-1.compute.internal";
  const world = await start(new OneFault("node initialization", failure, name));
  await world.cloud.kernel.runFor(4 * minute);
  expect(world.cloud.nodeName(world.worker)).toBe(name);
  expect((await nodeOf(world)).taints).toEqual(["node.cloudprovider.kubernetes.io/uninitialized"]);
  expect(world.cloud.machines.why(world.worker)).toContain(
    "keeps the taint node.cloudprovider.kubernetes.io/uninitialized",
  );
  world.cloud.machines.close();
});

test("a learner that is never promoted stays in the member list and blocks the next join", async () => {
  const fault = new OneFault("etcd promotion", failure, "cp-1");
  const world = await start(fault);
  const { cloud, cluster, pki } = world;
  const token = await createToken(cluster, { id: "ghijkl" });
  const join = joinUserData(pki, { token, controlPlane: true });
  const second = cloud.launch("cp-1", join, { role: "control-plane" });
  await cloud.kernel.runFor(4 * minute);
  expect(cloud.machines.why(second)).toContain("it broke");
  expect(cluster.etcd.members().map(({ isLearner }) => isLearner)).toEqual([false, true]);
  const third = cloud.launch("cp-2", join, { role: "control-plane" });
  await cloud.kernel.runFor(6 * minute);
  expect(cloud.machines.why(third)).toContain("too many learner members in cluster");
  cloud.machines.close();
});

test("a machine that is too small for a control plane is refused by preflight", async () => {
  const cloud = new TestCloud();
  const pki = createTestPki(cloud);
  const id = cloud.launch("cp-0", initUserData(pki), {
    role: "control-plane",
    instanceType: "t2.micro",
  });
  await cloud.kernel.runFor(2 * minute);
  expect(cloud.log(id)).toContain(
    "\t[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2",
  );
  expect(cloud.log(id)).toMatch(
    /\[ERROR Mem\]: the system RAM \(\d+ MB\) is less than the minimum/,
  );
  cloud.machines.close();
});

test("a field that kubeadm does not know is warned of and ignored", async () => {
  const cloud = new TestCloud();
  const pki = createTestPki(cloud);
  const id = cloud.launch("cp-0", initUserData(pki, { cluster: ["apiServer: {timeout: 4m}"] }), {
    role: "control-plane",
  });
  await cloud.kernel.runFor(4 * minute);
  expect(cloud.log(id)).toContain('unknown field "apiServer.timeout"');
  expect(cloud.log(id)).toContain("has initialized successfully!");
  cloud.machines.close();
});

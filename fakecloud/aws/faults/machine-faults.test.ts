import { expect, test } from "vitest";
import { TestCloud } from "../../machines/test-cloud.ts";
import {
  apply,
  cloudControllerManager,
  createTestPki,
  createToken,
  initUserData,
  joinUserData,
  networkPlugIn,
} from "../../machines/test-user-data.ts";
import type { Fault } from "./fault.ts";
import { FaultWorld } from "./fault-world.ts";

const minuteMs = 60_000;
const sets = "/apis/apps/v1/namespaces/kube-system/daemonsets";

/** A control plane and one worker, "md-0", whose machines ask the faults of a cloud. */
async function start(...faults: readonly Fault[]) {
  const plan = new FaultWorld().aws.faults;
  const cloud = new TestCloud("1", plan);
  const pki = createTestPki(cloud);
  for (const fault of faults) plan.inject(fault);
  cloud.launch("cp-0", initUserData(pki), { role: "control-plane" });
  await cloud.kernel.runFor(4 * minuteMs);
  const [cluster] = cloud.machines.clusters();
  if (cluster === undefined) throw new Error("no cluster");
  await apply(cluster, sets, networkPlugIn());
  await apply(cluster, sets, cloudControllerManager());
  const worker = cloud.launch("md-0", joinUserData(pki, { token: await createToken(cluster) }));
  const node = async () => {
    const found = await cluster.caller("test").get(`/api/v1/nodes/${cloud.nodeName(worker)}`);
    const { conditions = [] } = (found?.["status"] ?? {}) as {
      conditions?: { type: string; status: string }[];
    };
    const { taints = [] } = (found?.["spec"] ?? {}) as { taints?: { key: string }[] };
    return {
      exists: found !== undefined,
      taints: taints.map(({ key }) => key),
      status: (type: string) => conditions.find((one) => one.type === type)?.status,
    };
  };
  return { plan, cloud, worker, node };
}

test("a slow boot joins later", async () => {
  const { cloud, node } = await start({ do: { slowBoot: { instance: "md-*", by: "10m" } } });
  await cloud.kernel.runFor(9 * minuteMs);
  expect((await node()).exists).toBe(false);
  await cloud.kernel.runFor(4 * minuteMs);
  expect((await node()).exists).toBe(true);
  cloud.machines.close();
});

test("a failed step of the boot keeps one machine out, and its console says so", async () => {
  const { cloud, worker, node } = await start({
    do: { failedBoot: { instance: "md-*", step: "kubeadm join", message: "no route to host" } },
  });
  await cloud.kernel.runFor(5 * minuteMs);
  expect(cloud.machines.why(worker)).toContain("no route to host");
  expect((await node()).exists).toBe(false);
  cloud.machines.close();
});

test("a kubelet is silent as long as the fault lasts", async () => {
  const { cloud, plan, node } = await start();
  await cloud.kernel.runFor(4 * minuteMs);
  const id = plan.inject({ do: { silentKubelet: "md-0" } });
  await cloud.kernel.runFor(75_000);
  expect((await node()).status("Ready")).toBe("Unknown");
  plan.remove(id);
  await cloud.kernel.runFor(20_000);
  expect((await node()).status("Ready")).toBe("True");
  cloud.machines.close();
});

test("pressure shows as its condition, and ends", async () => {
  const { cloud, plan, node } = await start();
  await cloud.kernel.runFor(4 * minuteMs);
  const id = plan.inject({ do: { nodePressure: { instance: "md-0", of: "memory" } } });
  await cloud.kernel.runFor(15_000);
  expect((await node()).status("MemoryPressure")).toBe("True");
  plan.remove(id);
  await cloud.kernel.runFor(15_000);
  expect((await node()).status("MemoryPressure")).toBe("False");
  cloud.machines.close();
});

test("a Node that the cloud controller leaves alone keeps its taint until the fault ends", async () => {
  const { cloud, plan, node } = await start({
    id: "ccm",
    do: { uninitializedNode: "ip-10-0-3-*" },
  });
  await cloud.kernel.runFor(4 * minuteMs);
  const taint = "node.cloudprovider.kubernetes.io/uninitialized";
  expect((await node()).taints).toEqual([taint]);
  plan.remove("ccm");
  await cloud.kernel.runFor(minuteMs);
  expect((await node()).taints).toEqual([]);
  cloud.machines.close();
});

test("calls inside machines are struck by the names of their fault points", async () => {
  const { cloud, worker } = await start({
    call: { machine: "kubelet registration", object: "md-*" },
    do: { fail: { code: "Refused", message: "x509: certificate has expired" } },
  });
  await cloud.kernel.runFor(5 * minuteMs);
  expect(cloud.machines.why(worker)).toContain("x509: certificate has expired");
  cloud.machines.close();
});

test("a flapping kubelet is silent and well in turn", () => {
  const { aws, kernel } = new FaultWorld();
  aws.faults.inject({ do: { silentKubelet: { instance: "*", period: "30s" } } });
  const point = {
    seam: "machine",
    operation: "kubelet heartbeat",
    object: "md-0",
    phase: "beforeCommit",
  } as const;
  const seen: boolean[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    seen.push(aws.faults.decide(point) !== undefined);
    kernel.clock.setTimeout(() => undefined, 30_000, "turn");
    kernel.clock.step();
  }
  expect(seen).toEqual([true, false, true, false]);
});

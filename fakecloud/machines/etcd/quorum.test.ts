import { expect, test } from "vitest";
import { createToken, joinUserData } from "../test-user-data.ts";
import type { ApiServerService } from "../workload/workload-cluster.ts";
import {
  addPlugIns,
  condition,
  minute,
  node,
  nodes,
  startCluster,
  withWorkers,
} from "../test-cluster.ts";

test("without etcd quorum the API answers with a time-out, and everything goes on once it is back", async () => {
  const started = await startCluster();
  await addPlugIns(started);
  const { cloud, cluster, pki, first } = started;
  const token = await createToken(cluster);
  const second = cloud.launch("cp-1", joinUserData(pki, { token, controlPlane: true }), {
    role: "control-plane",
  });
  await cloud.kernel.runFor(4 * minute);
  expect(cluster.etcd.members()).toHaveLength(2);
  cloud.setState(second, "stopped");
  expect(cluster.isUp).toBe(false);
  await expect(nodes(cluster)).rejects.toThrow("etcdserver: request timed out");
  expect(cloud.machines.why(first)).toBe("etcd of its cluster has no quorum");
  await cloud.kernel.runFor(2 * minute);
  cloud.setState(second, "running");
  await cloud.kernel.runFor(3 * minute);
  const all = await nodes(cluster);
  expect(all).toHaveLength(2);
  for (const id of [first, second]) {
    expect(condition(await node(cloud, cluster, id), "Ready")?.status).toBe("True");
  }
  cloud.machines.close();
});

test("etcd members that may not reach each other have no quorum, though every process runs", async () => {
  const { cloud, pki, cluster } = await startCluster();
  const token = await cloud.kernel.complete(createToken(cluster), { horizonMs: minute });
  for (const name of ["cp-1", "cp-2"]) {
    cloud.launch(name, joinUserData(pki, { token, controlPlane: true }), { role: "control-plane" });
    await cloud.kernel.runFor(5 * minute);
  }
  const group = cloud.topology.securityGroups.get("sg-cp")!;
  const { rules } = group;
  group.rules = rules.filter(({ toPort }) => toPort !== 2380);
  cloud.topology.touch();
  expect([cluster.etcd.members().length, cluster.isUp]).toEqual([3, false]);
  expect(cloud.machines.why("i-cp-2")).toMatch(/etcd of its cluster has no quorum/);
  group.rules = rules;
  cloud.topology.touch();
  expect(cluster.isUp).toBe(true);
  cloud.machines.close();
});

test("a cluster whose last control plane is terminated is gone: nothing of it runs on", async () => {
  const { cloud, workers, first } = await withWorkers(1);
  for (const id of [first, ...workers]) cloud.terminate(id);
  expect(cloud.machines.clusters()).toEqual([]);
  await cloud.kernel.runFor(30_000);
  expect(cloud.kernel.clock.describePending()).toEqual([]);
});

test("an API server whose etcd member was removed refuses, while the others go on", async () => {
  const started = await startCluster();
  await addPlugIns(started);
  const { cloud, cluster, pki, first } = started;
  const token = await createToken(cluster);
  const join = joinUserData(pki, { token, controlPlane: true });
  cloud.launch("cp-1", join, { role: "control-plane" });
  await cloud.kernel.runFor(4 * minute);
  const [own, other] = cluster.etcd.members();
  cluster.etcd.remove(other!.id, own!.id);
  const reach = cloud.network.canReach({ from: "instance", instanceId: first }, "127.0.0.1", 6443);
  if (!reach.reachable) throw new Error(reach.obstacle.message);
  expect((reach.endpoint.service as ApiServerService).healthStatus("/readyz")).toBe(500);
  expect(await nodes(cluster)).toHaveLength(2);
  expect(cloud.machines.why(first)).toContain("has lost its etcd member");
  cloud.machines.close();
});

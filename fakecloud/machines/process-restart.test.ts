import { expect, test } from "vitest";
import { TestCloud } from "./test-cloud.ts";
import { createTestPki, createToken, initUserData, joinUserData } from "./test-user-data.ts";
import { condition, minute, node, nodes, withWorkers } from "./test-cluster.ts";

test("a process that is killed and started again goes on where it was: same Nodes, same etcd, tokens still good", async () => {
  const { cloud, pki, workers, first, token } = await withWorkers(2);
  const [, stopped = ""] = workers;
  cloud.setState(stopped, "stopped");
  const half = cloud.launch("md-9", joinUserData(pki, { token }));
  await cloud.kernel.runFor(20_000);
  const before = cloud.machines.clusters()[0]!;
  const uids = (await nodes(before)).map(({ metadata }) => metadata.uid);
  const members = before.etcd.members();
  cloud.restartProcess();
  expect(cloud.log(first)).toContain("has initialized successfully!");
  await cloud.kernel.runFor(3 * minute);
  const cluster = cloud.machines.clusters()[0]!;
  expect(cluster).not.toBe(before);
  expect(cluster.etcd.members()).toEqual(members);
  expect((await nodes(cluster)).map(({ metadata }) => metadata.uid)).toEqual(
    expect.arrayContaining(uids),
  );
  expect(condition(await node(cloud, cluster, first), "Ready")?.status).toBe("True");
  expect(condition(await node(cloud, cluster, half), "Ready")?.status).toBe("True");
  expect(condition(await node(cloud, cluster, stopped), "Ready")?.status).toBe("Unknown");
  cloud.setState(stopped, "running");
  await cloud.kernel.runFor(3 * minute);
  expect(condition(await node(cloud, cluster, stopped), "Ready")?.status).toBe("True");
  cloud.machines.close();
});

// Turns red if `kubeadm init` on a machine that begins anew makes a second cluster, or bootstraps etcd a second time.
test("a process that is killed at any moment of a set-up, and started again, brings one Node and one member per machine", async () => {
  for (let atMs = 10_000; atMs <= 130_000; atMs += 8_000) {
    const cloud = new TestCloud(`${atMs}`);
    const pki = createTestPki(cloud);
    const first = cloud.launch("cp-0", initUserData(pki), { role: "control-plane" });
    await cloud.kernel.runFor(atMs);
    cloud.restartProcess();
    await cloud.kernel.runFor(5 * minute);
    const [cluster] = cloud.machines.clusters();
    if (cluster === undefined) throw new Error(`${atMs}: ${cloud.log(first)}`);
    const token = await createToken(cluster);
    const second = cloud.launch("cp-1", joinUserData(pki, { token, controlPlane: true }), {
      role: "control-plane",
    });
    await cloud.kernel.runFor(atMs);
    cloud.restartProcess();
    await cloud.kernel.runFor(5 * minute);
    const [later] = cloud.machines.clusters();
    const names = (await nodes(later!)).map(({ metadata }) => metadata.name);
    expect(names.toSorted(), `${atMs}: ${cloud.log(second)}`).toEqual(
      [cloud.nodeName(first), cloud.nodeName(second)].toSorted(),
    );
    const members = later!.etcd.members();
    expect(members.map(({ name, isLearner }) => [name, isLearner])).toEqual([
      [cloud.nodeName(first), false],
      [cloud.nodeName(second), false],
    ]);
    expect(later!.etcd.hasQuorum()).toBe(true);
    cloud.machines.close();
  }
});

// Turns red if what `kubeadm init` makes is taken for wrong where its first attempt has made it already.
test.each(["services default/kubernetes", "services kube-system/kube-dns"])(
  "a process that is killed when kubeadm has just made %s, and started again, brings the cluster",
  async (made) => {
    const [table = "", key = ""] = made.split(" ");
    const cloud = new TestCloud(made);
    const first = cloud.launch("cp-0", initUserData(createTestPki(cloud)), {
      role: "control-plane",
    });
    await cloud.kernel.run(() => cloud.machines.clusters().length > 0, { horizonMs: 5 * minute });
    const { store } = cloud.machines.clusters()[0]!.state;
    const killed = Promise.withResolvers<void>();
    const stop = store.table(table).onChange(({ entry }) => {
      if (entry.key !== key) return;
      stop();
      cloud.restartProcess();
      killed.resolve();
    });
    await cloud.kernel.complete(killed.promise, { horizonMs: 5 * minute });
    await cloud.kernel.runFor(5 * minute);
    expect(cloud.log(first)).toContain("has initialized successfully!");
    cloud.machines.close();
  },
);

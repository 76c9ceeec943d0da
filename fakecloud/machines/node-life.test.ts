import { type NodeObject, taintsPatch } from "../kubernetes/controllers/objects.ts";
import { expect, test } from "vitest";
import { apply, networkPlugIn } from "./test-user-data.ts";
import {
  addPlugIns,
  condition,
  minute,
  node,
  nodes,
  startCluster,
  withWorkers,
} from "./test-cluster.ts";

test("the Node of a terminated instance becomes Unknown, is deleted by the cloud controller, and its pods go", async () => {
  const { cloud, cluster, workers } = await withWorkers(2);
  const [lost = ""] = workers;
  cloud.setState(lost, "shutting-down");
  await cloud.kernel.runFor(48_000);
  expect(condition(await node(cloud, cluster, lost), "Ready")?.status).toBe("True");
  await cloud.kernel.runFor(20_000);
  const found = await node(cloud, cluster, lost);
  expect(condition(found, "Ready")).toMatchObject({
    status: "Unknown",
    reason: "NodeStatusUnknown",
  });
  expect(found.spec.taints?.map(({ key, effect }) => `${key}:${effect}`)).toContain(
    "node.kubernetes.io/unreachable:NoExecute",
  );
  cloud.setState(lost, "terminated");
  await cloud.kernel.runFor(10_000);
  expect(await nodes(cluster)).toHaveLength(2);
  const events = await cluster.caller("test").list("/api/v1/namespaces/default/events");
  const reasons = events
    .filter(
      ({ involvedObject }) => (involvedObject as { name: string }).name === cloud.nodeName(lost),
    )
    .map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(["NodeNotReady", "DeletingNode"]));
  const pods = await cluster.caller("test").list("/api/v1/pods");
  const left = () =>
    pods.filter(({ spec }) => (spec as { nodeName?: string }).nodeName === cloud.nodeName(lost));
  expect(left().length).toBeGreaterThan(0);
  await cloud.kernel.runFor(70_000);
  const after = await cluster.caller("test").list("/api/v1/pods");
  expect(
    after.filter(({ spec }) => (spec as { nodeName?: string }).nodeName === cloud.nodeName(lost)),
  ).toEqual([]);
  cloud.machines.close();
});

test("an instance that is stopped and started again comes back under its Node, without a second kubeadm run", async () => {
  const { cloud, cluster, workers } = await withWorkers(1);
  const [worker = ""] = workers;
  const uid = (await nodes(cluster)).find(
    ({ metadata }) => metadata.name === cloud.nodeName(worker),
  )?.metadata.uid;
  cloud.setState(worker, "stopping");
  cloud.setState(worker, "stopped");
  await cloud.kernel.runFor(2 * minute);
  expect(condition(await node(cloud, cluster, worker), "Ready")?.status).toBe("Unknown");
  expect(cloud.machines.why(worker)).toBe("its instance is not running");
  cloud.setState(worker, "running");
  await cloud.kernel.runFor(2 * minute);
  const found = await node(cloud, cluster, worker);
  expect(condition(found, "Ready")?.status).toBe("True");
  expect((found.metadata as { uid?: string }).uid).toBe(uid);
  expect(cloud.log(worker).match(/\+ kubeadm join/g)).toHaveLength(1);
  cloud.machines.close();
});

test("a stopped instance's Node is marked as shut down, and freed when it is back", async () => {
  const { cloud, cluster, workers } = await withWorkers(1);
  const [worker = ""] = workers;
  cloud.setState(worker, "stopped");
  await cloud.kernel.runFor(2 * minute);
  const taints = async () => (await node(cloud, cluster, worker)).spec.taints ?? [];
  expect((await taints()).map(({ key }) => key)).toContain(
    "node.cloudprovider.kubernetes.io/shutdown",
  );
  cloud.setState(worker, "running");
  await cloud.kernel.runFor(3 * minute);
  expect(await taints()).toEqual([]);
  cloud.machines.close();
});

test("a cloud controller that cannot reach EC2 initialises nothing, and why names the route", async () => {
  const started = await startCluster();
  const { cloud, first } = started;
  const gateway = cloud.topology.natGateways.get("nat-a");
  gateway!.state = "deleted";
  await addPlugIns(started);
  expect(cloud.machines.why(first)).toMatch(
    /keeps the taint .*: the cloud controller manager cannot reach ec2\.eu-west-1\.amazonaws\.com: .*nat-a/,
  );
  gateway!.state = "available";
  await cloud.kernel.runFor(minute);
  expect(cloud.machines.why(first)).toBeUndefined();
  cloud.machines.close();
});

test("taints that were decided on an old state of a Node are refused: nobody's taint gets lost", async () => {
  const { cloud, cluster, first } = await startCluster();
  const path = `/api/v1/nodes/${cloud.nodeName(first)}`;
  const caller = cluster.caller("test");
  const old = (await caller.get(path)) as unknown as NodeObject;
  const others = { key: "others", effect: "NoSchedule" };
  await caller.patch(path, taintsPatch(old, [...(old.spec?.taints ?? []), others]));
  const decided = taintsPatch(old, [{ key: "own", effect: "NoSchedule" }]);
  await expect(caller.patch(path, decided)).rejects.toThrow("the object has been modified");
  const now = await node(cloud, cluster, first);
  expect(now.spec.taints?.map(({ key }) => key)).toContain("others");
  cloud.machines.close();
});

test("a heartbeat finds out what others have changed: a condition of its Node, a rule of the network", async () => {
  const { cloud, cluster, workers } = await withWorkers(2);
  const [worker = ""] = workers;
  const path = `/api/v1/nodes/${cloud.nodeName(worker)}/status`;
  const conditions = [{ type: "MemoryPressure", status: "True", reason: "Somebody" }];
  const { status } = await node(cloud, cluster, worker);
  const others = status.conditions.filter(({ type }) => type !== "MemoryPressure");
  await cluster.caller("test").patch(path, { status: { conditions: [...others, ...conditions] } });
  await cloud.kernel.runFor(10_000);
  expect(condition(await node(cloud, cluster, worker), "MemoryPressure")?.status).toBe("False");

  const sets = "/apis/apps/v1/namespaces/kube-system/daemonsets";
  await apply(cluster, sets, networkPlugIn("calico", "docker.io/calico/node:v3.30.0"));
  await cloud.kernel.runFor(minute);
  const ready = async () => {
    const set = await cluster.caller("test").get(`${sets}/calico`);
    return (set?.["status"] as { numberReady?: number } | undefined)?.numberReady;
  };
  expect(await ready()).not.toBe(3);
  for (const group of cloud.topology.securityGroups.values()) {
    const bgp = { egress: false, protocol: "tcp", fromPort: 179, toPort: 179, cidr: "10.0.0.0/16" };
    group.rules = [...group.rules, bgp];
  }
  cloud.topology.touch();
  await cloud.kernel.runFor(12_000);
  expect(await ready()).toBe(3);
  cloud.machines.close();
});

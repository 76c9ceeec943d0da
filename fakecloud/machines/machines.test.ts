import { expect, test } from "vitest";
import type { KubernetesObject } from "./api-caller.ts";
import { TestCloud } from "./test-cloud.ts";
import {
  apply,
  cloudControllerManager,
  createTestPki,
  createToken,
  initUserData,
  joinUserData,
  networkPlugIn,
  type TestPki,
} from "./test-user-data.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";

const minute = 60_000;

interface Started {
  readonly cloud: TestCloud;
  readonly pki: TestPki;
  readonly cluster: WorkloadCluster;
  readonly first: string;
}

async function startCluster(seed = "1"): Promise<Started> {
  const cloud = new TestCloud(seed);
  const pki = createTestPki(cloud);
  const first = cloud.launch("cp-0", initUserData(pki), { role: "control-plane" });
  await cloud.kernel.runFor(5 * minute);
  const [cluster] = cloud.machines.clusters();
  if (cluster === undefined) throw new Error(cloud.log(first));
  return { cloud, pki, cluster, first };
}

async function nodes(cluster: WorkloadCluster): Promise<readonly KubernetesObject[]> {
  return cluster.caller("test").list("/api/v1/nodes");
}

async function node(cloud: TestCloud, cluster: WorkloadCluster, instanceId: string) {
  const path = `/api/v1/nodes/${cloud.nodeName(instanceId)}`;
  const found = await cluster.caller("test").get(path);
  return found as unknown as {
    metadata: { labels: Record<string, string> };
    spec: { providerID?: string; taints?: { key: string; effect: string }[] };
    status: {
      addresses: { type: string; address: string }[];
      conditions: { type: string; status: string; reason: string }[];
      nodeInfo: { kubeletVersion: string };
    };
  };
}

async function addPlugIns({ cloud, cluster }: Started): Promise<void> {
  const sets = "/apis/apps/v1/namespaces/kube-system/daemonsets";
  await cloud.kernel.complete(
    Promise.all([
      apply(cluster, sets, networkPlugIn()),
      apply(cluster, sets, cloudControllerManager()),
    ]),
    { horizonMs: minute },
  );
  await cloud.kernel.runFor(2 * minute);
}

test("user data with kubeadm init makes a control plane whose Node, static pods and add-ons exist", async () => {
  const { cloud, cluster, first } = await startCluster();
  expect(cloud.log(first)).toContain("Your Kubernetes control-plane has initialized successfully!");
  expect(cloud.machines.why(first)).toMatch(/no network plug-in runs on it/);
  const found = await node(cloud, cluster, first);
  expect(found.metadata.labels).toMatchObject({
    "node-role.kubernetes.io/control-plane": "",
    "kubernetes.io/hostname": cloud.nodeName(first),
  });
  expect(found.status.nodeInfo.kubeletVersion).toBe("v1.34.2");
  expect(found.spec.taints?.map(({ key }) => key).toSorted()).toEqual([
    "node-role.kubernetes.io/control-plane",
    "node.cloudprovider.kubernetes.io/uninitialized",
    "node.kubernetes.io/not-ready",
  ]);
  const pods = await cluster.caller("test").list("/api/v1/namespaces/kube-system/pods");
  const names = pods.map(({ metadata }) => metadata.name);
  for (const component of ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]) {
    expect(names).toContain(`${component}-${cloud.nodeName(first)}`);
  }
  cloud.machines.close();
});

test("a Node becomes Ready once a network plug-in runs, and is initialised by a cloud controller", async () => {
  const started = await startCluster();
  await addPlugIns(started);
  const { cloud, cluster, first } = started;
  const found = await node(cloud, cluster, first);
  expect(found.status.conditions.find(({ type }) => type === "Ready")?.status).toBe("True");
  expect(found.spec.providerID).toBe(`aws:///eu-west-1a/${first}`);
  expect(found.spec.taints).toEqual([
    { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
  ]);
  expect(found.metadata.labels["topology.kubernetes.io/zone"]).toBe("eu-west-1a");
  expect(cloud.machines.why(first)).toBeUndefined();
  cloud.machines.close();
});

test("workers and further control planes join with a bootstrap token", async () => {
  const started = await startCluster();
  await addPlugIns(started);
  const { cloud, cluster, pki } = started;
  const token = await cloud.kernel.complete(createToken(cluster), { horizonMs: minute });
  const second = cloud.launch("cp-1", joinUserData(pki, { token, controlPlane: true }), {
    role: "control-plane",
  });
  const worker = cloud.launch("md-0", joinUserData(pki, { token, nodeLabels: "pool=a" }));
  await cloud.kernel.runFor(5 * minute);
  expect(cloud.log(second)).toContain("has been promoted to a voting member");
  expect(await nodes(cluster)).toHaveLength(3);
  expect(cluster.etcd.members().map(({ name, isLearner }) => [name, isLearner])).toEqual([
    [cloud.nodeName(started.first), false],
    [cloud.nodeName(second), false],
  ]);
  const found = await node(cloud, cluster, worker);
  expect(found.metadata.labels["pool"]).toBe("a");
  expect(found.status.conditions.find(({ type }) => type === "Ready")?.status).toBe("True");
  expect(found.status.addresses.map(({ type }) => type)).toContain("InternalIP");
  cloud.machines.close();
});

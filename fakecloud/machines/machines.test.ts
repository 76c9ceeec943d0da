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
import type { ApiServerService, WorkloadCluster } from "./workload/workload-cluster.ts";

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

async function withWorkers(count: number, seed = "1") {
  const started = await startCluster(seed);
  await addPlugIns(started);
  const { cloud, cluster, pki } = started;
  const token = await createToken(cluster);
  const workers = Array.from({ length: count }, (_, index) =>
    cloud.launch(`md-${index}`, joinUserData(pki, { token })),
  );
  await cloud.kernel.runFor(4 * minute);
  return { ...started, workers, token };
}

function condition(found: Awaited<ReturnType<typeof node>>, type: string) {
  return found.status.conditions.find((one) => one.type === type);
}

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

const labels = { app: "web" };

function deployment(replicas: number, image = "web:1"): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: "web", image }],
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
              ],
            },
          },
        },
      },
    },
  };
}

async function withBudget() {
  const started = await withWorkers(3);
  const { cluster, cloud } = started;
  await apply(cluster, "/apis/apps/v1/namespaces/default/deployments", deployment(3));
  await apply(cluster, "/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web", namespace: "default" },
    spec: { minAvailable: 2, selector: { matchLabels: labels } },
  });
  await cloud.kernel.runFor(minute);
  return started;
}

async function webPods(cluster: WorkloadCluster): Promise<readonly KubernetesObject[]> {
  const pods = await cluster.caller("test").list("/api/v1/namespaces/default/pods");
  return pods.filter(({ metadata }) => metadata.labels?.["app"] === "web");
}

function evict(cluster: WorkloadCluster, name: string) {
  return cluster.caller("test").create(`/api/v1/namespaces/default/pods/${name}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace: "default" },
  });
}

test("a disruption budget lets one pod go, refuses the next, and allows it once the first is replaced", async () => {
  const { cloud, cluster } = await withBudget();
  const budget = await cluster
    .caller("test")
    .get("/apis/policy/v1/namespaces/default/poddisruptionbudgets/web");
  expect(budget?.["status"]).toMatchObject({
    disruptionsAllowed: 1,
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
  });
  const [one, two] = await webPods(cluster);
  await evict(cluster, one!.metadata.name);
  await expect(evict(cluster, two!.metadata.name)).rejects.toThrow(/disruption budget/);
  await cloud.kernel.runFor(minute);
  await evict(cluster, two!.metadata.name);
  await cloud.kernel.runFor(minute);
  const pods = await webPods(cluster);
  expect(pods).toHaveLength(3);
  const places = new Set(pods.map(({ spec }) => (spec as { nodeName: string }).nodeName));
  expect(places.size).toBe(3);
  cloud.machines.close();
});

test("a Deployment whose image changes is rolled within its bounds and says that it is complete", async () => {
  const { cloud, cluster } = await withBudget();
  const path = "/apis/apps/v1/namespaces/default/deployments/web";
  await cluster.caller("test").patch(path, {
    spec: {
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: { spec: { containers: [{ name: "web", image: "web:2" }] } },
    },
  });
  let fewest = 3;
  for (let step = 0; step < 120; step += 1) {
    await cloud.kernel.runFor(1_000);
    const ready = (await webPods(cluster)).filter(({ status }) =>
      (status as { conditions?: { type: string; status: string }[] }).conditions?.some(
        ({ type, status: value }) => type === "Ready" && value === "True",
      ),
    );
    fewest = Math.min(fewest, ready.length);
  }
  expect(fewest).toBe(2);
  const images = (await webPods(cluster)).map(
    ({ spec }) => (spec as { containers: { image: string }[] }).containers[0]?.image,
  );
  expect(images).toEqual(["web:2", "web:2", "web:2"]);
  const found = await cluster.caller("test").get(path);
  expect(found?.["status"]).toMatchObject({ updatedReplicas: 3, availableReplicas: 3 });
  cloud.machines.close();
});

test("a changed DaemonSet replaces its pods one after the other", async () => {
  const { cloud, cluster } = await withWorkers(2);
  const path = "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy";
  await cluster.caller("test").patch(path, {
    spec: { template: { spec: { containers: [{ name: "kube-proxy", image: "kube-proxy:new" }] } } },
  });
  await cloud.kernel.runFor(2 * minute);
  const set = await cluster.caller("test").get(path);
  expect(set?.["status"]).toMatchObject({
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberReady: 3,
  });
  cloud.machines.close();
});

test("a token that has expired is deleted, and who joins with it is told after five minutes", async () => {
  const started = await startCluster();
  const { cloud, cluster, pki } = started;
  const token = await createToken(cluster, { expiresInMs: 5_000 });
  await cloud.kernel.runFor(6_000);
  const secrets = await cluster.caller("test").list("/api/v1/namespaces/kube-system/secrets");
  expect(secrets.map(({ metadata }) => metadata.name)).not.toContain("bootstrap-token-abcdef");
  const worker = cloud.launch("md-0", joinUserData(pki, { token }));
  await cloud.kernel.runFor(7 * minute);
  expect(cloud.log(worker)).toContain(
    "error: error execution phase preflight: couldn't validate the identity of the API Server: " +
      'could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"',
  );
  expect(cloud.machines.why(worker)).toContain("could not find a JWS signature");
  expect(cloud.log(worker)).not.toContain("0123456789abcdef");
  cloud.machines.close();
});

test("a CA that is not pinned is not trusted", async () => {
  const { cloud, cluster, pki } = await startCluster();
  const token = await createToken(cluster);
  const worker = cloud.launch("md-0", joinUserData(pki, { token, caHash: "sha256:00" }));
  await cloud.kernel.runFor(2 * minute);
  expect(cloud.machines.why(worker)).toContain("none of the public keys");
  cloud.machines.close();
});

test("the name of the obstacle in the network is printed on the console and told by why", async () => {
  const { cloud, cluster, pki } = await startCluster();
  const token = await createToken(cluster);
  cloud.endpointWorks = false;
  const worker = cloud.launch("md-0", joinUserData(pki, { token }));
  await cloud.kernel.runFor(2 * minute);
  const obstacle = /api\.test/;
  expect(cloud.machines.why(worker)).toMatch(obstacle);
  expect(cloud.log(worker)).toMatch(obstacle);
  cloud.endpointWorks = true;
  await cloud.kernel.runFor(2 * minute);
  expect(cloud.log(worker)).toContain("This node has joined the cluster");
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

test("the certificates' shared secrets never reach a console", async () => {
  const { cloud, first, workers } = await withWorkers(1);
  for (const id of [first, ...workers])
    expect(cloud.log(id)).not.toMatch(/PRIVATE KEY|0123456789abcdef/);
  cloud.machines.close();
});

test("a certificate authority whose key is another one's stops kubeadm, with the file's name", async () => {
  const cloud = new TestCloud();
  const pki = createTestPki(cloud);
  const files = {
    ...pki.files,
    "/etc/kubernetes/pki/etcd/ca.key": pki.files["/etc/kubernetes/pki/sa.key"]!,
  };
  const id = cloud.launch("cp-0", initUserData({ ...pki, files }), { role: "control-plane" });
  await cloud.kernel.runFor(2 * minute);
  expect(cloud.machines.why(id)).toBe(
    "kubeadm failed: error execution phase certs/etcd-ca: failure loading /etc/kubernetes/pki/etcd/ca: the certificate and the key do not belong together",
  );
  expect(cloud.machines.clusters()).toEqual([]);
  cloud.machines.close();
});

test("a load balancer that does not lead back to the first control plane fails kubeadm init after four minutes", async () => {
  const cloud = new TestCloud();
  cloud.endpointWorks = false;
  const id = cloud.launch("cp-0", initUserData(createTestPki(cloud)), { role: "control-plane" });
  await cloud.kernel.runFor(4 * minute);
  expect(cloud.machines.why(id)).toContain("api.test");
  expect(cloud.log(id)).not.toContain("KubeadmFailed");
  await cloud.kernel.runFor(2 * minute);
  expect(cloud.log(id)).toContain("error: error execution phase wait-control-plane: ");
  expect(cloud.log(id)).not.toContain("+ echo …");
  cloud.machines.close();
});

test("one seed gives one trace, another seed another", async () => {
  const digests: string[] = [];
  for (const seed of ["a", "a", "b"]) {
    const { cloud } = await withWorkers(2, seed);
    digests.push(cloud.kernel.trace.digest());
    cloud.machines.close();
  }
  expect(digests[0]).toBe(digests[1]);
  expect(digests[2]).not.toBe(digests[0]);
});

test("each API server answers with the version of its own machine, and keeps the skew rules", async () => {
  const started = await startCluster();
  await addPlugIns(started);
  const { cloud, cluster, pki } = started;
  const path = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config";
  const config = await cluster.caller("test").get(path);
  const { ClusterConfiguration: text = "" } = config!["data"] as Record<string, string>;
  await cluster.caller("test").patch(path, {
    data: { ClusterConfiguration: text.replace("v1.34.2", "v1.35.1") },
  });
  const token = await createToken(cluster);
  const join = joinUserData(pki, { token, controlPlane: true });
  const second = cloud.launch("cp-1", join, {
    role: "control-plane",
    imageName: "capa-ami-ubuntu-24.04-v1.35.1-test",
  });
  await cloud.kernel.runFor(4 * minute);
  const versionAt = async (instanceId: string) => {
    const reach = cloud.network.canReach({ from: "instance", instanceId }, "127.0.0.1", 6443);
    if (!reach.reachable) throw new Error(reach.obstacle.message);
    const { server } = reach.endpoint.service as ApiServerService;
    const answer = await server.handle({
      method: "GET",
      path: "/version",
      query: {},
      headers: {},
      user: { username: "a", groups: [] },
    });
    return answer.kind === "answer" ? (answer.body as { gitVersion: string }).gitVersion : "";
  };
  expect(await versionAt(started.first)).toBe("v1.34.2");
  expect(await versionAt(second)).toBe("v1.35.1");
  const third = cloud.launch("cp-2", join, {
    role: "control-plane",
    imageName: "capa-ami-ubuntu-24.04-v1.36.0-test",
  });
  await cloud.kernel.runFor(4 * minute);
  expect(cloud.machines.why(third)).toContain(
    "the kubelet version is higher than the control plane",
  );
  cloud.machines.close();
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

test("a kubelet without an external cloud provider leaves its Node without a provider ID, and why says so", async () => {
  const started = await startCluster();
  await addPlugIns(started);
  const { cloud, cluster, pki } = started;
  const token = await createToken(cluster);
  const userData = joinUserData(pki, { token }).replace(
    "{name: cloud-provider, value: external}",
    "",
  );
  const worker = cloud.launch("md-0", userData);
  await cloud.kernel.runFor(4 * minute);
  const found = await node(cloud, cluster, worker);
  expect(found.spec.providerID).toBeUndefined();
  expect(found.status.addresses.map(({ type }) => type)).toEqual(["InternalIP", "Hostname"]);
  expect(cloud.machines.why(worker)).toContain("has no provider ID");
  cloud.machines.close();
});

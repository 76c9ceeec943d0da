import { expect, test } from "vitest";
import { TestCloud } from "./test-cloud.ts";
import { createTestPki, createToken, initUserData, joinUserData } from "./test-user-data.ts";
import type { ApiServerService } from "./workload/workload-cluster.ts";
import { addPlugIns, minute, node, nodes, startCluster, withWorkers } from "./test-cluster.ts";

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

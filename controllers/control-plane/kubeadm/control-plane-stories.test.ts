import { expect, test } from "vitest";
import { AWSMachine, AWSMachineTemplate } from "../../api/aws/v1beta2.ts";
import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { DaemonSet, Deployment, Secret } from "../../api/kubernetes.ts";
import { keyOf } from "../../runtime/client.ts";
import { key, World } from "./control-plane-world.ts";

const minute = 60_000;
const namespace = "default";

test("three replicas come up one after the other, each in a failure domain of its own", async () => {
  const world = new World();
  await world.start(3);
  let most = 0;
  await world.until(async () => {
    const machines = await world.machines();
    const withoutNode = machines.filter(({ status }) => status?.nodeRef === undefined).length;
    most = Math.max(most, withoutNode);
    return (await world.kcp()).status?.readyReplicas === 3;
  });
  expect(most).toBe(1);
  const machines = await world.machines();
  expect(machines.map(({ spec }) => spec.failureDomain ?? "").sort()).toEqual(["a", "b", "c"]);
  expect(world.etcd.members().filter(({ isLearner }) => !isLearner)).toHaveLength(3);
  const { conditions } = (await world.kcp()).status!;
  const statusOf = (type: string) => conditions?.find((each) => each.type === type)?.status;
  expect(["Available", "Initialized", "EtcdClusterHealthy", "MachinesReady"].map(statusOf)).toEqual(
    ["True", "True", "True", "True"],
  );
  await world.stop();
});

test("nothing is written while nothing changes", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  await world.kernel.runFor(minute);
  const versions = async () => {
    const objects = [
      await world.kcp(),
      ...(await world.machines()),
      ...(await world.do(world.client.list(KubeadmConfig, { namespace }))),
      ...(await world.do(world.client.list(Secret, { namespace }))),
    ];
    return objects.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  };
  const before = await versions();
  await world.kernel.runFor(30 * minute);
  expect(await versions()).toEqual(before);
  await world.stop();
});

test("an upgrade replaces every machine, never has more than one extra, and keeps etcd's quorum (D25)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const old = (await world.machines()).map(({ metadata }) => metadata.name);
  await world.patchKcp({ version: "v1.35.1" });
  let most = 0;
  await world.until(async () => {
    const machines = await world.machines();
    most = Math.max(most, machines.length);
    expect(world.etcd.hasQuorum()).toBe(true);
    const { status } = await world.kcp();
    return status?.version === "v1.35.1" && status.replicas === 3 && status.readyReplicas === 3;
  });
  expect(most).toBe(4);
  const names = (await world.machines()).map(({ metadata }) => metadata.name);
  expect(names.filter((name) => old.includes(name))).toEqual([]);
  expect(
    world.etcd
      .members()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(names.map((name) => `node-${name}`).sort());
  expect((await world.kcp()).status).toMatchObject({
    upToDateReplicas: 3,
    versions: [{ version: "v1.35.1", replicas: 3 }],
  });
  expect(world.hand.joinedWith).toEqual(["v1.34.2", "v1.34.2", "v1.35.1", "v1.35.1", "v1.35.1"]);
  await world.kernel.runFor(minute);
  expect(await world.imageOf(DaemonSet, "kube-proxy")).toBe("registry.k8s.io/kube-proxy:v1.35.1");
  expect(await world.imageOf(Deployment, "coredns")).toBe(
    "registry.k8s.io/coredns/coredns:v1.13.1",
  );
  await world.stop();
});

test("with maxSurge 0 a rollout removes a machine before it adds one", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  await world.patchKcp({
    version: "v1.35.1",
    rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0 } } },
  });
  let most = 0;
  await world.until(async () => {
    most = Math.max(most, (await world.machines()).length);
    const { status } = await world.kcp();
    return status?.version === "v1.35.1" && status.replicas === 3 && status.readyReplicas === 3;
  });
  expect(most).toBe(3);
  await world.stop();
});

test("scaling down keeps the machines spread, and removes each etcd member before its instance (D31)", async () => {
  const world = new World();
  await world.start(5);
  await world.untilReady(5);
  await world.patchKcp({ replicas: 3 });
  await world.until(async () => {
    expect(world.etcd.hasQuorum()).toBe(true);
    const down = world.etcd.members().filter(({ name }) => name !== "");
    // A member whose machine has gone would be left behind here.
    expect(down.length).toBeGreaterThanOrEqual(3);
    return (await world.kcp()).status?.replicas === 3;
  });
  const domains = (await world.machines()).map(({ spec }) => spec.failureDomain ?? "").sort();
  expect(domains).toEqual(["a", "b", "c"]);
  expect(world.etcd.members()).toHaveLength(3);
  await world.stop();
});

test("the leader of etcd hands over before its member is removed (D33)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const leader = world.etcd.members().find(({ id }) => id === world.etcd.leaderId())!;
  const machine = leader.name.replace("node-", "");
  const marked = { metadata: { annotations: { "cluster.x-k8s.io/delete-machine": "" } } };
  await world.do(world.client.mergePatch(Machine, key(machine), marked));
  await world.patchKcp({ replicas: 1 });
  await world.until(async () => (await world.kcp()).status?.replicas === 1);
  expect(world.etcd.members()).toHaveLength(1);
  expect(world.etcd.leaderId()).toBe(world.etcd.members()[0]!.id);
  expect((await world.machines())[0]!.metadata.name).not.toBe(machine);
  await world.stop();
});

test("deletion removes every machine and the finalizer, even without the workload cluster (D36)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  world.isWorkloadReachable = false;
  await world.do(world.client.delete(KubeadmControlPlane, key("test")));
  await world.until(async () => {
    const kcp = await world.do(world.client.get(KubeadmControlPlane, key("test")));
    return kcp === undefined;
  });
  expect(await world.machines()).toEqual([]);
  await world.stop();
});

test("a Cluster that somebody has forced away does not keep its control plane from being deleted", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  await world.do(world.client.delete(Cluster, key("test")));
  expect(await world.do(world.client.get(Cluster, key("test")))).toBeUndefined();
  await world.do(world.client.delete(KubeadmControlPlane, key("test")));
  await world.until(
    async () => (await world.do(world.client.get(KubeadmControlPlane, key("test")))) === undefined,
  );
  expect(await world.machines()).toEqual([]);
  await world.stop();
});

test("deletion needs no infrastructure template (D38)", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  await world.do(world.client.delete(AWSMachineTemplate, key("test")));
  await world.do(world.client.delete(KubeadmControlPlane, key("test")));
  await world.until(
    async () => (await world.do(world.client.get(KubeadmControlPlane, key("test")))) === undefined,
  );
  await world.stop();
});

test("the version of the control plane is that of its oldest machine (D39)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  await world.patchKcp({ version: "v1.35.1" });
  const seen = new Set<string>();
  await world.until(async () => {
    const { status } = await world.kcp();
    const machines = await world.machines();
    const lowest = machines.map(({ spec }) => spec.version ?? "").sort()[0];
    if (machines.length === status?.replicas) seen.add(`${status.version} ${lowest}`);
    return status?.version === "v1.35.1" && status.replicas === 3;
  });
  expect([...seen].every((pair) => new Set(pair.split(" ")).size === 1)).toBe(true);
  await world.stop();
});

test("labels, annotations and time-outs of the template reach running machines without a rollout", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const [before] = await world.machines();
  await world.patchKcp({
    machineTemplate: {
      metadata: { labels: { team: "a" }, annotations: { note: "b" } },
      spec: { deletion: { nodeDrainTimeoutSeconds: 60 } },
    },
  });
  await world.kernel.runFor(minute);
  const [after] = await world.machines();
  expect(after!.metadata.uid).toBe(before!.metadata.uid);
  expect(after!.metadata.labels).toMatchObject({ team: "a" });
  expect(after!.metadata.annotations).toMatchObject({ note: "b" });
  expect(after!.spec.deletion).toMatchObject({ nodeDrainTimeoutSeconds: 60 });
  const infra = await world.do(world.client.get(AWSMachine, keyOf(after!)));
  expect(infra!.metadata.labels).toMatchObject({ team: "a" });
  await world.stop();
});

test("a paused control plane is not scaled, and says why", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const paused = { "cluster.x-k8s.io/paused": "false" };
  await world.do(
    world.client.mergePatch(KubeadmControlPlane, key("test"), {
      metadata: { annotations: paused },
    }),
  );
  await world.patchKcp({ replicas: 3 });
  await world.kernel.runFor(30 * minute);
  expect(await world.machines()).toHaveLength(1);
  const { conditions } = (await world.kcp()).status!;
  expect(conditions!.find(({ type }) => type === "Paused")).toMatchObject({
    status: "True",
    message: "KubeadmControlPlane has the cluster.x-k8s.io/paused annotation",
  });
  await world.stop();
});

import { beforeEach, expect, test } from "vitest";
import type { FaultPoint } from "@seatrial/fakecloud/kernel/faults.ts";
import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../api/aws/v1beta2.ts";
import { Cluster, Machine, MachineDeployment, MachineSet } from "../api/core/v1beta2.ts";
import { Node, Pod, VolumeAttachment } from "../api/kubernetes.ts";
import { keyOf, type Kind, type KubeObject } from "../runtime/client.ts";
import { findCondition } from "../runtime/conditions.ts";
import { infrastructure, minute, namespace, World } from "./core-world.ts";

/** Deletions that other implementations got wrong, by their number in the collection of historical bugs (D45 …). */
let world: World;
beforeEach(async () => {
  world = new World();
  await world.start();
});

const unreachable = { key: "node.kubernetes.io/unreachable", effect: "NoExecute" };
const everything = [Machine, MachineSet, MachineDeployment, AWSMachine, AWSCluster];
const nodes = () => world.run(world.workload.list(Node));
const deleting = (machine: Machine | undefined) =>
  machine === undefined ? undefined : findCondition(machine, "Deleting");

async function oneMachine(): Promise<Machine> {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  const [machine] = await world.list(Machine);
  return machine!;
}

const patchNode = (machine: Machine, patch: object, subresource?: "status") =>
  world.run(
    world.workload.mergePatch(
      Node,
      { namespace: "", name: machine.status!.nodeRef!.name },
      patch,
      subresource === undefined ? {} : { subresource },
    ),
  );
const remove = (machine: Machine) => world.run(world.client.delete(Machine, keyOf(machine)));
const annotate = (machine: Machine, annotations: object) =>
  world.run(world.client.mergePatch(Machine, keyOf(machine), { metadata: { annotations } }));
const isGone = async (machine: Machine) =>
  (await world.get(Machine, machine.metadata.name)) === undefined;

/** The workload cluster stops to answer. */
function cutOff(): void {
  world.workloadFaults = {
    decide: ({ phase }: FaultPoint) =>
      phase === "beforeCommit" ? { do: "loseResponse" } : undefined,
  };
}

async function attachVolume(machine: Machine): Promise<() => Promise<unknown>> {
  const key = { namespace: "", name: "attachment" };
  const nodeName = machine.status!.nodeRef!.name;
  await world.run(
    world.workload.create(VolumeAttachment, {
      apiVersion: "storage.k8s.io/v1",
      kind: "VolumeAttachment",
      metadata: { name: key.name },
      spec: { attacher: "ebs.csi.aws.com", nodeName, source: { persistentVolumeName: "pv-1" } },
    } as never),
  );
  const status = { attached: true };
  await world.run(
    world.workload.mergePatch(VolumeAttachment, key, { status }, { subresource: "status" }),
  );
  return () => world.run(world.workload.delete(VolumeAttachment, key));
}

test("D45: a Machine that is deleted before its Node is known takes the Node with it", async () => {
  await world.createCluster(1);
  // The Node is there, but the Machine's controller hears nothing of the workload cluster until the deletion.
  cutOff();
  await world.kernel.runFor(2 * minute);
  const [machine] = await world.list(Machine);
  expect(await nodes()).toHaveLength(1);
  expect(machine?.status?.nodeRef).toBeUndefined();
  await world.run(world.manager.stop());
  await world.run(world.client.delete(MachineDeployment, { namespace, name: "md" }));
  await remove(machine!);
  world.workloadFaults = { decide: () => undefined };
  // The provider leaves Nodes alone here: who deletes this one is the Machine's controller.
  world.stuck.keepsNodes = true;
  world.restart();
  await world.until(() => isGone(machine!), "the end of the Machine");
  expect(await nodes()).toEqual([]);
});

test("D46, D48: a Node that does not answer holds up neither the drain nor the wait for volumes", async () => {
  const machine = await oneMachine();
  await attachVolume(machine);
  const pod = { namespace, name: "stuck" };
  await world.run(
    world.workload.create(Pod, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...pod, finalizers: ["test/kubelet"] },
      spec: {
        nodeName: machine.status!.nodeRef!.name,
        containers: [{ name: "web", image: "web" }],
      },
    }),
  );
  await patchNode(machine, { spec: { taints: [unreachable] } });
  await remove(machine);
  await world.until(() => isGone(machine), "the end of the Machine", 5 * minute);
  expect((await world.run(world.workload.get(Pod, pod)))?.metadata.deletionTimestamp).toBeDefined();
});

test("D47: no instance goes while a volume is attached, and none while nobody can tell", async () => {
  const machine = await oneMachine();
  const detach = await attachVolume(machine);
  await annotate(machine, { "machine.cluster.x-k8s.io/exclude-node-draining": "" });
  await remove(machine);
  await world.kernel.runFor(10 * minute);
  const waiting = await world.get(Machine, machine.metadata.name);
  expect(deleting(waiting)).toMatchObject({ reason: "WaitingForVolumeDetach" });
  expect(deleting(waiting)?.message).toContain("* pv-1");
  cutOff();
  await world.kernel.runFor(10 * minute);
  expect(await world.get(AWSMachine, machine.metadata.name)).toBeDefined();
  world.workloadFaults = { decide: () => undefined };
  await detach();
  await world.until(() => isGone(machine), "the end of the Machine", 5 * minute);
});

test("a volume that is never detached holds up the deletion no longer than its time-out", async () => {
  const machine = await oneMachine();
  await attachVolume(machine);
  const spec = { deletion: { nodeVolumeDetachTimeoutSeconds: 300 } };
  const key = { namespace, name: "md" };
  const patch = { spec: { template: { spec } } };
  await world.run(world.client.mergePatch(MachineDeployment, key, patch));
  await world.kernel.runFor(minute);
  await remove(machine);
  await world.kernel.runFor(4 * minute);
  expect(await isGone(machine)).toBe(false);
  await world.kernel.runFor(2 * minute);
  expect(await isGone(machine)).toBe(true);
});

test("D49, D50: after the drain the deletion needs the workload cluster no more", async () => {
  const machine = await oneMachine();
  const hook = "pre-terminate.delete.hook.machine.cluster.x-k8s.io/test";
  await annotate(machine, { [hook]: "" });
  await remove(machine);
  await world.kernel.runFor(2 * minute);
  const waiting = await world.get(Machine, machine.metadata.name);
  expect(deleting(waiting)).toMatchObject({ reason: "WaitingForPreTerminateHook" });
  cutOff();
  await world.kernel.runFor(5 * minute);
  await annotate(machine, { [hook]: null });
  await world.until(() => isGone(machine), "the end of the Machine", 5 * minute);
});

test("hooks before the drain are waited for, without a drain", async () => {
  const machine = await oneMachine();
  const hook = "pre-drain.delete.hook.machine.cluster.x-k8s.io/test";
  await annotate(machine, { [hook]: "" });
  await remove(machine);
  await world.kernel.runFor(5 * minute);
  const [node] = await nodes();
  expect(node?.spec?.unschedulable).toBeUndefined();
  expect(deleting(await world.get(Machine, machine.metadata.name))).toMatchObject({
    reason: "WaitingForPreDrainHook",
    message: `Waiting for pre-drain hooks to succeed (hooks: ${hook})`,
  });
  await annotate(machine, { [hook]: null });
  await world.until(() => isGone(machine), "the end of the Machine", 5 * minute);
});

test("D51: a Cluster stays until its last descendant is gone, also a Machine of its own", async () => {
  await world.createCluster(1);
  const owned = {
    metadata: { name: "own", namespace },
    spec: {
      clusterName: "test",
      bootstrap: { dataSecretName: "bootstrap" },
      infrastructureRef: {
        apiGroup: "infrastructure.cluster.x-k8s.io",
        kind: "AWSMachine",
        name: "own",
      },
    },
  };
  await world.create(AWSMachine as never, {
    metadata: owned.metadata,
    spec: { instanceType: "t3.large" },
  });
  await world.create(Machine as never, owned);
  await world.until(() => world.settled(1), "the Machines");
  const adopted = await world.get(Machine, "own");
  expect(adopted?.metadata.ownerReferences).toMatchObject([{ kind: "Cluster", name: "test" }]);
  world.stuck.deleting = true;
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  await world.kernel.runFor(10 * minute);
  const waiting = await world.get(Cluster, "test");
  expect(findCondition(waiting!, "Deleting")).toMatchObject({
    reason: "WaitingForWorkersDeletion",
    message: expect.stringContaining("Worker Machines: ") as string,
  });
  expect(findCondition(waiting!, "Deleting")?.message).toContain("own");
  world.stuck.deleting = false;
  await world.until(async () => (await world.get(Cluster, "test")) === undefined, "the end");
  for (const kind of everything) expect(await world.list(kind as Kind<KubeObject>)).toEqual([]);
});

test("D52: the templates of a cluster whose infrastructure never comes up go with it", async () => {
  world.stuck.creating = true;
  await world.createCluster(1);
  await world.kernel.runFor(5_000);
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  await world.until(async () => (await world.get(Cluster, "test")) === undefined, "the end");
  await world.kernel.runFor(minute);
  expect(await world.get(AWSMachineTemplate, "one")).toBeUndefined();
});

test("D53: a deletion goes on after a restart without waiting for the next resync", async () => {
  const machine = await oneMachine();
  world.stuck.deleting = true;
  await remove(machine);
  await world.kernel.runFor(minute);
  expect(deleting(await world.get(Machine, machine.metadata.name))?.reason).toBe(
    "WaitingForInfrastructureDeletion",
  );
  await world.run(world.manager.stop());
  world.restart();
  await world.kernel.runFor(30_000);
  world.stuck.deleting = false;
  await world.until(() => isGone(machine), "the end of the Machine", minute);
});

test("D54: a Node whose deletion fails is deleted at the next attempt", async () => {
  const machine = await oneMachine();
  world.stuck.keepsNodes = true;
  let failed = 0;
  world.workloadFaults = {
    decide: ({ operation, phase }) => {
      if (operation !== "delete nodes" || phase !== "beforeCommit" || failed >= 3) return undefined;
      failed += 1;
      return { do: "fail", code: "InternalError", status: 500 };
    },
  };
  await world.run(world.client.delete(MachineDeployment, { namespace, name: "md" }));
  await world.until(() => isGone(machine), "the end of the Machine");
  expect(failed).toBe(3);
  expect(await nodes()).toEqual([]);
});

test("D23: whatever a crash leaves of a Machine that was being made goes with the Cluster", async () => {
  // The answer to the creation of the infrastructure is lost, and the process with it.
  world.faults = {
    decide: ({ operation, phase }) => {
      if (operation !== "create awsmachines" || phase !== "afterCommit") return undefined;
      world.manager.abandon();
      return { do: "loseResponse" };
    },
  };
  await world.createCluster(2);
  await world.kernel.runFor(minute);
  expect((await world.list(AWSMachine)).length).toBeGreaterThan(0);
  expect(await world.list(Machine)).toEqual([]);
  world.faults = { decide: () => undefined };
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  world.restart();
  await world.until(async () => (await world.get(Cluster, "test")) === undefined, "the end");
  await world.kernel.runFor(minute);
  for (const kind of everything) expect(await world.list(kind as Kind<KubeObject>)).toEqual([]);
});

const deleteCluster = () => world.run(world.client.delete(Cluster, { namespace, name: "test" }));

test.for([0, 3, 20, 150])(
  "a Cluster that is deleted %i ms after its objects were applied takes them along, adopted or not",
  async (delayMs) => {
    await world.createCluster(1);
    await world.kernel.runFor(delayMs);
    await deleteCluster();
    await world.until(async () => (await world.get(Cluster, "test")) === undefined, "the end");
    await world.kernel.runFor(minute);
    for (const kind of everything) expect(await world.list(kind as Kind<KubeObject>)).toEqual([]);
  },
);

test("what a Cluster leaves that was deleted before anybody knew it does nothing, holds nothing and waits for another", async () => {
  await world.run(world.manager.stop());
  await world.createCluster(1);
  await deleteCluster();
  expect(await world.get(Cluster, "test")).toBeUndefined();
  world.restart();
  await world.kernel.runFor(10 * minute);
  const [left] = await world.list(MachineDeployment);
  // Upstream leaves it as well: nothing says that it was meant to go too.
  expect(left?.metadata).toMatchObject({ name: "md" });
  expect(left?.metadata).not.toHaveProperty("finalizers");
  expect(await world.list(MachineSet)).toEqual([]);
  await world.create(Cluster as never, {
    metadata: { name: "test", namespace },
    spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name: "test" } },
  });
  await world.initialize();
  await world.until(() => world.settled(1), "one Machine");
});

test("a Cluster that somebody has forced away keeps nobody from deleting what it has left", async () => {
  await oneMachine();
  await deleteCluster();
  const force = { metadata: { finalizers: null } };
  await world.run(world.client.mergePatch(Cluster, { namespace, name: "test" }, force));
  expect(await world.get(Cluster, "test")).toBeUndefined();
  for (const { metadata } of await world.list(MachineDeployment)) {
    await world.run(world.client.delete(MachineDeployment, { namespace, name: metadata.name }));
  }
  const workers = [
    MachineDeployment,
    MachineSet,
    Machine,
    AWSMachine,
  ] as readonly Kind<KubeObject>[];
  await world.until(async () => {
    const left = await Promise.all(
      workers.map((kind) => world.client.list(kind, { namespace })).map((each) => world.run(each)),
    );
    return left.flat().length === 0;
  }, "the end of the workers");
});

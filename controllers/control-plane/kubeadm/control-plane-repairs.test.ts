import { expect, test } from "vitest";
import { AWSMachine } from "../../api/aws/v1beta2.ts";
import { RemediationInProgressAnnotation } from "../../api/constants.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { Secret } from "../../api/kubernetes.ts";
import { keyOf } from "../../runtime/client.ts";
import { key, World } from "./control-plane-world.ts";

const minute = 60_000;
const hour = 60 * minute;
const namespace = "default";

test("a first machine that never boots is replaced without asking etcd, and gives the init lock up (D41)", async () => {
  const world = new World();
  world.hand.bootMs = hour;
  await world.start(3);
  await world.until(async () => (await world.machines()).length === 1);
  const [first] = await world.machines();
  world.hand.broken.add(first!.metadata.name);
  world.hand.bootMs = 30_000;
  await world.giveUp(first!.metadata.name);
  await world.untilReady(3);
  const machines = await world.machines();
  expect(machines.map(({ metadata }) => metadata.name)).not.toContain(first!.metadata.name);
  await world.stop();
});

test("a joining machine that fails is replaced though the control plane is not yet whole (D30)", async () => {
  const world = new World();
  await world.start(3);
  await world.until(async () => {
    const machines = await world.machines();
    const young = machines.find(({ status }) => status?.nodeRef === undefined);
    if (machines.length === 2 && young !== undefined) world.hand.broken.add(young.metadata.name);
    return world.hand.broken.size === 1;
  });
  const [name] = [...world.hand.broken];
  await world.kernel.runFor(10 * minute);
  await world.giveUp(name!);
  await world.untilReady(3);
  const replacement = (await world.machines()).find(
    ({ metadata }) => metadata.annotations?.["controlplane.cluster.x-k8s.io/remediation-for"],
  );
  const record =
    replacement!.metadata.annotations!["controlplane.cluster.x-k8s.io/remediation-for"];
  expect(JSON.parse(record!)).toMatchObject({ machine: name, retryCount: 0 });
  expect(
    (await world.kcp()).metadata.annotations?.[RemediationInProgressAnnotation],
  ).toBeUndefined();
  await world.stop();
});

test("a learner that never started is removed, so that the next machine can join (D32)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  world.etcd.addLearner("10.9.9.9", "3.6.4");
  // Nothing in the management cluster tells of it: the periodic reconcile does.
  await world.until(async () => world.etcd.members().length === 3);
  await world.stop();
});

test("an unhealthy machine is not remediated when etcd would lose its quorum (D27)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const names = (await world.machines()).map(({ metadata }) => metadata.name);
  const member = world.etcd.members().find(({ name }) => name === `node-${names[0]}`)!;
  world.etcd.setUp(member.id, false);
  // The health check wants another one gone as well: only the dead one may go.
  await world.giveUp(names[1]!);
  await world.until(async () => {
    const machine = (await world.machines()).find(({ metadata }) => metadata.name === names[1]);
    const condition = machine?.status?.conditions?.find(({ type }) => type === "OwnerRemediated");
    return condition?.reason === "CannotBeRemediated";
  });
  expect(await world.machines()).toHaveLength(3);
  await world.giveUp(names[0]!);
  await world.until(async () => {
    const machines = await world.machines();
    return !machines.some(({ metadata }) => metadata.name === names[0]);
  });
  await world.stop();
});

test("the last machine is never remediated", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const [machine] = await world.machines();
  await world.giveUp(machine!.metadata.name);
  await world.kernel.runFor(5 * minute);
  const [same] = await world.machines();
  expect(same!.metadata.uid).toBe(machine!.metadata.uid);
  const condition = same!.status!.conditions!.find(({ type }) => type === "OwnerRemediated");
  expect(condition!.message).toContain("replicas are less or equal to 1");
  await world.stop();
});

test("a broken machine that is outdated goes before a healthy one (D29)", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const names = (await world.machines()).map(({ metadata }) => metadata.name);
  await world.do(world.hand.setPodReady("kube-apiserver", `node-${names[2]}`, false));
  await world.kernel.runFor(minute);
  await world.patchKcp({
    version: "v1.35.1",
    rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0 } } },
  });
  await world.until(async () => world.events.some((event) => event.startsWith("SuccessfulDelete")));
  const [first] = world.events.filter((event) => event.startsWith("SuccessfulDelete"));
  expect(first).toContain(`Deleted Machine ${names[2]}`);
  await world.stop();
});

test("machines that lost their owner are adopted again, and nothing is rolled out for it", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const before = await world.machines();
  for (const machine of before) {
    const metadata = { ownerReferences: [] };
    await world.do(world.client.mergePatch(Machine, keyOf(machine), { metadata }));
  }
  const isOwned = (machine: Machine) =>
    machine.metadata.ownerReferences?.some(
      ({ kind, controller }) => kind === "KubeadmControlPlane" && controller === true,
    ) === true;
  await world.until(async () => (await world.machines()).every(isOwned), 15 * minute);
  await world.kernel.runFor(10 * minute);
  const names = (machines: readonly Machine[]) => machines.map(({ metadata }) => metadata.uid);
  expect(names(await world.machines())).toEqual(names(before));
  await world.stop();
});

test("what a creation that was cut short has left is removed before the next machine", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  const kcp = await world.kcp();
  const [machine] = await world.machines();
  const infra = (await world.do(world.client.get(AWSMachine, keyOf(machine!))))!;
  const { apiVersion, kind, metadata } = kcp;
  const orphan: AWSMachine = {
    apiVersion: infra.apiVersion,
    kind: infra.kind,
    metadata: {
      name: "orphan",
      namespace,
      labels: infra.metadata.labels!,
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid! }],
    },
    spec: infra.spec!,
  };
  await world.do(world.client.create(AWSMachine, orphan));
  await world.patchKcp({ replicas: 3 });
  await world.untilReady(3);
  expect(await world.do(world.client.get(AWSMachine, key("orphan")))).toBeUndefined();
  expect(await world.do(world.client.list(AWSMachine, { namespace }))).toHaveLength(3);
  await world.stop();
});

test("a CA that is lost after initialization is reported and never made anew", async () => {
  const world = new World();
  await world.start(1);
  await world.untilReady(1);
  await world.do(world.client.delete(Secret, key("test-ca")));
  await world.patchKcp({ replicas: 3 });
  await world.kernel.runFor(10 * minute);
  expect(await world.do(world.client.get(Secret, key("test-ca")))).toBeUndefined();
  expect(await world.machines()).toHaveLength(1);
  const { conditions } = (await world.kcp()).status!;
  expect(conditions!.find(({ type }) => type === "CertificatesAvailable")).toMatchObject({
    status: "False",
    reason: "NotAvailable",
    message: "Secrets test-ca do not exist",
  });
  await world.stop();
});

test("machines whose certificates are about to expire are replaced, and only those", async () => {
  const world = new World();
  await world.start(3);
  await world.untilReady(3);
  const before = (await world.machines()).map(({ metadata }) => metadata.uid);
  await world.until(async () =>
    (await world.machines()).every(({ status }) => status?.certificatesExpiryDate !== undefined),
  );
  await world.patchKcp({ rollout: { before: { certificatesExpiryDays: 30 } } });
  await world.kernel.runFor(10 * minute);
  expect((await world.machines()).map(({ metadata }) => metadata.uid)).toEqual(before);
  await world.patchKcp({ rollout: { before: { certificatesExpiryDays: 364 } } });
  await world.kernel.runFor(10 * minute);
  expect((await world.machines()).map(({ metadata }) => metadata.uid)).toEqual(before);
  const [machine] = await world.machines();
  const soon = new Date(world.kernel.clock.now() + 24 * hour).toISOString();
  const status = { certificatesExpiryDate: soon };
  await world.do(
    world.client.mergePatch(Machine, keyOf(machine!), { status }, { subresource: "status" }),
  );
  await world.until(async () => {
    const uids = (await world.machines()).map(({ metadata }) => metadata.uid);
    return uids.length === 3 && !uids.includes(machine!.metadata.uid);
  });
  const after = (await world.machines()).map(({ metadata }) => metadata.uid);
  expect(after.filter((uid) => before.includes(uid))).toHaveLength(2);
  await world.stop();
});

import { beforeEach, expect, test } from "vitest";
import { AWSMachine } from "../api/aws/v1beta2.ts";
import {
  Machine,
  MachineDeployment,
  MachineDrainRule,
  MachineHealthCheck,
  MachineSet,
} from "../api/core/v1beta2.ts";
import { CustomResourceDefinition, Node, Pod } from "../api/kubernetes.ts";
import { keyOf } from "../runtime/client.ts";
import { findCondition } from "../runtime/conditions.ts";
import { infrastructure, minute, namespace, World } from "./core-world.ts";

let world: World;
beforeEach(async () => {
  world = new World();
  await world.start();
});

const uids = async () => (await world.list(Machine)).map(({ metadata }) => metadata.uid);
const nowText = () => new Date(world.kernel.clock.now()).toISOString().replace(/\.\d+/, "");

async function checkedCluster(replicas: number, remediation: object, more: object = {}) {
  await world.createCluster(replicas, undefined, more);
  await world.create(MachineHealthCheck as never, {
    metadata: { name: "check", namespace },
    spec: {
      clusterName: "test",
      selector: { matchLabels: { "cluster.x-k8s.io/deployment-name": "md" } },
      checks: { unhealthyNodeConditions: [{ type: "Ready", status: "False", timeoutSeconds: 60 }] },
      remediation,
    },
  });
  await world.until(() => world.settled(replicas), `${replicas} Machines`);
  return world.list(Machine);
}

const breakNode = (machine: Machine, status = "False") =>
  world.run(
    world.workload.mergePatch(
      Node,
      { namespace: "", name: machine.status!.nodeRef!.name },
      {
        status: {
          conditions: [
            { type: "Ready", status, reason: "Test", message: "", lastTransitionTime: nowText() },
          ],
        },
      },
      { subresource: "status" },
    ),
  );

test("a health check with a range remediates only when as many Machines are unhealthy as the range says", async () => {
  const machines = await checkedCluster(4, { triggerIf: { unhealthyInRange: "[2-3]" } });
  const before = await uids();
  await breakNode(machines[0]!);
  await world.kernel.runFor(10 * minute);
  expect(await uids()).toEqual(before);
  expect((await world.get(MachineHealthCheck, "check"))?.status).toMatchObject({
    expectedMachines: 4,
    currentHealthy: 3,
    remediationsAllowed: 0,
  });
  await breakNode(machines[1]!);
  await world.kernel.runFor(3 * minute);
  const after = await uids();
  for (const machine of machines.slice(0, 2)) expect(after).not.toContain(machine.metadata.uid);
  for (const machine of machines.slice(2)) expect(after).toContain(machine.metadata.uid);
  await world.until(() => world.settled(4), "four Machines again");
});

test("a MachineDeployment remediates no more Machines at a time than maxInFlight allows", async () => {
  const machines = await checkedCluster(
    3,
    { triggerIf: { unhealthyLessThanOrEqualTo: "100%" } },
    { remediation: { maxInFlight: 1 } },
  );
  world.stuck.deleting = true;
  for (const machine of machines) await breakNode(machine);
  await world.kernel.runFor(10 * minute);
  const going = (await world.list(Machine)).filter(
    ({ metadata }) => metadata.deletionTimestamp !== undefined,
  );
  expect(going).toHaveLength(1);
  const reasons = (await world.list(Machine)).map(
    (machine) => findCondition(machine, "OwnerRemediated")?.reason,
  );
  expect(reasons.map(String).sort()).toEqual([
    "MachineDeleting",
    "RemediationDeferred",
    "RemediationDeferred",
  ]);
  world.stuck.deleting = false;
  await world.until(() => world.settled(3), "three new Machines");
  for (const { metadata } of machines) expect(await uids()).not.toContain(metadata.uid);
});

async function createRemediationKind(kind: string): Promise<void> {
  const plural = `${kind.toLowerCase()}s`;
  const any = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  await world.run(
    world.client.create(CustomResourceDefinition, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.test.dev` },
      spec: {
        group: "test.dev",
        scope: "Namespaced",
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: any } }],
      },
    } as never),
  );
}

test("with a template every unhealthy Machine gets a request of its own, which goes when it is healthy", async () => {
  for (const kind of ["Reboot", "RebootTemplate"]) await createRemediationKind(kind);
  await world.kernel.runFor(1_000);
  const requestKind = await world.run(world.client.kindFor("test.dev/v1", "Reboot"));
  const templateKind = await world.run(world.client.kindFor("test.dev/v1", "RebootTemplate"));
  await world.create(templateKind as never, {
    metadata: { name: "reboot", namespace },
    spec: { template: { spec: { force: true } } },
  });
  const templateRef = { apiVersion: "test.dev/v1", kind: "RebootTemplate", name: "reboot" };
  const machines = await checkedCluster(3, { templateRef });
  const requests = async () =>
    (await world.run(world.client.list(requestKind, { namespace }))).map(
      ({ metadata }) => metadata.name,
    );
  await breakNode(machines[0]!);
  await world.kernel.runFor(2 * minute);
  expect(await requests()).toEqual([machines[0]!.metadata.name]);
  // The first request is still there; the second Machine gets its own all the same.
  await breakNode(machines[2]!);
  await world.kernel.runFor(3 * minute);
  expect((await requests()).sort()).toEqual(
    [machines[0]!, machines[2]!].map(({ metadata }) => metadata.name).sort(),
  );
  expect(await uids()).toEqual(machines.map(({ metadata }) => metadata.uid));
  for (const machine of [machines[0]!, machines[2]!]) await breakNode(machine, "True");
  await world.kernel.runFor(2 * minute);
  expect(await requests()).toEqual([]);
});

test("a drain goes by the order of MachineDrainRules, leaves alone what they skip and waits for what is to complete", async () => {
  await world.createCluster(1);
  await world.until(() => world.settled(1), "one Machine");
  const [machine] = await world.list(Machine);
  const rule = (name: string, drain: object) =>
    world.create(MachineDrainRule as never, {
      metadata: { name, namespace },
      spec: { drain, pods: [{ selector: { matchLabels: { role: name } } }] },
    });
  await rule("first", { behavior: "Drain", order: -5 });
  await rule("last", { behavior: "Drain", order: 5 });
  await rule("skipped", { behavior: "Skip" });
  await rule("job", { behavior: "WaitCompleted" });
  for (const role of ["first", "last", "skipped", "job"]) {
    await world.run(
      world.workload.create(Pod, {
        apiVersion: "v1",
        kind: "Pod",
        // The finalizer stands for the kubelet, which takes its time.
        metadata: { name: role, namespace, labels: { role }, finalizers: ["test/kubelet"] },
        spec: {
          nodeName: machine!.status!.nodeRef!.name,
          containers: [{ name: "c", image: "i" }],
        },
      }),
    );
  }
  const going = async () => {
    const pods = await world.run(world.workload.list(Pod, { namespace }));
    return pods
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name);
  };
  const end = async (name: string) => {
    const metadata = { finalizers: null };
    await world.run(world.workload.mergePatch(Pod, { namespace, name }, { metadata }));
    if ((await world.run(world.workload.get(Pod, { namespace, name }))) !== undefined) {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      const body = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 };
      await world.run(world.workload.rest.call({ method: "DELETE", path, body }));
    }
    await world.kernel.runFor(minute);
  };
  await world.run(world.client.delete(Machine, keyOf(machine!)));
  await world.kernel.runFor(2 * minute);
  expect(await going()).toEqual(["first"]);
  await end("first");
  // What is to complete counts as order 0, and is never evicted.
  expect(await going()).toEqual([]);
  const waiting = await world.get(Machine, machine!.metadata.name);
  expect(findCondition(waiting!, "Deleting")?.message).toContain(
    "* Pod default/job: waiting for completion",
  );
  await end("job");
  expect(await going()).toEqual(["last"]);
  await end("last");
  await world.until(
    async () => (await world.get(Machine, machine!.metadata.name)) === undefined,
    "the end of the Machine",
    5 * minute,
  );
  expect(await world.run(world.workload.get(Pod, { namespace, name: "skipped" }))).toBeDefined();
});

test("a MachineDeployment adopts a MachineSet that its selector finds, and no Machine is replaced", async () => {
  await world.createCluster(1);
  const labels = { app: "adopted" };
  const template = {
    metadata: { labels },
    spec: {
      clusterName: "test",
      version: "v1.34.2",
      bootstrap: { dataSecretName: "bootstrap" },
      infrastructureRef: { apiGroup: infrastructure, kind: "AWSMachineTemplate", name: "two" },
    },
  };
  const selector = { matchLabels: labels };
  await world.create(MachineSet as never, {
    metadata: { name: "orphan", namespace, labels },
    spec: { clusterName: "test", replicas: 2, selector, template },
  });
  const own = async () =>
    (await world.list(Machine)).filter(({ metadata }) => metadata.labels?.["app"] === "adopted");
  const isUp = async () => (await world.get(MachineSet, "orphan"))?.status?.availableReplicas === 2;
  await world.until(isUp, "two Machines");
  const before = (await own()).map(({ metadata }) => metadata.uid);
  expect((await world.get(MachineSet, "orphan"))?.metadata.ownerReferences).toMatchObject([
    { kind: "Cluster" },
  ]);
  await world.create(MachineDeployment as never, {
    metadata: { name: "adopter", namespace },
    spec: { clusterName: "test", replicas: 2, selector, template },
  });
  await world.until(
    async () => (await world.get(MachineDeployment, "adopter"))?.status?.upToDateReplicas === 2,
    "the adoption",
  );
  await world.kernel.runFor(15 * minute);
  expect((await own()).map(({ metadata }) => metadata.uid)).toEqual(before);
  const adopted = await world.get(MachineSet, "orphan");
  expect(adopted?.metadata.ownerReferences).toContainEqual(
    expect.objectContaining({ kind: "MachineDeployment", name: "adopter", controller: true }),
  );
});

test("a provider that takes an hour is waited for without an error, and the Machine says for what", async () => {
  world.stuck.creating = true;
  await world.createCluster(2);
  await world.kernel.runFor(60 * minute);
  expect(world.errors.filter((line) => !line.includes("has been modified"))).toEqual([]);
  const machines = await world.list(Machine);
  expect(machines).toHaveLength(2);
  for (const machine of machines) {
    expect(machine.status?.phase).toBe("Provisioning");
    expect(findCondition(machine, "InfrastructureReady")).toMatchObject({
      status: "False",
      message: expect.stringContaining("AWSMachine") as string,
    });
  }
  world.stuck.creating = false;
  await world.until(() => world.settled(2), "two Machines");
  expect((await world.list(AWSMachine)).length).toBe(2);
});

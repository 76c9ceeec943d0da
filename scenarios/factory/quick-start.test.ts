import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { isKubectlInstalled } from "../kubectl/kubectl.ts";
import { ec2Of, instancesOf, nameOf } from "./ec2-instances.ts";
import { ClusterLife, isControlPlane } from "./cluster-life.ts";
import { UpProcess } from "./up-process.ts";

const full = process.env["SEATRIAL_FULL"] !== undefined;
const why = isKubectlInstalled() ? "" : " (skipped: kubectl is not installed)";
const minutes = 60_000;

const example = (name: string) =>
  readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), "utf8");

/**
 * The full run is the story of the README, at its pace. The short one has less to wait for: its process is killed twice while
 * the cluster is made (`kills.test.ts` has the twenty points of the full run), and it leaves out what takes a minute.
 */
const { name, timeScale, controlPlanes, workers, kills } = full
  ? { name: "my-cluster", timeScale: 60, controlPlanes: 3, workers: 3, kills: [] }
  : { name: "small", timeScale: 600, controlPlanes: 1, workers: 1, kills: [300, 400] };

const healthCheck = `
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineHealthCheck
metadata: { name: workers }
spec:
  clusterName: ${name}
  selector: { matchLabels: { cluster.x-k8s.io/deployment-name: ${name}-md-0 } }
  checks:
    unhealthyNodeConditions: [{ type: Ready, status: Unknown, timeoutSeconds: 300 }]
`;

const [oldVersion, newVersion] = ["v1.34.2", "v1.35.0"];

let factory: UpProcess;
afterEach(() => factory.remove());

async function checkCreated(life: ClusterLife): Promise<void> {
  const { kubectl } = factory;
  const table = await kubectl.ok("get clusters,machines,awsmachines");
  expect(table).toMatch(/^NAME +CLUSTERCLASS +AVAILABLE +CP DESIRED +.*PHASE +AGE +VERSION/m);
  expect(table).toMatch(/^machine\S+ +\S+ +ip-10-\S+ +.*True +True +True +Running /m);
  expect(table).toMatch(/^awsmachine\S+ +\S+ +running +true +aws:\/\/\/eu-west-1[abc]\/i-\w{17} /m);
  const workload = await factory.workload(name);
  const nodes = (await workload.ok("get nodes --no-headers")).split("\n");
  expect(nodes).toHaveLength(controlPlanes + workers);
  for (const node of nodes) expect(node).toMatch(/ Ready .*v1\.34\.2$/);
  const machines = await life.machines();
  expect(machines.filter(isControlPlane)).toHaveLength(controlPlanes);
  const instances = await instancesOf(ec2Of(factory.awsUrl));
  expect(instances.map(nameOf).toSorted()).toEqual(
    machines.map(({ metadata }) => metadata.name).toSorted(),
  );
}

/** The control plane first, then the workers; none of those that were promised is missing meanwhile. */
async function upgrade(life: ClusterLife): Promise<void> {
  const outOfOrder: string[] = [];
  const missing: string[] = [];
  life.watch = (machines) => {
    const olderControlPlane = machines.some(
      (one) => isControlPlane(one) && one.spec.version === oldVersion,
    );
    const newerWorkers = machines.filter(
      (one) => !isControlPlane(one) && one.spec.version === newVersion,
    );
    if (olderControlPlane) outOfOrder.push(...newerWorkers.map(({ metadata }) => metadata.name));
    const withNode = machines.filter((one) => !isControlPlane(one) && one.status?.nodeRef);
    if (withNode.length < workers) missing.push(`${withNode.length} of ${workers}`);
  };
  life.edit((manifest) => manifest.replaceAll(oldVersion, newVersion));
  await life.apply();
  await life.settled(({ spec }) => spec.version === newVersion);
  life.watch = () => undefined;
  expect(outOfOrder).toEqual([]);
  expect(missing).toEqual([]);
  const workload = await factory.workload(name);
  expect(await workload.ok("version")).toContain(`Server Version: ${newVersion}`);
}

/** Nothing is written, and nothing has to be, once everything is as the manifest says. */
async function checkRest(life: ClusterLife): Promise<void> {
  const { kubectl } = factory;
  const diff = ["diff", "--server-side", "--force-conflicts", "-f", "-"];
  expect(await kubectl.run(diff, { input: life.manifest })).toMatchObject({ code: 0, out: "" });
  // The last conditions are written a moment after all Machines are ready.
  for (let tries = 0; tries < 5; tries += 1) {
    const before = await life.versions();
    await sleep(full ? 30_000 : 1500);
    if ((await life.versions()) === before) return;
  }
  throw new Error(`something goes on being written: ${await life.versions()}`);
}

/** A new template, and the MachineDeployment pointed at it; the scale of before is written down at last. */
async function changeInstanceType(life: ClusterLife): Promise<void> {
  life.edit((manifest) => {
    const documents = manifest.split(/^---\n/m);
    const ofKind = (kind: string) =>
      documents.find(
        (one) => one.includes(`\nkind: ${kind}\n`) && one.includes(`name: ${name}-md-0`),
      ) ?? "";
    const [deployment, template] = [ofKind("MachineDeployment"), ofKind("AWSMachineTemplate")];
    const bigger = template
      .replace(`name: ${name}-md-0`, `name: ${name}-md-1`)
      .replace(/instanceType: \S+/, "instanceType: m5.large");
    const pointed = deployment
      .replace(/(kind: AWSMachineTemplate,\s+name: \S+-md-)0/, "$11")
      .replace(`replicas: ${workers}`, `replicas: ${workers + 1}`);
    const changed = documents.map((one) => (one === deployment ? pointed : one));
    return [...changed, bigger].join("---\n");
  });
  const before = await life.machines();
  await life.apply();
  const old = new Set(
    before.filter((one) => !isControlPlane(one)).map(({ metadata }) => metadata.name),
  );
  await life.settled(({ metadata }) => !old.has(metadata.name));
  const running = (await instancesOf(ec2Of(factory.awsUrl))).filter(
    ({ State, InstanceType }) => State?.Name === "running" && InstanceType === "m5.large",
  );
  expect(running).toHaveLength(workers + 1);
}

type Step = (what: string, work: () => Promise<unknown>) => Promise<void>;

/** What takes a minute: a silent kubelet is given its whole grace, which is never scaled. */
async function changeMore(life: ClusterLife, step: Step): Promise<void> {
  await step("scale", async () => {
    await life.scale(workers + 1);
    await life.settled();
  });
  await step("instance type", () => changeInstanceType(life));
  await step("heal", async () => {
    const lost = await life.terminateWorker();
    await life.settled(({ metadata }) => metadata.name !== lost);
  });
}

/** Some of what a cluster had goes a while after it. */
async function inventoryLike(before: readonly string[]): Promise<readonly string[]> {
  for (let tries = 0; tries < 60; tries += 1) {
    const now = await factory.inventory();
    if (now.length === before.length) return now;
    await sleep(500);
  }
  return factory.inventory();
}

test.skipIf(why !== "")(
  `one YAML becomes a cluster, is ${full ? "upgraded, scaled, moved to bigger instances, healed" : "made while its process is killed twice, upgraded"} and deleted without a trace, by kubectl over HTTPS${why}`,
  { timeout: 30 * minutes },
  async () => {
    factory = new UpProcess([`--time-scale=${timeScale}`]);
    await factory.start();
    const before = await factory.inventory();
    const manifest = `${example(name)}${healthCheck}`;
    const life = new ClusterLife(factory, { name, manifest, controlPlanes, workers });
    const took: Record<string, number> = { "ready to serve": Math.round(factory.readyMs) };
    const step: Step = async (what, work) => {
      const startedMs = performance.now();
      await work();
      took[what] = Math.round(performance.now() - startedMs);
    };
    await step("create", async () => {
      await life.apply();
      for (const afterMs of kills) {
        await sleep(afterMs);
        await factory.end("SIGKILL");
        await factory.start();
      }
      await factory.kubectl.ok(`wait --for=condition=Available cluster/${name} --timeout=180s`);
      await life.settled();
      expect((await factory.inventory()).length).toBeGreaterThan(before.length);
    });
    await step("look", () => checkCreated(life));
    await step("rest", () => checkRest(life));
    await step("upgrade", () => upgrade(life));
    if (full) await step("change", () => changeMore(life, step));
    await step("delete", async () => {
      await life.delete();
      expect(await inventoryLike(before)).toEqual(before);
    });
    expect(await factory.end("SIGINT"), factory.output).toBe(0);
    if (full) console.log(`quick start at time scale ${timeScale}, in ms:`, took);
  },
);

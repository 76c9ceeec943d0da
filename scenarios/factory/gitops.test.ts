import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { isKubectlInstalled } from "../kubectl/kubectl.ts";
import { ClusterLife, isControlPlane } from "./cluster-life.ts";
import { UpProcess } from "./up-process.ts";

const full = process.env["SEATRIAL_FULL"] !== undefined;
const isShort = full ? "" : " (full run only: a minute)";
const why = isKubectlInstalled() ? isShort : " (skipped: kubectl is not installed)";

const manifest = readFileSync(new URL("../../examples/small.yaml", import.meta.url), "utf8");

let factory: UpProcess;
afterEach(() => factory.remove());

/** Applies what a repository holds again and again, as GitOps tools do, until it is told to stop. */
class Loop {
  readonly #life: ClusterLife;
  readonly #ended: Promise<void>;
  #isOver = false;
  rounds = 0;

  constructor(life: ClusterLife) {
    this.#life = life;
    this.#ended = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#life.apply();
      this.rounds += 1;
      await sleep(500);
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const startedMs = performance.now(); !(await holds()); await sleep(300)) {
    if (performance.now() - startedMs > 60_000) throw new Error(`not within a minute: ${what}`);
  }
}

test.skipIf(why !== "")(
  `a loop of server-side apply during creation, upgrade and scaling: nothing moves at rest, drift is reverted, deletion is clean${why}`,
  { timeout: 600_000 },
  async () => {
    factory = new UpProcess(["--time-scale=300"]);
    await factory.start();
    const { kubectl } = factory;
    const before = await factory.inventory();
    const life = new ClusterLife(factory, {
      name: "small",
      manifest,
      controlPlanes: 1,
      workers: 1,
    });
    const loop = new Loop(life);
    await until(
      "the Cluster is there",
      async () => (await kubectl.run(["get", "cluster", "small"])).code === 0,
    );
    await life.settled();

    life.edit((text) => text.replaceAll("v1.34.2", "v1.35.0"));
    await life.settled(({ spec }) => spec.version === "v1.35.0");

    life.edit((text) => text.replace(/(kind: MachineDeployment[\s\S]*?replicas: )1/, "$12"));
    const workers = async () => (await life.machines()).filter((one) => !isControlPlane(one));
    await until("two workers", async () => (await workers()).length === 2);

    // Somebody scales by hand what the repository holds: the next round takes it back.
    await kubectl.ok("scale machinedeployment small-md-0 --replicas=4");
    const replicas = () =>
      kubectl.ok("get machinedeployment small-md-0 -o jsonpath={.spec.replicas}");
    await until("the drift is reverted", async () => (await replicas()) === "2");
    await until("two workers again", async () => (await workers()).length === 2);

    await sleep(20_000);
    const resting = await life.versions();
    const rounds = loop.rounds;
    await sleep(10_000);
    expect(loop.rounds).toBeGreaterThan(rounds);
    expect(await life.versions()).toBe(resting);
    const diff = await kubectl.run(["diff", "--server-side", "--force-conflicts", "-f", "-"], {
      input: life.manifest,
    });
    expect([diff.code, diff.out]).toEqual([0, ""]);

    await loop.stop();
    // A tool that prunes deletes whatever it applied, in no order of its own.
    await kubectl.ok("delete --wait=true --timeout=180s -f -", { input: life.manifest });
    expect(await kubectl.ok("get machines,awsmachines,kubeadmconfigs,awsclusters -o name")).toBe(
      "",
    );
    expect(await factory.inventory()).toEqual(before);
  },
);

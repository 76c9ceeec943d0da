import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { isKubectlInstalled } from "../kubectl/kubectl.ts";
import { ec2Of, instancesOf, nameOf } from "./ec2-instances.ts";
import { UpProcess } from "./up-process.ts";

const full = process.env["SEATRIAL_FULL"] !== undefined;
const why = isKubectlInstalled() ? "" : " (skipped: kubectl is not installed)";
const onlyFull = full ? "" : " (full run only; quick-start.test.ts kills twice)";
const example = fileURLToPath(new URL("../../examples/small.yaml", import.meta.url));
/** How long the first process of each life lives after the manifest is sent, before it is killed. */
const kills = Array.from({ length: 20 }, (_, index) => 150 + index * 350);

let factory: UpProcess;
afterEach(() => factory.remove());

async function machineNames(): Promise<readonly string[]> {
  return (await factory.kubectl.ok("get machines -o name")).split("\n").filter(Boolean);
}

/** Applies, and kills the process after a while; returns the Machines that were known until then. */
async function killedAfter(afterMs: number): Promise<readonly string[]> {
  // The kill may come in the middle of it: then whoever applies does so again.
  const applied = factory.kubectl.run(["apply", "-f", example]);
  await sleep(afterMs);
  const names = await machineNames();
  await factory.end("SIGKILL");
  await applied;
  return names;
}

// Turns red if the AWS state is not written (every Machine gets a second instance), or if machines are not.
test.skipIf(why !== "" || !full)(
  `seatrial up, killed at ${kills.length} points of the quick start and started again, converges with one instance per Machine and the names that it had${why}${onlyFull}`,
  async () => {
    for (const afterMs of kills) {
      factory = new UpProcess([]);
      await factory.start();
      const known = await killedAfter(afterMs);
      await factory.start();
      const at = `killed after ${afterMs} ms`;
      await factory.kubectl.ok(`apply -f ${example}`);
      await factory.kubectl.ok("wait --for=condition=Available cluster/small --timeout=120s");
      await factory.kubectl.ok("wait --for=condition=Ready machine --all --timeout=120s");

      const names = await machineNames();
      expect(names, at).toHaveLength(2);
      expect(names, at).toEqual(expect.arrayContaining([...known]));
      const instances = await instancesOf(ec2Of(factory.awsUrl));
      expect(
        instances.map((one) => `machine.cluster.x-k8s.io/${nameOf(one)}`).toSorted(),
        at,
      ).toEqual(names.toSorted());
      const workload = await factory.workload("small");
      await workload.ok("wait --for=condition=Ready node --all --timeout=60s");
      expect((await workload.ok("get nodes -o name")).split("\n"), at).toHaveLength(2);
      await factory.remove();
    }
  },
);

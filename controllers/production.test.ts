import type { ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { HttpsWorld } from "./https-world.ts";

const hasKubectl = (() => {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const election =
  "--leader-elect --leader-elect-namespace default --leader-elect-lease-duration 4s " +
  "--leader-elect-renew-deadline 3s --leader-elect-retry-period 400ms";
const world = new HttpsWorld();
/** What can be seen without a process of its own. */
const soon = { timeout: 60_000, interval: 25 };
/** kubectl takes the processor from the managers that it looks at: not too often. */
const eventually = { timeout: 60_000, interval: 300 };
let first: ChildProcess;

beforeAll(async () => {
  if (!hasKubectl) return;
  await world.start();
  first = world.startManager("first", ["--health-port", "0", ...election.split(" ")]);
  await vi.waitUntil(() => leader() === "first", soon);
  // The one that waits for the lease answers the webhooks.
  const webhooks = ["--webhook-cert-dir", world.folder, "--webhook-port", `${world.webhookPort}`];
  world.startManager("second", ["--health-port", "0", ...webhooks, ...election.split(" ")]);
});
afterAll(() => world.close());

/** Who has written the lease last: nobody but the leader does, and who takes its place. */
const leader = () => world.writes.findLast(({ what }) => what.includes("/leases"))?.by;
const get = (...args: string[]) => world.kubectl(["get", ...args]);

/** v1beta1, as most manifests in the world still are. */
const manifest = `
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: { name: old }
spec:
  infrastructureRef:
    { apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: AWSCluster, name: old }
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: AWSCluster
metadata: { name: old }
spec:
  region: eu-west-1
  network: { vpc: { availabilityZoneUsageLimit: 1 } }
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: AWSMachineTemplate
metadata: { name: old }
spec:
  template:
    spec:
      instanceType: t3.large
      iamInstanceProfile: nodes.cluster-api-provider-aws.sigs.k8s.io
      sshKeyName: ""
---
apiVersion: v1
kind: Secret
metadata: { name: bootstrap }
type: cluster.x-k8s.io/secret
stringData: { value: "#cloud-config" }
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: { name: workers }
spec:
  clusterName: old
  replicas: 1
  selector: { matchLabels: {} }
  template:
    spec:
      clusterName: old
      version: 1.34.2
      nodeDrainTimeout: 90s
      bootstrap: { dataSecretName: bootstrap }
      infrastructureRef:
        { apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: AWSMachineTemplate, name: old }
`;

const needsKubectl = hasKubectl ? "" : " (skipped: kubectl is not installed)";

test.skipIf(!hasKubectl)(
  `an API server that asks over HTTPS stores v1beta1 manifests as v1beta2 with defaults, and shows both${needsKubectl}`,
  async () => {
    await expect.poll(() => world.areWebhooksUp(), soon).toBe(true);
    expect(await world.kubectl(["apply", "-f", "-"], manifest)).toMatch(
      /machinedeployment.* created/,
    );
    const read = async (version: string) =>
      JSON.parse(
        await get(`machinedeployments.${version}.cluster.x-k8s.io`, "workers", "-o", "json"),
      ) as {
        spec: { template: { spec: object }; strategy?: object; rollout?: object };
      };
    const stored = await read("v1beta2");
    expect(stored.spec).toMatchObject({
      rollout: {
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      },
      template: {
        metadata: { labels: { "cluster.x-k8s.io/deployment-name": "workers" } },
        spec: { version: "v1.34.2", deletion: { nodeDrainTimeoutSeconds: 90 } },
      },
    });
    const asWritten = await read("v1beta1");
    expect(asWritten.spec).toMatchObject({
      strategy: { type: "RollingUpdate" },
      template: { spec: { nodeDrainTimeout: "90s", version: "v1.34.2" } },
    });
  },
);

const refused: readonly (readonly [what: string, manifest: string, words: readonly string[]])[] = [
  [
    "a Cluster with a topology",
    `{ apiVersion: cluster.x-k8s.io/v1beta2, kind: Cluster, metadata: { name: x }, spec: { topology: { classRef: { name: c }, version: v1.34.2 } } }`,
    ["spec.topology", "ClusterTopology"],
  ],
  [
    "a MachineDeployment with taints",
    `{ apiVersion: cluster.x-k8s.io/v1beta2, kind: MachineDeployment, metadata: { name: x }, spec: { clusterName: old, selector: {}, template: { spec: { clusterName: old, bootstrap: { dataSecretName: b }, infrastructureRef: { apiGroup: g.io, kind: K, name: template }, taints: [{ key: a.io/b, effect: NoSchedule, propagation: Always }] } } } }`,
    ["spec.template.spec.taints", "MachineTaintPropagation"],
  ],
  [
    "a KubeadmConfig for Ignition",
    `{ apiVersion: bootstrap.cluster.x-k8s.io/v1beta2, kind: KubeadmConfig, metadata: { name: x }, spec: { format: ignition } }`,
    ["spec.format", "KubeadmBootstrapFormatIgnition"],
  ],
  [
    "a MachinePool, which no controller looks after",
    `{ apiVersion: cluster.x-k8s.io/v1beta2, kind: MachinePool, metadata: { name: x }, spec: { clusterName: old } }`,
    ['no matches for kind "MachinePool"'],
  ],
];

test.skipIf(!hasKubectl)(
  `kubectl is told the field and the gate of what is off, and the kind that nobody looks after${needsKubectl}`,
  async () => {
    // One call is told about all of them.
    const all = refused.map(([, text]) => `---\n${text}`).join("\n");
    const said = await world.kubectl(["apply", "-f", "-"], all).then(
      () => "accepted",
      (error: unknown) => (error as Error).message,
    );
    for (const [what, , words] of refused) {
      for (const word of words) expect(said, what).toContain(word);
    }
    expect(await get("clusters,machinedeployments,kubeadmconfigs", "-o", "name")).not.toMatch(
      /\/x$/m,
    );
  },
);

test.skipIf(!hasKubectl)(
  `the production manager follows kubectl: a cluster comes up, scales to three and back${needsKubectl}`,
  async () => {
    const machines = (phase: string) => async () => {
      const text = await get("machines", "-o", "jsonpath={.items[*].status.phase}");
      return text.split(" ").filter((each) => each === phase).length;
    };
    await expect.poll(machines("Provisioned"), eventually).toBe(1);
    await world.kubectl(["scale", "machinedeployment", "workers", "--replicas=3"]);
    await expect.poll(machines("Provisioned"), eventually).toBe(3);
    await world.kubectl(["scale", "machinedeployment", "workers", "--replicas=1"]);
    await expect.poll(() => get("machines", "-o", "name"), eventually).toMatch(/^\S+\n$/);
    const creations = world.writes.filter(({ what }) => /^POST .*\/machines$/.test(what));
    expect(new Set(creations.map(({ agent }) => agent))).toEqual(new Set(["seatrial/machineset"]));
    const table = await get("machines");
    expect(table).toMatch(
      /^NAME +CLUSTER +NODE NAME +FAILURE DOMAIN? +READY +AVAILABLE +UP-TO-DATE +PHASE +AGE +VERSION/,
    );
  },
);

test.skipIf(!hasKubectl)(
  `a leader that stands still loses the lease, the other takes over, and nothing that it writes lands afterwards${needsKubectl}`,
  async () => {
    expect(leader()).toBe("first");
    first.kill("SIGSTOP");
    await expect.poll(leader, soon).toBe("second");
    await world.kubectl(["scale", "machinedeployment", "workers", "--replicas=2"]);
    await expect.poll(() => get("machines", "-o", "name"), eventually).toMatch(/^\S+\n\S+\n$/);
    const taken = world.writes.length;
    const exit = once(first, "exit");
    first.kill("SIGCONT");
    expect(await exit).toEqual([1, null]);
    const late = world.writes.slice(taken).filter(({ by }) => by === "first");
    expect(late.filter(({ what }) => !what.includes("/leases/"))).toEqual([]);
  },
);

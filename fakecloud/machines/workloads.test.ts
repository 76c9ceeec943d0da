import { expect, test } from "vitest";
import type { KubernetesObject } from "./api-caller.ts";
import { apply } from "./test-user-data.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";
import { minute, withWorkers } from "./test-cluster.ts";

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

import type { KubernetesObject } from "./api-caller.ts";
import { TestCloud } from "./test-cloud.ts";
import {
  apply,
  cloudControllerManager,
  createTestPki,
  createToken,
  initUserData,
  joinUserData,
  networkPlugIn,
  type TestPki,
} from "./test-user-data.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";

export const minute = 60_000;

export interface Started {
  readonly cloud: TestCloud;
  readonly pki: TestPki;
  readonly cluster: WorkloadCluster;
  readonly first: string;
}

export async function startCluster(seed = "1"): Promise<Started> {
  const cloud = new TestCloud(seed);
  const pki = createTestPki(cloud);
  const first = cloud.launch("cp-0", initUserData(pki), { role: "control-plane" });
  await cloud.kernel.runFor(5 * minute);
  const [cluster] = cloud.machines.clusters();
  if (cluster === undefined) throw new Error(cloud.log(first));
  return { cloud, pki, cluster, first };
}

export async function nodes(cluster: WorkloadCluster): Promise<readonly KubernetesObject[]> {
  return cluster.caller("test").list("/api/v1/nodes");
}

export async function node(cloud: TestCloud, cluster: WorkloadCluster, instanceId: string) {
  const path = `/api/v1/nodes/${cloud.nodeName(instanceId)}`;
  const found = await cluster.caller("test").get(path);
  return found as unknown as {
    metadata: { labels: Record<string, string> };
    spec: { providerID?: string; taints?: { key: string; effect: string }[] };
    status: {
      addresses: { type: string; address: string }[];
      conditions: { type: string; status: string; reason: string }[];
      nodeInfo: { kubeletVersion: string };
    };
  };
}

export async function addPlugIns({ cloud, cluster }: Started): Promise<void> {
  const sets = "/apis/apps/v1/namespaces/kube-system/daemonsets";
  await cloud.kernel.complete(
    Promise.all([
      apply(cluster, sets, networkPlugIn()),
      apply(cluster, sets, cloudControllerManager()),
    ]),
    { horizonMs: minute },
  );
  await cloud.kernel.runFor(2 * minute);
}

export async function withWorkers(count: number, seed = "1") {
  const started = await startCluster(seed);
  await addPlugIns(started);
  const { cloud, cluster, pki } = started;
  const token = await createToken(cluster);
  const workers = Array.from({ length: count }, (_, index) =>
    cloud.launch(`md-${index}`, joinUserData(pki, { token })),
  );
  await cloud.kernel.runFor(4 * minute);
  return { ...started, workers, token };
}

export function condition(found: Awaited<ReturnType<typeof node>>, type: string) {
  return found.status.conditions.find((one) => one.type === type);
}

import { EtcdError } from "../etcd/etcd-error.ts";
import type { Host } from "../host.ts";
import type { WorkloadCluster } from "../workload/workload-cluster.ts";
import { serveEtcd } from "./control-plane.ts";
import { type ClusterConfiguration, KubeadmError } from "./documents.ts";
import { type Attempt, retry, TimedOutError } from "./reach.ts";
import { etcdVersionOf, minorOf, releaseOf } from "./versions.ts";

const timeoutMs = 2 * 60_000;
/** kubeadm tries twice a second; coarser here, because every try is an event of the simulation. */
const pauseMs = 2_000;

/** Announces a learner, starts it, and has it promoted once it has caught up. */
export async function joinEtcd(
  host: Host,
  cluster: WorkloadCluster,
  input: { readonly configuration: ClusterConfiguration; readonly nodeName: string },
): Promise<void> {
  const { configuration, nodeName } = input;
  const tag = configuration.etcdImageTag ?? releaseOf(configuration.kubernetesVersion).etcd;
  const options = { timeoutMs, pauseMs };
  const isOld = minorOf(configuration.kubernetesVersion) < 32;
  const { privateIp } = host.instance;
  const id = await etcdRetry(host, { ...options, what: "add etcd member" }, () => {
    // Since 1.32 a member that an earlier try has announced is taken over.
    const takesOver = !isOld || host.isBegunAnew;
    const known = takesOver ? cluster.etcd.memberAt(privateIp) : undefined;
    return known ?? cluster.etcd.addLearner(privateIp, etcdVersionOf(tag));
  });
  host.log.write("[etcd] Announced new etcd member joining to the existing etcd cluster");
  await host.mayFail("etcd learner start");
  await host.work("start etcd", 2_000, 8_000);
  cluster.etcd.start(id, nodeName);
  cluster.keepDisk(host.instance.instanceId);
  await serveEtcd(host, cluster, id);
  await host.mayFail("etcd promotion");
  await etcdRetry(host, { ...options, what: "promote etcd member" }, () => {
    // A member that was taken over may vote already.
    if (cluster.etcd.isLearner(id)) cluster.etcd.promote(id);
    return true;
  });
  host.log.write(`[etcd] The new etcd member ${nodeName} has been promoted to a voting member`);
}

/** The check-etcd phase: the new member must get to the others, on the port of clients and on that of peers. */
export async function checkEtcd(host: Host, cluster: WorkloadCluster): Promise<void> {
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const urls = cluster.etcd
    .members()
    .filter(({ isLearner }) => !isLearner)
    .map(({ peerUrls }) => new URL(peerUrls[0] ?? "https://127.0.0.1").hostname);
  await retry(host, { timeoutMs, pauseMs, what: "check etcd" }, (): Attempt<true> => {
    let failed: Attempt<true> = { problem: "etcd cluster has no members" };
    for (const address of urls) {
      const ways = [2379, 2380].map((port) => host.aws.network.canReach(origin, address, port));
      const blocked = ways.find((way) => !way.reachable);
      if (blocked === undefined) return { value: true };
      if (!blocked.reachable) failed = unhealthy(blocked.obstacle.message);
    }
    return failed;
  });
}

/** The client of etcd keeps to itself what it met on the way. */
function unhealthy(problem: string): Attempt<never> {
  const words = `error syncing endpoints with etcd: context deadline exceeded (${problem})`;
  return { problem: `etcd of the cluster cannot be reached: ${problem}`, words };
}

async function etcdRetry<T>(
  host: Host,
  options: { readonly what: string; readonly timeoutMs: number; readonly pauseMs: number },
  change: () => T,
): Promise<T> {
  try {
    return await retry(host, options, () => {
      try {
        return { value: change() };
      } catch (error) {
        if (error instanceof EtcdError) return { problem: error.message };
        throw error;
      }
    });
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    const message = `error creating local etcd static pod manifest file: ${error.message}`;
    throw new KubeadmError(message, { cause: error });
  }
}

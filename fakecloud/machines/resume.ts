import type { Host } from "./host.ts";
import type { KubeadmContext } from "./kubeadm/context.ts";
import { runApiServer, serveEtcd } from "./kubeadm/control-plane.ts";
import type { HostSnapshot } from "./snapshot.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";

/**
 * Starts again what ran on a machine when it was saved. Seen from inside, nothing has happened; a machine that is off gets
 * the same units, which wait for its next boot.
 */
export async function resumeRoles(
  host: Host,
  saved: {
    readonly snapshot: HostSnapshot;
    readonly context: KubeadmContext;
    readonly clusters: readonly WorkloadCluster[];
  },
): Promise<void> {
  const { snapshot, context, clusters } = saved;
  const { etcd, apiServer, kubelet } = snapshot.roles;
  const clusterOf = (name: string) => clusters.find((cluster) => cluster.name === name);
  const own = clusterOf(kubelet?.cluster ?? etcd?.cluster ?? "");
  if (own === undefined) return; // Its cluster is gone; the machine just stays on.
  if (etcd !== undefined) await serveEtcd(host, own, etcd.memberId);
  if (apiServer !== undefined) await runApiServer(host, own, apiServer);
  if (kubelet === undefined) return;
  const { cluster: _cluster, args, ...options } = kubelet;
  await context.startKubelet(host, own, { ...options, args: new Map(Object.entries(args)) });
}

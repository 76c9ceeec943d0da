import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";
import type { EtcdFacts } from "./recording.ts";

/** Members and quorum of each etcd, whenever they have changed. Nobody is asked who leads: the answer would draw a leader. */
export class EtcdLog {
  readonly entries: EtcdFacts[] = [];
  readonly #last = new Map<string, string>();

  sample({ name: cluster, etcd }: WorkloadCluster, atMs: number): void {
    const facts = {
      members: etcd.members().map(({ id, name, isLearner }) => ({
        name,
        isUp: etcd.isServing(id),
        isLearner,
      })),
      hasQuorum: etcd.hasQuorum(),
    };
    const text = JSON.stringify(facts);
    if (this.#last.get(cluster) === text) return;
    this.#last.set(cluster, text);
    this.entries.push({ cluster, atMs, ...facts });
  }
}

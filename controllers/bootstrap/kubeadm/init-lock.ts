import type { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { Machine as MachineKind } from "../../api/core/v1beta2.ts";
import { ConfigMap } from "../../api/kubernetes.ts";
import type { Client, ObjectKey, Reader } from "../../runtime/client.ts";
import { ownerReferenceTo } from "../objects/owners.ts";

/**
 * One `kubeadm init` per cluster: whoever creates the ConfigMap `<cluster>-lock` may run it. A lock whose Machine is gone
 * is given up, otherwise the cluster would wait for ever.
 */
export class InitLock {
  readonly #client: Client;
  readonly #reader: Reader;

  constructor(client: Client, reader: Reader) {
    this.#client = client;
    this.#reader = reader;
  }

  /** True when this Machine holds the lock afterwards. */
  async acquire(cluster: Cluster, machine: Machine): Promise<boolean> {
    const key = lockKey(cluster);
    const lock = await this.#reader.get(ConfigMap, key);
    if (lock === undefined) {
      await this.#client.create(ConfigMap, newLock(cluster, machine.metadata.name));
      return true;
    }
    const holder = holderOf(lock);
    if (holder === machine.metadata.name) return true;
    const isHeld =
      holder !== undefined &&
      (await this.#reader.get(MachineKind, { namespace: key.namespace, name: holder })) !==
        undefined;
    if (!isHeld) await this.#delete(lock);
    return false;
  }

  async release(cluster: Cluster): Promise<void> {
    const lock = await this.#client.get(ConfigMap, lockKey(cluster));
    if (lock !== undefined) await this.#delete(lock);
  }

  async #delete(lock: ConfigMap): Promise<void> {
    const { namespace = "", name, uid } = lock.metadata;
    const preconditions = uid === undefined ? {} : { uid };
    await this.#client.delete(ConfigMap, { namespace, name }, { preconditions });
  }
}

function lockKey(cluster: Cluster): ObjectKey {
  const { namespace = "", name } = cluster.metadata;
  return { namespace, name: `${name}-lock` };
}

function newLock(cluster: Cluster, machineName: string): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...lockKey(cluster), ownerReferences: [ownerReferenceTo(cluster, false)] },
    data: { "lock-information": JSON.stringify({ machineName }) },
  };
}

/** Undefined for a lock that nobody can be found to hold, so that it is given up. */
function holderOf(lock: ConfigMap): string | undefined {
  try {
    const parsed = JSON.parse(lock.data?.["lock-information"] ?? "{}") as { machineName?: string };
    return parsed.machineName;
  } catch {
    return undefined;
  }
}

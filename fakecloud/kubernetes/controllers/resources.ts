import { isActive, type NodeObject, type PodObject } from "./objects.ts";

export interface Resources {
  readonly milliCpu: number;
  /** Bytes. */
  readonly memory: number;
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** "250m" → 0.25, "1Gi" → 1073741824. */
export function parseQuantity(quantity: string | number | undefined): number {
  const match = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(quantity ?? 0));
  return Number(match?.[1] ?? 0) * (units[match?.[2] ?? ""] ?? 0);
}

export function requestsOf(pod: PodObject): Resources {
  let [milliCpu, memory] = [0, 0];
  for (const { resources } of pod.spec?.containers ?? []) {
    milliCpu += parseQuantity(resources?.requests?.["cpu"]) * 1000;
    memory += parseQuantity(resources?.requests?.["memory"]);
  }
  return { milliCpu, memory };
}

/** What a node has left beside the pods that are bound to it. */
export function freeOf(node: NodeObject, pods: readonly PodObject[]): Resources {
  const { cpu, memory } = node.status?.allocatable ?? {};
  let free: Resources = { milliCpu: parseQuantity(cpu) * 1000, memory: parseQuantity(memory) };
  for (const pod of pods) {
    if (!isActive(pod)) continue;
    const taken = requestsOf(pod);
    free = { milliCpu: free.milliCpu - taken.milliCpu, memory: free.memory - taken.memory };
  }
  return free;
}

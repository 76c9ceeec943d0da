import { Kernel } from "../kernel/kernel.ts";
import type { Obstacle, Origin } from "./contract.ts";
import { clusterTopology } from "./memory-topology.ts";
import { EnforcedNetwork } from "./network.ts";

/** For tests: who calls in the network of one cluster. */
export const node: Origin = { from: "instance", instanceId: "i-node" };
export const controlPlane: Origin = { from: "instance", instanceId: "i-cp" };
export const internet: Origin = { from: "internet" };

export function start(topology = clusterTopology()) {
  const kernel = new Kernel({ seed: "1" });
  const network = new EnforcedNetwork({ topology, clock: kernel.clock, random: kernel.random });
  return { kernel, topology, network };
}

/** What keeps them apart. */
export function obstacle(
  network: EnforcedNetwork,
  from: Origin,
  host: string,
  port: number,
): Obstacle {
  const reach = network.canReach(from, host, port);
  if (reach.reachable) throw new Error(`${host}:${port} is reachable`);
  return reach.obstacle;
}

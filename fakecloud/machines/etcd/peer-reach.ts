import type { Host } from "../host.ts";
import type { PeerReach } from "./etcd-cluster.ts";

const peerPort = 2380;

/** Whom the etcd member of this machine gets to, through the enforced network; found out anew when that has changed. */
export function peerReach({ aws, instance }: Host): PeerReach {
  const { network } = aws;
  const origin = { from: "instance", instanceId: instance.instanceId } as const;
  const known = new Map<string, boolean>();
  let asOf = -1;
  return (address) => {
    const changes = network.changes();
    if (changes !== asOf) known.clear();
    asOf = changes;
    const found = known.get(address) ?? network.canReach(origin, address, peerPort).reachable;
    known.set(address, found);
    return found;
  };
}

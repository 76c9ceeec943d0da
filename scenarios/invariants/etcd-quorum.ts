import { isControlPlane, isDeleting, isGoingAway, machineOf, workloadOf } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

export const etcdQuorum: Invariant = {
  id: "CPL-1",
  promise:
    "no control-plane machine is ended by the controllers while its etcd member is still in, or if quorum goes with it",
  motivation: "k0sproject/k0smotron#1481: quorum lost, because a learner was taken for a voter",
  watch(scene) {
    return {
      instance: ({ instance, to }) => {
        if (to !== "shutting-down") return undefined;
        const machine = machineOf(scene, instance);
        // Environment and people may do worse; controllers end an instance only for a Machine that is being deleted.
        if (machine === undefined || !isDeleting(machine) || !isControlPlane(machine)) {
          return undefined;
        }
        if (isGoingAway(scene, machine)) return undefined;
        const cluster = workloadOf(scene, machine);
        if (cluster === undefined) return undefined;
        const member = cluster.etcd.memberAt(instance.privateIp);
        if (member !== undefined && !cluster.etcd.isLearner(member)) {
          return `Machine ${machine.metadata.name} is still a voting member of etcd`;
        }
        return cluster.etcd.hasQuorum() ? undefined : `etcd of ${cluster.name} has no quorum`;
      },
    };
  },
};

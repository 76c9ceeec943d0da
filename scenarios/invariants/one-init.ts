import type { Invariant } from "./invariant.ts";

export const oneInit: Invariant = {
  id: "CPL-4",
  promise: "a cluster is initialised once: there are never two behind one endpoint",
  motivation: "k0sproject/k0smotron#992: a second init takes over the cluster",
  watch(scene) {
    return {
      writes: {
        nodes: ({ type, workload }) => {
          if (type !== "ADDED" || workload === undefined) return undefined;
          const same = scene
            .workloads()
            .filter((one) => one.controlPlaneEndpoint === workload.controlPlaneEndpoint);
          if (same.length <= 1) return undefined;
          return `${same.length} clusters are behind ${workload.controlPlaneEndpoint}`;
        },
      },
    };
  },
};

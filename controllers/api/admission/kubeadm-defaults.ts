import type { ClusterResourceSet } from "../generated/addons-v1beta2.ts";
import type { KubeadmControlPlane } from "../generated/control-plane-v1beta2.ts";
import { withVersionPrefix } from "./defaults.ts";

export function defaultKubeadmControlPlane(controlPlane: KubeadmControlPlane): KubeadmControlPlane {
  const spec = withVersionPrefix(controlPlane.spec);
  const strategy = spec.rollout?.strategy;
  return {
    ...controlPlane,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      rollout: {
        ...spec.rollout,
        strategy: {
          type: strategy?.type ?? "RollingUpdate",
          rollingUpdate: { maxSurge: strategy?.rollingUpdate?.maxSurge ?? 1 },
        },
      },
    },
  };
}

export function defaultClusterResourceSet(set: ClusterResourceSet): ClusterResourceSet {
  return set.spec.strategy === undefined
    ? { ...set, spec: { ...set.spec, strategy: "ApplyOnce" } }
    : set;
}

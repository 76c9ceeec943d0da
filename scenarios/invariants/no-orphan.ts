import type { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import type { AWSMachine } from "@seatrial/controllers/api/aws/v1beta2.ts";
import { clustersOf, isAlive, list, tables } from "./facts.ts";
import type { Invariant, Scene } from "./invariant.ts";

export const noOrphan: Invariant = {
  id: "DEL-7",
  promise:
    "at rest every instance has its AWSMachine, every AWSMachine its Machine, every Node too",
  motivation:
    "gardener/machine-controller-manager#1068: orphans, and hunts for them that hit others",
  watch(scene) {
    return {
      rest: () => [...orphanInstances(scene), ...orphanObjects(scene), ...orphanNodes(scene)],
    };
  },
};

function orphanInstances(scene: Scene): readonly string[] {
  const known = new Set(
    list<AWSMachine>(scene.management, tables.awsMachines).map(({ spec }) => spec?.instanceID),
  );
  return scene.aws
    .instances()
    .filter((one) => isAlive(one) && clustersOf(one).length > 0 && !known.has(one.instanceId))
    .filter(({ tags }) => tags["sigs.k8s.io/cluster-api-provider-aws/role"] !== "bastion")
    .map(({ instanceId }) => `instance ${instanceId} belongs to no AWSMachine`);
}

function orphanObjects(scene: Scene): readonly string[] {
  const uids = new Set(
    list<Machine>(scene.management, tables.machines).map(({ metadata }) => metadata.uid),
  );
  return list<AWSMachine>(scene.management, tables.awsMachines)
    .filter(({ metadata }) => !metadata.ownerReferences?.some(({ uid }) => uids.has(uid)))
    .map(({ metadata }) => `AWSMachine ${metadata.name} belongs to no Machine`);
}

function orphanNodes(scene: Scene): readonly string[] {
  const names = new Set(
    list<Machine>(scene.management, tables.machines).map(({ status }) => status?.nodeRef?.name),
  );
  return scene.workloads().flatMap((cluster) =>
    list<{ metadata: { name: string } }>(cluster.state.store, "nodes")
      .filter(({ metadata }) => !names.has(metadata.name))
      .map(({ metadata }) => `Node ${metadata.name} of ${cluster.name} belongs to no Machine`),
  );
}

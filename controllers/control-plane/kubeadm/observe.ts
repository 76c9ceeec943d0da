import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { ClusterNameLabel, MachineControlPlaneLabel } from "../../api/constants.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { controllerOf, groupOf } from "../../bootstrap/objects/owners.ts";
import { kindOfReference } from "../../bootstrap/objects/references.ts";
import type { Client, Reader } from "../../runtime/client.ts";
import type { ControlPlane, Member } from "./control-plane.ts";

/**
 * The Cluster owns its control plane; the label is there before the owner reference is. To a control plane that is being deleted
 * a Cluster that is gone is one that is going: its finalizer must not hold it for ever, as it does with upstream.
 */
export async function clusterOf(
  client: Reader,
  kcp: KubeadmControlPlane,
): Promise<Cluster | undefined> {
  const { namespace = "", labels, ownerReferences = [] } = kcp.metadata;
  const owner = ownerReferences.find(
    ({ apiVersion, kind }) => kind === "Cluster" && groupOf(apiVersion) === Cluster.group,
  );
  const name = owner?.name ?? labels?.[ClusterNameLabel];
  const cluster = name === undefined ? undefined : await client.get(Cluster, { namespace, name });
  const { deletionTimestamp } = kcp.metadata;
  if (cluster !== undefined || deletionTimestamp === undefined) return cluster;
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Cluster",
    metadata: { namespace, name: name ?? kcp.metadata.name, deletionTimestamp },
    spec: {},
  };
}

/** The control plane's own Machines, sorted by name, each with its config and infrastructure as far as they exist. */
export async function observeControlPlane(
  client: Client,
  kcp: KubeadmControlPlane,
  cluster: Cluster,
  nowMs: number,
): Promise<ControlPlane> {
  const machines = await listMachines(client, kcp, cluster);
  const members: Member[] = [];
  for (const machine of machines) members.push(await toMember(client, machine));
  return { kcp, cluster, members, nowMs };
}

export async function listMachines(
  reader: Reader,
  kcp: KubeadmControlPlane,
  cluster: Cluster,
): Promise<readonly Machine[]> {
  const machines = await reader.list(Machine, {
    namespace: kcp.metadata.namespace ?? "",
    labels: { [ClusterNameLabel]: cluster.metadata.name, [MachineControlPlaneLabel]: "" },
  });
  return machines
    .filter((machine) => controllerOf(machine)?.uid === kcp.metadata.uid)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

async function toMember(client: Client, machine: Machine): Promise<Member> {
  const { namespace = "" } = machine.metadata;
  const { bootstrap, infrastructureRef } = machine.spec;
  const config =
    bootstrap.configRef === undefined
      ? undefined
      : await client.get(KubeadmConfig, { namespace, name: bootstrap.configRef.name });
  const infraKind = await kindOfReference(client, infrastructureRef);
  const infraMachine = await client.get(infraKind, { namespace, name: infrastructureRef.name });
  return {
    machine,
    ...(config === undefined ? {} : { config }),
    ...(infraMachine === undefined ? {} : { infraMachine }),
  };
}

import type { AWSCluster, AWSMachine } from "../api/aws/v1beta2.ts";
import { MachineControlPlaneLabel } from "../api/constants.ts";
import type { Cluster, Machine } from "../api/core/v1beta2.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EventRecorder } from "../runtime/controller.ts";
import type { Random } from "../runtime/random.ts";
import type { AwsClients } from "./clients.ts";
import { clientToken } from "./client-token.ts";
import { buildTags, cloudProviderTagKey, type Tags } from "./tags.ts";

/** What the steps of an AWSMachine reconcile share. */
export interface MachineScope {
  readonly cluster: Cluster;
  readonly awsCluster: AWSCluster;
  readonly machine: Machine;
  readonly aws: AwsClients;
  readonly region: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: EventRecorder;
  /** The AWSMachine as it shall be. */
  readonly draft: AWSMachine;
  persist(): Promise<void>;
  /** Compresses user data. */
  gzip(data: Uint8Array): Uint8Array;
}

export function isControlPlane(scope: MachineScope): boolean {
  return scope.machine.metadata.labels?.[MachineControlPlaneLabel] !== undefined;
}

/** The one token with which this AWSMachine may ever launch an instance. */
export function launchToken(scope: MachineScope): string {
  return clientToken(scope.draft.metadata.uid ?? "", "instance", "0");
}

/** Tags of the instance and of what is launched with it. */
export function instanceTags(scope: MachineScope): Tags {
  const { draft, cluster, awsCluster, machine } = scope;
  const clusterName = cluster.metadata.name;
  return buildTags({
    clusterName,
    name: draft.metadata.name,
    role: isControlPlane(scope) ? "control-plane" : "node",
    additional: { ...awsCluster.spec?.additionalTags, ...draft.spec?.additionalTags },
    extra: {
      [cloudProviderTagKey(clusterName)]: "owned",
      MachineName: `${machine.metadata.namespace}/${machine.metadata.name}`,
    },
  });
}

export function specOf(scope: MachineScope) {
  scope.draft.spec ??= { instanceType: "" };
  return scope.draft.spec;
}

export function statusOf(scope: MachineScope) {
  scope.draft.status ??= {};
  return scope.draft.status;
}

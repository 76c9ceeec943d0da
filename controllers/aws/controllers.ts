import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../api/aws/v1beta2.ts";
import { ClusterNameLabel } from "../api/constants.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { keyOf, type ObjectKey } from "../runtime/client.ts";
import type { AwsClientFactory } from "./clients.ts";
import { Principals } from "./identities/principals.ts";
import { type Controller, type ControllerDeps, watch } from "../runtime/controller.ts";
import { AWSClusterReconciler } from "./awscluster/awscluster-reconciler.ts";
import { type AwsMachineDeps, AWSMachineReconciler } from "./awsmachine/awsmachine-reconciler.ts";
import { AWSMachineTemplateReconciler } from "./awsmachinetemplate/awsmachinetemplate-reconciler.ts";
import {
  isClusterChange,
  isClusterChangeForMachines,
  isMachineChange,
  isOwnChange,
} from "./watch-changes.ts";

export interface AwsProviderDeps extends ControllerDeps {
  readonly aws: AwsClientFactory;
  /** Compresses user data; the default is gzip. */
  readonly gzip?: (data: Uint8Array) => Uint8Array;
  /** Where the Secrets of AWSClusterStaticIdentities live. */
  readonly managerNamespace?: string;
}

/** The controllers of the AWS provider, with upstream's concurrency. */
export function awsControllers(given: AwsProviderDeps): readonly Controller[] {
  const { client, apiReader: reader, aws, clock, managerNamespace } = given;
  const principals = new Principals({
    client,
    reader,
    aws,
    clock,
    ...(managerNamespace === undefined ? {} : { managerNamespace }),
  });
  const deps: AwsMachineDeps = { ...given, principals };
  return [clusterController(deps), machineController(deps), templateController(deps)];
}

function clusterController(deps: AwsMachineDeps): Controller {
  return {
    name: "awscluster",
    for: watch({
      kind: AWSCluster,
      predicate: isOwnChange,
      toRequests: (object) => [keyOf(object)],
    }),
    watches: [
      watch({
        kind: Cluster,
        predicate: isClusterChange,
        toRequests: (cluster) => infrastructureOf(cluster, "AWSCluster"),
      }),
    ],
    concurrency: 5,
    reconciler: new AWSClusterReconciler(deps),
  };
}

function machineController(deps: AwsMachineDeps): Controller {
  return {
    name: "awsmachine",
    for: watch({
      kind: AWSMachine,
      predicate: isOwnChange,
      toRequests: (object) => [keyOf(object)],
    }),
    watches: [
      watch({
        kind: Machine,
        predicate: isMachineChange,
        toRequests: ({ metadata, spec }) => {
          const { kind, name } = spec.infrastructureRef;
          return kind === "AWSMachine" ? [{ namespace: metadata.namespace ?? "", name }] : [];
        },
      }),
      watch({
        kind: Cluster,
        predicate: isClusterChangeForMachines,
        toRequests: async ({ metadata }) => {
          const { namespace = "", name } = metadata;
          const labels = { [ClusterNameLabel]: name };
          return (await deps.client.list(AWSMachine, { namespace, labels })).map(keyOf);
        },
      }),
    ],
    concurrency: 10,
    reconciler: new AWSMachineReconciler(deps),
  };
}

function templateController(deps: AwsMachineDeps): Controller {
  return {
    name: "awsmachinetemplate",
    for: watch({
      kind: AWSMachineTemplate,
      predicate: isOwnChange,
      toRequests: (object) => [keyOf(object)],
    }),
    concurrency: 10,
    reconciler: new AWSMachineTemplateReconciler(deps),
  };
}

function infrastructureOf(cluster: Cluster, kind: string): readonly ObjectKey[] {
  const reference = cluster.spec?.infrastructureRef;
  if (reference?.kind !== kind) return [];
  return [{ namespace: cluster.metadata.namespace ?? "", name: reference.name }];
}

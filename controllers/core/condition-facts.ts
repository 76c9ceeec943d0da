// oxlint-disable no-restricted-globals -- It is a part of the tests: production code never imports it.
import type { Cluster, Machine, MachineDeployment, MachineSet } from "../api/core/v1beta2.ts";
import type { Condition, LegacyCondition } from "../api/generated/definitions.ts";
import type { UnstructuredObject } from "../runtime/client.ts";
import type { ConditionInput } from "../runtime/conditions.ts";
import type { ClusterScope } from "./cluster/cluster-scope.ts";
import type { ExternalObject } from "./external/external-objects.ts";
import type { MachineDeploymentScope } from "./machine-deployment/machine-deployment-scope.ts";
import type { MachineScope } from "./machine/machine-scope.ts";
import type { MachineSetScope } from "./machine-set/machine-set-scope.ts";

// The words are those of kubernetes-sigs/cluster-api v1.11 and later: what people have learned to search for.

export const nowMs = Date.parse("2026-01-06T08:00:00Z");
export const before = (seconds: number) =>
  new Date(nowMs - seconds * 1000).toISOString().replace(".000", "");
export const deletionTimestamp = before(60);
export const checkLogs = "Please check controller logs for errors";

/** Status, reason, message. */
export type Words = readonly [string, string, string];
export const words = ({ status, reason, message = "" }: ConditionInput): Words => [
  status,
  reason,
  message,
];

export type Said = Partial<Condition> & { readonly type: string };

export function condition({ type, status = "True", reason = "Test", ...rest }: Said): Condition {
  return { message: "", lastTransitionTime: before(3600), ...rest, type, status, reason };
}

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly said?: readonly Said[];
}

function statusOf({ status, said = [] }: Parts) {
  return { conditions: said.map(condition), ...status };
}

export function aMachine(name: string, parts: Parts = {}): Machine {
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: { name, namespace: "default", creationTimestamp: before(7200), ...parts.metadata },
    spec: {
      clusterName: "c",
      bootstrap: { configRef: { apiGroup: "b", kind: "KubeadmConfig", name } },
      infrastructureRef: { apiGroup: "i", kind: "AWSMachine", name },
      ...parts.spec,
    },
    status: statusOf(parts),
  };
}

export function aCluster(parts: Parts = {}): Cluster {
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Cluster",
    metadata: { name: "c", namespace: "default", uid: "c", ...parts.metadata },
    spec: {
      infrastructureRef: { apiGroup: "i", kind: "AWSCluster", name: "c" },
      controlPlaneRef: { apiGroup: "k", kind: "KubeadmControlPlane", name: "cp" },
      ...parts.spec,
    },
    status: statusOf(parts),
  };
}

export function external(object: object, contract: "v1beta1" | "v1beta2" = "v1beta2") {
  const whole = { metadata: { name: "cp" }, ...object } as unknown as UnstructuredObject;
  return { contract, kind: undefined as never, object: whole } satisfies ExternalObject;
}

export function machineScope(parts: Parts & Partial<MachineScope> = {}): MachineScope {
  const machine = aMachine("m", parts);
  return {
    cluster: aCluster(),
    bootstrap: undefined,
    infrastructure: undefined,
    missing: new Set(),
    workload: undefined,
    node: undefined,
    nodeError: undefined,
    stage: undefined,
    ...parts,
    observed: machine,
    draft: machine,
  };
}

export function clusterScope(parts: Parts & Partial<ClusterScope> = {}): ClusterScope {
  const cluster = aCluster(parts);
  return {
    infrastructure: undefined,
    controlPlane: undefined,
    missing: new Set(),
    machines: [],
    machineSets: [],
    machineDeployments: [],
    stage: undefined,
    ...parts,
    observed: cluster,
    draft: cluster,
  };
}

const template = {
  spec: {
    clusterName: "c",
    bootstrap: {},
    infrastructureRef: { apiGroup: "i", kind: "AWSMachineTemplate", name: "t" },
  },
};

export function aMachineSet(name: string, parts: Parts = {}): MachineSet {
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "MachineSet",
    metadata: { name, namespace: "default", ...parts.metadata },
    spec: { clusterName: "c", replicas: 2, selector: {}, template, ...parts.spec },
    status: statusOf(parts),
  };
}

export function aMachineDeployment(name: string, parts: Parts = {}): MachineDeployment {
  return {
    ...aMachineSet(name, parts),
    kind: "MachineDeployment",
    status: statusOf(parts),
  };
}

export function machineSetScope(parts: Parts & Partial<MachineSetScope> = {}): MachineSetScope {
  const machineSet = aMachineSet("ms", parts);
  return {
    cluster: aCluster(),
    machines: [],
    blocked: [],
    missingTemplates: [],
    ...parts,
    observed: machineSet,
    draft: machineSet,
  };
}

export function machineDeploymentScope(
  parts: Parts & Partial<MachineDeploymentScope> = {},
): MachineDeploymentScope {
  const deployment = aMachineDeployment("md", parts);
  return {
    cluster: aCluster(),
    machineSets: [],
    machines: [],
    missingTemplates: [],
    ...parts,
    observed: deployment,
    draft: deployment,
  };
}

/** What v1beta1 says: status, severity, reason, message. */
export function oldWords(
  object: {
    readonly status?: {
      readonly deprecated?: { readonly v1beta1?: { readonly conditions?: LegacyCondition[] } };
    };
  },
  type: string,
): readonly (string | undefined)[] | undefined {
  const found = object.status?.deprecated?.v1beta1?.conditions?.find((each) => each.type === type);
  return found && [found.status, found.severity, found.reason, found.message];
}

/** `Ready` of v1beta1, as part of a status. */
export function oldReady(said: Partial<LegacyCondition>) {
  const ready = { type: "Ready", lastTransitionTime: before(60), ...said };
  return { deprecated: { v1beta1: { conditions: [ready] } } };
}

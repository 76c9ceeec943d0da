// oxlint-disable typescript/no-non-null-assertion, no-restricted-globals -- It is a part of the tests: production code never imports it.
import type { Machine } from "../../api/core/v1beta2.ts";
import type { Node, Pod } from "../../api/kubernetes.ts";
import type { Condition } from "../../api/generated/definitions.ts";
import { computeStatus, type Findings } from "./control-plane-status.ts";
import type { ControlPlane, Member } from "./control-plane.ts";
import type { EtcdMember } from "./etcd-client.ts";
import { type Inspection, memberConditions } from "./inspection.ts";
import type { EtcdObservation } from "./observe-etcd.ts";

// The words are those of kubernetes-sigs/cluster-api v1.14: what people have learned to search for.

export const nowMs = Date.parse("2026-01-06T08:00:00Z");
export const before = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString();
export const role = "node-role.kubernetes.io/control-plane";
export const health = [
  "APIServerPodHealthy",
  "ControllerManagerPodHealthy",
  "SchedulerPodHealthy",
  "EtcdPodHealthy",
  "EtcdMemberHealthy",
];
export const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

export type Said = Partial<Condition> & { readonly type: string };

export function condition({ type, status = "True", reason = "Test", ...rest }: Said): Condition {
  return { message: "", lastTransitionTime: before(3600), ...rest, type, status, reason };
}

interface MachineFacts {
  readonly name: string;
  readonly isWell?: boolean;
  readonly said?: readonly Said[];
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** A machine that runs, and whatever else is said of it. */
export function machine({
  name,
  isWell = true,
  said = [],
  metadata,
  spec,
  status,
}: MachineFacts): Member {
  const reference = { apiGroup: "infrastructure.cluster.x-k8s.io", kind: "AWSMachine", name };
  const all = [
    ...(isWell ? ["Ready", "UpToDate", ...health] : []).map((type) => ({ type })),
    ...said,
  ];
  const byType = new Map(all.map((each) => [each.type, condition(each)]));
  const object: Machine = {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Machine",
    metadata: { name, namespace: "default", creationTimestamp: before(7200), ...metadata },
    spec: {
      clusterName: "c",
      version: "v1.34.2",
      providerID: `aws:///${name}`,
      bootstrap: {},
      infrastructureRef: reference,
      ...spec,
    },
    status: { nodeRef: { name: `node-${name}` }, conditions: [...byType.values()], ...status },
  };
  return { machine: object };
}

export const three = ["m1", "m2", "m3"].map((name) => machine({ name }));

export interface Facts {
  readonly members?: readonly Member[];
  readonly kcp?: { readonly metadata?: object; readonly spec?: object; readonly status?: object };
}

export function controlPlane({ members = three, kcp = {} }: Facts = {}): ControlPlane {
  const infrastructureRef = { apiGroup: "x", kind: "AWSMachineTemplate", name: "t" };
  return {
    kcp: {
      apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
      kind: "KubeadmControlPlane",
      metadata: { name: "kcp", namespace: "default", generation: 7, ...kcp.metadata },
      spec: {
        version: "v1.34.2",
        replicas: 3,
        machineTemplate: { spec: { infrastructureRef } },
        ...kcp.spec,
      },
      status: {
        initialization: { controlPlaneInitialized: true },
        conditions: [
          condition({ type: "CertificatesAvailable" }),
          condition({ type: "Initialized" }),
        ],
        ...kcp.status,
      },
    },
    cluster: {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Cluster",
      metadata: { name: "c", namespace: "default" },
      spec: {},
    },
    members,
    nowMs,
  };
}

export function node(
  name: string,
  parts: { readonly spec?: object; readonly status?: object } = {},
): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { [role]: "" }, creationTimestamp: before(3600) },
    spec: { taints: [{ key: role, effect: "NoSchedule" }], ...parts.spec },
    status: { conditions: [{ type: "Ready", status: "True" }], ...parts.status },
  };
}

export function pod(name: string, status: Pod["status"]): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    ...(status === undefined ? {} : { status }),
  };
}

export const running: Pod["status"] = {
  phase: "Running",
  conditions: [{ type: "Ready", status: "True" }],
};

export function etcdMember(name: string, parts: Partial<EtcdMember> = {}): EtcdMember {
  return { id: `1${name.length}`, name, peerUrls: [], clientUrls: [], isLearner: false, ...parts };
}

interface Seen {
  readonly nodes?: readonly Node[];
  readonly unmarkedNodes?: readonly Node[];
  readonly pods?: readonly Pod[];
  readonly members?: readonly EtcdMember[] | null;
  readonly etcd?: Partial<EtcdObservation>;
}

export const nodeNames = ["node-m1", "node-m2", "node-m3"];

/** All is well inside the cluster, but for what is given. */
export function observed(seen: Seen = {}): Inspection {
  const byName = <T extends { readonly metadata: { readonly name: string } }>(all: readonly T[]) =>
    new Map(all.map((each) => [each.metadata.name, each]));
  const { nodes = nodeNames.map((name) => node(name)), unmarkedNodes = [] } = seen;
  const pods = nodeNames.flatMap((name) =>
    components.map((each) => pod(`${each}-${name}`, running)),
  );
  const status = { memberId: "1", leaderId: "1", version: "3.6.4", isLearner: false, errors: [] };
  const members =
    seen.members === null ? undefined : (seen.members ?? nodeNames.map((name) => etcdMember(name)));
  return {
    type: "observed",
    workload: {
      isInitialized: true,
      nodes: byName(nodes),
      unmarkedNodes: byName(unmarkedNodes),
      pods: byName(seen.pods ?? pods),
    },
    etcd: {
      members,
      alarms: [],
      leaderId: "1",
      reports: new Map(nodeNames.map((name) => [name, { status }])),
      ...seen.etcd,
    },
  };
}

export function find(conditions: readonly { readonly type: string }[] | undefined, type: string) {
  const found = conditions?.find((each) => each.type === type) as Partial<Condition> | undefined;
  return found === undefined ? undefined : [found.status, found.reason, found.message ?? ""];
}

/** What the control plane says about itself. */
export function kcpSays(type: string, facts: Facts, findings: Partial<Findings> = {}) {
  const status = computeStatus(controlPlane(facts), {
    isInitialized: true,
    inspection: observed(),
    ...findings,
  });
  return find(status.conditions, type);
}

/** What a Machine is said to be. */
export function machineSays(type: string, member: Member, inspection: Inspection) {
  return find(memberConditions(controlPlane({ members: [member] }), member, inspection), type);
}

export function saying(
  name: string,
  status: "False" | "Unknown",
  message: string,
  types = ["APIServerPodHealthy"],
) {
  return machine({ name, said: types.map((type) => ({ type, status, message })) });
}

/** A machine that has to be replaced, and why. */
export const outdated = (name: string, ...reasons: readonly string[]) =>
  machine({
    name,
    said: [
      { type: "UpToDate", status: "False", message: reasons.map((each) => `* ${each}`).join("\n") },
    ],
  });

export const deletionTimestamp = before(60);

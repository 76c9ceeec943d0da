import type { Node, Pod } from "../../api/kubernetes.ts";
import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { type ControlPlane, isDeleting, isEtcdManaged, type Member } from "./control-plane.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";

const components = [
  ["APIServerPodHealthy", "kube-apiserver"],
  ["ControllerManagerPodHealthy", "kube-controller-manager"],
  ["SchedulerPodHealthy", "kube-scheduler"],
] as const;
const etcdComponent = ["EtcdPodHealthy", "etcd"] as const;
const controlPlaneRole = "node-role.kubernetes.io/control-plane";

/** The conditions that tell whether the control-plane pods of one machine run; the etcd member is looked at elsewhere. */
export function podConditions(
  controlPlane: ControlPlane,
  member: Member,
  workload: WorkloadObservation,
): readonly ConditionValue[] {
  const all = isEtcdManaged(controlPlane) ? [...components, etcdComponent] : components;
  const nodeName = member.machine.status?.nodeRef?.name;
  const node = nodeName === undefined ? undefined : workload.nodes.get(nodeName);
  if (nodeName === undefined || node === undefined) {
    const message = waitingForNode(member);
    const waiting = (type: string): ConditionValue => ({
      type,
      status: "Unknown",
      reason: "InspectionFailed",
      message,
    });
    return [...all.map(([type]) => waiting(type)), waiting("NodeKubeadmLabelsAndTaintsSet")];
  }
  return [
    ...all.map(([type, name]) => podCondition(type, `${name}-${nodeName}`, workload.pods)),
    labelsAndTaints(member, node),
  ];
}

function waitingForNode({ machine }: Member): string {
  const { providerID } = machine.spec;
  if (isDeleting({ machine })) return "Machine is deleting";
  return providerID === undefined
    ? "Waiting for Machine spec.providerID to be set"
    : `Waiting for a Node with spec.providerID ${providerID} to exist`;
}

/** When the workload cluster cannot be asked, nothing is known; what was known before doesn't count any more. */
export function unknownPodConditions(
  controlPlane: ControlPlane,
  reason: "ConnectionDown" | "InspectionFailed",
  message: string,
): readonly ConditionValue[] {
  const all = isEtcdManaged(controlPlane) ? [...components, etcdComponent] : components;
  return [...all.map(([type]) => type), "NodeKubeadmLabelsAndTaintsSet"].map((type) => ({
    type,
    status: "Unknown",
    reason,
    message,
  }));
}

function podCondition(type: string, name: string, pods: ReadonlyMap<string, Pod>): ConditionValue {
  const pod = pods.get(name);
  const value = (
    status: ConditionValue["status"],
    reason: string,
    message = "",
  ): ConditionValue => ({
    type,
    status,
    reason,
    message,
  });
  if (pod === undefined) return value("False", "DoesNotExist", `Pod ${name} does not exist`);
  if (pod.metadata.deletionTimestamp !== undefined) {
    return value("False", "Deleting", `Pod ${name} is deleting`);
  }
  const isTrue = (condition: string) =>
    pod.status?.conditions?.some(({ type: t, status }) => t === condition && status === "True") ===
    true;
  switch (pod.status?.phase) {
    case "Running": {
      if (isTrue("Ready")) return value("True", "Running");
      const problem = containerProblem(pod);
      return problem === undefined
        ? value("False", "Provisioning", "Waiting for startup or readiness probes")
        : value("False", "Failed", problem);
    }
    case "Failed":
    case "Succeeded":
      return value("False", "Failed", "All the containers have been terminated");
    case "Pending":
      return value(
        "False",
        "Provisioning",
        isTrue("PodScheduled") ? "Waiting for containers to start" : "Waiting to be scheduled",
      );
    default:
      return value("Unknown", "InspectionFailed", `Pod ${name} reports no phase`);
  }
}

function containerProblem(pod: Pod): string | undefined {
  for (const { state } of pod.status?.containerStatuses ?? []) {
    const stopped = state?.["terminated"] ?? state?.["waiting"];
    if (stopped !== undefined)
      return stopped.message ?? stopped.reason ?? "A container has stopped";
  }
  return undefined;
}

/** kubeadm marks its nodes as its last step but two: without the marks the node may run user workloads. */
function labelsAndTaints({ config }: Member, node: Node): ConditionValue {
  const type = "NodeKubeadmLabelsAndTaintsSet";
  const expected = expectedTaints(config);
  const missing = expected.filter(
    ({ key, effect }) =>
      !(node.spec?.taints ?? []).some((taint) => taint.key === key && taint.effect === effect),
  );
  const problems = missing.map(({ key, effect }) => `${key}:${effect}`);
  if (node.metadata.labels?.[controlPlaneRole] === undefined) problems.push(controlPlaneRole);
  return problems.length === 0
    ? { type, status: "True", reason: "Set" }
    : { type, status: "False", reason: "NotSet", message: `Node lacks ${problems.join(", ")}` };
}

/** What the user asked for, else kubeadm's own taint; an empty list asks for none. */
function expectedTaints(
  config: Member["config"],
): readonly { readonly key: string; readonly effect: string }[] {
  const { joinConfiguration, initConfiguration } = config?.spec ?? {};
  const registration = joinConfiguration?.nodeRegistration ?? initConfiguration?.nodeRegistration;
  return registration?.taints ?? [{ key: controlPlaneRole, effect: "NoSchedule" }];
}

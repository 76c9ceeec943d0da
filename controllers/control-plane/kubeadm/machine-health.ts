import type { ContainerStatus, Node, Pod } from "../../api/kubernetes.ts";
import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { type ControlPlane, isDeleting, isEtcdManaged, type Member } from "./control-plane.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";

const components = [
  ["APIServerPodHealthy", "kube-apiserver"],
  ["ControllerManagerPodHealthy", "kube-controller-manager"],
  ["SchedulerPodHealthy", "kube-scheduler"],
] as const;
const etcdComponent = ["EtcdPodHealthy", "etcd"] as const;
const labelsAndTaintsSet = "NodeKubeadmLabelsAndTaintsSet";
const controlPlaneRole = "node-role.kubernetes.io/control-plane";

type Verdict = Omit<ConditionValue, "type">;

/** The types of the conditions that tell whether the control-plane pods of a machine run. */
export function podConditionTypes(controlPlane: Pick<ControlPlane, "kcp">): readonly string[] {
  return podsOf(controlPlane).map(([type]) => type);
}

function podsOf(controlPlane: Pick<ControlPlane, "kcp">) {
  return isEtcdManaged(controlPlane) ? [...components, etcdComponent] : components;
}

/** The conditions that tell whether the control-plane pods of one machine run; the etcd member is looked at elsewhere. */
export function podConditions(
  controlPlane: ControlPlane,
  member: Member,
  workload: WorkloadObservation,
): readonly ConditionValue[] {
  const nodeName = member.machine.status?.nodeRef?.name;
  if (nodeName === undefined) return all(controlPlane, notInspected(waitingForNode(member)));
  const node = workload.nodes.get(nodeName) ?? workload.unmarkedNodes.get(nodeName);
  if (node === undefined) {
    return all(controlPlane, notInspected(`Node ${nodeName} does not exist`));
  }
  if (isDeleting(member)) {
    const message = "Machine is deleting";
    return all(controlPlane, { status: "False", reason: "Deleting", message });
  }
  if (isUnreachable(node)) {
    return all(controlPlane, notInspected(`Node ${nodeName} is unreachable`));
  }
  const pods = podsOf(controlPlane).map(([type, component]) => ({
    type,
    ...podHealth(node, workload.pods.get(`${component}-${nodeName}`)),
  }));
  return [...pods, { type: labelsAndTaintsSet, ...labelsAndTaints(member, node) }];
}

/** When the workload cluster cannot be asked, nothing is known; what was known before doesn't count any more. */
export function unknownPodConditions(
  controlPlane: ControlPlane,
  { reason, message }: { readonly reason: string; readonly message: string },
): readonly ConditionValue[] {
  return all(controlPlane, { status: "Unknown", reason, message });
}

function all(controlPlane: ControlPlane, verdict: Verdict): readonly ConditionValue[] {
  return [...podConditionTypes(controlPlane), labelsAndTaintsSet].map((type) => ({
    type,
    ...verdict,
  }));
}

function notInspected(message: string): Verdict {
  return { status: "Unknown", reason: "InspectionFailed", message };
}

/** What a machine without a Node waits for. */
export function waitingForNode({ machine }: Member): string {
  const { providerID, infrastructureRef } = machine.spec;
  return providerID === undefined
    ? `Waiting for ${infrastructureRef.kind} to report spec.providerID`
    : `Waiting for a Node with spec.providerID ${providerID} to exist`;
}

function isUnreachable({ spec }: Node): boolean {
  return (spec?.taints ?? []).some(
    ({ key, effect }) => key === "node.kubernetes.io/unreachable" && effect === "NoExecute",
  );
}

function podHealth(node: Node, pod: Pod | undefined): Verdict {
  // Nobody updates the pods of a silent kubelet.
  if (readinessOf(node) === "Unknown") {
    return notInspected("Node Ready condition is Unknown, Pod data might be stale");
  }
  if (pod === undefined) return failing("DoesNotExist", "Pod does not exist");
  switch (pod.status?.phase) {
    case "Pending":
      return failing("Provisioning", pendingFor(pod));
    case "Running":
      return runningHealth(pod);
    case "Succeeded":
    case "Failed":
      return failing("Failed", "All the containers have been terminated");
    default:
      return notInspected("Pod is reporting Unknown status");
  }
}

function readinessOf({ status }: Node): string | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready")?.status;
}

function failing(reason: string, message: string): Verdict {
  return { status: "False", reason, message };
}

function isTrue(pod: Pod, type: string): boolean {
  return (pod.status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === "True",
  );
}

function pendingFor(pod: Pod): string {
  if (!isTrue(pod, "PodScheduled")) return "Waiting to be scheduled";
  return isTrue(pod, "Initialized") ? "" : "Running init containers";
}

/** A container that waits after it ended with an error is in its crash loop; one that waits for the first time only starts. */
function runningHealth(pod: Pod): Verdict {
  if (isTrue(pod, "Ready")) return { status: "True", reason: "Running" };
  const containers = pod.status?.containerStatuses ?? [];
  const waiting = reasonsOf(containers, "waiting");
  if (waiting.length > 0) {
    const hasFailed = containers.some(
      ({ lastState }) => (lastState?.["terminated"]?.exitCode ?? 0) !== 0,
    );
    return failing(hasFailed ? "Failed" : "Provisioning", waiting.join(", "));
  }
  const terminated = reasonsOf(containers, "terminated");
  return terminated.length > 0
    ? failing("Failed", terminated.join(", "))
    : failing("Provisioning", "Waiting for startup or readiness probes");
}

function reasonsOf(
  containers: readonly ContainerStatus[],
  state: "terminated" | "waiting",
): readonly string[] {
  return containers.flatMap((container) => {
    const found = container.state?.[state];
    return found === undefined ? [] : [found.reason ?? ""];
  });
}

/** kubeadm marks its nodes as its last step but two: without the marks the node may run user workloads. */
function labelsAndTaints({ config }: Member, node: Node): Verdict {
  const missing = expectedTaints(config)
    .filter(
      ({ key, effect }) =>
        !(node.spec?.taints ?? []).some((taint) => taint.key === key && taint.effect === effect),
    )
    .map(({ key, effect }) => `the ${key}:${effect} taint`);
  if (node.metadata.labels?.[controlPlaneRole] === undefined) {
    missing.unshift(`the ${controlPlaneRole} label`);
  }
  return missing.length === 0
    ? { status: "True", reason: "Set" }
    : failing("NotSet", `Node ${node.metadata.name} does not have ${missing.join(" and ")}`);
}

/** What the user asked for, else kubeadm's own taint; an empty list asks for none. */
function expectedTaints(
  config: Member["config"],
): readonly { readonly key: string; readonly effect: string }[] {
  const { joinConfiguration, initConfiguration } = config?.spec ?? {};
  const registration = joinConfiguration?.nodeRegistration ?? initConfiguration?.nodeRegistration;
  return registration?.taints ?? [{ key: controlPlaneRole, effect: "NoSchedule" }];
}

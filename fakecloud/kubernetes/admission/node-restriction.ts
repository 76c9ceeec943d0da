import { nodeOf } from "../authorization/node-identity.ts";
import { mirrorAnnotation, podReferences } from "../authorization/pod-references.ts";
import { record, text } from "../crds/definition.ts";
import { deepEqual } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { forbidden } from "../status.ts";
import type { Store } from "../store.ts";
import type { AdmissionRequest } from "./admission.ts";

/** Throws if a kubelet writes what is not its own: other nodes and their pods, labels and taints that others decide about. */
export function restrictNode(store: Store, request: AdmissionRequest): void {
  const node = nodeOf(request.user);
  if (node === undefined) return;
  const { group, plural } = request;
  const problem = problems[group === "" ? plural : `${plural}.${group}`]?.(node, request, store);
  if (problem !== undefined) throw forbidden(request, request.name, problem);
}

type FindProblem = (node: string, request: AdmissionRequest, store: Store) => string | undefined;

const problems: Readonly<Record<string, FindProblem>> = {
  nodes: nodeProblem,
  pods: podProblem,
  "leases.coordination.k8s.io": (node, { name }) =>
    name === node
      ? undefined
      : "can only access node lease with the same name as the requesting node",
  "csinodes.storage.k8s.io": (node, { name }) =>
    name === node ? undefined : "can only access CSINode with the same name as the requesting node",
};

function nodeProblem(node: string, request: AdmissionRequest): string | undefined {
  const { name, operation, object, oldObject } = request;
  const who = `node ${JSON.stringify(node)}`;
  if (name !== node) return `${who} is not allowed to modify node ${JSON.stringify(name)}`;
  if (operation === "CREATE") {
    const labels = forbiddenLabels(object, undefined);
    if (labels === "") return undefined;
    return `${who} is not allowed to set the following labels: ${labels}`;
  }
  if (operation !== "UPDATE" || object === undefined || oldObject === undefined) return undefined;
  return changeProblem(who, object, oldObject);
}

function changeProblem(who: string, object: KubeObject, before: KubeObject): string | undefined {
  const [spec, oldSpec] = [record(object["spec"]), record(before["spec"])];
  const { configSource } = spec;
  if (configSource !== undefined && !deepEqual(configSource, oldSpec["configSource"])) {
    return `${who} is not allowed to update configSource to a new non-nil configSource`;
  }
  if (!deepEqual(spec["taints"], oldSpec["taints"])) {
    return `${who} is not allowed to modify taints`;
  }
  if (!deepEqual(object.metadata.ownerReferences, before.metadata.ownerReferences)) {
    return `${who} is not allowed to modify ownerReferences`;
  }
  const labels = forbiddenLabels(object, before);
  return labels === "" ? undefined : `is not allowed to modify labels: ${labels}`;
}

/** Labels that the kubelet knows, whatever their namespace. */
const kubeletLabels = new Set([
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "beta.kubernetes.io/os",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "kubernetes.io/arch",
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "node.kubernetes.io/instance-type",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
]);

function forbiddenLabels(object: KubeObject | undefined, before: KubeObject | undefined): string {
  const [now, old] = [object?.metadata.labels ?? {}, before?.metadata.labels ?? {}];
  return [...new Set([...Object.keys(now), ...Object.keys(old)])]
    .filter((label) => now[label] !== old[label] && isForbidden(label))
    .sort()
    .join(", ");
}

function isForbidden(label: string): boolean {
  const namespace = label.includes("/") ? (label.split("/")[0] ?? "") : "";
  const isIn = (domain: string) => namespace === domain || namespace.endsWith(`.${domain}`);
  if (isIn("node-restriction.kubernetes.io")) return true;
  if (!isIn("kubernetes.io") && !isIn("k8s.io")) return false;
  if (kubeletLabels.has(label)) return false;
  return !isIn("kubelet.kubernetes.io") && !isIn("node.kubernetes.io");
}

function podProblem(node: string, request: AdmissionRequest, store: Store): string | undefined {
  const { operation, subresource, object, oldObject } = request;
  const who = `node ${JSON.stringify(node)}`;
  const isOwn = text(record(oldObject?.["spec"])["nodeName"]) === node;
  if (operation === "CREATE" && subresource === "") return mirrorProblem(node, object, store);
  if (operation === "DELETE") {
    return isOwn ? undefined : `${who} can only delete pods with spec.nodeName set to itself`;
  }
  if (subresource !== "status") return undefined;
  if (!isOwn) return `${who} can only update pod status for pods with spec.nodeName set to itself`;
  return deepEqual(object?.metadata.labels, oldObject?.metadata.labels)
    ? undefined
    : `${who} cannot update labels through pod status`;
}

/** Kubelets create no pods but those that show what runs on their own machine without having been asked for. */
function mirrorProblem(
  node: string,
  pod: KubeObject | undefined,
  store: Store,
): string | undefined {
  if (pod === undefined) return undefined;
  const who = `node ${JSON.stringify(node)}`;
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have "${mirrorAnnotation}" annotation, ${who} can only create mirror pods`;
  }
  if (text(record(pod["spec"])["nodeName"]) !== node) {
    return `${who} can only create pods with spec.nodeName set to itself`;
  }
  if (!isOwnedByNode(node, pod, store)) {
    return `${who} can only create pods with an owner reference set to itself`;
  }
  const references = podReferences(pod);
  const kinds = ["serviceaccounts", "secrets", "configmaps", "persistentvolumeclaims"] as const;
  const kind = kinds.find((each) => references[each].size > 0);
  return kind === undefined ? undefined : `${who} can not create pods that reference ${kind}`;
}

function isOwnedByNode(node: string, { metadata }: KubeObject, store: Store): boolean {
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (owner === undefined || others.length > 0) return false;
  const uid = store.table("nodes").get(node)?.object.metadata.uid;
  return (
    owner.apiVersion === "v1" &&
    owner.kind === "Node" &&
    owner.name === node &&
    owner.uid === uid &&
    owner.controller === true &&
    owner.blockOwnerDeletion !== true
  );
}

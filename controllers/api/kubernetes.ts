/**
 * The built-in kinds that the controllers touch, with the fields that they touch. Anything else in an object survives a
 * read-modify-write, because objects are plain JSON.
 */
import type { Kind, ObjectMeta } from "./metadata.ts";

interface Base<ApiVersion extends string, Name extends string> {
  apiVersion: ApiVersion;
  kind: Name;
  metadata: ObjectMeta;
}

function kind<T>(apiVersion: string, name: string, plural: string, namespaced = true): Kind<T> {
  const slash = apiVersion.indexOf("/");
  return {
    group: slash === -1 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: name,
    plural,
    namespaced,
  };
}

export interface ObjectReference {
  apiVersion?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  fieldPath?: string;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Secret extends Base<"v1", "Secret"> {
  type?: string;
  /** Values in base64. */
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
}
export const Secret = kind<Secret>("v1", "Secret", "secrets");

export interface ConfigMap extends Base<"v1", "ConfigMap"> {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}
export const ConfigMap = kind<ConfigMap>("v1", "ConfigMap", "configmaps");

export interface Namespace extends Base<"v1", "Namespace"> {
  status?: { phase?: string };
}
export const Namespace = kind<Namespace>("v1", "Namespace", "namespaces", false);

export interface ServiceAccount extends Base<"v1", "ServiceAccount"> {
  automountServiceAccountToken?: boolean;
}
export const ServiceAccount = kind<ServiceAccount>("v1", "ServiceAccount", "serviceaccounts");

export interface NodeTaint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface NodeCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastHeartbeatTime?: string;
}

export interface NodeStatus {
  conditions?: NodeCondition[];
  addresses?: { type: string; address: string }[];
  nodeInfo?: Record<string, string>;
  volumesAttached?: { name: string; devicePath: string }[];
  capacity?: Record<string, string>;
  allocatable?: Record<string, string>;
}

export interface Node extends Base<"v1", "Node"> {
  spec?: { providerID?: string; taints?: NodeTaint[]; unschedulable?: boolean; podCIDR?: string };
  status?: NodeStatus;
}
export const Node = kind<Node>("v1", "Node", "nodes", false);

export interface Container {
  name: string;
  image?: string;
  args?: string[];
  command?: string[];
  [field: string]: unknown;
}

export interface PodSpec {
  nodeName?: string;
  priorityClassName?: string;
  hostNetwork?: boolean;
  containers?: Container[];
  volumes?: Volume[];
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[];
  [field: string]: unknown;
}

export interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  configMap?: { name?: string; items?: { key: string; path: string }[] };
}

export interface PodStatus {
  phase?: string;
  conditions?: NodeCondition[];
  containerStatuses?: ContainerStatus[];
}

/** "waiting", "running" or "terminated". */
type ContainerState = Record<
  string,
  { reason?: string; message?: string; exitCode?: number } | undefined
>;

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: ContainerState;
  lastState?: ContainerState;
}

export interface Pod extends Base<"v1", "Pod"> {
  spec?: PodSpec;
  status?: PodStatus;
}
export const Pod = kind<Pod>("v1", "Pod", "pods");

export interface Event extends Base<"v1", "Event"> {
  involvedObject: ObjectReference;
  reason?: string;
  message?: string;
  type?: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  eventTime?: string;
  source?: { component?: string };
  reportingComponent?: string;
  reportingInstance?: string;
  action?: string;
}
export const Event = kind<Event>("v1", "Event", "events");

export interface PersistentVolumeClaim extends Base<"v1", "PersistentVolumeClaim"> {
  spec?: { volumeName?: string };
}
export const PersistentVolumeClaim = kind<PersistentVolumeClaim>(
  "v1",
  "PersistentVolumeClaim",
  "persistentvolumeclaims",
);

export interface PersistentVolume extends Base<"v1", "PersistentVolume"> {
  spec?: { csi?: { driver: string; volumeHandle: string }; claimRef?: ObjectReference };
}
export const PersistentVolume = kind<PersistentVolume>(
  "v1",
  "PersistentVolume",
  "persistentvolumes",
  false,
);

export interface Lease extends Base<"coordination.k8s.io/v1", "Lease"> {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}
export const Lease = kind<Lease>("coordination.k8s.io/v1", "Lease", "leases");

export interface PodDisruptionBudget extends Base<"policy/v1", "PodDisruptionBudget"> {
  spec?: {
    selector?: LabelSelector;
    minAvailable?: number | string;
    maxUnavailable?: number | string;
  };
  status?: { disruptionsAllowed?: number; currentHealthy?: number; desiredHealthy?: number };
}
export const PodDisruptionBudget = kind<PodDisruptionBudget>(
  "policy/v1",
  "PodDisruptionBudget",
  "poddisruptionbudgets",
);

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: PodSpec;
}

export interface DaemonSet extends Base<"apps/v1", "DaemonSet"> {
  spec?: { selector: LabelSelector; template: PodTemplate };
  status?: { desiredNumberScheduled?: number; numberReady?: number };
}
export const DaemonSet = kind<DaemonSet>("apps/v1", "DaemonSet", "daemonsets");

export interface Deployment extends Base<"apps/v1", "Deployment"> {
  spec?: { replicas?: number; selector: LabelSelector; template: PodTemplate };
  status?: { replicas?: number; readyReplicas?: number; availableReplicas?: number };
}
export const Deployment = kind<Deployment>("apps/v1", "Deployment", "deployments");

export interface VolumeAttachment extends Base<"storage.k8s.io/v1", "VolumeAttachment"> {
  spec: { attacher: string; nodeName: string; source: { persistentVolumeName?: string } };
  status?: { attached?: boolean };
}
export const VolumeAttachment = kind<VolumeAttachment>(
  "storage.k8s.io/v1",
  "VolumeAttachment",
  "volumeattachments",
  false,
);

export interface PolicyRule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

export interface Subject {
  kind: string;
  name: string;
  namespace?: string;
  apiGroup?: string;
}

export interface RoleRef {
  apiGroup: string;
  kind: string;
  name: string;
}

export interface Role extends Base<"rbac.authorization.k8s.io/v1", "Role"> {
  rules?: PolicyRule[];
}
export const Role = kind<Role>("rbac.authorization.k8s.io/v1", "Role", "roles");

export interface RoleBinding extends Base<"rbac.authorization.k8s.io/v1", "RoleBinding"> {
  subjects?: Subject[];
  roleRef: RoleRef;
}
export const RoleBinding = kind<RoleBinding>(
  "rbac.authorization.k8s.io/v1",
  "RoleBinding",
  "rolebindings",
);

export interface ClusterRole extends Base<"rbac.authorization.k8s.io/v1", "ClusterRole"> {
  rules?: PolicyRule[];
}
export const ClusterRole = kind<ClusterRole>(
  "rbac.authorization.k8s.io/v1",
  "ClusterRole",
  "clusterroles",
  false,
);

export interface ClusterRoleBinding extends Base<
  "rbac.authorization.k8s.io/v1",
  "ClusterRoleBinding"
> {
  subjects?: Subject[];
  roleRef: RoleRef;
}
export const ClusterRoleBinding = kind<ClusterRoleBinding>(
  "rbac.authorization.k8s.io/v1",
  "ClusterRoleBinding",
  "clusterrolebindings",
  false,
);

/** As far as a controller reads it: the contract labels and the versions served. */
export interface CustomResourceDefinitionObject extends Base<
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition"
> {
  spec: {
    group: string;
    scope: string;
    names: { kind: string; plural: string };
    versions: { name: string; served: boolean; storage: boolean }[];
  };
}
export const CustomResourceDefinition = kind<CustomResourceDefinitionObject>(
  "apiextensions.k8s.io/v1",
  "CustomResourceDefinition",
  "customresourcedefinitions",
  false,
);

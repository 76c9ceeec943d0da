import { applyMoves } from "./apply-moves.ts";
import {
  argumentsList,
  asIs,
  type Codec,
  duration,
  eachItem,
  failureDomains,
  mapItems,
  nodeReference,
  reference,
  versionedReference,
} from "./codecs.ts";

/** One field: where v1beta1 has it, where v1beta2 has it, and how its value changes. */
export interface Move {
  readonly v1beta1: string;
  /** Undefined: v1beta2 has no place for it. */
  readonly v1beta2?: string;
  readonly codec: Codec;
}

function move(v1beta1: string, v1beta2: string, codec: Codec = asIs): Move {
  return { v1beta1, v1beta2, codec };
}

function dropped(v1beta1: string): Move {
  return { v1beta1, codec: asIs };
}

/** The same moves below two different places. */
function below(v1beta1: string, v1beta2: string, moves: readonly Move[]): readonly Move[] {
  return moves.map((each) => ({
    ...each,
    v1beta1: `${v1beta1}.${each.v1beta1}`,
    ...(each.v1beta2 === undefined ? {} : { v1beta2: `${v1beta2}.${each.v1beta2}` }),
  }));
}

/** Every item of a list has moves of its own. */
function eachMoved(moves: readonly Move[]): Codec {
  return {
    up: (value) =>
      mapItems(value, (item) => applyMoves({ moves, from: "v1beta1", to: "v1beta2" }, item)),
    down: (value) =>
      mapItems(value, (item) => applyMoves({ moves, from: "v1beta2", to: "v1beta1" }, item)),
  };
}

const conditions: readonly Move[] = [
  move("status.conditions", "status.deprecated.v1beta1.conditions"),
  move("status.v1beta2.conditions", "status.conditions"),
];
const failure: readonly Move[] = [
  move("status.failureReason", "status.deprecated.v1beta1.failureReason"),
  move("status.failureMessage", "status.deprecated.v1beta1.failureMessage"),
];
const newCounters: readonly Move[] = [
  move("status.v1beta2.readyReplicas", "status.readyReplicas"),
  move("status.v1beta2.availableReplicas", "status.availableReplicas"),
  move("status.v1beta2.upToDateReplicas", "status.upToDateReplicas"),
];

function oldCounters(...names: readonly string[]): readonly Move[] {
  return names.map((name) => move(`status.${name}`, `status.deprecated.v1beta1.${name}`));
}

const deletionTimeouts: readonly Move[] = ["Drain", "Deletion", "VolumeDetach"].map((what) =>
  move(`node${what}Timeout`, `deletion.node${what}TimeoutSeconds`, duration),
);

const machineSpec: readonly Move[] = [
  ...deletionTimeouts,
  move("infrastructureRef", "infrastructureRef", reference),
  move("bootstrap.configRef", "bootstrap.configRef", reference),
];

const unhealthyConditions = eachItem("timeout", "timeoutSeconds", duration);

const healthChecks: readonly Move[] = [
  move("nodeStartupTimeout", "checks.nodeStartupTimeoutSeconds", duration),
  move("unhealthyConditions", "checks.unhealthyNodeConditions", unhealthyConditions),
  move("unhealthyMachineConditions", "checks.unhealthyMachineConditions", unhealthyConditions),
  move("maxUnhealthy", "remediation.triggerIf.unhealthyLessThanOrEqualTo"),
  move("unhealthyRange", "remediation.triggerIf.unhealthyInRange"),
  move("remediationTemplate", "remediation.templateRef", versionedReference),
];

const topologyVariables = eachMoved([dropped("definitionFrom")]);

/** What the topology of a cluster says of its control plane and of each group of workers. */
const topologyMachines: readonly Move[] = [
  ...deletionTimeouts,
  ...below("machineHealthCheck", "healthCheck", [move("enable", "enabled"), ...healthChecks]),
  move("variables.overrides", "variables.overrides", topologyVariables),
];

const topologyDeployments = eachMoved([
  ...topologyMachines,
  ...["type", "rollingUpdate.maxSurge", "rollingUpdate.maxUnavailable"].map((name) =>
    move(`strategy.${name}`, `rollout.strategy.${name}`),
  ),
  move("strategy.rollingUpdate.deletePolicy", "deletion.order"),
  move("strategy.remediation.maxInFlight", "healthCheck.remediation.maxInFlight"),
]);

const topology: readonly Move[] = [
  move("class", "classRef.name"),
  move("classNamespace", "classRef.namespace"),
  dropped("rolloutAfter"),
  move("variables", "variables", topologyVariables),
  ...below("controlPlane", "controlPlane", topologyMachines),
  move("workers.machineDeployments", "workers.machineDeployments", topologyDeployments),
  move("workers.machinePools", "workers.machinePools", eachMoved(topologyMachines)),
];

const kubeadmConfigSpec: readonly Move[] = [
  dropped("useExperimentalRetryJoin"),
  ...["apiVersion", "kind", "clusterName", "kubernetesVersion", "networking"].map((name) =>
    dropped(`clusterConfiguration.${name}`),
  ),
  ...["apiVersion", "kind"].flatMap((name) => [
    dropped(`initConfiguration.${name}`),
    dropped(`joinConfiguration.${name}`),
  ]),
  ...["apiServer", "controllerManager", "scheduler", "etcd.local"]
    .map((component) => `clusterConfiguration.${component}.extraArgs`)
    .map((path) => move(path, path, argumentsList)),
  ...["initConfiguration", "joinConfiguration"]
    .map((document) => `${document}.nodeRegistration.kubeletExtraArgs`)
    .map((path) => move(path, path, argumentsList)),
  move(
    "clusterConfiguration.apiServer.timeoutForControlPlane",
    "initConfiguration.timeouts.controlPlaneComponentHealthCheckSeconds",
    duration,
  ),
  move(
    "joinConfiguration.discovery.timeout",
    "joinConfiguration.timeouts.discoverySeconds",
    duration,
  ),
  move(
    "initConfiguration.bootstrapTokens",
    "initConfiguration.bootstrapTokens",
    eachItem("ttl", "ttlSeconds", duration),
  ),
];

const naming = move("spec.machineNamingStrategy", "spec.machineNaming");

const controlPlaneSpec: readonly Move[] = [
  move("machineNamingStrategy", "machineNaming"),
  move("rolloutAfter", "rollout.after"),
  move("rolloutBefore", "rollout.before"),
  move("rolloutStrategy", "rollout.strategy"),
  move("remediationStrategy.maxRetry", "remediation.maxRetry"),
  move("remediationStrategy.retryPeriod", "remediation.retryPeriodSeconds", duration),
  move("remediationStrategy.minHealthyPeriod", "remediation.minHealthyPeriodSeconds", duration),
  ...below("machineTemplate", "machineTemplate.spec", [
    ...deletionTimeouts,
    move("infrastructureRef", "infrastructureRef", reference),
    move("readinessGates", "readinessGates"),
    move("taints", "taints"),
  ]),
  ...below("kubeadmConfigSpec", "kubeadmConfigSpec", kubeadmConfigSpec),
];

/** Per kind what moves between the two versions; every other field is the same in both. */
export const movesOfKind: Readonly<Record<string, readonly Move[]>> = {
  Cluster: [
    move("spec.infrastructureRef", "spec.infrastructureRef", reference),
    move("spec.controlPlaneRef", "spec.controlPlaneRef", reference),
    ...below("spec.topology", "spec.topology", topology),
    move("status.infrastructureReady", "status.initialization.infrastructureProvisioned"),
    move("status.controlPlaneReady", "status.initialization.controlPlaneInitialized"),
    move("status.failureDomains", "status.failureDomains", failureDomains),
    move("status.v1beta2.controlPlane", "status.controlPlane"),
    move("status.v1beta2.workers", "status.workers"),
    ...failure,
    ...conditions,
  ],
  Machine: [
    ...below("spec", "spec", machineSpec),
    move("status.infrastructureReady", "status.initialization.infrastructureProvisioned"),
    move("status.bootstrapReady", "status.initialization.bootstrapDataSecretCreated"),
    move("status.nodeRef", "status.nodeRef", nodeReference),
    ...failure,
    ...conditions,
  ],
  MachineSet: [
    naming,
    move("spec.deletePolicy", "spec.deletion.order"),
    move("spec.minReadySeconds", "spec.template.spec.minReadySeconds"),
    ...below("spec.template.spec", "spec.template.spec", machineSpec),
    ...oldCounters("fullyLabeledReplicas", "readyReplicas", "availableReplicas"),
    ...newCounters,
    ...failure,
    ...conditions,
  ],
  MachineDeployment: [
    naming,
    dropped("spec.progressDeadlineSeconds"),
    dropped("spec.revisionHistoryLimit"),
    move("spec.rolloutAfter", "spec.rollout.after"),
    move("spec.strategy.type", "spec.rollout.strategy.type"),
    move("spec.strategy.rollingUpdate.maxSurge", "spec.rollout.strategy.rollingUpdate.maxSurge"),
    move(
      "spec.strategy.rollingUpdate.maxUnavailable",
      "spec.rollout.strategy.rollingUpdate.maxUnavailable",
    ),
    move("spec.strategy.rollingUpdate.deletePolicy", "spec.deletion.order"),
    move("spec.strategy.remediation", "spec.remediation"),
    move("spec.minReadySeconds", "spec.template.spec.minReadySeconds"),
    ...below("spec.template.spec", "spec.template.spec", machineSpec),
    ...oldCounters("readyReplicas", "availableReplicas", "unavailableReplicas", "updatedReplicas"),
    ...newCounters,
    ...conditions,
  ],
  MachineHealthCheck: [...below("spec", "spec", healthChecks), ...conditions],
  MachineDrainRule: [],
  ClusterResourceSet: conditions,
  ClusterResourceSetBinding: [],
  KubeadmConfig: [
    ...below("spec", "spec", kubeadmConfigSpec),
    move("status.ready", "status.initialization.dataSecretCreated"),
    ...failure,
    ...conditions,
  ],
  KubeadmConfigTemplate: below("spec.template.spec", "spec.template.spec", kubeadmConfigSpec),
  KubeadmControlPlane: [
    ...below("spec", "spec", controlPlaneSpec),
    move("status.initialized", "status.initialization.controlPlaneInitialized"),
    dropped("status.ready"),
    move("status.lastRemediation.timestamp", "status.lastRemediation.time"),
    ...oldCounters("readyReplicas", "unavailableReplicas", "updatedReplicas"),
    ...newCounters,
    ...failure,
    ...conditions,
  ],
  KubeadmControlPlaneTemplate: below("spec.template.spec", "spec.template.spec", controlPlaneSpec),
};

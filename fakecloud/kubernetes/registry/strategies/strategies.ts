import { definitions } from "../../crds/definition-strategy.ts";
import {
  claims,
  clusterRoles,
  namespaces,
  nodes,
  roleBindings,
  roles,
  signingRequests,
  volumes,
} from "./cluster.ts";
import { configMaps, secrets } from "./configuration.ts";
import { pods } from "./pods.ts";
import { policies } from "./policies.ts";
import { services } from "./services.ts";
import type { Strategy } from "./strategy.ts";
import { webhookConfigurations } from "./webhook-configurations.ts";
import {
  budgets,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  leases,
  priorityClasses,
  replicaSets,
  statefulSets,
  storageClasses,
} from "./workloads.ts";

/** By "Kind.group"; kinds that are not here do as the schema says. */
export const builtinStrategies: Readonly<Record<string, Strategy>> = {
  "CertificateSigningRequest.certificates.k8s.io": signingRequests,
  "ClusterRole.rbac.authorization.k8s.io": clusterRoles,
  "ClusterRoleBinding.rbac.authorization.k8s.io": roleBindings,
  ConfigMap: configMaps,
  "CronJob.batch": cronJobs,
  "CustomResourceDefinition.apiextensions.k8s.io": definitions,
  "DaemonSet.apps": daemonSets,
  "Deployment.apps": deployments,
  "Job.batch": jobs,
  "Lease.coordination.k8s.io": leases,
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": webhookConfigurations,
  Namespace: namespaces,
  Node: nodes,
  PersistentVolume: volumes,
  PersistentVolumeClaim: claims,
  Pod: pods,
  "PodDisruptionBudget.policy": budgets,
  "PriorityClass.scheduling.k8s.io": priorityClasses,
  "ReplicaSet.apps": replicaSets,
  "Role.rbac.authorization.k8s.io": roles,
  "RoleBinding.rbac.authorization.k8s.io": roleBindings,
  Secret: secrets,
  Service: services,
  "StatefulSet.apps": statefulSets,
  "StorageClass.storage.k8s.io": storageClasses,
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io": policies,
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": webhookConfigurations,
};

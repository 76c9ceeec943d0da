/** What is peculiar to the built-in kinds, by "Kind.group" ("Pod" in the core group). Sources: quirks of the strategies in Kubernetes 1.36. */

/** An update without resourceVersion is refused. */
export const conditionalUpdateKinds: ReadonlySet<string> = new Set([
  "APIService.apiregistration.k8s.io",
  "CSIDriver.storage.k8s.io",
  "CSINode.storage.k8s.io",
  "CSIStorageCapacity.storage.k8s.io",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Lease.coordination.k8s.io",
  "MutatingAdmissionPolicy.admissionregistration.k8s.io",
  "MutatingAdmissionPolicyBinding.admissionregistration.k8s.io",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io",
  "PodDisruptionBudget.policy",
  "RuntimeClass.node.k8s.io",
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
  "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
  "VolumeAttachment.storage.k8s.io",
]);

/** A PUT to a missing name creates it. */
export const createOnUpdateKinds: ReadonlySet<string> = new Set([
  "ClusterRole.rbac.authorization.k8s.io",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "Endpoints",
  "Event",
  "Event.events.k8s.io",
  "Lease.coordination.k8s.io",
  "LimitRange",
  "Role.rbac.authorization.k8s.io",
  "RoleBinding.rbac.authorization.k8s.io",
  "RuntimeClass.node.k8s.io",
  "Service",
]);

/** These count their spec's changes in metadata.generation. */
export const generationKinds: ReadonlySet<string> = new Set([
  "CronJob.batch",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "DaemonSet.apps",
  "Deployment.apps",
  "EndpointSlice.discovery.k8s.io",
  "FlowSchema.flowcontrol.apiserver.k8s.io",
  "Ingress.networking.k8s.io",
  "IngressClass.networking.k8s.io",
  "Job.batch",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io",
  "NetworkPolicy.networking.k8s.io",
  "Pod",
  "PodDisruptionBudget.policy",
  "PodTemplate",
  "PriorityClass.scheduling.k8s.io",
  "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
  "ReplicaSet.apps",
  "ReplicationController",
  "StatefulSet.apps",
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
  "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
]);

/** DELETE answers with the object that is gone; for all others with a Status. */
export const returnDeletedKinds: ReadonlySet<string> = new Set([
  "CSIDriver.storage.k8s.io",
  "CSINode.storage.k8s.io",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Pod",
  "PodTemplate",
  "ResourceQuota",
  "Service",
  "ServiceAccount",
  "StorageClass.storage.k8s.io",
  "VolumeAttachment.storage.k8s.io",
]);

/** Names that may hold any character which a path segment may. */
export const pathSegmentKinds: ReadonlySet<string> = new Set([
  "ClusterRole.rbac.authorization.k8s.io",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "Event",
  "Role.rbac.authorization.k8s.io",
  "RoleBinding.rbac.authorization.k8s.io",
]);

/** The status endpoint of these takes no metadata from the request. */
export const statusWithoutMetadataKinds: ReadonlySet<string> = new Set([
  "FlowSchema.flowcontrol.apiserver.k8s.io",
  "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io",
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
  "VolumeAttachment.storage.k8s.io",
]);

/** Field selectors beyond metadata, as field label → path. */
export const selectableFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Pod: {
    "spec.nodeName": "spec.nodeName",
    "spec.host": "spec.nodeName",
    "spec.restartPolicy": "spec.restartPolicy",
    "spec.schedulerName": "spec.schedulerName",
    "spec.serviceAccountName": "spec.serviceAccountName",
    "spec.hostNetwork": "spec.hostNetwork",
    "status.phase": "status.phase",
    "status.podIP": "status.podIP",
    "status.podIPs": "status.podIP",
    "status.nominatedNodeName": "status.nominatedNodeName",
  },
  Node: { "spec.unschedulable": "spec.unschedulable" },
  Namespace: { "status.phase": "status.phase" },
  Secret: { type: "type" },
  Service: { "spec.clusterIP": "spec.clusterIP", "spec.type": "spec.type" },
  ReplicationController: { "status.replicas": "status.replicas" },
  "Job.batch": { "status.successful": "status.succeeded" },
  "CertificateSigningRequest.certificates.k8s.io": { "spec.signerName": "spec.signerName" },
  Event: {
    "involvedObject.kind": "involvedObject.kind",
    "involvedObject.namespace": "involvedObject.namespace",
    "involvedObject.name": "involvedObject.name",
    "involvedObject.uid": "involvedObject.uid",
    "involvedObject.apiVersion": "involvedObject.apiVersion",
    "involvedObject.resourceVersion": "involvedObject.resourceVersion",
    "involvedObject.fieldPath": "involvedObject.fieldPath",
    reason: "reason",
    reportingComponent: "reportingComponent",
    source: "source.component",
    type: "type",
  },
  "Event.events.k8s.io": {
    "regarding.kind": "regarding.kind",
    "regarding.namespace": "regarding.namespace",
    "regarding.name": "regarding.name",
    "regarding.uid": "regarding.uid",
    "regarding.apiVersion": "regarding.apiVersion",
    "regarding.resourceVersion": "regarding.resourceVersion",
    "regarding.fieldPath": "regarding.fieldPath",
    reason: "reason",
    reportingController: "reportingController",
    type: "type",
  },
};

/** Condition types and reasons of the bootstrap, control-plane and addons kinds, as in kubernetes-sigs/cluster-api v1.14.0 (v1beta2). */

// api/addons/v1beta2/clusterresourceset_types.go
export const ClusterResourceSetResourcesAppliedCondition = "ResourcesApplied";
export const ClusterResourceSetResourcesAppliedReason = "Applied";
export const ClusterResourceSetResourcesNotAppliedReason = "NotApplied";
export const ClusterResourceSetResourcesAppliedWrongSecretTypeReason = "WrongSecretType";
export const ClusterResourceSetResourcesAppliedInternalErrorReason = "InternalError";

// api/bootstrap/kubeadm/v1beta2/kubeadm_types.go
export const KubeadmConfigReadyCondition = "Ready";
export const KubeadmConfigReadyReason = "Ready";
export const KubeadmConfigNotReadyReason = "NotReady";
export const KubeadmConfigReadyUnknownReason = "ReadyUnknown";
export const KubeadmConfigCertificatesAvailableCondition = "CertificatesAvailable";
export const KubeadmConfigCertificatesAvailableReason = "Available";
export const KubeadmConfigCertificatesAvailableInternalErrorReason = "InternalError";
export const KubeadmConfigDataSecretAvailableCondition = "DataSecretAvailable";
export const KubeadmConfigDataSecretAvailableReason = "Available";
export const KubeadmConfigDataSecretNotAvailableReason = "NotAvailable";

// api/controlplane/kubeadm/v1beta2/kubeadm_control_plane_types.go
export const KubeadmControlPlaneAvailableCondition = "Available";
export const KubeadmControlPlaneAvailableInspectionFailedReason = "InspectionFailed";
export const KubeadmControlPlaneAvailableReason = "Available";
export const KubeadmControlPlaneNotAvailableReason = "NotAvailable";
export const KubeadmControlPlaneInitializedCondition = "Initialized";
export const KubeadmControlPlaneInitializedReason = "Initialized";
export const KubeadmControlPlaneNotInitializedReason = "NotInitialized";
export const KubeadmControlPlaneCertificatesAvailableCondition = "CertificatesAvailable";
export const KubeadmControlPlaneCertificatesInternalErrorReason = "InternalError";
export const KubeadmControlPlaneCertificatesAvailableReason = "Available";
export const KubeadmControlPlaneCertificatesNotAvailableReason = "NotAvailable";
export const KubeadmControlPlaneEtcdClusterHealthyCondition = "EtcdClusterHealthy";
export const KubeadmControlPlaneEtcdClusterInspectionFailedReason = "InspectionFailed";
export const KubeadmControlPlaneEtcdClusterConnectionDownReason = "ConnectionDown";
export const KubeadmControlPlaneEtcdClusterHealthyReason = "Healthy";
export const KubeadmControlPlaneEtcdClusterNotHealthyReason = "NotHealthy";
export const KubeadmControlPlaneEtcdClusterHealthUnknownReason = "HealthUnknown";
export const KubeadmControlPlaneControlPlaneComponentsHealthyCondition =
  "ControlPlaneComponentsHealthy";
export const KubeadmControlPlaneControlPlaneComponentsInspectionFailedReason = "InspectionFailed";
export const KubeadmControlPlaneControlPlaneComponentsConnectionDownReason = "ConnectionDown";
export const KubeadmControlPlaneControlPlaneComponentsHealthyReason = "Healthy";
export const KubeadmControlPlaneControlPlaneComponentsNotHealthyReason = "NotHealthy";
export const KubeadmControlPlaneControlPlaneComponentsHealthUnknownReason = "HealthUnknown";
export const KubeadmControlPlaneMachinesReadyCondition = "MachinesReady";
export const KubeadmControlPlaneMachinesReadyReason = "Ready";
export const KubeadmControlPlaneMachinesNotReadyReason = "NotReady";
export const KubeadmControlPlaneMachinesReadyUnknownReason = "ReadyUnknown";
export const KubeadmControlPlaneMachinesReadyNoReplicasReason = "NoReplicas";
export const KubeadmControlPlaneMachinesReadyInternalErrorReason = "InternalError";
export const KubeadmControlPlaneMachinesUpToDateCondition = "MachinesUpToDate";
export const KubeadmControlPlaneMachinesUpToDateReason = "UpToDate";
export const KubeadmControlPlaneMachinesNotUpToDateReason = "NotUpToDate";
export const KubeadmControlPlaneMachinesUpToDateUnknownReason = "UpToDateUnknown";
export const KubeadmControlPlaneMachinesUpToDateNoReplicasReason = "NoReplicas";
export const KubeadmControlPlaneMachinesUpToDateInternalErrorReason = "InternalError";
export const KubeadmControlPlaneRollingOutCondition = "RollingOut";
export const KubeadmControlPlaneRollingOutReason = "RollingOut";
export const KubeadmControlPlaneNotRollingOutReason = "NotRollingOut";
export const KubeadmControlPlaneScalingUpCondition = "ScalingUp";
export const KubeadmControlPlaneScalingUpReason = "ScalingUp";
export const KubeadmControlPlaneNotScalingUpReason = "NotScalingUp";
export const KubeadmControlPlaneScalingUpWaitingForReplicasSetReason = "WaitingForReplicasSet";
export const KubeadmControlPlaneScalingDownCondition = "ScalingDown";
export const KubeadmControlPlaneScalingDownReason = "ScalingDown";
export const KubeadmControlPlaneNotScalingDownReason = "NotScalingDown";
export const KubeadmControlPlaneScalingDownWaitingForReplicasSetReason = "WaitingForReplicasSet";
export const KubeadmControlPlaneRemediatingCondition = "Remediating";
export const KubeadmControlPlaneRemediatingReason = "Remediating";
export const KubeadmControlPlaneNotRemediatingReason = "NotRemediating";
export const KubeadmControlPlaneRemediatingInternalErrorReason = "InternalError";
export const KubeadmControlPlaneMachineRemediationInternalErrorReason = "InternalError";
export const KubeadmControlPlaneMachineCannotBeRemediatedReason = "CannotBeRemediated";
export const KubeadmControlPlaneMachineRemediationDeferredReason = "RemediationDeferred";
export const KubeadmControlPlaneMachineRemediationMachineDeletingReason = "MachineDeleting";
export const KubeadmControlPlaneDeletingCondition = "Deleting";
export const KubeadmControlPlaneNotDeletingReason = "NotDeleting";
export const KubeadmControlPlaneDeletingWaitingForWorkersDeletionReason =
  "WaitingForWorkersDeletion";
export const KubeadmControlPlaneDeletingWaitingForMachineDeletionReason =
  "WaitingForMachineDeletion";
export const KubeadmControlPlaneDeletingDeletionCompletedReason = "DeletionCompleted";
export const KubeadmControlPlaneDeletingInternalErrorReason = "InternalError";
export const KubeadmControlPlaneMachineAPIServerPodHealthyCondition = "APIServerPodHealthy";
export const KubeadmControlPlaneMachineControllerManagerPodHealthyCondition =
  "ControllerManagerPodHealthy";
export const KubeadmControlPlaneMachineSchedulerPodHealthyCondition = "SchedulerPodHealthy";
export const KubeadmControlPlaneMachineEtcdPodHealthyCondition = "EtcdPodHealthy";
export const KubeadmControlPlaneMachinePodRunningReason = "Running";
export const KubeadmControlPlaneMachinePodProvisioningReason = "Provisioning";
export const KubeadmControlPlaneMachinePodDoesNotExistReason = "DoesNotExist";
export const KubeadmControlPlaneMachinePodFailedReason = "Failed";
export const KubeadmControlPlaneMachinePodInspectionFailedReason = "InspectionFailed";
export const KubeadmControlPlaneMachinePodConnectionDownReason = "ConnectionDown";
export const KubeadmControlPlaneMachinePodDeletingReason = "Deleting";
export const KubeadmControlPlaneMachineEtcdMemberHealthyCondition = "EtcdMemberHealthy";
export const KubeadmControlPlaneMachineEtcdMemberNotHealthyReason = "NotHealthy";
export const KubeadmControlPlaneMachineEtcdMemberHealthyReason = "Healthy";
export const KubeadmControlPlaneMachineEtcdMemberInspectionFailedReason = "InspectionFailed";
export const KubeadmControlPlaneMachineEtcdMemberConnectionDownReason = "ConnectionDown";
export const KubeadmControlPlaneMachineEtcdMemberDeletingReason = "Deleting";
export const KubeadmControlPlaneMachineNodeKubeadmLabelsAndTaintsSetCondition =
  "NodeKubeadmLabelsAndTaintsSet";
export const KubeadmControlPlaneMachineNodeKubeadmLabelsAndTaintsInspectionFailedReason =
  "InspectionFailed";
export const KubeadmControlPlaneMachineNodeKubeadmLabelsAndTaintsConnectionDownReason =
  "ConnectionDown";
export const KubeadmControlPlaneMachineNodeKubeadmLabelsAndTaintsNotSetReason = "NotSet";
export const KubeadmControlPlaneMachineNodeKubeadmLabelsAndTaintsSetReason = "Set";
export const KubeadmControlPlaneMachineNodeKubeadmLabelsAndTaintsDeletingReason = "Deleting";

/** Labels, annotations, finalizers, taints, phases and other names of the API, as in kubernetes-sigs/cluster-api v1.14.0 (v1beta2). */

// api/addons/v1beta2/clusterresourceset_types.go
export const ClusterResourceSetSecretType = "addons.cluster.x-k8s.io/resource-set";
export const ClusterResourceSetFinalizer = "addons.cluster.x-k8s.io";
export const SecretClusterResourceSetResourceKind = "Secret";
export const ConfigMapClusterResourceSetResourceKind = "ConfigMap";
export const ClusterResourceSetStrategyApplyOnce = "ApplyOnce";
export const ClusterResourceSetStrategyReconcile = "Reconcile";

// api/bootstrap/kubeadm/v1beta2/kubeadm_types.go
export const EncryptionAlgorithmECDSAP256 = "ECDSA-P256";
export const EncryptionAlgorithmECDSAP384 = "ECDSA-P384";
export const EncryptionAlgorithmRSA2048 = "RSA-2048";
export const EncryptionAlgorithmRSA3072 = "RSA-3072";
export const EncryptionAlgorithmRSA4096 = "RSA-4096";

// api/bootstrap/kubeadm/v1beta2/kubeadmconfig_types.go
export const CloudConfig = "cloud-config";
export const Ignition = "ignition";
export const Base64 = "base64";
export const Gzip = "gzip";
export const GzipBase64 = "gzip+base64";
export const FileContentFormatRaw = "Raw";
export const FileContentFormatTemplate = "Template";
export const PartitionTypeLinux = "Linux";
export const PartitionTypeLinuxSwap = "LinuxSwap";
export const PartitionTypeLinuxRAID = "LinuxRAID";
export const PartitionTypeLVM = "LVM";
export const PartitionTypeFat32 = "Fat32";
export const PartitionTypeNTFS = "NTFS";
export const PartitionTypeLinuxExtended = "LinuxExtended";

// api/controlplane/kubeadm/v1beta2/kubeadm_control_plane_types.go
export const RollingUpdateStrategyType = "RollingUpdate";
export const KubeadmControlPlaneFinalizer = "kubeadm.controlplane.cluster.x-k8s.io";
export const SkipCoreDNSAnnotation = "controlplane.cluster.x-k8s.io/skip-coredns";
export const SkipKubeProxyAnnotation = "controlplane.cluster.x-k8s.io/skip-kube-proxy";
export const RemediationInProgressAnnotation =
  "controlplane.cluster.x-k8s.io/remediation-in-progress";
export const RemediationForAnnotation = "controlplane.cluster.x-k8s.io/remediation-for";
export const PreTerminateHookCleanupAnnotation =
  "pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup";
export const DefaultMinHealthyPeriodSeconds = 3600;

// api/core/v1beta2/cluster_phase_types.go
export const ClusterPhasePending = "Pending";
export const ClusterPhaseProvisioning = "Provisioning";
export const ClusterPhaseProvisioned = "Provisioned";
export const ClusterPhaseDeleting = "Deleting";
export const ClusterPhaseFailed = "Failed";
export const ClusterPhaseUnknown = "Unknown";

// api/core/v1beta2/cluster_types.go
export const ClusterFinalizer = "cluster.cluster.x-k8s.io";
export const ClusterKind = "Cluster";

// api/core/v1beta2/common_types.go
export const ClusterNameLabel = "cluster.x-k8s.io/cluster-name";
export const ClusterTopologyOwnedLabel = "topology.cluster.x-k8s.io/owned";
export const ProviderNameLabel = "cluster.x-k8s.io/provider";
export const ClusterNameAnnotation = "cluster.x-k8s.io/cluster-name";
export const ClusterNamespaceAnnotation = "cluster.x-k8s.io/cluster-namespace";
export const MachineAnnotation = "cluster.x-k8s.io/machine";
export const OwnerKindAnnotation = "cluster.x-k8s.io/owner-kind";
export const LabelsFromMachineAnnotation = "cluster.x-k8s.io/labels-from-machine";
export const AnnotationsFromMachineAnnotation = "cluster.x-k8s.io/annotations-from-machine";
export const TaintsFromMachineAnnotation = "cluster.x-k8s.io/taints-from-machine";
export const OwnerNameAnnotation = "cluster.x-k8s.io/owner-name";
export const PausedAnnotation = "cluster.x-k8s.io/paused";
export const DisableMachineCreateAnnotation = "cluster.x-k8s.io/disable-machine-create";
export const WatchLabel = "cluster.x-k8s.io/watch-filter";
export const DeleteMachineAnnotation = "cluster.x-k8s.io/delete-machine";
export const TemplateClonedFromNameAnnotation = "cluster.x-k8s.io/cloned-from-name";
export const TemplateClonedFromGroupKindAnnotation = "cluster.x-k8s.io/cloned-from-groupkind";
export const MachineSkipRemediationAnnotation = "cluster.x-k8s.io/skip-remediation";
export const RemediateMachineAnnotation = "cluster.x-k8s.io/remediate-machine";
export const MachineSetSkipPreflightChecksAnnotation =
  "machineset.cluster.x-k8s.io/skip-preflight-checks";
export const ClusterSecretType = "cluster.x-k8s.io/secret";
export const InterruptibleLabel = "cluster.x-k8s.io/interruptible";
export const ManagedByAnnotation = "cluster.x-k8s.io/managed-by";
export const ReplicasManagedByAnnotation = "cluster.x-k8s.io/replicas-managed-by";
export const AutoscalerMinSizeAnnotation =
  "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size";
export const AutoscalerMaxSizeAnnotation =
  "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size";
export const VariableDefinitionFromInline = "inline";
export const CRDMigrationObservedGenerationAnnotation =
  "crd-migration.cluster.x-k8s.io/observed-generation";
export const BeforeClusterUpgradeHookAnnotationPrefix =
  "before-upgrade.hook.cluster.cluster.x-k8s.io";
export const MachineSetPreflightCheckAll = "All";
export const MachineSetPreflightCheckKubeadmVersionSkew = "KubeadmVersionSkew";
export const MachineSetPreflightCheckKubernetesVersionSkew = "KubernetesVersionSkew";
export const MachineSetPreflightCheckControlPlaneIsStable = "ControlPlaneIsStable";
export const MachineSetPreflightCheckControlPlaneVersionSkew = "ControlPlaneVersionSkew";
export const TemplateSuffix = "Template";
export const MachineHostName = "Hostname";
export const MachineExternalIP = "ExternalIP";
export const MachineInternalIP = "InternalIP";
export const MachineExternalDNS = "ExternalDNS";
export const MachineInternalDNS = "InternalDNS";
export const MachineTaintPropagationAlways = "Always";
export const MachineTaintPropagationOnInitialization = "OnInitialization";
export const NodeUninitializedTaint = "node.cluster.x-k8s.io/uninitialized:NoSchedule";
export const NodeOutdatedRevisionTaint = "node.cluster.x-k8s.io/outdated-revision:PreferNoSchedule";

// api/core/v1beta2/condition_types.go
export const ConditionSeverityError = "Error";
export const ConditionSeverityWarning = "Warning";
export const ConditionSeverityInfo = "Info";
export const ConditionSeverityNone = "";

// api/core/v1beta2/machine_phase_types.go
export const MachinePhasePending = "Pending";
export const MachinePhaseProvisioning = "Provisioning";
export const MachinePhaseProvisioned = "Provisioned";
export const MachinePhaseRunning = "Running";
export const MachinePhaseUpdating = "Updating";
export const MachinePhaseDeleting = "Deleting";
export const MachinePhaseDeleted = "Deleted";
export const MachinePhaseFailed = "Failed";
export const MachinePhaseUnknown = "Unknown";

// api/core/v1beta2/machine_types.go
export const MachineFinalizer = "machine.cluster.x-k8s.io";
export const MachineControlPlaneLabel = "cluster.x-k8s.io/control-plane";
export const ExcludeNodeDrainingAnnotation = "machine.cluster.x-k8s.io/exclude-node-draining";
export const ExcludeWaitForNodeVolumeDetachAnnotation =
  "machine.cluster.x-k8s.io/exclude-wait-for-node-volume-detach";
export const MachineSetNameLabel = "cluster.x-k8s.io/set-name";
export const MachineDeploymentNameLabel = "cluster.x-k8s.io/deployment-name";
export const MachineControlPlaneNameLabel = "cluster.x-k8s.io/control-plane-name";
export const PreDrainDeleteHookAnnotationPrefix = "pre-drain.delete.hook.machine.cluster.x-k8s.io";
export const PreTerminateDeleteHookAnnotationPrefix =
  "pre-terminate.delete.hook.machine.cluster.x-k8s.io";
export const MachineCertificatesExpiryDateAnnotation =
  "machine.cluster.x-k8s.io/certificates-expiry";
export const NodeRoleLabelPrefix = "node-role.kubernetes.io";
export const NodeRestrictionLabelDomain = "node-restriction.kubernetes.io";
export const ManagedNodeLabelDomain = "node.cluster.x-k8s.io";
export const ManagedNodeAnnotationDomain = "node.cluster.x-k8s.io";
export const PendingAcknowledgeMoveAnnotation =
  "in-place-updates.internal.cluster.x-k8s.io/pending-acknowledge-move";
export const UpdateInProgressAnnotation =
  "in-place-updates.internal.cluster.x-k8s.io/update-in-progress";

// api/core/v1beta2/machinedeployment_types.go
export const MachineDeploymentFinalizer = "cluster.x-k8s.io/machinedeployment";
export const RollingUpdateMachineDeploymentStrategyType = "RollingUpdate";
export const OnDeleteMachineDeploymentStrategyType = "OnDelete";
export const RevisionAnnotation = "machinedeployment.clusters.x-k8s.io/revision";
export const DesiredReplicasAnnotation = "machinedeployment.clusters.x-k8s.io/desired-replicas";
export const MaxReplicasAnnotation = "machinedeployment.clusters.x-k8s.io/max-replicas";
export const MachineDeploymentUniqueLabel = "machine-template-hash";
export const MachineDeploymentPhaseScalingUp = "ScalingUp";
export const MachineDeploymentPhaseScalingDown = "ScalingDown";
export const MachineDeploymentPhaseRunning = "Running";
export const MachineDeploymentPhaseFailed = "Failed";
export const MachineDeploymentPhaseUnknown = "Unknown";

// api/core/v1beta2/machinedrainrules_types.go
export const PodDrainLabel = "cluster.x-k8s.io/drain";
export const MachineDrainRuleDrainBehaviorDrain = "Drain";
export const MachineDrainRuleDrainBehaviorSkip = "Skip";
export const MachineDrainRuleDrainBehaviorWaitCompleted = "WaitCompleted";

// api/core/v1beta2/machineset_types.go
export const MachineSetFinalizer = "cluster.x-k8s.io/machineset";
export const MachineSetMoveMachinesToMachineSetAnnotation =
  "in-place-updates.internal.cluster.x-k8s.io/move-machines-to-machineset";
export const MachineSetReceiveMachinesFromMachineSetsAnnotation =
  "in-place-updates.internal.cluster.x-k8s.io/receive-machines-from-machinesets";
export const AcknowledgedMoveAnnotation =
  "in-place-updates.internal.cluster.x-k8s.io/acknowledged-move";
export const RandomMachineSetDeletionOrder = "Random";
export const NewestMachineSetDeletionOrder = "Newest";
export const OldestMachineSetDeletionOrder = "Oldest";

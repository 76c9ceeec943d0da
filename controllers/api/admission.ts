import {
  validateClusterResourceSet,
  validateClusterResourceSetBinding,
} from "./admission/addons-validation.ts";
import { validateAwsCluster } from "./admission/aws-cluster-validation.ts";
import {
  defaultAwsCluster,
  defaultAwsMachine,
  defaultAwsMachineTemplate,
} from "./admission/aws-defaults.ts";
import {
  refuseClusterTemplate,
  validateAwsMachine,
  validateAwsMachineTemplate,
  validateControllerIdentity,
  validateRoleIdentity,
  validateStaticIdentity,
} from "./admission/aws-machine-validation.ts";
import {
  defaultMachine,
  defaultMachineDeployment,
  defaultMachineHealthCheck,
  defaultMachineSet,
} from "./admission/core-defaults.ts";
import {
  validateCluster,
  validateMachine,
  validateMachineDeployment,
  validateMachineDrainRule,
  validateMachineHealthCheck,
  validateMachineSet,
} from "./admission/core-validation.ts";
import {
  validateKubeadmConfig,
  validateKubeadmConfigTemplate,
} from "./admission/kubeadm-config-validation.ts";
import {
  refuseControlPlaneTemplate,
  validateKubeadmControlPlane,
} from "./admission/kubeadm-control-plane-validation.ts";
import {
  defaultClusterResourceSet,
  defaultKubeadmControlPlane,
} from "./admission/kubeadm-defaults.ts";
import { admissionRule, type AdmissionRule } from "./admission/rule.ts";
import { ClusterResourceSet, ClusterResourceSetBinding } from "./generated/addons-v1beta2.ts";
import {
  AWSCluster,
  AWSClusterControllerIdentity,
  AWSClusterRoleIdentity,
  AWSClusterStaticIdentity,
  AWSClusterTemplate,
  AWSMachine,
  AWSMachineTemplate,
} from "./generated/aws-v1beta2.ts";
import { KubeadmConfig, KubeadmConfigTemplate } from "./generated/bootstrap-v1beta2.ts";
import {
  KubeadmControlPlane,
  KubeadmControlPlaneTemplate,
} from "./generated/control-plane-v1beta2.ts";
import {
  Cluster,
  Machine,
  MachineDeployment,
  MachineDrainRule,
  MachineHealthCheck,
  MachineSet,
} from "./generated/core-v1beta2.ts";

/** Defaulting and validation of every kind with a live controller, as pure functions over v1beta2 objects. */
export const admission: readonly AdmissionRule[] = [
  admissionRule(Cluster, { validate: validateCluster }),
  admissionRule(Machine, { default: defaultMachine, validate: validateMachine }),
  admissionRule(MachineSet, { default: defaultMachineSet, validate: validateMachineSet }),
  admissionRule(MachineDeployment, {
    default: defaultMachineDeployment,
    validate: validateMachineDeployment,
  }),
  admissionRule(MachineHealthCheck, {
    default: defaultMachineHealthCheck,
    validate: validateMachineHealthCheck,
  }),
  admissionRule(MachineDrainRule, { validate: validateMachineDrainRule }),
  admissionRule(ClusterResourceSet, {
    default: defaultClusterResourceSet,
    validate: validateClusterResourceSet,
  }),
  admissionRule(ClusterResourceSetBinding, { validate: validateClusterResourceSetBinding }),
  admissionRule(KubeadmConfig, { validate: validateKubeadmConfig }),
  admissionRule(KubeadmConfigTemplate, { validate: validateKubeadmConfigTemplate }),
  admissionRule(KubeadmControlPlane, {
    default: defaultKubeadmControlPlane,
    validate: validateKubeadmControlPlane,
  }),
  admissionRule(KubeadmControlPlaneTemplate, { validate: refuseControlPlaneTemplate }),
  admissionRule(AWSCluster, { default: defaultAwsCluster, validate: validateAwsCluster }),
  admissionRule(AWSClusterTemplate, { validate: refuseClusterTemplate }),
  admissionRule(AWSMachine, { default: defaultAwsMachine, validate: validateAwsMachine }),
  admissionRule(AWSMachineTemplate, {
    default: defaultAwsMachineTemplate,
    validate: validateAwsMachineTemplate,
  }),
  admissionRule(AWSClusterControllerIdentity, { validate: validateControllerIdentity }),
  admissionRule(AWSClusterRoleIdentity, { validate: validateRoleIdentity }),
  admissionRule(AWSClusterStaticIdentity, { validate: validateStaticIdentity }),
];

import { ClusterResourceSet } from "./generated/addons-v1beta2.ts";
import {
  defaultMachine,
  defaultMachineDeployment,
  defaultMachineHealthCheck,
  defaultMachineSet,
} from "./admission/core-defaults.ts";
import {
  defaultClusterResourceSet,
  defaultKubeadmControlPlane,
} from "./admission/kubeadm-defaults.ts";
import { admissionRule, type AdmissionRule } from "./admission/rule.ts";
import { KubeadmControlPlane } from "./generated/control-plane-v1beta2.ts";
import {
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from "./generated/core-v1beta2.ts";

/** Defaulting and validation of every kind with a live controller, as pure functions over v1beta2 objects. */
export const admission: readonly AdmissionRule[] = [
  admissionRule(Machine, { default: defaultMachine }),
  admissionRule(MachineSet, { default: defaultMachineSet }),
  admissionRule(MachineDeployment, { default: defaultMachineDeployment }),
  admissionRule(MachineHealthCheck, { default: defaultMachineHealthCheck }),
  admissionRule(ClusterResourceSet, { default: defaultClusterResourceSet }),
  admissionRule(KubeadmControlPlane, { default: defaultKubeadmControlPlane }),
];

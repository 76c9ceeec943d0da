import { ClusterNameLabel, MachineDeploymentNameLabel, MachineSetNameLabel } from "../constants.ts";
import type {
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from "../generated/core-v1beta2.ts";
import type { LabelSelector, MachineTemplate } from "../generated/definitions.ts";
import {
  defaultReplicas,
  formatLabelValue,
  withClusterNameLabel,
  withVersionPrefix,
} from "./defaults.ts";
import type { AdmissionContext } from "./rule.ts";

/** Ten seconds to delete a Node, unless the manifest says otherwise (0 means forever and is kept). */
const defaultNodeDeletionTimeoutSeconds = 10;
const defaultNodeStartupTimeoutSeconds = 600;

export function defaultMachine(machine: Machine): Machine {
  const spec = withNodeDeletionTimeout(withVersionPrefix(machine.spec));
  return withClusterNameLabel({ ...machine, spec }, machine.spec.clusterName);
}

export function defaultMachineSet(
  machineSet: MachineSet,
  { old }: AdmissionContext & { readonly old?: MachineSet },
): MachineSet {
  const { metadata, spec } = machineSet;
  const name = formatLabelValue(metadata.name);
  const labels = isEmpty(spec.selector) ? { [MachineSetNameLabel]: name } : {};
  return withClusterNameLabel(
    {
      ...machineSet,
      spec: {
        ...spec,
        replicas: spec.replicas ?? defaultReplicas(metadata, old?.spec.replicas),
        selector: withMatchLabels(spec.selector, labels),
        template: withTemplateDefaults(spec.template, labels),
      },
    },
    spec.clusterName,
  );
}

export function defaultMachineDeployment(
  deployment: MachineDeployment,
  { old }: AdmissionContext & { readonly old?: MachineDeployment },
): MachineDeployment {
  const { metadata, spec } = deployment;
  const labels = {
    ...(isEmpty(spec.selector)
      ? { [MachineDeploymentNameLabel]: formatLabelValue(metadata.name) }
      : {}),
    [ClusterNameLabel]: spec.clusterName,
  };
  return withClusterNameLabel(
    {
      ...deployment,
      spec: {
        ...spec,
        replicas: spec.replicas ?? defaultReplicas(metadata, old?.spec.replicas),
        selector: withMatchLabels(spec.selector, labels),
        template: withTemplateDefaults(spec.template, labels),
        rollout: { ...spec.rollout, strategy: withStrategyDefaults(spec.rollout?.strategy) },
      },
    },
    spec.clusterName,
  );
}

type Strategy = NonNullable<NonNullable<MachineDeployment["spec"]["rollout"]>["strategy"]>;

function withStrategyDefaults(strategy: Strategy | undefined): Strategy {
  const type = strategy?.type ?? "RollingUpdate";
  if (type !== "RollingUpdate") return { ...strategy, type };
  const { maxSurge = 1, maxUnavailable = 0 } = strategy?.rollingUpdate ?? {};
  return { ...strategy, type, rollingUpdate: { maxSurge, maxUnavailable } };
}

export function defaultMachineHealthCheck(check: MachineHealthCheck): MachineHealthCheck {
  const { checks, clusterName } = check.spec;
  const nodeStartupTimeoutSeconds =
    checks?.nodeStartupTimeoutSeconds ?? defaultNodeStartupTimeoutSeconds;
  return withClusterNameLabel(
    { ...check, spec: { ...check.spec, checks: { ...checks, nodeStartupTimeoutSeconds } } },
    clusterName,
  );
}

function withTemplateDefaults(
  template: MachineTemplate,
  labels: Readonly<Record<string, string>>,
): MachineTemplate {
  return {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
    spec: withVersionPrefix(template.spec),
  };
}

function withMatchLabels(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): LabelSelector {
  return { ...selector, matchLabels: { ...selector.matchLabels, ...labels } };
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return (
    Object.keys(selector?.matchLabels ?? {}).length === 0 &&
    (selector?.matchExpressions ?? []).length === 0
  );
}

export function withNodeDeletionTimeout<S extends Machine["spec"]>(spec: S): S {
  if (spec.deletion?.nodeDeletionTimeoutSeconds !== undefined) return spec;
  const nodeDeletionTimeoutSeconds = defaultNodeDeletionTimeoutSeconds;
  return { ...spec, deletion: { ...spec.deletion, nodeDeletionTimeoutSeconds } };
}

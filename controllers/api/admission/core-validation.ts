import type {
  Cluster,
  Machine,
  MachineDeployment,
  MachineDrainRule,
  MachineHealthCheck,
  MachineSet,
} from "../generated/core-v1beta2.ts";
import type { LabelSelector, MachineSpec, MachineTemplate } from "../generated/definitions.ts";
import { ClusterNameLabel, MachineSetSkipPreflightChecksAnnotation } from "../constants.ts";
import { immutable, validateIntOrPercent, validateNaming, validateVersion } from "./checks.ts";
import { type FieldError, forbidden, invalid, required } from "./field-error.ts";
import { refuseIfSet } from "./gates.ts";
import { isCidr } from "./network.ts";
import { isLabelValue, selects, selectorText, validateSelector } from "./label-selector.ts";

type Errors = readonly FieldError[];

export function validateCluster(cluster: Cluster, old?: Cluster): Errors {
  const { spec, metadata } = cluster;
  const isEmpty = spec.infrastructureRef === undefined && spec.controlPlaneRef === undefined;
  return [
    ...(isLabelValue(metadata.name)
      ? []
      : [invalid("metadata.name", metadata.name, "must be a valid label value")]),
    ...refuseIfSet("spec.topology", spec.topology, "ClusterTopology"),
    ...(isEmpty && spec.topology === undefined
      ? [
          required(
            "spec",
            "one of spec.controlPlaneRef, spec.infrastructureRef or spec.topology must be set",
          ),
        ]
      : []),
    ...validateReferencesKept(spec, old?.spec),
    ...validateNetwork(spec.clusterNetwork),
  ];
}

function validateReferencesKept(spec: Cluster["spec"], old: Cluster["spec"] | undefined): Errors {
  return (["infrastructureRef", "controlPlaneRef"] as const)
    .filter((name) => old?.[name] !== undefined && spec[name] === undefined)
    .map((name) => forbidden(`spec.${name}`, "cannot be removed"));
}

function validateNetwork(network: Cluster["spec"]["clusterNetwork"]): Errors {
  return (["services", "pods"] as const).flatMap((name) =>
    (network?.[name]?.cidrBlocks ?? []).flatMap((block, index) =>
      isCidr(block)
        ? []
        : [
            invalid(
              `spec.clusterNetwork.${name}.cidrBlocks[${index}]`,
              block,
              `invalid CIDR address: ${block}`,
            ),
          ],
    ),
  );
}

export function validateMachine({ spec }: Machine, old?: Machine): Errors {
  return [
    ...validateMachineSpec(spec, "spec"),
    ...(old === undefined
      ? []
      : immutable("spec.clusterName", old.spec.clusterName, spec.clusterName)),
  ];
}

function validateMachineSpec(spec: MachineSpec, field: string): Errors {
  const { bootstrap } = spec;
  const isBootstrapped =
    bootstrap.configRef !== undefined || bootstrap.dataSecretName !== undefined;
  return [
    ...(isBootstrapped
      ? []
      : [
          required(
            `${field}.bootstrap`,
            "expected either spec.bootstrap.dataSecretName or spec.bootstrap.configRef to be populated",
          ),
        ]),
    ...validateVersion(spec.version, `${field}.version`),
    ...refuseIfSet(`${field}.taints`, spec.taints, "MachineTaintPropagation"),
  ];
}

/** What MachineSets and MachineDeployments have in common. */
interface Workers {
  readonly clusterName: string;
  readonly selector: LabelSelector;
  readonly template: MachineTemplate;
}

function validateWorkers(spec: Workers, old: Workers | undefined): Errors {
  const { template, selector, clusterName } = spec;
  const errors = [
    ...validateSelector(selector, "spec.selector"),
    ...validateMachineSpec(template.spec, "spec.template.spec"),
  ];
  const labels = template.metadata?.labels ?? {};
  if (!selects(selector, labels)) {
    errors.push(
      invalid(
        "spec.template.metadata.labels",
        labels,
        `must match spec.selector "${selectorText(selector)}"`,
      ),
    );
  }
  if (template.spec.clusterName !== clusterName) {
    errors.push(
      invalid(
        "spec.template.spec.clusterName",
        template.spec.clusterName,
        "must be equal to spec.clusterName",
      ),
    );
  }
  if (old !== undefined) {
    errors.push(...immutable("spec.clusterName", old.clusterName, clusterName));
  }
  return errors;
}

const preflightChecks = [
  "All",
  "KubeadmVersionSkew",
  "KubernetesVersionSkew",
  "ControlPlaneIsStable",
  "ControlPlaneVersionSkew",
];

export function validateMachineSet(machineSet: MachineSet, old?: MachineSet): Errors {
  const { spec, metadata } = machineSet;
  const skipped = metadata.annotations?.[MachineSetSkipPreflightChecksAnnotation];
  const unknown = (skipped ?? "")
    .split(",")
    .map((check) => check.trim())
    .filter((check) => check !== "" && !preflightChecks.includes(check));
  return [
    ...validateWorkers(spec, old?.spec),
    ...validateNaming(spec.machineNaming?.template, "spec.machineNaming.template", [
      ".cluster.name",
      ".machineSet.name",
      ".random",
    ]),
    ...unknown.map((check) =>
      invalid(
        `metadata.annotations["${MachineSetSkipPreflightChecksAnnotation}"]`,
        skipped,
        `skipPreflight check ${check} is not valid`,
      ),
    ),
  ];
}

export function validateMachineDeployment(
  deployment: MachineDeployment,
  old?: MachineDeployment,
): Errors {
  const { spec, metadata } = deployment;
  const errors = [
    ...validateWorkers(spec, old?.spec),
    ...validateNaming(spec.machineNaming?.template, "spec.machineNaming.template", [
      ".cluster.name",
      ".machineSet.name",
      ".random",
    ]),
    ...validateIntOrPercent(spec.remediation?.maxInFlight, "spec.remediation.maxInFlight"),
    ...validateRollingUpdate(spec.rollout?.strategy?.rollingUpdate),
  ];
  if (!isLabelValue(metadata.name)) {
    errors.push(invalid("metadata.name", metadata.name, "must be a valid label value"));
  }
  return errors;
}

function validateRollingUpdate(
  update: { maxSurge?: number | string; maxUnavailable?: number | string } | undefined,
): Errors {
  const field = "spec.rollout.strategy.rollingUpdate";
  const { maxSurge, maxUnavailable } = update ?? {};
  const isZero = (value: number | string | undefined) => value === 0 || value === "0%";
  return [
    ...validateIntOrPercent(maxSurge, `${field}.maxSurge`),
    ...validateIntOrPercent(maxUnavailable, `${field}.maxUnavailable`),
    ...(isZero(maxSurge) && isZero(maxUnavailable)
      ? [invalid(`${field}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0")]
      : []),
  ];
}

/** A node needs this long to come up at the very least; 0 switches the check off. */
const minNodeStartupSeconds = 30;

export function validateMachineHealthCheck(
  { spec }: MachineHealthCheck,
  old?: MachineHealthCheck,
): Errors {
  const errors: FieldError[] = [...validateSelector(spec.selector, "spec.selector")];
  const selected = spec.selector.matchLabels?.[ClusterNameLabel];
  if (selected !== undefined && selected !== spec.clusterName) {
    errors.push(
      invalid(
        "spec.selector",
        spec.selector,
        "cannot specify a cluster selector other than the one specified by ClusterName",
      ),
    );
  }
  if (old !== undefined) {
    errors.push(...immutable("spec.clusterName", old.spec.clusterName, spec.clusterName));
  }
  const startup = spec.checks?.nodeStartupTimeoutSeconds;
  if (startup !== undefined && startup !== 0 && startup < minNodeStartupSeconds) {
    errors.push(invalid("spec.checks.nodeStartupTimeoutSeconds", startup, "must be at least 30s"));
  }
  const limit = spec.remediation?.triggerIf?.unhealthyLessThanOrEqualTo;
  const limitField = "spec.remediation.triggerIf.unhealthyLessThanOrEqualTo";
  return [...errors, ...validateIntOrPercent(limit, limitField)];
}

export function validateMachineDrainRule({ spec }: MachineDrainRule): Errors {
  const errors: FieldError[] = [];
  if (spec.drain.order !== undefined && spec.drain.behavior !== "Drain") {
    errors.push(
      invalid(
        "spec.drain.order",
        spec.drain.order,
        'order must not be set if drain behavior is not "Drain"',
      ),
    );
  }
  for (const [index, { selector, clusterSelector }] of (spec.machines ?? []).entries()) {
    errors.push(
      ...validateSelector(selector, `spec.machines[${index}].selector`),
      ...validateSelector(clusterSelector, `spec.machines[${index}].clusterSelector`),
    );
  }
  for (const [index, { selector, namespaceSelector }] of (spec.pods ?? []).entries()) {
    errors.push(
      ...validateSelector(selector, `spec.pods[${index}].selector`),
      ...validateSelector(namespaceSelector, `spec.pods[${index}].namespaceSelector`),
    );
  }
  return errors;
}

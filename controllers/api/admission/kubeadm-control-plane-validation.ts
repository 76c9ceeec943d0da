import { isSame } from "../conversion/json.ts";
import type { KubeadmControlPlane } from "../generated/control-plane-v1beta2.ts";
import type { KubeadmConfigSpec } from "../generated/definitions.ts";
import { parseVersion, validateNaming, validateVersion } from "./checks.ts";
import { type FieldError, forbidden, invalid, required } from "./field-error.ts";
import { behindGate, refuseIfSet } from "./gates.ts";
import { validateKubeadmConfigSpec } from "./kubeadm-config-validation.ts";

type Errors = readonly FieldError[];

export function validateKubeadmControlPlane(
  kcp: KubeadmControlPlane,
  old?: KubeadmControlPlane,
): Errors {
  const { spec } = kcp;
  const configSpec = spec.kubeadmConfigSpec ?? {};
  return [
    ...validateReplicas(kcp),
    ...validateVersion(spec.version, "spec.version"),
    ...validateStrategy(kcp),
    ...validateNaming(spec.machineNaming?.template, "spec.machineNaming.template", [
      ".cluster.name",
      ".kubeadmControlPlane.name",
      ".random",
    ]),
    ...refuseIfSet(
      "spec.machineTemplate.spec.taints",
      spec.machineTemplate.spec.taints,
      "MachineTaintPropagation",
    ),
    ...validateKubeadmConfigSpec(configSpec, "spec.kubeadmConfigSpec"),
    ...validateEtcd(configSpec, old?.spec.kubeadmConfigSpec),
    ...validateCertificates(kcp),
    ...(old === undefined
      ? []
      : [...validateVersionChange(old, kcp), ...validateMutability(old, kcp)]),
  ];
}

/** Stacked etcd wants an odd number: an even one tolerates no more failures than one less. */
function validateReplicas({ spec }: KubeadmControlPlane): Errors {
  const { replicas = 1 } = spec;
  const field = "spec.replicas";
  if (replicas <= 0) return [forbidden(field, "cannot be less than or equal to 0")];
  const isExternal = spec.kubeadmConfigSpec?.clusterConfiguration?.etcd?.external !== undefined;
  return !isExternal && replicas % 2 === 0
    ? [forbidden(field, "cannot be an even number when etcd is stacked")]
    : [];
}

function validateStrategy({ spec }: KubeadmControlPlane): Errors {
  const maxSurge = spec.rollout?.strategy?.rollingUpdate?.maxSurge;
  if (maxSurge === undefined) return [];
  const field = "spec.rollout.strategy.rollingUpdate.maxSurge";
  if (maxSurge !== 0 && maxSurge !== 1) return [required(field, "value must be 1 or 0")];
  return maxSurge === 0 && (spec.replicas ?? 1) < 3
    ? [
        required(
          "spec.rollout.strategy.rollingUpdate",
          "when KubeadmControlPlane is configured to scale-in, replica count needs to be at least 3",
        ),
      ]
    : [];
}

function validateEtcd(spec: KubeadmConfigSpec, old: KubeadmConfigSpec | undefined): Errors {
  const { local, external } = spec.clusterConfiguration?.etcd ?? {};
  const field = "spec.kubeadmConfigSpec.clusterConfiguration.etcd";
  if (local !== undefined && external !== undefined) {
    return [forbidden(`${field}.external`, "cannot have both external and local etcd")];
  }
  if (old === undefined) return [];
  const before = old.clusterConfiguration?.etcd;
  if ((before?.external === undefined) === (external === undefined)) return [];
  return [
    forbidden(
      `${field}.${external === undefined ? "local" : "external"}`,
      "cannot change between external and local etcd",
    ),
  ];
}

function validateCertificates({ spec }: KubeadmControlPlane): Errors {
  const validity = spec.kubeadmConfigSpec?.clusterConfiguration?.certificateValidityPeriodDays;
  const expiry = spec.rollout?.before?.certificatesExpiryDays;
  if (validity === undefined || expiry === undefined || expiry < validity) return [];
  return [
    invalid(
      "spec.rollout.before.certificatesExpiryDays",
      expiry,
      `must be less than spec.kubeadmConfigSpec.clusterConfiguration.certificateValidityPeriodDays (${validity})`,
    ),
  ];
}

/** An API server must not skip a minor. Going back is not refused, as upstream does not refuse it. */
function validateVersionChange(old: KubeadmControlPlane, { spec }: KubeadmControlPlane): Errors {
  const [from, to] = [parseVersion(old.spec.version), parseVersion(spec.version)];
  if (from === undefined || to === undefined) return [];
  const skips = to.major > from.major || to.minor > from.minor + 1;
  return skips
    ? [
        forbidden(
          "spec.version",
          `cannot update Kubernetes version from ${old.spec.version} to ${spec.version}`,
        ),
      ]
    : [];
}

/** What may change below `spec`; everything else would need a new cluster. `*` stands for everything below. */
const mutablePaths = [
  "replicas",
  "version",
  "machineNaming.*",
  "machineTemplate.*",
  "rollout.*",
  "remediation.*",
  ...[
    "nodeRegistration",
    "patches",
    "skipPhases",
    "bootstrapTokens",
    "localAPIEndpoint",
    "timeouts",
  ].map((name) => `kubeadmConfigSpec.initConfiguration.${name}.*`),
  ...[
    "nodeRegistration",
    "patches",
    "skipPhases",
    "caCertPath",
    "controlPlane",
    "discovery",
    "timeouts",
  ].map((name) => `kubeadmConfigSpec.joinConfiguration.${name}.*`),
  ...[
    "imageRepository",
    "featureGates",
    "apiServer",
    "controllerManager",
    "scheduler",
    "dns",
    "etcd",
    "certificateValidityPeriodDays",
    "encryptionAlgorithm",
  ].map((name) => `kubeadmConfigSpec.clusterConfiguration.${name}.*`),
  ...[
    "preKubeadmCommands",
    "postKubeadmCommands",
    "bootCommands",
    "files",
    "users",
    "verbosity",
    "ntp",
    "ignition",
    "diskSetup",
    "format",
    "mounts",
  ].map((name) => `kubeadmConfigSpec.${name}.*`),
];

function validateMutability(old: KubeadmControlPlane, kcp: KubeadmControlPlane): Errors {
  return changedPaths(old.spec, kcp.spec, "").flatMap((path) =>
    mutablePaths.some((mutable) => covers(mutable, path))
      ? []
      : [forbidden(`spec.${path}`, "cannot be modified")],
  );
}

function covers(mutable: string, path: string): boolean {
  const stem = mutable.replace(/\.\*$/, "");
  return path === stem || (mutable.endsWith(".*") && path.startsWith(`${stem}.`));
}

/** Paths of the innermost objects or values that differ; lists count as one value. */
function changedPaths(old: unknown, value: unknown, path: string): readonly string[] {
  if (isSame(old, value)) return [];
  // A section that comes or goes changes every field in it.
  const [from, to] = [fieldsOf(old ?? {}), fieldsOf(value ?? {})];
  if (from === undefined || to === undefined) return [path];
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].flatMap((name) =>
    changedPaths(from[name], to[name], path === "" ? name : `${path}.${name}`),
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Only managed topologies read these templates. */
export function refuseControlPlaneTemplate(): Errors {
  return [behindGate("spec", "ClusterTopology")];
}

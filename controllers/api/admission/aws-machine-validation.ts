import type {
  AWSClusterControllerIdentity,
  AWSClusterRoleIdentity,
  AWSClusterStaticIdentity,
  AWSMachine,
  AWSMachineTemplate,
} from "../generated/aws-v1beta2.ts";
import type { AWSMachineSpec, NonRootVolume } from "../generated/definitions.ts";
import { isSame } from "../conversion/json.ts";
import { validateSshKeyName, validateTags } from "./aws-checks.ts";
import { unsupportedMachineFields } from "./aws-unsupported.ts";
import { immutable } from "./checks.ts";
import { type FieldError, forbidden, invalid, required } from "./field-error.ts";
import { behindGate, refuseIfSet } from "./gates.ts";

type Errors = readonly FieldError[];

export function validateAwsMachine({ spec }: AWSMachine, old?: AWSMachine): Errors {
  if (spec === undefined) return [];
  return [
    ...validateMachineSpec(spec, "spec"),
    ...(old === undefined ? validateSupported(spec, "spec") : []),
    ...(old?.spec === undefined ? [] : validateMachineUpdate(old.spec, spec)),
  ];
}

export function validateAwsMachineTemplate(
  template: AWSMachineTemplate,
  old?: AWSMachineTemplate,
): Errors {
  const spec = template.spec?.template.spec;
  const field = "spec.template.spec";
  const perMachine = (["providerID"] as const).flatMap((name) =>
    spec?.[name] === undefined ? [] : [forbidden(`${field}.${name}`, "cannot be set in templates")],
  );
  const { secretPrefix, secretCount } = spec?.cloudInit ?? {};
  const secrets = [
    ...(secretPrefix === undefined
      ? []
      : [forbidden(`${field}.cloudInit.secretPrefix`, "cannot be set in templates")]),
    ...(secretCount === undefined
      ? []
      : [forbidden(`${field}.cloudInit.secretCount`, "cannot be set in templates")]),
  ];
  const changed = old === undefined ? [] : templateUnchanged(old.spec, template.spec);
  return [
    ...perMachine,
    ...secrets,
    ...(spec === undefined ? [] : validateMachineSpec(spec, field)),
    ...(spec === undefined || old !== undefined ? [] : validateSupported(spec, field)),
    ...changed,
  ];
}

/** A change must be a new template: machines that were made from this one would no longer match it. */
function templateUnchanged(old: unknown, spec: unknown): Errors {
  return isSame(old, spec) ? [] : [invalid("spec", spec, "AWSMachineTemplate.Spec is immutable")];
}

function validateMachineSpec(spec: AWSMachineSpec, field: string): Errors {
  return [
    ...refuseIfSet(`${field}.ignition`, spec.ignition, "BootstrapFormatIgnition"),
    ...refuseIfSet(`${field}.ami.eksLookupType`, spec.ami?.eksLookupType, "EKS"),
    ...validateVolumes(spec, field),
    ...validateMarket(spec, field),
    ...validateHost(spec, field),
    ...validateSshKeyName(spec.sshKeyName, `${field}.sshKeyName`),
    ...validateTags(spec.additionalTags, `${field}.additionalTags`),
    ...validateSecurityGroups(spec, field),
    ...validateElasticIpPool(spec, field),
  ];
}

/** Only when an object is new: one that is stored already must stay changeable, if only to be deleted. */
function validateSupported(spec: AWSMachineSpec, field: string): Errors {
  return unsupportedMachineFields(spec)
    .filter((name) => name !== "ignition") // Its gate says so already.
    .map((name) => forbidden(`${field}.${name}`, "is not supported by this provider yet"));
}

function validateVolumes({ rootVolume, nonRootVolumes }: AWSMachineSpec, field: string): Errors {
  const errors: FieldError[] = [];
  if (rootVolume !== undefined) {
    errors.push(...validateVolume(rootVolume, `${field}.rootVolume`));
    if (rootVolume.deviceName !== undefined && rootVolume.deviceName !== "") {
      errors.push(
        forbidden(`${field}.rootVolume.deviceName`, "root volume shouldn't have device name"),
      );
    }
  }
  const names = new Set<string>();
  for (const [index, volume] of (nonRootVolumes ?? []).entries()) {
    const at = `${field}.nonRootVolumes[${index}]`;
    const { deviceName = "" } = volume;
    if (deviceName === "") {
      errors.push(required(`${at}.deviceName`, "non root volume should have device name"));
    } else if (names.has(deviceName)) {
      errors.push(invalid(`${at}.deviceName`, deviceName, "device name must be unique"));
    }
    names.add(deviceName);
    errors.push(...validateVolume(volume, at));
  }
  return errors;
}

function validateVolume({ type, iops = 0, throughput }: NonRootVolume, field: string): Errors {
  const errors: FieldError[] = [];
  if ((type === "io1" || type === "io2") && iops === 0) {
    errors.push(required(`${field}.iops`, "iops required if type is 'io1' or 'io2'"));
  }
  if (throughput !== undefined && throughput !== 0 && type !== "gp3") {
    errors.push(required(`${field}.throughput`, "throughput is valid only for type 'gp3'"));
  }
  return errors;
}

function validateMarket(spec: AWSMachineSpec, field: string): Errors {
  const { marketType, spotMarketOptions, capacityReservationId } = spec;
  const errors: FieldError[] = [];
  if (marketType === "CapacityBlock" && spotMarketOptions !== undefined) {
    errors.push(
      invalid(
        `${field}.marketType`,
        marketType,
        "setting marketType to CapacityBlock and spotMarketOptions cannot be used together",
      ),
    );
  }
  if (marketType === "OnDemand" && spotMarketOptions !== undefined) {
    errors.push(
      invalid(
        `${field}.marketType`,
        marketType,
        "cannot be set to 'OnDemand' when spotMarketOptions is specified",
      ),
    );
  }
  if (marketType === "CapacityBlock" && (capacityReservationId ?? "") === "") {
    errors.push(
      required(`${field}.capacityReservationID`, "is required when CapacityBlock is provided"),
    );
  }
  const isSpot = marketType === "Spot" || spotMarketOptions !== undefined;
  if (isSpot && (capacityReservationId ?? "") !== "") {
    errors.push(
      invalid(
        `${field}.capacityReservationID`,
        capacityReservationId,
        "cannot be set when Spot is used",
      ),
    );
  }
  return errors;
}

function validateHost(spec: AWSMachineSpec, field: string): Errors {
  const { hostID, dynamicHostAllocation, tenancy } = spec;
  if (hostID !== undefined && dynamicHostAllocation !== undefined) {
    return [
      forbidden(`${field}.hostID`, "hostID and dynamicHostAllocation are mutually exclusive"),
    ];
  }
  const isDedicated = hostID !== undefined || dynamicHostAllocation !== undefined;
  return isDedicated && tenancy !== "host"
    ? [required(`${field}.tenancy`, "tenancy must be 'host' when a dedicated host is used")]
    : [];
}

function validateSecurityGroups(
  { additionalSecurityGroups }: AWSMachineSpec,
  field: string,
): Errors {
  return (additionalSecurityGroups ?? []).flatMap(({ id, filters }, index) =>
    id !== undefined && (filters ?? []).length > 0
      ? [
          forbidden(
            `${field}.additionalSecurityGroups[${index}]`,
            "only one of ID or Filters may be specified, specifying both is forbidden",
          ),
        ]
      : [],
  );
}

function validateElasticIpPool({ elasticIpPool, publicIP }: AWSMachineSpec, field: string): Errors {
  if (elasticIpPool === undefined) return [];
  const { publicIpv4Pool, publicIpv4PoolFallbackOrder: fallback } = elasticIpPool;
  const at = `${field}.elasticIpPool`;
  return [
    ...(publicIP === true
      ? []
      : [required(at, "publicIp must be set to 'true' when assigning custom public IPv4 pools")]),
    ...(publicIpv4Pool === undefined || publicIpv4Pool.startsWith("ipv4pool-ec2-")
      ? []
      : [
          invalid(
            `${at}.publicIpv4Pool`,
            publicIpv4Pool,
            "publicIpv4Pool must start with ipv4pool-ec2-.",
          ),
        ]),
    ...(fallback === undefined || publicIpv4Pool !== undefined
      ? []
      : [required(at, "publicIpv4Pool must be set when publicIpv4PoolFallbackOrder is defined.")]),
  ];
}

/** An instance cannot be changed into another: only what the controller fills in, and tags and groups, may change. */
const mutableFields = new Set([
  "providerID",
  "instanceID",
  "additionalTags",
  "additionalSecurityGroups",
]);

function validateMachineUpdate(old: AWSMachineSpec, spec: AWSMachineSpec): Errors {
  const fixed = (value: AWSMachineSpec) => {
    const {
      secretPrefix: _p,
      secretCount: _c,
      secureSecretsBackend: _b,
      ...cloudInit
    } = value.cloudInit ?? {};
    const {
      enableResourceNameDnsAAAARecord: _aaaa,
      enableResourceNameDnsARecord: _a,
      ...privateDnsName
    } = value.privateDnsName ?? {};
    const rest = Object.entries(value).filter(
      ([name]) => !mutableFields.has(name) && name !== "cloudInit" && name !== "privateDnsName",
    );
    return { ...Object.fromEntries(rest), cloudInit, privateDnsName };
  };
  return isSame(fixed(old), fixed(spec)) ? [] : [forbidden("spec", "cannot be modified")];
}

/** Only managed topologies read these templates. */
export function refuseClusterTemplate(): Errors {
  return [behindGate("spec", "ClusterTopology")];
}

export function validateControllerIdentity(
  { metadata, spec }: AWSClusterControllerIdentity,
  old?: AWSClusterControllerIdentity,
): Errors {
  return [
    ...(metadata.name === "default"
      ? []
      : [
          invalid(
            "metadata.name",
            metadata.name,
            "AWSClusterControllerIdentity is a singleton and only acceptable name is default",
          ),
        ]),
    ...(old === undefined ? [] : immutable("spec", old.spec, spec)),
  ];
}

export function validateRoleIdentity({ spec }: AWSClusterRoleIdentity): Errors {
  return spec?.sourceIdentityRef === undefined
    ? [invalid("spec.sourceIdentityRef", null, "field cannot be set to nil")]
    : [];
}

export function validateStaticIdentity(
  { spec }: AWSClusterStaticIdentity,
  old?: AWSClusterStaticIdentity,
): Errors {
  return old === undefined ? [] : immutable("spec.secretRef", old.spec?.secretRef, spec?.secretRef);
}

import type { AWSCluster } from "../generated/aws-v1beta2.ts";
import type { AWSClusterSpec } from "../generated/definitions.ts";
import { ManagedByAnnotation } from "../constants.ts";
import { validateSshKeyName, validateTags } from "./aws-checks.ts";
import { unsupportedClusterFields } from "./aws-unsupported.ts";
import { immutable } from "./checks.ts";
import { type FieldError, forbidden, invalid, required } from "./field-error.ts";
import { refuseIfSet } from "./gates.ts";
import { isCanonicalCidr, isCidr } from "./network.ts";

type Errors = readonly FieldError[];

export function validateAwsCluster(cluster: AWSCluster, old?: AWSCluster): Errors {
  const spec = cluster.spec ?? {};
  return [
    ...validateBastion(spec),
    ...validateSshKeyName(spec.sshKeyName, "spec.sshKeyName"),
    ...validateTags(spec.additionalTags, "spec.additionalTags"),
    ...refuseIfSet("spec.s3Bucket", spec.s3Bucket, "BootstrapFormatIgnition"),
    ...(old === undefined ? validateSupported(spec) : []),
    ...validateVpc(spec),
    ...validateIngressRules(spec),
    ...validateLoadBalancers(spec),
    ...(old === undefined ? [] : validateUpdate(old, cluster)),
  ];
}

/** Only when an object is new: one that is stored already must stay changeable, if only to be deleted. */
function validateSupported(spec: AWSClusterSpec): Errors {
  return unsupportedClusterFields(spec)
    .filter((field) => field !== "s3Bucket") // Its gate says so already.
    .map((field) => forbidden(`spec.${field}`, "is not supported by this provider yet"));
}

function validateBastion({ bastion }: AWSClusterSpec): Errors {
  if (bastion === undefined) return [];
  const blocks = bastion.allowedCIDRBlocks ?? [];
  const field = "spec.bastion.allowedCIDRBlocks";
  if (bastion.disableIngressRules === true && blocks.length > 0) {
    return [forbidden(field, "cannot be set if spec.bastion.disableIngressRules is true")];
  }
  return blocks
    .filter((block) => !isCidr(block))
    .map((block) => invalid(field, block, `invalid CIDR address: ${block}`));
}

function validateVpc({ network }: AWSClusterSpec): Errors {
  const vpc = network?.vpc;
  const errors: FieldError[] = [];
  if (vpc?.cidrBlock !== undefined && vpc.ipamPool !== undefined) {
    errors.push(
      invalid(
        "spec.network.vpc.ipamPool",
        vpc.ipamPool,
        "ipamPool and cidrBlock cannot be used together",
      ),
    );
  }
  for (const [index, { ipv4CidrBlock }] of (vpc?.secondaryCidrBlocks ?? []).entries()) {
    if (vpc?.cidrBlock !== undefined && vpc.cidrBlock === ipv4CidrBlock) {
      errors.push(
        invalid(
          `spec.network.vpc.secondaryCidrBlocks[${index}].ipv4CidrBlock`,
          ipv4CidrBlock,
          "cidrBlock must not be equal to the primary spec.network.vpc.cidrBlock",
        ),
      );
    }
  }
  return [...errors, ...validateElasticIpPool(vpc?.elasticIpPool)];
}

type ElasticIpPool = NonNullable<NonNullable<AWSClusterSpec["network"]>["vpc"]>["elasticIpPool"];

function validateElasticIpPool(pool: ElasticIpPool): Errors {
  const { publicIpv4Pool, publicIpv4PoolFallbackOrder } = pool ?? {};
  const poolField = "spec.network.vpc.elasticIpPool";
  const errors: FieldError[] = [];
  if (publicIpv4Pool !== undefined && !publicIpv4Pool.startsWith("ipv4pool-ec2-")) {
    errors.push(
      invalid(
        `${poolField}.publicIpv4Pool`,
        publicIpv4Pool,
        "publicIpv4Pool must start with ipv4pool-ec2-.",
      ),
    );
  }
  if (publicIpv4PoolFallbackOrder !== undefined && publicIpv4Pool === undefined) {
    errors.push(
      invalid(
        `${poolField}.publicIpv4PoolFallbackOrder`,
        publicIpv4PoolFallbackOrder,
        "publicIpv4Pool must be set when publicIpv4PoolFallbackOrder is defined.",
      ),
    );
  }
  return errors;
}

type IngressRule = NonNullable<
  NonNullable<AWSClusterSpec["network"]>["additionalControlPlaneIngressRules"]
>[number];

/** A rule says in one way where traffic may come from. */
function validateIngressRules(spec: AWSClusterSpec): Errors {
  const { network, controlPlaneLoadBalancer, secondaryControlPlaneLoadBalancer: second } = spec;
  const lists: readonly (readonly [string, readonly IngressRule[] | undefined])[] = [
    [
      "spec.network.additionalControlPlaneIngressRules",
      network?.additionalControlPlaneIngressRules,
    ],
    ["spec.network.additionalNodeIngressRules", network?.additionalNodeIngressRules],
    ["spec.controlPlaneLoadBalancer.ingressRules", controlPlaneLoadBalancer?.ingressRules],
    ["spec.secondaryControlPlaneLoadBalancer.ingressRules", second?.ingressRules],
  ];
  return lists.flatMap(([field, rules]) => [
    ...validateRanges(field, rules),
    ...(rules ?? []).flatMap((rule, index) => {
      const hasBlocks = (rule.cidrBlocks ?? rule.ipv6CidrBlocks) !== undefined;
      const hasGroups =
        (rule.sourceSecurityGroupIds ?? rule.sourceSecurityGroupRoles) !== undefined;
      const isBalancer = field.endsWith("ingressRules") && field.includes("LoadBalancer");
      if (hasBlocks && hasGroups) {
        return [
          invalid(
            `${field}[${index}]`,
            rule,
            "CIDR blocks and security group IDs or security group roles cannot be used together",
          ),
        ];
      }
      const isSourced = hasBlocks || hasGroups || rule.natGatewaysIPsSource === true;
      return isSourced || !isBalancer
        ? []
        : [invalid(`${field}[${index}]`, rule, "a source of the traffic is missing")];
    }),
  ]);
}

/** AWS refuses a range with host bits; what was meant is the user's to say. */
function validateRanges(field: string, rules: readonly IngressRule[] = []): Errors {
  return rules.flatMap(({ cidrBlocks = [], ipv6CidrBlocks = [] }, index) =>
    [...cidrBlocks, ...ipv6CidrBlocks]
      .filter((block) => !isCanonicalCidr(block))
      .map((block) => invalid(`${field}[${index}]`, block, "is not the address of a network")),
  );
}

function validateLoadBalancers(spec: AWSClusterSpec): Errors {
  const { controlPlaneLoadBalancer: first, secondaryControlPlaneLoadBalancer: second } = spec;
  return [
    ...(first?.loadBalancerType === "disabled" ? validateDisabled(first) : []),
    ...(second === undefined ? [] : validateSecondary(first, second)),
  ];
}

type LoadBalancer = NonNullable<AWSClusterSpec["controlPlaneLoadBalancer"]>;

const fieldsOfEnabled = [
  "name",
  "crossZoneLoadBalancing",
  "subnets",
  "healthCheckProtocol",
  "additionalSecurityGroups",
  "additionalListeners",
  "ingressRules",
  "preserveClientIP",
  "disableHostsRewrite",
] as const satisfies readonly (keyof LoadBalancer)[];

function validateDisabled(balancer: LoadBalancer): Errors {
  return fieldsOfEnabled.flatMap((name) => {
    const value = balancer[name];
    const isSet = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    return isSet
      ? [
          invalid(
            `spec.controlPlaneLoadBalancer.${name}`,
            value,
            "cannot be set if the LoadBalancer reconciliation is disabled",
          ),
        ]
      : [];
  });
}

function validateSecondary(first: LoadBalancer | undefined, second: LoadBalancer): Errors {
  const field = "spec.secondaryControlPlaneLoadBalancer";
  const errors: FieldError[] = [];
  if (second.loadBalancerType !== "nlb") {
    errors.push(
      invalid(
        `${field}.loadBalancerType`,
        second.loadBalancerType,
        "secondary control plane load balancer must be a Network Load Balancer",
      ),
    );
  }
  if (second.name === undefined) {
    errors.push(
      required(`${field}.name`, "secondary controlPlaneLoadBalancer.name cannot be empty"),
    );
  } else if (second.name === first?.name) {
    errors.push(
      invalid(
        `${field}.name`,
        second.name,
        "field must be different from spec.controlPlaneLoadBalancer.name",
      ),
    );
  }
  if (second.scheme === first?.scheme) {
    errors.push(
      invalid(
        `${field}.scheme`,
        second.scheme,
        "control plane load balancers must have different schemes",
      ),
    );
  }
  return errors;
}

function validateUpdate(old: AWSCluster, cluster: AWSCluster): Errors {
  const [before, after] = [old.spec ?? {}, cluster.spec ?? {}];
  return [
    ...immutable("spec.region", before.region ?? "", after.region ?? ""),
    ...onceSet("spec.controlPlaneEndpoint", endpointOf(before), endpointOf(after)),
    ...onceSet("spec.network.vpc.id", before.network?.vpc?.id, after.network?.vpc?.id),
    ...validateLoadBalancerUpdate(before, after),
    ...notRemoved("spec.identityRef", before.identityRef, after.identityRef),
    ...notRemoved("spec.s3Bucket", before.s3Bucket, after.s3Bucket),
    ...notRemoved(
      `metadata.annotations["${ManagedByAnnotation}"]`,
      old.metadata.annotations?.[ManagedByAnnotation],
      cluster.metadata.annotations?.[ManagedByAnnotation],
    ),
  ];
}

function endpointOf({ controlPlaneEndpoint }: AWSClusterSpec) {
  const isSet = controlPlaneEndpoint !== undefined && controlPlaneEndpoint.host !== "";
  return isSet ? controlPlaneEndpoint : undefined;
}

/** The controller fills these in; from then on they stand for something that exists. */
function onceSet(field: string, before: unknown, after: unknown): Errors {
  return before === undefined || before === "" ? [] : immutable(field, before, after);
}

function notRemoved(field: string, before: unknown, after: unknown): Errors {
  return before !== undefined && after === undefined
    ? [forbidden(field, "field cannot be removed once it is set")]
    : [];
}

function validateLoadBalancerUpdate(before: AWSClusterSpec, after: AWSClusterSpec): Errors {
  const field = "spec.controlPlaneLoadBalancer";
  const [from, to] = [before.controlPlaneLoadBalancer ?? {}, after.controlPlaneLoadBalancer ?? {}];
  const isDisabled = (type: string | undefined) => type === "disabled";
  return [
    ...immutable(`${field}.name`, from.name ?? "", to.name ?? ""),
    ...immutable(
      `${field}.scheme`,
      from.scheme ?? "internet-facing",
      to.scheme ?? "internet-facing",
    ),
    ...(isDisabled(from.loadBalancerType) === isDisabled(to.loadBalancerType)
      ? []
      : [
          forbidden(
            `${field}.loadBalancerType`,
            "field is immutable when created of disabled type",
          ),
        ]),
    ...onceSet(`${field}.targetGroupIPType`, from.targetGroupIPType, to.targetGroupIPType),
  ];
}

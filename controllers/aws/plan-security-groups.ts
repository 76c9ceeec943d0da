export type SecurityGroupRole = "apiserver-lb" | "bastion" | "controlplane" | "lb" | "node";

/** A rule with a single source: one address range or one security group. */
export interface IngressRule {
  readonly description: string;
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlock?: string;
  readonly ipv6CidrBlock?: string;
  readonly sourceSecurityGroupId?: string;
}

/** A rule of the spec: sources by address, by group or by role. */
export interface IngressRuleSpec {
  readonly description: string;
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlocks?: readonly string[];
  readonly ipv6CidrBlocks?: readonly string[];
  readonly sourceSecurityGroupIds?: readonly string[];
  readonly sourceSecurityGroupRoles?: readonly SecurityGroupRole[];
}

export interface SecurityGroupPlanInput {
  /** Group IDs by role; a role without an ID is no source yet. */
  readonly ids: Partial<Readonly<Record<SecurityGroupRole, string>>>;
  /** The VPC's ranges, and those of subnets outside of them: where the cluster's own traffic comes from. */
  readonly vpcCidrBlocks: readonly string[];
  readonly ipv6: boolean;
  readonly apiServerPort: number;
  readonly bastion: { readonly enabled: boolean; readonly allowedCidrBlocks: readonly string[] };
  readonly cniRules: readonly {
    readonly description: string;
    readonly protocol: string;
    readonly fromPort: number;
    readonly toPort: number;
  }[];
  readonly loadBalancer: {
    readonly internal: boolean;
    readonly type: "alb" | "classic" | "disabled" | "elb" | "nlb";
    readonly preserveClientIp: boolean;
    readonly ingressRules: readonly IngressRuleSpec[];
    readonly additionalListenerPorts: readonly number[];
  };
  /** Public addresses of the cluster's NAT gateways, as far as known. */
  readonly natGatewayIps: readonly string[];
  readonly nodePortCidrBlocks: readonly string[];
  readonly additionalControlPlaneRules: readonly IngressRuleSpec[];
  readonly additionalNodeRules: readonly IngressRuleSpec[];
}

/** Calico's ports: upstream's default where the spec names no CNI rules. */
export const defaultCniRules = [
  { description: "bgp (calico)", protocol: "tcp", fromPort: 179, toPort: 179 },
  { description: "IP-in-IP (calico)", protocol: "4", fromPort: -1, toPort: 65_535 },
] as const;

const anywhere = "0.0.0.0/0";
const anywhere6 = "::/0";

/** The rules that a group shall have, each with one source, without duplicates. */
export function planIngressRules(
  role: SecurityGroupRole,
  input: SecurityGroupPlanInput,
): readonly IngressRule[] {
  const rules = rulesOf[role](input).flatMap((rule) => explode(rule, input));
  // AWS takes a second description for a duplicate: the first rule stands for both (capa-bugs 47).
  return [
    ...new Map(rules.toReversed().map((rule) => [identity(rule), rule])).values(),
  ].toReversed();
}

const rulesOf: Readonly<
  Record<SecurityGroupRole, (input: SecurityGroupPlanInput) => readonly IngressRuleSpec[]>
> = {
  controlplane: (input) => [
    ...cni(input),
    tcp("Kubernetes API", 6443, { roles: ["apiserver-lb", "controlplane", "node"] }),
    tcp("etcd", 2379, { roles: ["controlplane"] }),
    tcp("etcd peer", 2380, { roles: ["controlplane"] }),
    ...ssh(input),
    ...input.additionalControlPlaneRules,
  ],
  node: (input) => [
    ...cni(input),
    {
      description: "Node Port Services",
      protocol: "tcp",
      fromPort: 30_000,
      toPort: 32_767,
      cidrBlocks: input.nodePortCidrBlocks.length > 0 ? input.nodePortCidrBlocks : [anywhere],
      ...(input.ipv6 ? { ipv6CidrBlocks: [anywhere6] } : {}),
    },
    tcp("Kubelet API", 10_250, { roles: ["controlplane", "node"] }),
    ...ssh(input),
    ...input.additionalNodeRules,
  ],
  bastion: (input) => [tcp("SSH", 22, { cidrs: input.bastion.allowedCidrBlocks })],
  "apiserver-lb": apiServerRules,
  // For load balancers that the cloud controller manager makes; it writes the rules itself.
  lb: networkLoadBalancerRules,
};

function apiServerRules(input: SecurityGroupPlanInput): readonly IngressRuleSpec[] {
  const { loadBalancer, apiServerPort: port, natGatewayIps, vpcCidrBlocks, ipv6 } = input;
  const open: IngressRuleSpec[] = [
    tcp("Kubernetes API", port, { cidrs: [anywhere] }),
    ...(ipv6 ? [{ ...tcp("Kubernetes API IPv6", port, {}), ipv6CidrBlocks: [anywhere6] }] : []),
  ];
  const insiders = loadBalancer.internal
    ? vpcCidrBlocks
    : natGatewayIps.map((address) => `${address}/32`);
  const base = tcp("Kubernetes API", port, { cidrs: insiders.length > 0 ? insiders : [anywhere] });
  return [base, ...(loadBalancer.ingressRules.length > 0 ? loadBalancer.ingressRules : open)];
}

function networkLoadBalancerRules(input: SecurityGroupPlanInput): readonly IngressRuleSpec[] {
  const { loadBalancer, apiServerPort, vpcCidrBlocks } = input;
  if (loadBalancer.type !== "nlb") return [];
  const cidrs = loadBalancer.preserveClientIp ? [anywhere] : vpcCidrBlocks;
  return [apiServerPort, ...loadBalancer.additionalListenerPorts].map((port) =>
    tcp("Allow NLB traffic to the control plane instances.", port, { cidrs }),
  );
}

function cni(input: SecurityGroupPlanInput): readonly IngressRuleSpec[] {
  return input.cniRules.map((rule) => ({
    ...rule,
    sourceSecurityGroupRoles: ["controlplane", "node"],
  }));
}

function ssh(input: SecurityGroupPlanInput): readonly IngressRuleSpec[] {
  return input.bastion.enabled ? [tcp("SSH", 22, { roles: ["bastion"] })] : [];
}

function tcp(
  description: string,
  port: number,
  sources: { readonly cidrs?: readonly string[]; readonly roles?: readonly SecurityGroupRole[] },
): IngressRuleSpec {
  return {
    description,
    protocol: "tcp",
    fromPort: port,
    toPort: port,
    ...(sources.cidrs === undefined ? {} : { cidrBlocks: sources.cidrs }),
    ...(sources.roles === undefined ? {} : { sourceSecurityGroupRoles: sources.roles }),
  };
}

/** One rule per source: AWS compares, authorizes and revokes rules by single sources. */
function explode(spec: IngressRuleSpec, input: SecurityGroupPlanInput): readonly IngressRule[] {
  const { description, protocol, fromPort, toPort } = spec;
  const rule = { description, protocol, fromPort, toPort };
  const byRole = (spec.sourceSecurityGroupRoles ?? []).flatMap((role) => input.ids[role] ?? []);
  const groups = [...(spec.sourceSecurityGroupIds ?? []), ...byRole];
  // One list of the spec may hold both families, as a bastion's allowed ranges do.
  const blocks = [...(spec.cidrBlocks ?? []), ...(spec.ipv6CidrBlocks ?? [])];
  return [
    ...blocks.map((block) =>
      block.includes(":") ? { ...rule, ipv6CidrBlock: block } : { ...rule, cidrBlock: block },
    ),
    ...groups.map((sourceSecurityGroupId) => ({ ...rule, sourceSecurityGroupId })),
  ];
}

function ruleKey(rule: IngressRule): string {
  return `${identity(rule)}|${rule.description}`;
}

/** Two rules with one identity are one rule for AWS, whatever their descriptions say. */
function identity(rule: IngressRule): string {
  const { fromPort, toPort } = rule;
  const protocol = rule.protocol === "icmpv6" ? "58" : rule.protocol;
  const source = rule.cidrBlock ?? rule.ipv6CidrBlock ?? rule.sourceSecurityGroupId ?? "";
  // AWS answers without ports for protocols that have none.
  const ports = protocol === "tcp" || protocol === "udp" ? `${fromPort}-${toPort}` : "";
  return [protocol, ports, source].join("|");
}

export interface RuleChanges {
  readonly revoke: readonly IngressRule[];
  readonly authorize: readonly IngressRule[];
}

/** Revokes come first: a rule that differs in its description only has to go before its successor can come. */
export function diffIngressRules(
  current: readonly IngressRule[],
  desired: readonly IngressRule[],
): RuleChanges {
  const currentKeys = new Set(current.map(ruleKey));
  const desiredKeys = new Set(desired.map(ruleKey));
  return {
    revoke: current.filter((rule) => !desiredKeys.has(ruleKey(rule))),
    authorize: desired.filter((rule) => !currentKeys.has(ruleKey(rule))),
  };
}

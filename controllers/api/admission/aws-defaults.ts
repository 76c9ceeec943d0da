import type { AWSCluster, AWSMachine, AWSMachineTemplate } from "../generated/aws-v1beta2.ts";
import type { AWSClusterSpec, AWSMachineSpec } from "../generated/definitions.ts";

/** Where nobody says otherwise, calico works between nodes. */
const calicoRules = [
  { description: "bgp (calico)", protocol: "tcp", fromPort: 179, toPort: 179 },
  { description: "IP-in-IP (calico)", protocol: "4", fromPort: -1, toPort: 65_535 },
] as const;

export function defaultAwsCluster(cluster: AWSCluster): AWSCluster {
  const spec = cluster.spec ?? {};
  return { ...cluster, spec: defaultAwsClusterSpec(spec) };
}

function defaultAwsClusterSpec(spec: AWSClusterSpec): AWSClusterSpec {
  const { bastion, network, secondaryControlPlaneLoadBalancer: secondary } = spec;
  const balancer = spec.controlPlaneLoadBalancer;
  return {
    ...spec,
    identityRef: spec.identityRef ?? { kind: "AWSClusterControllerIdentity", name: "default" },
    ...(bastion === undefined ? {} : { bastion: defaultBastion(bastion) }),
    network: { ...network, cni: network?.cni ?? { cniIngressRules: [...calicoRules] } },
    controlPlaneLoadBalancer: {
      ...balancer,
      scheme: balancer?.scheme ?? "internet-facing",
      loadBalancerType: balancer?.loadBalancerType ?? "classic",
    },
    ...(secondary === undefined
      ? {}
      : {
          secondaryControlPlaneLoadBalancer: {
            ...secondary,
            loadBalancerType: secondary.loadBalancerType ?? "nlb",
            scheme: secondary.scheme ?? "internal",
          },
        }),
  };
}

type Bastion = NonNullable<AWSClusterSpec["bastion"]>;

/** A bastion is open to the world unless it is told otherwise. */
function defaultBastion(bastion: Bastion): Bastion {
  const isOpen =
    bastion.disableIngressRules !== true && (bastion.allowedCIDRBlocks ?? []).length === 0;
  return isOpen ? { ...bastion, allowedCIDRBlocks: ["0.0.0.0/0", "::/0"] } : bastion;
}

export function defaultAwsMachine(machine: AWSMachine): AWSMachine {
  return machine.spec === undefined
    ? machine
    : { ...machine, spec: defaultAwsMachineSpec(machine.spec) };
}

export function defaultAwsMachineTemplate(template: AWSMachineTemplate): AWSMachineTemplate {
  const inner = template.spec?.template.spec;
  if (template.spec === undefined || inner === undefined) return template;
  const spec = defaultAwsMachineSpec(inner);
  return { ...template, spec: { ...template.spec, template: { ...template.spec.template, spec } } };
}

function defaultAwsMachineSpec(spec: AWSMachineSpec): AWSMachineSpec {
  const { cloudInit } = spec;
  const hasBackend =
    cloudInit?.insecureSkipSecretsManager === true || cloudInit?.secureSecretsBackend !== undefined;
  if (spec.ignition !== undefined || hasBackend) return spec;
  return { ...spec, cloudInit: { ...cloudInit, secureSecretsBackend: "secrets-manager" } };
}

import { isAddress } from "./ip.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Topology } from "./topology.ts";

/** Hosts that exist on the real internet and that machines ask for: registries, package mirrors, AWS's own endpoints. */
const outsideSuffixes = [
  "amazonaws.com",
  "amazonaws.com.cn",
  "aws.dev",
  "cloudfront.net",
  "docker.com",
  "docker.io",
  "gcr.io",
  "ghcr.io",
  "github.com",
  "githubusercontent.com",
  "k8s.io",
  "ntp.org",
  "pkg.dev",
  "quay.io",
  "ubuntu.com",
];

/** The address that everything outside the fake cloud answers from (a documentation range). */
export const outsideIp = "203.0.113.80";

export type Lookup =
  | { readonly kind: "addresses"; readonly ips: readonly string[] }
  | {
      readonly kind: "loadBalancer";
      readonly balancer: LoadBalancer;
      readonly ips: readonly string[];
    }
  | { readonly kind: "notFound"; readonly why: string };

export interface Names {
  readonly topology: Topology;
  balancerByName(name: string): LoadBalancer | undefined;
}

/** Answers as the resolver of the asker's VPC does (`vpcId`), or as public DNS does when there is none. */
export function lookUp(names: Names, vpcId: string | undefined, host: string): Lookup {
  const name = host.toLowerCase().replace(/\.$/, "");
  const vpc = vpcId === undefined ? undefined : names.topology.vpc(vpcId);
  const balancer = names.balancerByName(name.replace(/^dualstack\./, ""));
  // An override may be an address, which no resolver is asked for.
  if (isAddress(name) && balancer === undefined) return { kind: "addresses", ips: [name] };
  if (vpc !== undefined && !vpc.enableDnsSupport && !isAddress(name)) {
    const why = `nothing resolves in ${vpc.vpcId}: its attribute enableDnsSupport is false`;
    return { kind: "notFound", why };
  }
  if (balancer !== undefined) return lookUpBalancer(balancer);
  const instanceIps = lookUpInstance(names.topology, vpcId, name);
  if (instanceIps !== undefined) return instanceIps;
  const known = outsideSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  if (known && !/\.elb\.|\.compute\./.test(name)) return { kind: "addresses", ips: [outsideIp] };
  return { kind: "notFound", why: `the DNS name ${name} does not exist` };
}

/** Internet-facing load balancers have public addresses for everyone, inside the VPC too; internal ones private ones. */
function lookUpBalancer(balancer: LoadBalancer): Lookup {
  const ips = balancer.nodes.map((node) =>
    balancer.internal ? node.privateIp : (node.publicIp ?? node.privateIp),
  );
  if (balancer.active && ips.length > 0) return { kind: "loadBalancer", balancer, ips };
  const why = `the DNS name of load balancer ${balancer.name} does not resolve yet: it is still being provisioned`;
  return { kind: "notFound", why };
}

const privateName = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\.(?:ec2\.internal|[a-z0-9-]+\.compute\.internal)$/;
const resourceName = /^(i-[0-9a-f]+)\.(?:ec2\.internal|[a-z0-9-]+\.compute\.internal)$/;
const publicName =
  /^ec2-(\d+)-(\d+)-(\d+)-(\d+)\.(?:compute-1|[a-z0-9-]+\.compute)\.amazonaws\.com$/;

function lookUpInstance(
  topology: Topology,
  vpcId: string | undefined,
  name: string,
): Lookup | undefined {
  if (name.endsWith(".internal")) return lookUpPrivate(topology, vpcId, name);
  const ip = publicName.exec(name)?.slice(1).join(".");
  if (ip === undefined) return undefined;
  const node = topology.interfaceByPublicIp(ip);
  if (node === undefined) return { kind: "notFound", why: `the DNS name ${name} does not exist` };
  // Split horizon: inside its own VPC the public name is the private address.
  const seen = node.vpcId === vpcId ? (node.privateIps[0] ?? ip) : ip;
  return { kind: "addresses", ips: [seen] };
}

function lookUpPrivate(topology: Topology, vpcId: string | undefined, name: string): Lookup {
  if (vpcId === undefined) {
    const why = `the DNS name ${name} exists only inside its VPC`;
    return { kind: "notFound", why };
  }
  const instanceId = resourceName.exec(name)?.[1];
  if (instanceId !== undefined) {
    const primary = topology.instance(instanceId)?.networkInterfaceIds[0] ?? "";
    const node = topology.interface(primary);
    const ip = node?.vpcId === vpcId ? node.privateIps[0] : undefined;
    if (ip !== undefined) return { kind: "addresses", ips: [ip] };
  }
  const ip = privateName.exec(name)?.slice(1).join(".");
  if (ip !== undefined && topology.interfaceByPrivateIp(vpcId, ip) !== undefined) {
    return { kind: "addresses", ips: [ip] };
  }
  return { kind: "notFound", why: `the DNS name ${name} does not exist in ${vpcId}` };
}

import { instanceTypes } from "../../aws/ec2/tables/instance-types.ts";
import type { Host } from "../host.ts";
import { type ClusterConfiguration, KubeadmError, type NodeRegistration } from "./documents.ts";
import { minorOf } from "./versions.ts";

/** One thing that speaks against going on; `ignorePreflightErrors` knows it by its name. */
export interface PreflightProblem {
  readonly check: string;
  readonly message: string;
}

const leastCpus = 2;
const leastMemoryMb = 1_700;

/** kubeadm deploys its own minor or the one before. */
export function checkVersions(installed: string, kubernetesVersion: string): void {
  const [own, wanted] = [minorOf(installed), minorOf(kubernetesVersion)];
  if (wanted >= own - 1) return;
  throw new KubeadmError(
    `this version of kubeadm only supports deploying clusters with the control plane version >= v1.${own - 1}.0. Current version: ${kubernetesVersion}`,
  );
}

/** What kubeadm looks at on a machine that is to run a control plane. */
export function controlPlaneProblems(
  host: Host,
  versions: { readonly installed: string; readonly kubernetesVersion: string },
): readonly PreflightProblem[] {
  const problems: PreflightProblem[] = [];
  const { installed, kubernetesVersion } = versions;
  const facts = instanceTypes.get(host.instance.instanceType);
  if (facts !== undefined && facts.vcpus < leastCpus) {
    problems.push({
      check: "NumCPU",
      message: `the number of available CPUs ${facts.vcpus} is less than the required ${leastCpus}`,
    });
  }
  // A part of the memory that is sold is the kernel's.
  const usableMb = Math.floor((facts?.memoryMiB ?? 8_192) * 0.95);
  if (usableMb < leastMemoryMb) {
    problems.push({
      check: "Mem",
      message: `the system RAM (${usableMb} MB) is less than the minimum ${leastMemoryMb} MB`,
    });
  }
  if (minorOf(installed) > minorOf(kubernetesVersion)) {
    problems.push({
      check: "KubeletVersion",
      message: `the kubelet version is higher than the control plane version. This is not a supported version skew and may lead to a malfunctional cluster. Kubelet version: "${installed.slice(1)}" Control plane version: "${kubernetesVersion.slice(1)}"`,
    });
  }
  return [...problems, ...leftovers(host)];
}

/** kubeadm runs once: what an earlier run has left behind stops it. */
export function leftovers(host: Host): readonly PreflightProblem[] {
  if (host.isBegunAnew) return []; // As if this were the earlier run.
  const files = ["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/manifests/etcd.yaml"];
  return files
    .filter((path) => host.files.has(path))
    .map((path) => ({
      check: `FileAvailable-${path.replaceAll("/", "-")}`,
      message: `${path} already exists`,
    }));
}

/** Throws what kubeadm prints, unless the configuration says to ignore all that was found. */
export function requireNoProblems(
  host: Host,
  problems: readonly PreflightProblem[],
  node: NodeRegistration,
): void {
  const ignored = new Set(node.ignorePreflightErrors.map((name) => name.toLowerCase()));
  const isIgnored = ({ check }: PreflightProblem) =>
    ignored.has("all") || ignored.has(check.toLowerCase());
  for (const { check, message } of problems.filter(isIgnored)) {
    host.log.write(`\t[WARNING ${check}]: ${message}`);
  }
  const fatal = problems.filter((problem) => !isIgnored(problem));
  if (fatal.length === 0) return;
  const lines = fatal.map(({ check, message }) => `\t[ERROR ${check}]: ${message}`);
  throw new KubeadmError(
    `[preflight] Some fatal errors occurred:\n${lines.join("\n")}\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``,
  );
}

/** Images for the version that the machine image was built for are there already; others must be pulled. */
export async function imageProblems(
  host: Host,
  installed: string,
  configuration: ClusterConfiguration,
): Promise<readonly PreflightProblem[]> {
  const { imageRepository, kubernetesVersion } = configuration;
  if (installed === kubernetesVersion && imageRepository === "registry.k8s.io") return [];
  host.log.write("[preflight] Pulling images required for setting up a Kubernetes cluster");
  const [registry = imageRepository] = imageRepository.split("/");
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const reach = host.aws.network.canReach(origin, registry, 443);
  if (!reach.reachable) {
    const image = `${imageRepository}/kube-apiserver:${kubernetesVersion}`;
    return [
      { check: "ImagePull", message: `failed to pull image ${image}: ${reach.obstacle.message}` },
    ];
  }
  await host.work("pull images", 20_000, 60_000);
  return [];
}

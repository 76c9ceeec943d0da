import { requireVersion } from "../../../bootstrap/kubeadm/kubernetes-version.ts";

/** The CoreDNS that kubeadm installs, per minor of Kubernetes. Source: kubeadm's constants and release notes. */
const versions: Readonly<Record<number, string>> = {
  29: "v1.11.1",
  30: "v1.11.3",
  31: "v1.11.3",
  32: "v1.11.3",
  33: "v1.12.0",
  34: "v1.12.1",
  35: "v1.13.1",
  36: "v1.14.2",
  37: "v1.14.6",
};

/** Undefined for a minor that is not in the table: then CoreDNS stays as it is. */
export function coreDnsVersionFor(kubernetesVersion: string): string | undefined {
  return versions[requireVersion(kubernetesVersion).minor];
}

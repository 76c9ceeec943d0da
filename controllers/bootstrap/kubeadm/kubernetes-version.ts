import type { SemVer } from "semver";
import parse from "semver/functions/parse.js";

/** Throws one clear error for text that is no version. */
export function requireVersion(text: string): SemVer {
  const version = parse(text.replace(/^v/, ""));
  if (version === null) throw new Error(`"${text}" is not a Kubernetes version such as v1.34.2`);
  return version;
}

/** True from the given minor on, pre-releases of it included. */
export function isAtLeast(version: SemVer, minor: string): boolean {
  const [leastMajor = 0, leastMinor = 0] = minor.split(".").map(Number);
  return version.major === leastMajor ? version.minor >= leastMinor : version.major > leastMajor;
}

export type KubeadmApiVersion = "kubeadm.k8s.io/v1beta3" | "kubeadm.k8s.io/v1beta4";

/** kubeadm reads v1beta4 from Kubernetes 1.31 on; before 1.22 it reads nothing that is written here. */
export function kubeadmApiVersion(version: SemVer): KubeadmApiVersion {
  if (!isAtLeast(version, "1.22")) {
    throw new Error(
      `Kubernetes ${version.version} is too old: 1.22 is the first that is supported`,
    );
  }
  return isAtLeast(version, "1.31") ? "kubeadm.k8s.io/v1beta4" : "kubeadm.k8s.io/v1beta3";
}

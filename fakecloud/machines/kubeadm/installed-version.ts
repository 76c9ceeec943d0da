import type { Host } from "../host.ts";

/** The version of kubeadm and kubelet on the image, which its name tells: "capa-ami-ubuntu-24.04-v1.34.2-…". */
export function installedVersion(host: Host, wanted: string): string {
  // An image that does not say holds what is asked of it.
  return /v\d+\.\d+\.\d+/.exec(host.instance.imageName)?.[0] ?? wanted;
}

/** The images of distributions as their makers publish them have neither kubeadm nor kubelet. */
const plainImages = /^(?:ubuntu\/|al20\d\d-ami-|amzn2-ami-|debian-\d|RHEL-)/;

export function isKubernetesImage(host: Host): boolean {
  return !plainImages.test(host.instance.imageName);
}

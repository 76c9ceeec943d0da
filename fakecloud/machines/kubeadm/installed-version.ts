import type { Host } from "../host.ts";

/** The version of kubeadm and kubelet on the image, which its name tells: "capa-ami-ubuntu-24.04-v1.34.2-…". */
export function installedVersion(host: Host, wanted: string): string {
  // An image that does not say holds what is asked of it.
  return /v\d+\.\d+\.\d+/.exec(host.instance.imageName)?.[0] ?? wanted;
}

import type { ObjectKey } from "../../runtime/client.ts";
import { parseTime, type Clock } from "../../runtime/clock.ts";
import { type Dial, dialTimeoutMs, handshake, openPortForward } from "./port-forward.ts";

export interface ApiServerTarget {
  readonly cluster: ObjectKey;
  /** Of the workload cluster. */
  readonly kubeconfig: string;
  /** The pod is kube-system/kube-apiserver-<nodeName>. */
  readonly nodeName: string;
  /** PEM of the cluster's CA. */
  readonly caPem: string;
}

/** Reads the certificate that one API server shows: kubeadm makes it for a year, and it is renewed with its machine. */
export interface ApiServerCertificates {
  /** Ms since the epoch until which it is valid; rejects when that API server cannot be reached. */
  expiryMs(target: ApiServerTarget): Promise<number>;
}

const apiServerPort = 6443;

export function apiServerCertificatesOverPortForward(
  clock: Clock,
  dial?: Dial,
): ApiServerCertificates {
  const open: Dial =
    dial ??
    ((kubeconfig, target) =>
      openPortForward(kubeconfig, target, { clock, timeoutMs: dialTimeoutMs }));
  return {
    expiryMs: async ({ kubeconfig, nodeName, caPem }) => {
      const pod = `kube-apiserver-${nodeName}`;
      const target = { namespace: "kube-system", pod, port: apiServerPort };
      const stream = await open(kubeconfig, target);
      const socket = await handshake(stream, { what: `API server on ${nodeName}`, caPem }, clock);
      const { valid_to: validTo } = socket.getPeerCertificate();
      socket.destroy();
      const expiryMs = parseTime(validTo);
      if (expiryMs === undefined) throw new Error(`the API server on ${nodeName} shows no expiry`);
      return expiryMs;
    },
  };
}

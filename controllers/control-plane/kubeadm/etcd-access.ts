import {
  backdateMs,
  type ClusterCertificate,
  fromBase64,
  secretKey,
} from "../../bootstrap/certificates/cluster-certificates.ts";
import { Secret } from "../../api/kubernetes.ts";
import { type CertifiedKey, issueCertificate } from "../../runtime/pki/certificates.ts";
import { keyOf, type ObjectKey } from "../../runtime/client.ts";
import type { Cluster } from "../../api/core/v1beta2.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import type { EtcdClient } from "./etcd-client.ts";

const dayMs = 86_400_000;
const validityMs = 365 * dayMs;

interface Credentials {
  readonly caPem: string;
  readonly issuedMs: number;
  readonly client: CertifiedKey;
}

/**
 * How one control plane reaches its etcd members. Keys are expensive: one client certificate per cluster serves for a
 * day, and is made anew when the CA changes.
 */
export class EtcdAccess {
  readonly #deps: ControlPlaneDeps;
  readonly #credentials = new Map<string, Credentials>();

  constructor(deps: ControlPlaneDeps) {
    this.#deps = deps;
  }

  /** Connects to the member on that node, hands the client to `use` and closes it. */
  async with<T>(
    cluster: Cluster,
    nodeName: string,
    use: (client: EtcdClient) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(cluster);
    const { caPem, client } = await this.#credentialsOf(key);
    const connection = await this.#deps.etcd.connect({
      cluster: key,
      kubeconfig: await this.#kubeconfigOf(key),
      nodeName,
      caPem,
      certificatePem: client.certificatePem,
      privateKeyPem: client.privateKeyPem,
    });
    try {
      return await use(connection);
    } finally {
      connection.close();
    }
  }

  forget(cluster: ObjectKey): void {
    this.#credentials.delete(textOf(cluster));
  }

  async #kubeconfigOf(cluster: ObjectKey): Promise<string> {
    const secret = await this.#deps.client.get(Secret, secretKey(cluster, "kubeconfig"));
    if (secret === undefined) throw new Error(`Secret ${cluster.name}-kubeconfig does not exist`);
    return fromBase64(secret.data?.["value"]);
  }

  async #credentialsOf(cluster: ObjectKey): Promise<Credentials> {
    const secret = await this.#deps.client.get(Secret, secretKey(cluster, "etcd"));
    const caPem = fromBase64(secret?.data?.["tls.crt"]);
    const privateKeyPem = fromBase64(secret?.data?.["tls.key"]);
    if (caPem === "" || privateKeyPem === "") {
      throw new Error(`Secret ${cluster.name}-etcd holds no certificate with its key`);
    }
    const nowMs = this.#deps.clock.now();
    const known = this.#credentials.get(textOf(cluster));
    if (known?.caPem === caPem && nowMs - known.issuedMs < dayMs) return known;
    const authority = { purpose: "etcd" as const, certificatePem: caPem, privateKeyPem };
    const fresh = { caPem, issuedMs: nowMs, client: this.#issue(cluster, authority, nowMs) };
    this.#credentials.set(textOf(cluster), fresh);
    return fresh;
  }

  #issue(
    cluster: ObjectKey,
    { certificatePem, privateKeyPem = "" }: ClusterCertificate,
    nowMs: number,
  ): CertifiedKey {
    const purpose = `${textOf(cluster)}/etcd-client`;
    return issueCertificate(
      {
        purpose,
        commonName: "cluster-api.x-k8s.io",
        usages: ["client"],
        keyPair: this.#deps.keyPairs.next(purpose),
        notBeforeMs: nowMs - backdateMs,
        notAfterMs: nowMs + validityMs,
      },
      { certificatePem, privateKeyPem },
      this.#deps.random,
    );
  }
}

function textOf({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}

import { parse } from "yaml";
import { ClusterNameLabel, ClusterSecretType } from "../../api/constants.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Secret } from "../../api/kubernetes.ts";
import {
  backdateMs,
  type ClusterCertificate,
  fromBase64,
  secretKey,
  toBase64,
} from "../../bootstrap/certificates/cluster-certificates.ts";
import { toYaml } from "../../bootstrap/kubeadm/kubeadm-documents.ts";
import { ownerReferenceTo } from "../../bootstrap/objects/owners.ts";
import type { ObjectKey } from "../../runtime/client.ts";
import { expiryOf, issueCertificate } from "../../runtime/pki/certificates.ts";
import type { ControlPlaneDeps } from "./deps.ts";

const yearMs = 365 * 86_400_000;

/**
 * Makes sure that the Secret `<cluster>-kubeconfig` holds an administrator's kubeconfig whose certificate has at least
 * half a year to live. Rotation keeps the server; a Secret that somebody else made is never touched.
 */
export async function ensureKubeconfig(
  deps: ControlPlaneDeps,
  kcp: KubeadmControlPlane,
  cluster: { readonly key: ObjectKey; readonly endpoint: string },
  ca: ClusterCertificate,
): Promise<void> {
  const key = secretKey(cluster.key, "kubeconfig");
  const existing = (await deps.client.get(Secret, key)) ?? (await deps.apiReader.get(Secret, key));
  if (existing === undefined) {
    const value = toBase64(newKubeconfig(deps, cluster.key, `https://${cluster.endpoint}`, ca));
    await deps.client.create(Secret, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        ...key,
        labels: { [ClusterNameLabel]: cluster.key.name },
        ownerReferences: [ownerReferenceTo(kcp, true)],
      },
      type: ClusterSecretType,
      data: { value },
    });
    return;
  }
  const isOurs = existing.metadata.ownerReferences?.some(
    ({ uid, controller }) => uid === kcp.metadata.uid && controller === true,
  );
  if (isOurs !== true) return;
  const text = fromBase64(existing.data?.["value"]);
  if (!isRotationDue(text, deps.clock.now())) return;
  const value = toBase64(newKubeconfig(deps, cluster.key, serverOf(text), ca));
  await deps.client.mergePatch(Secret, key, { data: { value } });
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[];
  readonly users?: readonly {
    readonly user?: { readonly "client-certificate-data"?: string };
  }[];
}

function serverOf(text: string): string {
  const server = (parse(text) as Kubeconfig).clusters?.[0]?.cluster?.server;
  if (server === undefined) throw new Error("the kubeconfig Secret names no server");
  return server;
}

export function isRotationDue(text: string, nowMs: number): boolean {
  const expiryMs = knownExpiries.get(text) ?? rememberExpiry(text);
  return expiryMs < nowMs + yearMs / 2;
}

/** The earliest expiry of the client certificates in a kubeconfig. */
function rememberExpiry(text: string): number {
  const users = (parse(text) as Kubeconfig).users ?? [];
  const expiries = users
    .map(({ user }) => user?.["client-certificate-data"])
    .filter((data) => data !== undefined)
    .map((data) => expiryOf(fromBase64(data)));
  const expiry = Math.min(...expiries);
  if (knownExpiries.size >= 1024) knownExpiries.clear();
  knownExpiries.set(text, expiry);
  return expiry;
}

/** Every reconcile looks at the kubeconfig; parsing it each time would cost more than the rest of the reconcile. */
const knownExpiries = new Map<string, number>();

function newKubeconfig(
  deps: ControlPlaneDeps,
  cluster: ObjectKey,
  server: string,
  ca: ClusterCertificate,
): string {
  const { privateKeyPem } = ca;
  if (privateKeyPem === undefined) throw new Error(`Secret ${cluster.name}-ca has no private key`);
  const purpose = `${cluster.namespace}/${cluster.name}/kubeconfig`;
  const admin = issueCertificate(
    {
      purpose,
      commonName: "kubernetes-admin",
      organizations: ["system:masters"],
      usages: ["client"],
      keyPair: deps.keyPairs.next(purpose),
      notBeforeMs: deps.clock.now() - backdateMs,
      notAfterMs: deps.clock.now() + yearMs,
    },
    { certificatePem: ca.certificatePem, privateKeyPem },
    deps.random,
  );
  const { name } = cluster;
  const user = `${name}-admin`;
  const context = `${user}@${name}`;
  return toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: { server, "certificate-authority-data": toBase64(ca.certificatePem) },
      },
    ],
    contexts: [{ name: context, context: { cluster: name, user } }],
    "current-context": context,
    preferences: {},
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": toBase64(admin.certificatePem),
          "client-key-data": toBase64(admin.privateKeyPem),
        },
      },
    ],
  });
}

import { parseTime } from "../../kernel/clock.ts";
import type { EmbeddedApiServer } from "../../kubernetes/api-server.ts";
import type { UserInfo } from "../../kubernetes/contract.ts";
import { isIssuedBy, subjectOf } from "../../kubernetes/https/certificates.ts";
import { storageKey } from "../../kubernetes/store.ts";
import type { WorkloadCluster } from "./workload-cluster.ts";

const authenticated = "system:authenticated";

/** Client certificates of the cluster's CA, tokens of service accounts and of bootstrap; else anonymous or refused. */
export function authenticate(
  cluster: WorkloadCluster,
  server: EmbeddedApiServer,
  credentials: { readonly certificatePem?: string; readonly token?: string },
): UserInfo | undefined {
  const { certificatePem, token } = credentials;
  if (certificatePem !== undefined) return userOfCertificate(cluster, certificatePem);
  if (token !== undefined) {
    return userOfBootstrapToken(cluster, token) ?? server.authenticateToken(token);
  }
  return { username: "system:anonymous", groups: ["system:unauthenticated"] };
}

/** Verifying a signature is dear, and a client shows the same certificate with every call. */
const verified = new WeakMap<WorkloadCluster, Map<string, UserInfo>>();

function userOfCertificate(cluster: WorkloadCluster, pem: string): UserInfo | undefined {
  const known = verified.get(cluster) ?? new Map<string, UserInfo>();
  verified.set(cluster, known);
  const remembered = known.get(pem);
  if (remembered !== undefined) return remembered;
  if (!isIssuedBy(pem, cluster.ca.certificatePem, cluster.clock.now())) return undefined;
  const { commonName, organizations = [] } = subjectOf(pem);
  const user = { username: commonName, groups: [...organizations, authenticated] };
  known.set(pem, user);
  return user;
}

function userOfBootstrapToken(cluster: WorkloadCluster, token: string): UserInfo | undefined {
  const secret = validBootstrapToken(cluster, token);
  if (secret === undefined) return undefined;
  return {
    username: `system:bootstrap:${token.split(".")[0]}`,
    groups: [
      "system:bootstrappers",
      "system:bootstrappers:kubeadm:default-node-token",
      authenticated,
    ],
  };
}

interface TokenSecret {
  readonly data?: Readonly<Record<string, string>>;
}

/** The Secret of a token that exists, matches and has not expired. */
export function validBootstrapToken(
  cluster: WorkloadCluster,
  token: string,
): TokenSecret | undefined {
  const [id = "", secret = ""] = token.split(".");
  const entry = cluster.state.store
    .table("secrets")
    .get(storageKey("kube-system", `bootstrap-token-${id}`));
  if (entry === undefined) return undefined;
  const found = entry.object as unknown as TokenSecret;
  const value = (key: string) => Buffer.from(found.data?.[key] ?? "", "base64").toString("utf8");
  if (value("token-secret") !== secret) return undefined;
  const expires = parseTime(value("expiration"));
  return expires !== undefined && expires <= cluster.clock.now() ? undefined : found;
}

import { parse } from "yaml";
import type { UserInfo } from "../../kubernetes/contract.ts";
import type { Host } from "../host.ts";
import { signDetached } from "../../kubernetes/controllers/bootstrap-tokens.ts";
import { ApiCaller } from "../api-caller.ts";
import { publicKeyHash } from "../workload/public-key-hash.ts";
import { administrator, type ApiServerService } from "../workload/workload-cluster.ts";
import { type JoinDocument, KubeadmError, type TokenDiscovery } from "./documents.ts";
import { type Attempt, hostAndPort, reachApiServer, retry, TimedOutError } from "./reach.ts";

const timeoutMs = 5 * 60_000;
const clusterInfoPath = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

export interface Discovered {
  readonly service: ApiServerService;
  readonly user: UserInfo;
}

/** Finds an API server that can be trusted, and who this machine is to it. */
export async function discover(
  host: Host,
  discovery: JoinDocument["discovery"],
): Promise<Discovered> {
  const attempt =
    discovery.kind === "token"
      ? () => byToken(host, discovery)
      : () => byFile(host, discovery.kubeConfigPath);
  try {
    return await retry(host, { what: "discovery", timeoutMs }, attempt);
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    const message = `couldn't validate the identity of the API Server: ${error.message}`;
    throw new KubeadmError(message, { cause: error });
  }
}

/** Reads what is public, and believes it only if it is signed with the token and its CA is one of those expected. */
async function byToken(host: Host, discovery: TokenDiscovery): Promise<Attempt<Discovered>> {
  const reach = reachApiServer(host, hostAndPort(discovery.apiServerEndpoint));
  if (!("service" in reach)) {
    const { problem, words } = reach;
    const url = `https://${discovery.apiServerEndpoint}${clusterInfoPath}?timeout=10s`;
    return {
      problem,
      words: `failed to request the cluster-info ConfigMap: Get "${url}": ${words}`,
    };
  }
  const { service } = reach;
  const info = await readClusterInfo(service);
  if ("problem" in info) return info;
  const { token } = discovery;
  const [id = "", secret = ""] = token.split(".");
  const signature = info.data[`jws-kubeconfig-${id}`];
  if (signature === undefined) {
    return {
      problem: `could not find a JWS signature in the cluster-info ConfigMap for token ID "${id}"`,
    };
  }
  const { kubeconfig = "" } = info.data;
  if (signature !== signDetached(kubeconfig, { id, secret })) {
    throw new KubeadmError(
      "failed to verify JWS signature of received cluster info object, can't trust this API Server",
    );
  }
  requirePinnedAuthority(kubeconfig, discovery);
  const user = service.authenticate({ token });
  // The signature may outlive the token by a moment.
  return user === undefined ? { problem: "Unauthorized" } : { value: { service, user } };
}

async function readClusterInfo(
  service: ApiServerService,
): Promise<{ readonly data: Readonly<Record<string, string>> } | { readonly problem: string }> {
  const anonymous = service.authenticate({});
  if (anonymous === undefined) throw new KubeadmError("Unauthorized");
  const caller = new ApiCaller(service.server, anonymous, "kubeadm");
  const failed = "failed to request the cluster-info ConfigMap";
  try {
    const found = await caller.get(clusterInfoPath);
    if (found === undefined) return { problem: `${failed}: configmaps "cluster-info" not found` };
    return { data: (found["data"] ?? {}) as Readonly<Record<string, string>> };
  } catch (error) {
    return { problem: `${failed}: ${(error as Error).message}` };
  }
}

function requirePinnedAuthority(kubeconfig: string, discovery: TokenDiscovery): void {
  if (discovery.unsafeSkipCaVerification) return;
  const { clusters } = parse(kubeconfig) as Kubeconfig;
  const data = clusters?.[0]?.cluster?.["certificate-authority-data"] ?? "";
  const hash = publicKeyHash(Buffer.from(data, "base64").toString("utf8"));
  if (discovery.caCertHashes.includes(hash)) return;
  throw new KubeadmError(
    `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${hash}" are pinned`,
  );
}

interface Kubeconfig {
  readonly clusters?: readonly {
    readonly cluster?: { readonly server?: string; readonly "certificate-authority-data"?: string };
  }[];
}

/** A discovery file comes from the user, who answers for it; its credentials are not looked at. */
function byFile(host: Host, path: string): Attempt<Discovered> {
  const { clusters } = parse(host.requireFile(path)) as Kubeconfig;
  const server = clusters?.[0]?.cluster?.server;
  if (server === undefined) throw new KubeadmError(`the discovery file ${path} names no server`);
  const reach = reachApiServer(host, hostAndPort(server.replace(/^https:\/\//, "")));
  return "service" in reach
    ? { value: { service: reach.service, user: administrator } }
    : { problem: reach.problem, words: reach.words };
}

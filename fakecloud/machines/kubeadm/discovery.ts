import { parse } from "yaml";
import type { UserInfo } from "../../kubernetes/contract.ts";
import type { Host } from "../host.ts";
import { administrator, type ApiServerService } from "../workload/workload-cluster.ts";
import { type JoinDocument, KubeadmError, type TokenDiscovery } from "./documents.ts";
import { type Attempt, hostAndPort, reachApiServer, retry } from "./reach.ts";

const timeoutMs = 5 * 60_000;

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
    if (!(error instanceof Error) || error.name !== "Error") throw error;
    throw new KubeadmError(`couldn't validate the identity of the API Server: ${error.message}`);
  }
}

function byToken(host: Host, discovery: TokenDiscovery): Attempt<Discovered> {
  const reach = reachApiServer(host, hostAndPort(discovery.apiServerEndpoint));
  if (!("service" in reach)) {
    return { problem: `failed to request the cluster-info ConfigMap: ${reach.problem}` };
  }
  const { service } = reach;
  if (!service.cluster.isUp) {
    return {
      problem: "failed to request the cluster-info ConfigMap: the API server has no etcd quorum",
    };
  }
  const id = discovery.token.slice(0, 6);
  const user = service.authenticate({ token: discovery.token });
  // The signature of an expired token is removed with it: kubeadm cannot tell it from one that is not there yet.
  if (user === undefined) {
    return {
      problem: `could not find a JWS signature in the cluster-info ConfigMap for token ID "${id}"`,
    };
  }
  const isPinned =
    discovery.unsafeSkipCaVerification || discovery.caCertHashes.includes(service.cluster.caHash());
  if (!isPinned) {
    throw new KubeadmError(
      `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${service.cluster.caHash()}" are pinned`,
    );
  }
  return { value: { service, user } };
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[];
}

/** A discovery file comes from the user, who answers for it; its credentials are not looked at. */
function byFile(host: Host, path: string): Attempt<Discovered> {
  const { clusters } = parse(host.requireFile(path)) as Kubeconfig;
  const server = clusters?.[0]?.cluster?.server;
  if (server === undefined) throw new KubeadmError(`the discovery file ${path} names no server`);
  const reach = reachApiServer(host, hostAndPort(server.replace(/^https:\/\//, "")));
  return "service" in reach
    ? { value: { service: reach.service, user: administrator } }
    : { problem: reach.problem };
}

import { createHash, createPublicKey } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { KeyPairSource } from "../../kernel/fixture-key-pairs.ts";
import type { Random } from "../../kernel/random.ts";
import type { TraceSink } from "../../kernel/trace.ts";
import { createApiServer, type EmbeddedApiServer } from "../../kubernetes/api-server.ts";
import { ClusterState } from "../../kubernetes/cluster-state.ts";
import type { UserInfo } from "../../kubernetes/contract.ts";
import { ApiCaller } from "../api-caller.ts";
import { EtcdCluster } from "../etcd/etcd-cluster.ts";
import { authenticate } from "./authenticate.ts";
import { startControllers } from "../../kubernetes/controllers/start.ts";

export interface CertificateAuthorityPem {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface WorkloadClusterOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly keyPairs: KeyPairSource;
  readonly ca: CertificateAuthorityPem;
  /** "host:port", as in ClusterConfiguration. */
  readonly controlPlaneEndpoint: string;
}

/** Who may do everything. */
export const administrator: UserInfo = {
  username: "kubernetes-super-admin",
  groups: ["system:masters", "system:authenticated"],
};

/** What listens on port 6443 of a control-plane machine. */
export interface ApiServerService {
  readonly kind: "kube-apiserver";
  readonly cluster: WorkloadCluster;
  readonly instanceId: string;
  readonly server: EmbeddedApiServer;
  readonly servingCertificatePem: string;
  readonly servingKeyPem: string;
  readonly version: string;
  /** The user of a client certificate or bearer token; undefined if neither is good. */
  authenticate(credentials: {
    readonly certificatePem?: string;
    readonly token?: string;
  }): UserInfo | undefined;
  healthStatus(path: string): number;
}

/** One cluster that `kubeadm init` has made: stored objects, etcd, and an API server per control-plane machine. */
export class WorkloadCluster {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
  readonly ca: CertificateAuthorityPem;
  readonly controlPlaneEndpoint: string;
  readonly state: ClusterState;
  readonly etcd: EtcdCluster;
  readonly #servers = new Map<string, ApiServerService>();
  #stopControllers: (() => void) | undefined;

  constructor(options: WorkloadClusterOptions) {
    this.name = options.name;
    this.clock = options.clock;
    this.random = options.random;
    this.keyPairs = options.keyPairs;
    this.ca = options.ca;
    this.controlPlaneEndpoint = options.controlPlaneEndpoint;
    this.state = new ClusterState(options);
    this.etcd = new EtcdCluster(options.name, options.random);
    this.state.store.setAvailable(() => this.etcd.hasQuorum());
  }

  /** A control-plane machine starts its API server; the first also brings the cluster's controllers. */
  startApiServer(machine: {
    readonly instanceId: string;
    readonly version: string;
    readonly servingCertificatePem: string;
    readonly servingKeyPem: string;
  }): ApiServerService {
    const { clock, random, state, name } = this;
    const server = createApiServer({ clock, random, state, name, version: machine.version });
    const service: ApiServerService = {
      kind: "kube-apiserver",
      cluster: this,
      instanceId: machine.instanceId,
      server,
      servingCertificatePem: machine.servingCertificatePem,
      servingKeyPem: machine.servingKeyPem,
      version: machine.version,
      authenticate: (credentials) => authenticate(this, credentials),
      healthStatus: () => (this.etcd.hasQuorum() ? 200 : 500),
    };
    this.#servers.set(machine.instanceId, service);
    this.#stopControllers ??= startControllers({
      clock,
      random,
      store: state.store,
      isUp: () => this.#servers.size > 0 && this.etcd.hasQuorum(),
      call: () => this.caller("kube-controller-manager"),
    });
    return service;
  }

  stopApiServer(instanceId: string): void {
    this.#servers.get(instanceId)?.server.close();
    this.#servers.delete(instanceId);
  }

  /** A client with all rights, through whichever API server is up. */
  caller(actor: string, user: UserInfo = administrator): ApiCaller {
    const [service] = this.#servers.values();
    if (service === undefined) throw new Error(`no API server of cluster ${this.name} is up`);
    return new ApiCaller(service.server, user, actor);
  }

  get isUp(): boolean {
    return this.#servers.size > 0 && this.etcd.hasQuorum();
  }

  /** "sha256:…" over the public key of the CA: what joining machines are told to expect. */
  caHash(): string {
    const der = createPublicKey(this.ca.certificatePem).export({ type: "spki", format: "der" });
    return `sha256:${createHash("sha256").update(der).digest("hex")}`;
  }

  close(): void {
    this.#stopControllers?.();
    for (const { server } of this.#servers.values()) server.close();
    this.#servers.clear();
  }
}

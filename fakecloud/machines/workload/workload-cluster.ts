import { hash } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { KeyPairSource } from "../../kernel/fixture-key-pairs.ts";
import type { Random } from "../../kernel/random.ts";
import type { TraceSink } from "../../kernel/trace.ts";
import { createApiServer, type EmbeddedApiServer } from "../../kubernetes/api-server.ts";
import { ClusterState } from "../../kubernetes/cluster-state.ts";
import type { ApiRequest, ApiResponse, UserInfo } from "../../kubernetes/contract.ts";
import { startControllers } from "../../kubernetes/controllers/start.ts";
import { startGarbageCollector } from "../../kubernetes/loops/garbage-collector.ts";
import type { LoopServer } from "../../kubernetes/loops/internal-client.ts";
import { startNamespaceController } from "../../kubernetes/loops/namespace-controller.ts";
import { keyedSigner, type TokenSigner } from "../../kubernetes/tokens.ts";
import { ApiCaller } from "../api-caller.ts";
import { EtcdCluster } from "../etcd/etcd-cluster.ts";
import { Heartbeats } from "../kubelet/heartbeats.ts";
import type { ClusterFacts, ClusterSnapshot } from "../snapshot.ts";
import { authenticate } from "./authenticate.ts";
import { minorOf } from "../kubeadm/versions.ts";
import { PodAddresses } from "./pod-addresses.ts";

export interface CertificateAuthorityPem {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface WorkloadClusterOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Never scaled: heartbeats, and what is computed from their timestamps. */
  readonly wallClock: Clock;
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
  /** False while the etcd member beside it does not run or hears no leader that others hear: it can do nothing for anybody. */
  isServing(): boolean;
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
  readonly #wallClock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
  readonly ca: CertificateAuthorityPem;
  readonly controlPlaneEndpoint: string;
  readonly state: ClusterState;
  readonly etcd: EtcdCluster;
  readonly heartbeats: Heartbeats;
  podAddresses = new PodAddresses();
  readonly #trace: TraceSink;
  readonly #tokenSigner: TokenSigner;
  readonly #servers = new Map<string, ApiServerService>();
  /** Instances on whose disk the cluster's data is. */
  readonly #disks = new Set<string>();
  readonly #instances = new Map<string, string>();
  readonly #onClose: (() => void)[] = [];
  #controllersRun = false;
  #closed = false;

  constructor(options: WorkloadClusterOptions) {
    this.name = options.name;
    this.clock = options.clock;
    this.#wallClock = options.wallClock;
    this.random = options.random;
    this.keyPairs = options.keyPairs;
    this.ca = options.ca;
    this.controlPlaneEndpoint = options.controlPlaneEndpoint;
    this.state = new ClusterState(options);
    this.#trace = options.trace;
    this.#tokenSigner = tokenSigner(options.ca);
    this.heartbeats = new Heartbeats(options.wallClock, options.name);
    this.etcd = new EtcdCluster(options.name, options.random);
    this.state.store.setAvailable(() => this.etcd.hasQuorum());
  }

  /** A control-plane machine starts its API server; the first also brings the cluster's controllers. */
  startApiServer(machine: {
    readonly instanceId: string;
    /** Its own etcd member: the only one that it talks to. */
    readonly memberId: string;
    readonly version: string;
    readonly servingCertificatePem: string;
    readonly servingKeyPem: string;
  }): ApiServerService {
    const { clock, random, state, name } = this;
    const { memberId } = machine;
    const runs = () => this.etcd.isServing(memberId);
    // Without a quorum nobody hears a leader: then the store refuses.
    const hears = () => !this.etcd.hasQuorum() || this.etcd.hearsLeader(memberId);
    const isServing = () => runs() && hears();
    const front = createApiServer({
      clock,
      random,
      trace: this.#trace,
      state,
      name,
      version: machine.version,
      tokenSigner: this.#tokenSigner,
    });
    const server: EmbeddedApiServer = {
      ...front,
      handle: (request) =>
        isServing()
          ? front.handle(request)
          : refuse(500, "InternalError", runs() ? "etcdserver: request timed out" : etcdGone),
    };
    const service: ApiServerService = {
      kind: "kube-apiserver",
      cluster: this,
      instanceId: machine.instanceId,
      server,
      servingCertificatePem: machine.servingCertificatePem,
      servingKeyPem: machine.servingKeyPem,
      version: machine.version,
      authenticate: (credentials) => authenticate(this, server, credentials),
      isServing,
      healthStatus: () => (isServing() && this.etcd.hasQuorum() ? 200 : 500),
    };
    this.#servers.set(machine.instanceId, service);
    this.etcd.onRemoved((id) => {
      if (id === memberId) front.closeWatches();
    });
    this.#startControllers();
    return service;
  }

  #startControllers(): void {
    if (this.#controllersRun) return;
    this.#controllersRun = true;
    const { clock, random, state } = this;
    const stop = startControllers({
      clock,
      wallClock: this.#wallClock,
      random,
      name: this.name,
      store: state.store,
      ca: this.ca,
      isUp: () => this.isUp,
      nodeGraceMs: () => (minorOf(this.version()) >= 32 ? 50_000 : 40_000),
      call: () => this.caller("kube-controller-manager"),
    });
    const server: LoopServer = { state, store: state.store, ...this.#anyServer() };
    this.onClose(stop);
    this.onClose(startGarbageCollector(server));
    this.onClose(startNamespaceController(server));
  }

  /** Whichever API server is up; the cluster's own loops outlive each of them. */
  #anyServer(): Pick<LoopServer, "close" | "handle"> {
    return {
      handle: (request: ApiRequest): Promise<ApiResponse> => {
        const service = this.#anyService();
        return service === undefined
          ? refuse(503, "ServiceUnavailable", "the API server is down")
          : service.server.handle(request);
      },
      close: () => undefined,
    };
  }

  #anyService(): ApiServerService | undefined {
    return [...this.#servers.values()].find((service) => service.isServing());
  }

  /** The version that the oldest of the running API servers answers with. */
  version(): string {
    return this.apiServerVersions().toSorted((a, b) => minorOf(a) - minorOf(b))[0] ?? "v1.34.0";
  }

  /** What each of its API servers answers with, one per control-plane machine. */
  apiServerVersions(): readonly string[] {
    return [...this.#servers.values()].map(({ version }) => version);
  }

  /** On which instances an API server runs. */
  apiServerInstances(): readonly string[] {
    return [...this.#servers.keys()];
  }

  stopApiServer(instanceId: string): void {
    this.#servers.get(instanceId)?.server.close();
    this.#servers.delete(instanceId);
  }

  /** A client with all rights, through whichever API server is up. */
  caller(actor: string, user: UserInfo = administrator): ApiCaller {
    const service = this.#anyService();
    if (service === undefined) throw new Error(`no API server of cluster ${this.name} is up`);
    return new ApiCaller(service.server, user, actor);
  }

  get isUp(): boolean {
    return this.#anyService() !== undefined && this.etcd.hasQuorum();
  }

  /** A kubelet that is about to register says which instance its Node stands for. */
  nameNode(nodeName: string, instanceId: string): void {
    this.#instances.set(nodeName, instanceId);
  }

  /** The instance whose kubelet was the last to register, or to try to, under this name. */
  instanceOf(nodeName: string): string | undefined {
    return this.#instances.get(nodeName);
  }

  /** The machine holds a copy of the cluster's data from now on. */
  keepDisk(instanceId: string): void {
    this.#disks.add(instanceId);
  }

  /** The machine is gone for good, and its copy of the data with it. */
  loseDisk(instanceId: string): void {
    this.#disks.delete(instanceId);
    if (this.isLost) this.close();
  }

  /** Nobody has the data any more: the cluster cannot come back. */
  get isLost(): boolean {
    return this.#disks.size === 0;
  }

  hasDisk(instanceId: string): boolean {
    return this.#disks.has(instanceId);
  }

  /** Everything but the stored objects. */
  facts(): ClusterFacts {
    return {
      name: this.name,
      ca: this.ca,
      controlPlaneEndpoint: this.controlPlaneEndpoint,
      disks: [...this.#disks],
      instances: [...this.#instances],
      lastPodAddress: this.podAddresses.last,
      etcd: this.etcd.snapshot(),
    };
  }

  /** To be called before any machine of the cluster is started. */
  restore(snapshot: ClusterSnapshot): void {
    for (const instanceId of snapshot.disks) this.#disks.add(instanceId);
    for (const [nodeName, instanceId] of snapshot.instances) this.nameNode(nodeName, instanceId);
    this.podAddresses = new PodAddresses(snapshot.lastPodAddress);
    this.etcd.restore(snapshot.etcd);
    this.state.store.restore(snapshot.store);
    this.state.restored();
  }

  onClose(stop: () => void): void {
    this.#onClose.push(stop);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#onClose) stop();
    this.heartbeats.close();
    for (const { server } of this.#servers.values()) server.close();
    this.#servers.clear();
    this.state.close();
  }
}

/** One key for all front-ends, and for as long as the cluster lives: a token of one is good at the others. */
function tokenSigner(ca: CertificateAuthorityPem): TokenSigner {
  const key = hash("sha256", ca.privateKeyPem, "buffer");
  return keyedSigner({ next: () => 0, bytes: () => key }, "");
}

/** What an API server says whose etcd member has gone. */
const etcdGone =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"';

function refuse(status: number, reason: string, message: string): Promise<ApiResponse> {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code: status,
  };
  return Promise.resolve({ kind: "answer", status, headers: {}, body });
}

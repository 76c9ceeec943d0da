import { formatMicroTime, formatTime } from "../../kernel/clock.ts";
import { type Occurrence, recordEvent } from "../../kubernetes/controllers/events.ts";
import { conditionOf, type NodeObject } from "../../kubernetes/controllers/objects.ts";
import { withField } from "../../kubernetes/object.ts";
import { storageKey } from "../../kubernetes/store.ts";
import { ApiCaller, ApiFailure } from "../api-caller.ts";
import type { Host } from "../host.ts";
import type { KubeletOptions } from "../kubeadm/context.ts";
import { type ApiServerReach, hostAndPort, reachApiServer } from "../kubeadm/reach.ts";
import type { ApiServerService, WorkloadCluster } from "../workload/workload-cluster.ts";
import {
  isPosted,
  networkNotReady,
  nodeConditions,
  type Pressure,
  pressures,
} from "./node-conditions.ts";
import type { BgpProblem } from "./bgp-mesh.ts";
import { nodeObject } from "./node-object.ts";
import { PodWorker } from "./pod-worker.ts";

const leaseSeconds = 40;
export const kubeletPort = 10_250;
const registrationRetryMs = 5_000;

/** Runs on one host from one boot to the next: registers the Node, keeps it alive, runs its pods. */
export class Kubelet {
  readonly host: Host;
  readonly cluster: WorkloadCluster;
  readonly options: KubeletOptions;
  readonly #pods: PodWorker;
  #registered = false;
  #stopped = false;
  #posting = false;
  #pressure: Pressure | undefined;
  #silent = false;
  /** To the API server that it got to last, as long as nothing in the network has changed since. */
  #connection: { readonly service: ApiServerService; readonly asOf: number } | undefined;

  constructor(host: Host, cluster: WorkloadCluster, options: KubeletOptions) {
    this.host = host;
    this.cluster = cluster;
    this.options = options;
    this.#pods = new PodWorker(this);
  }

  /** Resolves when the Node is registered; heartbeats go on in the background. */
  async start(): Promise<void> {
    await this.host.work("kubelet start", 500, 2_000);
    const { instanceId } = this.host.instance;
    this.host.aws.network.listen(instanceId, kubeletPort, { kind: "kubelet", kubelet: this });
    await this.host.mayFail("kubelet registration");
    await this.#register();
    this.#registered = true;
    this.host.event("registered", `kubelet: Successfully registered node ${this.options.nodeName}`);
    const stopPods = this.#pods.watch();
    const stopBeating = this.cluster.heartbeats.add(this);
    this.host.onPowerOff(() => {
      this.#stopped = true;
      stopPods();
      stopBeating();
    });
    await this.#createLease();
    await this.#tell("Starting", "Starting kubelet.");
  }

  get isRunning(): boolean {
    return !this.#stopped && this.host.isOn;
  }

  /** False while a fault keeps it from doing anything. */
  get isActing(): boolean {
    return this.isRunning && !this.#silent;
  }

  get isRegistered(): boolean {
    return this.#registered;
  }

  /** Whether a network plug-in runs on this host. */
  get networkReady(): boolean {
    return this.#pods.networkReady;
  }

  /** The node with which there should be a BGP session and is none, and why. */
  get bgpProblem(): BgpProblem | undefined {
    return this.#pods.bgp.problem();
  }

  /** A client with this node's identity; undefined while its API server cannot be reached. */
  client(): ApiCaller | undefined {
    const reach = this.#reachApiServer();
    if (!("service" in reach)) return undefined;
    const { nodeName } = this.options;
    const user = {
      username: `system:node:${nodeName}`,
      groups: ["system:nodes", "system:authenticated"],
    };
    return new ApiCaller(reach.service.server, user, "kubelet");
  }

  /** Why it cannot get to an API server; undefined if it can. */
  apiServerObstacle(): string | undefined {
    return this.#obstacle()?.problem;
  }

  #obstacle(): { readonly problem: string; readonly words: string } | undefined {
    const reach = this.#reachApiServer();
    if (!("service" in reach)) return reach;
    if (reach.service.isServing()) return undefined;
    const problem = `the API server on ${reach.service.instanceId} has lost its etcd member, or that the others`;
    return { problem, words: problem };
  }

  /** Every ten seconds: the lease, the conditions, and work that had failed. */
  beat(): void {
    if (!this.isRunning) return;
    this.#silent = this.#isSilenced();
    if (this.#silent) return;
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) {
      const { nodeName } = this.options;
      const url = `https://${this.cluster.controlPlaneEndpoint}/api/v1/nodes/${nodeName}?timeout=10s`;
      const error = `error getting node "${nodeName}": Get "${url}": ${obstacle.words}`;
      this.#say(`"Error updating node status, will retry" err=${JSON.stringify(error)}`);
    }
    if (!this.cluster.isUp || obstacle !== undefined) return;
    if (!this.networkReady) {
      this.#say(`"Container runtime network not ready" networkReady="${networkNotReady}"`);
    }
    this.#renewLease();
    this.#pods.look();
  }

  /** Once: a kubelet repeats what it has to say every few seconds, which is of no use on a console. */
  #say(text: string): void {
    const line = `kubelet: ${text}`;
    if (this.host.log.lines.at(-1)?.text !== line) this.host.log.write(line);
  }

  /** All that its work for pods and conditions follows from. */
  sight(): readonly unknown[] {
    const network = this.host.aws.network.changes();
    return [this.#pods.ownPods(), this.#node(), network, this.#pressure];
  }

  /** Posts the node's conditions if they are not what they have to be: Ready follows the network plug-in. False if it had to. */
  checkConditions(): boolean {
    if (this.#posting || !this.isActing) return false;
    const node = this.#node();
    if (node === undefined) return true;
    const current = node.status?.conditions ?? [];
    const { networkReady } = this;
    const health = { networkReady, pressure: this.#pressure };
    if (isPosted(health, current)) return true;
    const now = formatTime(this.host.clock.now());
    const desired = nodeConditions({ ...health, now }, current);
    const turned = conditionOf(node, "Ready")?.status !== (networkReady ? "True" : "False");
    void this.#post({ conditions: desired }, turned ? networkReady : undefined);
    return false;
  }

  /** An event tells of a node that has become ready, or is so no more. */
  async #post(status: object, ready: boolean | undefined): Promise<void> {
    const client = this.client();
    if (client === undefined) return; // The next heartbeat looks again.
    this.#posting = true;
    const { nodeName } = this.options;
    try {
      await client.patch(`/api/v1/nodes/${nodeName}/status`, { status });
    } catch {
      return; // The next heartbeat tries again.
    } finally {
      this.#posting = false;
    }
    const reason = ready === true ? "NodeReady" : "NodeNotReady";
    if (ready !== undefined) await this.#tell(reason, `Node ${nodeName} status is now: ${reason}`);
  }

  #tell(reason: string, message: string): Promise<void> {
    const node = this.#node();
    if (node === undefined) return Promise.resolve();
    const { metadata } = node;
    return this.record({ kind: "Node", metadata }, { type: "Normal", reason, message });
  }

  /** An event of this node or one of its pods; nobody's work depends on it. */
  async record(
    about: Parameters<typeof recordEvent>[1],
    occurrence: Omit<Occurrence, "component">,
  ): Promise<void> {
    const client = this.client();
    if (client === undefined) return;
    const { clock, random } = this.host;
    const context = { call: () => client, clock, random, name: this.cluster.name };
    await recordEvent(context, about, { ...occurrence, component: "kubelet" });
  }

  #node(): NodeObject | undefined {
    const entry = this.cluster.state.store.table("nodes").get(this.options.nodeName);
    return entry?.object as unknown as NodeObject | undefined;
  }

  /** A fault may stop the kubelet, or make its node short of something, for as long as it lasts. */
  #isSilenced(): boolean {
    const action = this.host.faultAt("kubelet heartbeat");
    this.#pressure = undefined;
    if (action === undefined || action.do === "delay") return false;
    if (action.do === "fail") {
      this.#pressure = pressures.find((pressure) => pressure === action.code);
      return this.#pressure === undefined;
    }
    return true;
  }

  /** A kubelet keeps its one connection while that serves. */
  #reachApiServer(): ApiServerReach {
    const asOf = this.host.aws.network.changes();
    const kept = this.#connection;
    if (kept?.asOf === asOf && kept.service.isServing()) return kept;
    const reach = this.#connect();
    this.#connection = "service" in reach ? { service: reach.service, asOf } : undefined;
    return reach;
  }

  /** The endpoint of the cluster; a control-plane node asks its own API server. */
  #connect(): ApiServerReach {
    const { host, cluster, options } = this;
    if (options.isControlPlane && options.usesLocalApiServer !== false) {
      return reachApiServer(host, { host: "127.0.0.1", port: options.bindPort ?? 6443 });
    }
    return reachApiServer(host, hostAndPort(cluster.controlPlaneEndpoint));
  }

  /** An existing Node, of a reboot or of a machine with the same name, is taken over as it is. */
  async #register(): Promise<void> {
    for (;;) {
      const problem = await this.#tryToRegister();
      if (problem === undefined) return;
      this.#say(`"Unable to register node with API server" err=${JSON.stringify(problem)}`);
      await this.host.sleep(registrationRetryMs, "kubelet registration");
    }
  }

  async #tryToRegister(): Promise<string | undefined> {
    try {
      const client = this.client();
      if (client === undefined) return this.#obstacle()?.words ?? "the API server does not answer";
      this.cluster.nameNode(this.options.nodeName, this.host.instance.instanceId);
      await client.ensure("/api/v1/nodes", nodeObject(this.host, this.options));
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      return error.message;
    }
  }

  async #createLease(): Promise<void> {
    const { nodeName } = this.options;
    const node = this.#node();
    const path = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    const { uid = "" } = node?.metadata ?? {};
    try {
      await this.client()?.ensure(path, {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: {
          name: nodeName,
          namespace: "kube-node-lease",
          ownerReferences: [{ apiVersion: "v1", kind: "Node", name: nodeName, uid }],
        },
        spec: {
          holderIdentity: nodeName,
          leaseDurationSeconds: leaseSeconds,
          renewTime: formatMicroTime(this.host.clock.now()),
        },
      });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error; // The next heartbeat makes it.
    }
  }

  /**
   * Written straight to the store: a renewal every ten seconds for every node is nearly all that happens in a cluster at
   * rest, and the way through the API server would add nothing but time. Watchers see it like any other write.
   */
  #renewLease(): void {
    const { store } = this.cluster.state;
    const table = store.table("leases.coordination.k8s.io");
    const key = { namespace: "kube-node-lease", name: this.options.nodeName };
    const entry = table.get(storageKey(key.namespace, key.name));
    if (entry === undefined) {
      if (this.#node() !== undefined) void this.#createLease().catch(() => undefined);
      return;
    }
    const renewTime = formatMicroTime(this.host.clock.now());
    const spec = { ...(entry.object["spec"] as object), renewTime };
    store.put(table, key, withField(entry.object, "spec", spec));
  }
}

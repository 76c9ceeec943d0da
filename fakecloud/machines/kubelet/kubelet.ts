import { formatMicroTime, formatTime } from "../../kernel/clock.ts";
import type { Host } from "../host.ts";
import { ApiCaller, ApiFailure } from "../api-caller.ts";
import type { KubeletOptions } from "../kubeadm/context.ts";
import type { ApiServerService, WorkloadCluster } from "../workload/workload-cluster.ts";
import { nodeConditions } from "./node-conditions.ts";
import { PodWorker } from "./pod-worker.ts";

/** A kubelet renews its Lease this often, and looks at its node's conditions as often. */
const heartbeatMs = 10_000;
const leaseSeconds = 40;
const kubeletPort = 10_250;

/** Runs on one host: registers the Node, keeps it alive, runs its pods. */
export class Kubelet {
  readonly host: Host;
  readonly cluster: WorkloadCluster;
  readonly options: KubeletOptions;
  readonly #pods: PodWorker;
  #unsubscribe: (() => void) | undefined;
  #stopped = false;

  constructor(host: Host, cluster: WorkloadCluster, options: KubeletOptions) {
    this.host = host;
    this.cluster = cluster;
    this.options = options;
    this.#pods = new PodWorker(this);
    host.onPowerOff(() => this.stop());
  }

  /** Resolves when the Node is registered; heartbeats go on in the background. */
  async start(): Promise<void> {
    await this.host.work("kubelet start", 500, 2_000);
    await this.#register();
    const { instanceId } = this.host.instance;
    const port = this.host.aws.network.listen(instanceId, kubeletPort, { kind: "kubelet" });
    this.host.onPowerOff(() => port.close());
    this.host.event("registered", `kubelet: Successfully registered node ${this.options.nodeName}`);
    this.#unsubscribe = this.cluster.state.store.table("pods").onChange(() => this.#pods.poke());
    this.#pods.poke();
    await this.#renewLease();
    this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
  }

  get isRunning(): boolean {
    return !this.#stopped && this.host.isOn;
  }

  /** A client with this node's identity; undefined while its API server cannot be reached. */
  client(): ApiCaller | undefined {
    const service = this.#reachApiServer();
    if (service === undefined) return undefined;
    const { nodeName } = this.options;
    const user = {
      username: `system:node:${nodeName}`,
      groups: ["system:nodes", "system:authenticated"],
    };
    return new ApiCaller(service.server, user, "kubelet");
  }

  /** The endpoint of the cluster; a control-plane node asks its own API server. */
  #reachApiServer(): ApiServerService | undefined {
    const { host, cluster, options } = this;
    const { instanceId } = host.instance;
    const separator = cluster.controlPlaneEndpoint.lastIndexOf(":");
    const name = options.isControlPlane
      ? "127.0.0.1"
      : cluster.controlPlaneEndpoint.slice(0, separator);
    const port = options.isControlPlane
      ? 6443
      : Number(cluster.controlPlaneEndpoint.slice(separator + 1));
    const reach = host.aws.network.canReach({ from: "instance", instanceId }, name, port);
    if (!reach.reachable) return undefined;
    return reach.endpoint.service as ApiServerService;
  }

  async #register(): Promise<void> {
    for (;;) {
      const client = this.client();
      try {
        if (client !== undefined) {
          await client.ensure("/api/v1/nodes", this.#node());
          return;
        }
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        this.host.log.write(`kubelet: Unable to register node with API server: ${error.message}`);
      }
      await this.host.sleep(5_000, "kubelet registration");
    }
  }

  #node(): unknown {
    const { nodeName, taints, args, version } = this.options;
    const { instance, clock } = this.host;
    const external = args.get("cloud-provider") === "external";
    const architecture = /^[a-z]+\d+g/.test(instance.instanceType) ? "arm64" : "amd64";
    const labels = Object.fromEntries(
      (args.get("node-labels") ?? "")
        .split(",")
        .filter((pair) => pair !== "")
        .map((pair) => pair.split("=")),
    ) as Record<string, string>;
    return {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: nodeName,
        labels: {
          "kubernetes.io/hostname": nodeName,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": architecture,
          ...labels,
          ...this.options.labels,
        },
        annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
      },
      spec: {
        ...(args.has("provider-id") ? { providerID: args.get("provider-id") } : {}),
        taints: [
          ...taints,
          ...(external
            ? [
                {
                  key: "node.cloudprovider.kubernetes.io/uninitialized",
                  value: "true",
                  effect: "NoSchedule",
                },
              ]
            : []),
          { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" },
        ],
      },
      status: {
        capacity: { cpu: "2", memory: "8000000Ki", pods: "110" },
        allocatable: { cpu: "2", memory: "7900000Ki", pods: "110" },
        conditions: nodeConditions({ networkReady: false, now: formatTime(clock.now()) }, []),
        nodeInfo: {
          architecture,
          bootID: instance.instanceId,
          containerRuntimeVersion: "containerd://2.1.4",
          kernelVersion: "6.8.0-aws",
          kubeProxyVersion: version,
          kubeletVersion: version,
          machineID: instance.instanceId,
          operatingSystem: "linux",
          osImage: "Ubuntu 24.04 LTS",
          systemUUID: instance.instanceId,
        },
        // Before a cloud controller has spoken, an external provider leaves the addresses empty.
        addresses: external
          ? []
          : [
              { type: "InternalIP", address: instance.privateIp },
              { type: "Hostname", address: nodeName },
            ],
      },
    };
  }

  #beat(): void {
    if (!this.isRunning) return;
    const { clock, instance } = this.host;
    clock.setTimeout(
      () => {
        const rest = () => this.#beat();
        this.#heartbeat().then(rest, rest);
      },
      heartbeatMs,
      `kubelet ${instance.instanceId}`,
    );
  }

  async #heartbeat(): Promise<void> {
    if (!this.isRunning) return;
    await this.#renewLease();
    await this.updateConditions();
  }

  async #renewLease(): Promise<void> {
    const client = this.client();
    if (client === undefined) return;
    const { nodeName } = this.options;
    const path = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    const renewTime = formatMicroTime(this.host.clock.now());
    const renewed = await client.patch(`${path}/${nodeName}`, { spec: { renewTime } });
    if (renewed !== undefined) return;
    await client.ensure(path, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: nodeName, namespace: "kube-node-lease" },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime },
    });
  }

  /** Posts the node's conditions if they have changed: Ready follows the network plug-in. */
  async updateConditions(): Promise<void> {
    const client = this.client();
    const node = await client?.get(`/api/v1/nodes/${this.options.nodeName}`);
    if (client === undefined || node === undefined) return;
    const { conditions = [] } = (node["status"] ?? {}) as { conditions?: Condition[] };
    const now = formatTime(this.host.clock.now());
    const desired = nodeConditions({ networkReady: this.#pods.networkReady, now }, conditions);
    const same = desired.every(({ type, status }) =>
      conditions.some((one) => one.type === type && one.status === status),
    );
    if (same) return;
    await client.patch(`/api/v1/nodes/${this.options.nodeName}/status`, {
      status: { conditions: desired },
    });
  }
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastHeartbeatTime?: string;
  readonly lastTransitionTime?: string;
}

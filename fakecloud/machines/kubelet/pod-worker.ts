import { formatTime } from "../../kernel/clock.ts";
import { between } from "../../kernel/random.ts";
import { isReady, type PodObject } from "../../kubernetes/controllers/objects.ts";
import type { Store } from "../../kubernetes/store.ts";
import { podsByNode } from "../../kubernetes/controllers/pods-by-node.ts";
import { ApiFailure } from "../api-caller.ts";
import { PoweredOffError } from "../host.ts";
import { BgpMesh, type BgpProblem, isBgpSpeaker } from "./bgp-mesh.ts";
import type { Kubelet } from "./kubelet.ts";
import { failingPodStatus, runningPodStatus, startingPodStatus } from "./pod-status.ts";

const cniFolder = "/etc/cni/net.d";
const mirrorAnnotation = "kubernetes.io/config.mirror";
const reactionMs = 20;
const imagePullMs = { min: 1_000, max: 6_000 };
const stopMs = { min: 200, max: 2_000 };

/** Runs the pods that are bound to one node: starts them, reports them, ends them. */
export class PodWorker {
  readonly #kubelet: Kubelet;
  /** UIDs of pods that are being started or ended, or that wait for the next heartbeat. */
  readonly #busy = new Set<string>();
  /** UIDs of pods whose containers this kubelet has started. */
  readonly #started = new Set<string>();
  #scheduled = false;
  /** What was seen when there was nothing to do. */
  #resting: readonly unknown[] | undefined;
  readonly bgp: BgpMesh;

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
    this.bgp = new BgpMesh(kubelet);
  }

  /** Looks whenever a pod of this node changes; returns what ends that. */
  watch(): () => void {
    const { nodeName } = this.#kubelet.options;
    const stop = this.#kubelet.cluster.state.store.table("pods").onChange(({ entry }) => {
      const { spec } = entry.object as unknown as PodObject;
      if (spec?.nodeName === nodeName) this.poke();
    });
    this.poke();
    return stop;
  }

  /** Whether a network plug-in runs here. */
  get networkReady(): boolean {
    const { cluster, options } = this.#kubelet;
    return nodesWithNetwork(cluster.state.store).has(options.nodeName);
  }

  /** Something about pods has changed; many changes are looked at together. */
  poke(): void {
    if (this.#scheduled || !this.#kubelet.isActing) return;
    this.#scheduled = true;
    const { clock, instance } = this.#kubelet.host;
    clock.setTimeout(
      () => {
        this.#scheduled = false;
        this.look();
      },
      reactionMs,
      `kubelet pods ${instance.instanceId}`,
    );
  }

  /** Another list after each change of a pod. */
  ownPods(): readonly PodObject[] {
    const { cluster, options } = this.#kubelet;
    return podsByNode(cluster.state.store).get(options.nodeName) ?? [];
  }

  /** Begins whatever there is to do for any pod of this node. Where nothing was to do, the same sight is not looked at again. */
  look(): void {
    if (!this.#kubelet.isActing) return;
    const sight = this.#kubelet.sight();
    if (this.#resting?.every((seen, index) => seen === sight[index]) === true) return;
    const idle = this.#begin();
    const posted = this.#kubelet.checkConditions();
    this.#resting = idle && posted ? sight : undefined;
  }

  /** True if there is nothing that goes on, or should. */
  #begin(): boolean {
    for (const pod of this.ownPods()) {
      const { uid = "" } = pod.metadata;
      const work = this.#busy.has(uid) ? undefined : this.#workFor(pod);
      if (work === undefined) continue;
      this.#busy.add(uid);
      work().then(
        () => {
          this.#busy.delete(uid);
          this.poke();
        },
        (error: unknown) => {
          this.#busy.delete(uid);
          // A call that failed is repeated at the next heartbeat; power that went off ended the work.
          if (!(error instanceof ApiFailure || error instanceof PoweredOffError)) throw error;
        },
      );
    }
    return this.#busy.size === 0;
  }

  #workFor(pod: PodObject): (() => Promise<void>) | undefined {
    const phase = pod.status?.phase ?? "Pending";
    if (pod.metadata.deletionTimestamp !== undefined) return () => this.#end(pod);
    if (phase === "Pending" && !isMirror(pod)) {
      const waits = pod.spec?.hostNetwork !== true && !this.networkReady;
      return waits ? undefined : () => this.#start(pod);
    }
    return phase === "Running" ? this.#workForRunning(pod) : undefined;
  }

  #workForRunning(pod: PodObject): (() => Promise<void>) | undefined {
    // Static pods run since the host does; only the report of a silent time has to be corrected.
    const isStarted = isMirror(pod) || this.#started.has(pod.metadata.uid ?? "");
    if (!isStarted) return () => this.#restart(pod);
    const problem = isBgpSpeaker(pod) ? this.bgp.problem() : undefined;
    if (problem !== undefined) return isReady(pod) ? () => this.#fail(pod, problem) : undefined;
    return isReady(pod) ? undefined : () => this.#report(pod);
  }

  /** What the readiness probe of Calico finds out. */
  async #fail(pod: PodObject, { peerIp }: BgpProblem): Promise<void> {
    const now = formatTime(this.#kubelet.host.clock.now());
    await this.#patchStatus(pod, failingPodStatus(pod, now));
    const problem = `calico/node is not ready: BIRD is not ready: BGP not established with ${peerIp}`;
    await this.#kubelet.record(
      { kind: "Pod", metadata: pod.metadata },
      { type: "Warning", reason: "Unhealthy", message: `Readiness probe failed: ${problem}` },
    );
  }

  async #start(pod: PodObject): Promise<void> {
    const { host } = this.#kubelet;
    const { namespace, name } = pod.metadata;
    const now = formatTime(host.clock.now());
    await this.#patchStatus(pod, startingPodStatus(pod, host.instance.privateIp, now));
    const ms = between(host.random, imagePullMs, "pod-start", `${namespace}/${name}`);
    await host.sleep(ms, `start of pod ${name}`);
    await this.#report(pod);
  }

  /** The host has booted again: containers start anew, the pod stays the same. */
  async #restart(pod: PodObject): Promise<void> {
    const { host } = this.#kubelet;
    const { namespace, name } = pod.metadata;
    const ms = between(host.random, imagePullMs, "pod-restart", `${namespace}/${name}`);
    await host.sleep(ms, `restart of pod ${name}`);
    await this.#report(pod, { restarted: true });
  }

  async #report(pod: PodObject, { restarted = false } = {}): Promise<void> {
    const { host, cluster } = this.#kubelet;
    const now = formatTime(host.clock.now());
    const address =
      pod.spec?.hostNetwork === true
        ? host.instance.privateIp
        : (pod.status?.podIP ?? cluster.podAddresses.next());
    const status = runningPodStatus(pod, {
      now,
      hostIp: host.instance.privateIp,
      podIp: address,
      restarted,
    });
    await this.#patchStatus(pod, status);
    this.#started.add(pod.metadata.uid ?? "");
    if (isBgpSpeaker(pod)) this.bgp.start();
  }

  async #patchStatus({ metadata }: PodObject, status: object): Promise<void> {
    const client = this.#kubelet.client();
    if (client === undefined) throw new ApiFailure(0, "the API server cannot be reached");
    const { namespace, name } = metadata;
    await client.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, { status });
  }

  /** Containers get their grace period; most need a moment of it. */
  async #end(pod: PodObject): Promise<void> {
    const { host } = this.#kubelet;
    const { namespace, name, uid = "", deletionGracePeriodSeconds = 30 } = pod.metadata;
    const needed = between(host.random, stopMs, "pod-stop", `${namespace}/${name}`);
    await host.sleep(Math.min(needed, deletionGracePeriodSeconds * 1000), `end of pod ${name}`);
    const client = this.#kubelet.client();
    if (client === undefined) throw new ApiFailure(0, "the API server cannot be reached");
    await client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, {
      gracePeriodSeconds: 0,
      preconditions: { uid },
    });
    this.#started.delete(uid);
    await this.#showAgain(pod);
  }

  /** The container of a static pod does not care about its mirror: who deletes that gets a new one. */
  async #showAgain(pod: PodObject): Promise<void> {
    const { annotations, labels = {}, name, namespace, ownerReferences } = pod.metadata;
    if (!isMirror(pod)) return;
    const client = this.#kubelet.client();
    await client?.ensure(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels, annotations, ownerReferences },
      spec: pod.spec,
    });
    await this.#report({ ...pod, status: {} });
  }
}

function isMirror({ metadata }: PodObject): boolean {
  return metadata.annotations?.[mirrorAnnotation] !== undefined;
}

/** Nodes on which a network plug-in runs: any running pod that writes its configuration on the host. */
function nodesWithNetwork(store: Store): ReadonlySet<string> {
  return store.table("pods").view("", "nodes-with-network", (entries) => {
    const plugIns = entries
      .map(({ object }) => object as unknown as PodObject)
      .filter(({ status, spec }) => status?.phase === "Running" && isNetworkPlugIn(spec));
    return new Set(plugIns.map(({ spec }) => spec?.nodeName ?? ""));
  });
}

function isNetworkPlugIn(spec: PodObject["spec"]): boolean {
  return spec?.volumes?.some(({ hostPath }) => hostPath?.path?.startsWith(cniFolder)) === true;
}

import { formatTime } from "../../kernel/clock.ts";
import { between } from "../../kernel/random.ts";
import type { PodObject } from "../../kubernetes/controllers/objects.ts";
import { ApiFailure } from "../api-caller.ts";
import type { Kubelet } from "./kubelet.ts";

const cniFolder = "/etc/cni/net.d";

/** Runs the pods that are bound to one node: starts them, reports them, ends them. */
export class PodWorker {
  readonly #kubelet: Kubelet;
  /** UIDs of pods that are being started or ended. */
  readonly #busy = new Set<string>();
  #scheduled = false;

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
  }

  /** A network plug-in is any running pod that writes its configuration on the host. */
  get networkReady(): boolean {
    return this.#ownPods().some(
      (pod) =>
        pod.status?.phase === "Running" &&
        pod.spec?.volumes?.some(
          ({ hostPath }) => hostPath?.path?.startsWith(cniFolder) === true,
        ) === true,
    );
  }

  /** Something about pods has changed; many changes are looked at together. */
  poke(): void {
    if (this.#scheduled || !this.#kubelet.isRunning) return;
    this.#scheduled = true;
    const { clock, instance } = this.#kubelet.host;
    clock.setTimeout(
      () => {
        this.#scheduled = false;
        this.#sync();
      },
      20,
      `kubelet pods ${instance.instanceId}`,
    );
  }

  #ownPods(): readonly PodObject[] {
    const { cluster, options } = this.#kubelet;
    return cluster.state.store
      .table("pods")
      .list()
      .map(({ object }) => object as unknown as PodObject)
      .filter(({ spec }) => spec?.nodeName === options.nodeName);
  }

  #sync(): void {
    if (!this.#kubelet.isRunning) return;
    for (const pod of this.#ownPods()) {
      const { uid = "", deletionTimestamp } = pod.metadata;
      if (this.#busy.has(uid)) continue;
      const work =
        deletionTimestamp !== undefined
          ? () => this.#end(pod)
          : pod.status?.phase === undefined || pod.status.phase === "Pending"
            ? () => this.#start(pod)
            : undefined;
      if (work === undefined) continue;
      this.#busy.add(uid);
      const free = () => {
        this.#busy.delete(uid);
        this.poke();
      };
      work().then(free, (error: unknown) => {
        this.#busy.delete(uid);
        // Power that went off ends the work; a call that failed is repeated with the next heartbeat's look.
        if (error instanceof ApiFailure) this.#retryLater();
      });
    }
  }

  #retryLater(): void {
    const { clock, instance } = this.#kubelet.host;
    clock.setTimeout(() => this.poke(), 5_000, `kubelet retry ${instance.instanceId}`);
  }

  async #start(pod: PodObject): Promise<void> {
    const { host } = this.#kubelet;
    if (pod.spec?.hostNetwork !== true && !this.networkReady) return this.#waitForNetwork();
    const { namespace, name } = pod.metadata;
    const range = { min: 1_000, max: 6_000 };
    await host.sleep(
      between(host.random, range, "pod-start", `${namespace}/${name}`),
      `start of pod ${name}`,
    );
    const client = this.#kubelet.client();
    if (client === undefined) throw new ApiFailure(0, "the API server cannot be reached");
    await client.patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, {
      status: this.#runningStatus(pod),
    });
    await this.#kubelet.updateConditions();
  }

  /** Pods with a network of their own wait for the plug-in; its start is a change that is looked at. */
  async #waitForNetwork(): Promise<void> {
    await this.#kubelet.host.sleep(5_000, "pod network");
  }

  #runningStatus(pod: PodObject): unknown {
    const { host } = this.#kubelet;
    const now = formatTime(host.clock.now());
    const condition = (type: string) => ({ type, status: "True", lastTransitionTime: now });
    const { name } = pod.metadata;
    return {
      phase: "Running",
      hostIP: host.instance.privateIp,
      podIP: host.instance.privateIp,
      startTime: now,
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition),
      containerStatuses: (pod.spec?.containers ?? []).map((container) => ({
        name: container.name,
        image: container.image ?? "",
        imageID: container.image ?? "",
        containerID: `containerd://${name}-${container.name}`,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      })),
    };
  }

  async #end(pod: PodObject): Promise<void> {
    const { host } = this.#kubelet;
    const { namespace, name } = pod.metadata;
    const range = { min: 200, max: 2_000 };
    await host.sleep(
      between(host.random, range, "pod-stop", `${namespace}/${name}`),
      `end of pod ${name}`,
    );
    await this.#kubelet.client()?.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, {
      gracePeriodSeconds: 0,
    });
  }
}

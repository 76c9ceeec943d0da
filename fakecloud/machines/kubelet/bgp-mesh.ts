import type { PodObject } from "../../kubernetes/controllers/objects.ts";
import type { Kubelet } from "./kubelet.ts";

const bgpPort = 179;
const speakerImage = /(?:^|\/)calico\/node(?::|@|$)/;

/** The pod of Calico that exchanges routes with its like on every other node. */
export function isBgpSpeaker({ spec }: PodObject): boolean {
  return spec?.containers?.some(({ image = "" }) => speakerImage.test(image)) === true;
}

export interface BgpProblem {
  readonly peerIp: string;
  /** In a sentence that a user can act on. */
  readonly message: string;
}

/** The sessions of one node: each side has to get to the other's port. */
export class BgpMesh {
  readonly #kubelet: Kubelet;
  #listens = false;
  #known: { readonly mark: string; readonly problem: BgpProblem | undefined } | undefined;

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
  }

  /** The speaker of this node runs. */
  start(): void {
    if (this.#listens) return;
    this.#listens = true;
    const { aws, instance } = this.#kubelet.host;
    aws.network.listen(instance.instanceId, bgpPort, { kind: "bgp" });
  }

  /** The first node with which there is no session; undefined where none is needed, or none is missing. */
  problem(): BgpProblem | undefined {
    if (!this.#listens) return undefined;
    const peers = this.#peers();
    const mark = `${this.#kubelet.host.aws.network.changes()} ${peers.join(" ")}`;
    if (this.#known?.mark !== mark) this.#known = { mark, problem: this.#look(peers) };
    return this.#known.problem;
  }

  #look(peers: readonly string[]): BgpProblem | undefined {
    const { aws, instance } = this.#kubelet.host;
    const origin = { from: "instance", instanceId: instance.instanceId } as const;
    for (const peerIp of peers) {
      const reach = aws.network.canReach(origin, peerIp, bgpPort);
      if (!reach.reachable) return { peerIp, message: reach.obstacle.message };
    }
    return undefined;
  }

  /** Addresses of the other nodes on which a speaker runs. */
  #peers(): readonly string[] {
    const { cluster, options } = this.#kubelet;
    const pods = cluster.state.store.table("pods").list();
    return pods
      .map(({ object }) => object as unknown as PodObject)
      .filter((pod) => isBgpSpeaker(pod) && pod.status?.phase === "Running")
      .filter(({ spec }) => spec?.nodeName !== options.nodeName)
      .flatMap(({ status }) => status?.podIP ?? [])
      .toSorted();
  }
}

import type { Client, Kind, ObjectKey } from "@seatrial/controllers/runtime/client.ts";
import { isConflict } from "@seatrial/controllers/runtime/errors.ts";
import { editManifests, nest } from "./edit-manifests.ts";
import { InputError } from "./input-error.ts";
import type { Action, Apply, Manifest } from "./scenario.ts";

/** Short names that targets of steps use, and the kinds that they mean. */
const targetKinds: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  awscluster: ["infrastructure.cluster.x-k8s.io/v1beta2", "AWSCluster"],
  awsmachine: ["infrastructure.cluster.x-k8s.io/v1beta2", "AWSMachine"],
  awsmachinetemplate: ["infrastructure.cluster.x-k8s.io/v1beta2", "AWSMachineTemplate"],
  cluster: ["cluster.x-k8s.io/v1beta2", "Cluster"],
  kubeadmcontrolplane: ["controlplane.cluster.x-k8s.io/v1beta2", "KubeadmControlPlane"],
  machine: ["cluster.x-k8s.io/v1beta2", "Machine"],
  machinedeployment: ["cluster.x-k8s.io/v1beta2", "MachineDeployment"],
  machinehealthcheck: ["cluster.x-k8s.io/v1beta2", "MachineHealthCheck"],
  machineset: ["cluster.x-k8s.io/v1beta2", "MachineSet"],
};

export interface PeopleOptions {
  readonly client: Client;
  readonly manifests: ReadonlyMap<string, readonly Manifest[]>;
  /** A client for the cluster that a kubeconfig leads to. */
  readonly workload: (kubeconfig: string) => Client;
}

/** What a person with kubectl does to the management cluster. */
export class People {
  readonly #client: Client;
  readonly #manifests: ReadonlyMap<string, readonly Manifest[]>;
  readonly #workload: (kubeconfig: string) => Client;

  constructor(options: PeopleOptions) {
    this.#client = options.client;
    this.#manifests = options.manifests;
    this.#workload = options.workload;
  }

  async perform(action: Action): Promise<void> {
    const { apply, patch, scale, delete: remove, pause, unpause } = action;
    if (apply !== undefined) await this.#apply(apply);
    if (patch !== undefined) await this.#set(patch.target, nest(patch.set));
    if (scale !== undefined) await this.#set(scale.target, { spec: { replicas: scale.replicas } });
    if (remove !== undefined) await this.#delete(remove.target);
    if (pause !== undefined) await this.#set(pause.target, { spec: { paused: true } });
    if (unpause !== undefined) await this.#set(unpause.target, { spec: { paused: false } });
  }

  /** Machines are deleted by name; the timeline has chosen which. */
  async deleteMachine(namespace: string, name: string): Promise<void> {
    await this.#delete(`machine/${namespace}/${name}`);
  }

  async #apply(apply: Apply): Promise<void> {
    const client = apply.cluster === undefined ? this.#client : await this.#clientOf(apply.cluster);
    const read = apply.manifests.flatMap((path) => this.#manifests.get(path) ?? []);
    for (const manifest of editManifests(read, apply)) {
      const kind = await client.kindFor(manifest.apiVersion, manifest.kind);
      const metadata = kind.namespaced
        ? { namespace: "default", ...manifest.metadata }
        : manifest.metadata;
      await client.apply(kind, { ...manifest, metadata }, { fieldManager: "kubectl", force: true });
    }
  }

  /** As people do it: the kubeconfig is in a Secret of the management cluster. */
  async #clientOf(cluster: string): Promise<Client> {
    const secrets = await this.#client.kindFor("v1", "Secret");
    const key = { namespace: "default", name: `${cluster}-kubeconfig` };
    const secret = await this.#client.get(secrets, key);
    const data = (secret as { readonly data?: Readonly<Record<string, string>> } | undefined)?.data;
    return this.#workload(Buffer.from(data?.["value"] ?? "", "base64").toString("utf8"));
  }

  async #set(target: string, patch: unknown): Promise<void> {
    const { kind, key } = await this.#find(target);
    for (;;) {
      try {
        await this.#client.mergePatch(kind, key, patch);
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  async #delete(target: string): Promise<void> {
    const { kind, key } = await this.#find(target);
    await this.#client.delete(kind, key);
  }

  /** "kind/name" in the namespace default, or "kind/namespace/name". */
  async #find(target: string): Promise<{ kind: Kind; key: ObjectKey }> {
    const parts = target.split("/");
    const [short = "", ...rest] = parts;
    const known = targetKinds[short];
    if (known === undefined) {
      throw new InputError(
        `target ${target}: there is no kind ${short}; allowed: ${Object.keys(targetKinds).join(", ")}`,
      );
    }
    const [namespace, name] = rest.length === 2 ? rest : ["default", rest[0]];
    const kind = await this.#client.kindFor(known[0], known[1]);
    return { kind, key: { namespace: namespace ?? "default", name: name ?? "" } };
  }
}

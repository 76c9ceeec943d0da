import type { Client, Kind, ObjectKey } from "@seatrial/controllers/runtime/client.ts";
import { isConflict } from "@seatrial/controllers/runtime/errors.ts";
import { InputError } from "./input-error.ts";
import type { Action, Manifest } from "./scenario.ts";

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

/** What a person with kubectl does to the management cluster. */
export class People {
  readonly #client: Client;
  readonly #manifests: ReadonlyMap<string, readonly Manifest[]>;

  constructor(client: Client, manifests: ReadonlyMap<string, readonly Manifest[]>) {
    this.#client = client;
    this.#manifests = manifests;
  }

  async perform(action: Action): Promise<void> {
    const { apply, patch, scale, delete: remove, pause, unpause } = action;
    if (apply !== undefined) await this.#apply(apply.manifests);
    if (patch !== undefined) await this.#set(patch.target, nest(patch.set));
    if (scale !== undefined) await this.#set(scale.target, { spec: { replicas: scale.replicas } });
    if (remove !== undefined) await this.#delete(remove.target);
    if (pause !== undefined) await this.#set(pause.target, { spec: { paused: true } });
    if (unpause !== undefined) await this.#set(unpause.target, { spec: { paused: false } });
  }

  async #apply(paths: readonly string[]): Promise<void> {
    for (const manifest of paths.flatMap((path) => this.#manifests.get(path) ?? [])) {
      const kind = await this.#client.kindFor(manifest.apiVersion, manifest.kind);
      const metadata = kind.namespaced
        ? { namespace: "default", ...manifest.metadata }
        : manifest.metadata;
      await this.#client.apply(
        kind,
        { ...manifest, metadata },
        { fieldManager: "kubectl", force: true },
      );
    }
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

/** {"spec.template.spec.version": "v1.35.0"} as a merge patch. */
function nest(set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let place = patch;
    for (const key of keys) place = place[key] = (place[key] ?? {}) as Record<string, unknown>;
    place[last] = value;
  }
  return patch;
}

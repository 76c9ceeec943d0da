import type { Described, TreeNode } from "../describe/cluster-tree.ts";
import { formatTree } from "../describe/format-tree.ts";
import { at, textAt } from "./fields.ts";
import type { Json } from "./patch.ts";
import type { Playback } from "./playback.ts";

/** What `seatrial describe cluster` would have shown right after an event, for every Cluster that there was. */
export function describeAt(
  playback: Playback,
  event: number,
  paint: (text: string, status: string) => string,
): string {
  const nowMs = playback.recording.run.startMs + playback.atMs(event);
  const options = { nowMs, all: false, parts: false, paint };
  return treesAt(playback, event)
    .map((tree) => formatTree(tree, options))
    .join("\n");
}

function treesAt(playback: Playback, event: number): readonly TreeNode[] {
  const alive = new Alive(playback, event);
  return alive.of("Cluster").map((cluster) => {
    const { namespace = "" } = cluster.metadata;
    const belongs = ({ metadata }: Described) =>
      metadata.namespace === namespace &&
      metadata.labels?.["cluster.x-k8s.io/cluster-name"] === cluster.metadata.name;
    const machines = alive.of("Machine").filter(belongs);
    const nodesOf = (isOwn: (labels: Readonly<Record<string, string>>) => boolean) =>
      machines
        .filter(({ metadata }) => isOwn(metadata.labels ?? {}))
        .map((one) => machineNode(alive, one));
    const infrastructure = alive.follow(
      namespace,
      at(cluster as unknown as Json, "spec", "infrastructureRef"),
    );
    const controlPlane = alive.follow(
      namespace,
      at(cluster as unknown as Json, "spec", "controlPlaneRef"),
    );
    const members = nodesOf((labels) => labels["cluster.x-k8s.io/control-plane"] !== undefined);
    const workers = alive
      .of("MachineDeployment")
      .filter(belongs)
      .map((object) => ({
        object,
        children: nodesOf(
          (labels) => labels["cluster.x-k8s.io/deployment-name"] === object.metadata.name,
        ),
      }));
    return {
      object: cluster,
      children: [
        ...infrastructure.map((object) => ({
          role: "ClusterInfrastructure",
          object,
          children: [],
        })),
        ...controlPlane.map((object) => ({ role: "ControlPlane", object, children: members })),
        ...workers,
      ],
    };
  });
}

function machineNode(alive: Alive, object: Described): TreeNode {
  const { namespace = "" } = object.metadata;
  const parts = [
    ["BootstrapConfig", at(object as unknown as Json, "spec", "bootstrap", "configRef")],
    ["MachineInfrastructure", at(object as unknown as Json, "spec", "infrastructureRef")],
  ] as const;
  const children = parts.flatMap(([role, reference]) =>
    alive.follow(namespace, reference).map((part) => ({ role, object: part, children: [] })),
  );
  return { object, children };
}

/** The objects of the management cluster that there were right after an event. */
class Alive {
  readonly #byKind = new Map<string, Described[]>();

  constructor(playback: Playback, event: number) {
    for (const [index, { cluster, kind }] of playback.recording.objects.entries()) {
      if (cluster !== "management") continue;
      const revision = playback.revisionAsOf(index, event);
      if (revision === undefined || playback.revision(revision).type === "DELETED") continue;
      const known = this.#byKind.get(kind) ?? [];
      this.#byKind.set(kind, known);
      known.push(playback.state(revision) as unknown as Described);
    }
  }

  of(kind: string): readonly Described[] {
    return this.#byKind.get(kind) ?? [];
  }

  /** The object that a reference means, if it is there. */
  follow(namespace: string, reference: Json | undefined): readonly Described[] {
    const name = textAt(reference, "name");
    return this.of(textAt(reference, "kind")).filter(
      ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
    );
  }
}

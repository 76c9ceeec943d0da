import { at, holds, isDeleting, textAt } from "./fields.ts";
import type { JsonObject } from "./patch.ts";
import type { Playback } from "./playback.ts";

/** From when to when something was in one state, and the event that brought it there. */
export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: string;
  readonly event: number;
}

/** One Machine with what it stands for: its instance and its Node. */
export interface Lane {
  readonly machine: string;
  /** "KubeadmControlPlane my-cluster-control-plane", "MachineSet my-cluster-md-0-f5hxn". */
  readonly group: string;
  readonly version: string;
  readonly instance: string;
  readonly zone: string;
  readonly node: string;
  readonly phases: readonly Segment[];
  readonly instanceStates: readonly Segment[];
  readonly nodeStates: readonly Segment[];
}

/** By owner and in the order of their making: generations of a rollout stand one below the other. */
export function computeLanes(playback: Playback): readonly Lane[] {
  const nodes = nodeLives(playback);
  const instances = instanceLives(playback);
  const lanes = playback
    .objectsOf("machines.cluster.x-k8s.io")
    .map((object) => laneOf(playback, object, { nodes, instances }));
  const born = ({ phases }: Lane) => phases[0]?.fromMs ?? 0;
  const groups = new Map<string, number>();
  for (const lane of lanes) {
    groups.set(lane.group, Math.min(groups.get(lane.group) ?? Infinity, born(lane)));
  }
  const isWorker = ({ group }: Lane) => (group.startsWith("KubeadmControlPlane") ? 0 : 1);
  return lanes.toSorted(
    (a, b) =>
      isWorker(a) - isWorker(b) ||
      (groups.get(a.group) ?? 0) - (groups.get(b.group) ?? 0) ||
      born(a) - born(b),
  );
}

interface Lives {
  readonly nodes: ReadonlyMap<
    string,
    { readonly name: string; readonly states: readonly Segment[] }
  >;
  readonly instances: ReadonlyMap<string, readonly Segment[]>;
}

function laneOf(playback: Playback, object: number, { nodes, instances }: Lives): Lane {
  const revisions = playback.revisionsOf(object);
  const last = playback.state(revisions.at(-1) ?? 0);
  const { name } = playback.object(object);
  const instance = instanceOf(playback, name, textAt(last, "spec", "providerID"));
  const node = nodes.get(instance);
  return {
    machine: name,
    group: groupOf(last),
    version: textAt(last, "spec", "version"),
    instance,
    zone: playback.recording.instances[instance]?.zone ?? textAt(last, "spec", "failureDomain"),
    node: node?.name ?? textAt(last, "status", "nodeRef", "name"),
    phases: segmentsOf(playback, revisions, (state) =>
      isDeleting(state) ? "Deleting" : textAt(state, "status", "phase") || "Pending",
    ),
    instanceStates: instances.get(instance) ?? [],
    nodeStates: node?.states ?? [],
  };
}

function instanceOf(playback: Playback, machine: string, providerId: string): string {
  const id = providerId.split("/").at(-1) ?? "";
  if (id !== "") return id;
  const launched = Object.entries(playback.recording.instances).find(
    ([, one]) => one.machine === machine,
  );
  return launched?.[0] ?? "";
}

function groupOf(machine: JsonObject): string {
  const owners = at(machine, "metadata", "ownerReferences");
  const owner = Array.isArray(owners) ? (owners[0] as JsonObject | undefined) : undefined;
  return owner === undefined ? "Machines" : `${textAt(owner, "kind")} ${textAt(owner, "name")}`;
}

/** Neighbours of the same state are one segment; the last lasts to the end of the run, unless the object is gone. */
function segmentsOf(
  playback: Playback,
  revisions: readonly number[],
  stateOf: (state: JsonObject) => string,
): readonly Segment[] {
  const segments: { fromMs: number; toMs: number; state: string; event: number }[] = [];
  const { virtualMs } = playback.recording.run;
  for (const index of revisions) {
    const { event, type } = playback.revision(index);
    const nowMs = playback.atMs(event);
    const open = segments.at(-1);
    const state = type === "DELETED" ? "" : stateOf(playback.state(index));
    if (open !== undefined && open.state === state && open.toMs === virtualMs) continue;
    if (open !== undefined && open.toMs === virtualMs) open.toMs = nowMs;
    if (state !== "") segments.push({ fromMs: nowMs, toMs: virtualMs, state, event });
  }
  return segments;
}

/** By instance ID. */
function nodeLives(playback: Playback) {
  const lives = new Map<string, { name: string; states: readonly Segment[] }>();
  for (const object of playback.objectsOf("nodes", "workload")) {
    const { name } = playback.object(object);
    let life: number[] = [];
    const keep = () => {
      const last = life.at(-1);
      const id = last === undefined ? "" : textAt(playback.state(last), "spec", "providerID");
      const instance = id.split("/").at(-1) ?? "";
      if (instance !== "")
        lives.set(instance, { name, states: segmentsOf(playback, life, nodeState) });
      life = [];
    };
    for (const revision of playback.revisionsOf(object)) {
      life.push(revision);
      if (playback.revision(revision).type === "DELETED") keep();
    }
    if (life.length > 0) keep();
  }
  return lives;
}

function nodeState(node: JsonObject): string {
  if (!holds(node, "Ready")) return "NotReady";
  return at(node, "spec", "unschedulable") === true ? "Cordoned" : "Ready";
}

function instanceLives(playback: Playback): ReadonlyMap<string, readonly Segment[]> {
  const lives = new Map<string, { fromMs: number; toMs: number; state: string; event: number }[]>();
  const { virtualMs } = playback.recording.run;
  for (const { object, verb, atMs, index } of playback.eventsOf("cloud.transition")) {
    const id = object.replace("instance/", "");
    const life = lives.get(id) ?? [];
    lives.set(id, life);
    const open = life.at(-1);
    if (open !== undefined && open.toMs === virtualMs) open.toMs = atMs;
    if (verb !== "terminated")
      life.push({ fromMs: atMs, toMs: virtualMs, state: verb, event: index });
  }
  return lives;
}

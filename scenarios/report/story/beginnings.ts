import { formatClock, formatSpan } from "../format-time.ts";
import { at, numberAt, textAt } from "../fields.ts";
import type { Model } from "../model.ts";
import type { Playback } from "../playback.ts";
import { listed, plural, type Sentence } from "./sentence.ts";

/** What was asked for. */
export function applied({ playback, happenings }: Model): readonly Sentence[] {
  const first = happenings.find(({ who }) => who === "people");
  if (first === undefined) return [];
  const wants = [
    "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io",
    "machinedeployments.cluster.x-k8s.io",
  ]
    .flatMap((table) => playback.objectsOf(table))
    .flatMap((object) => {
      const [born] = playback.revisionsOf(object);
      if (
        born === undefined ||
        playback.atMs(playback.revision(born).event) > first.fromMs + 60_000
      ) {
        return [];
      }
      const { kind, name } = playback.object(object);
      const state = playback.state(born);
      const version =
        textAt(state, "spec", "version") || textAt(state, "spec", "template", "spec", "version");
      const count = numberAt(state, "spec", "replicas") ?? 1;
      return [
        `${kind} ${name} (${plural(count, "replica")}${version === "" ? "" : `, ${version}`})`,
      ];
    });
  const what = wants.length === 0 ? "" : `, which asks for ${listed(wants)}`;
  const files = first.label.replace(/^applies /, "");
  const text = `At ${formatClock(first.fromMs)} somebody applied ${files}${what}.`;
  return [{ atMs: first.fromMs, event: first.event, weight: 80, text }];
}

const cloudParts = [
  ["CreateVpc", "VPC"],
  ["CreateSubnet", "subnet"],
  ["CreateNatGateway", "NAT gateway"],
  ["CreateSecurityGroup", "security group"],
  ["CreateLoadBalancer", "load balancer"],
] as const;

/** When the cluster's infrastructure was there, and of what it is made. */
export function infrastructure({ playback }: Model): readonly Sentence[] {
  const clusters = playback.objectsOf("clusters.cluster.x-k8s.io");
  return clusters.flatMap((object) => {
    const ready = playback
      .revisionsOf(object)
      .find(
        (revision) =>
          at(playback.state(revision), "status", "initialization", "infrastructureProvisioned") ===
          true,
      );
    if (ready === undefined) return [];
    const { event } = playback.revision(ready);
    const atMs = playback.atMs(event);
    // Of several clusters nobody says which call was for which.
    const made = clusters.length > 1 ? [] : madeBefore(playback, event);
    const { name } = playback.object(object);
    const text = `By ${formatClock(atMs)} the infrastructure of ${name} stood${made.length === 0 ? "" : `: ${listed(made, 9)}`}.`;
    return [{ atMs, event, weight: 45, text }];
  });
}

function madeBefore(playback: Playback, event: number): readonly string[] {
  const calls = playback
    .eventsOf("cloud.call")
    .filter(({ index, detail }) => index < event && at(detail, "error") === undefined);
  return cloudParts.flatMap(([verb, word]) => {
    const count = calls.filter((call) => call.verb === verb).length;
    return count === 0 ? [] : [plural(count, word)];
  });
}

/** The first control-plane machine of each cluster, from the wish for an instance to a cluster that answers. */
export function initialization({ playback, lanes }: Model): readonly Sentence[] {
  return playback
    .eventsOf("machine")
    .filter(({ verb }) => verb === "KubeadmInitialized")
    .map(({ atMs, index, object }) => {
      const machine = object.split("/").at(-1) ?? object;
      const launchedMs = lanes.find((lane) => lane.machine === machine)?.instanceStates[0]?.fromMs;
      const after =
        launchedMs === undefined ? "" : `, ${formatSpan(atMs - launchedMs)} after its launch`;
      const text = `At ${formatClock(atMs)} kubeadm had initialized the first control-plane machine, ${machine}${after}.`;
      return { atMs, event: index, weight: 50, text };
    });
}

/** The first Node that was Ready. */
export function firstNode({ lanes }: Model): readonly Sentence[] {
  const ready = lanes
    .flatMap(({ machine, nodeStates }) => {
      const segment = nodeStates.find(({ state }) => state === "Ready");
      return segment === undefined ? [] : [{ machine, segment }];
    })
    .toSorted((a, b) => a.segment.fromMs - b.segment.fromMs)[0];
  if (ready === undefined) return [];
  const { fromMs, event } = ready.segment;
  const text = `At ${formatClock(fromMs)} the first Node was Ready, that of ${ready.machine}.`;
  return [{ atMs: fromMs, event, weight: 40, text }];
}

/** When everything that was first asked for was available. */
export function firstComplete({ capacity }: Model): readonly Sentence[] {
  const complete = capacity.map(({ points }) =>
    points.find(({ desired, available }) => desired > 0 && available >= desired),
  );
  if (complete.length === 0 || complete.includes(undefined)) return [];
  const points = complete.flatMap((point) => (point === undefined ? [] : [point]));
  const last = points.toSorted((a, b) => a.atMs - b.atMs).at(-1);
  if (last === undefined) return [];
  const count = points.reduce((sum, { desired }) => sum + desired, 0);
  const all = count === 2 ? "both Machines" : `all ${count} Machines`;
  const which = count === 1 ? "the one Machine that was" : `${all} that were`;
  const text = `At ${formatClock(last.atMs)} ${which} asked for could be used.`;
  return [{ atMs: last.atMs, event: last.event, weight: 65, text }];
}

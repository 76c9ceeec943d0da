import type { Capacity } from "../capacity.ts";
import { formatClock, formatSpan } from "../format-time.ts";
import type { Lane } from "../lanes.ts";
import type { Model } from "../model.ts";
import { plural, type Sentence } from "./sentence.ts";

const past: readonly (readonly [RegExp, string])[] = [
  [/^applies/, "applied"],
  [/^sets/, "set"],
  [/^scales/, "scaled"],
  [/^deletes/, "deleted"],
  [/^pauses/, "paused"],
  [/^unpauses/, "unpaused"],
  [/^terminates/, "terminated"],
  [/^kills/, "killed"],
];

/** What people did after the first manifests. */
export function people({ playback, happenings }: Model): readonly Sentence[] {
  const steps = happenings.filter(({ who }) => who === "people");
  return steps.slice(1).map(({ fromMs, event, label }, index) => {
    const did = past.reduce((text, [present, then]) => text.replace(present, then), label);
    // Which Machine it was is in the record that comes next.
    const next = event + 1 < playback.length ? playback.event(event + 1) : undefined;
    const chosen = next?.verb === "chooses" ? ` (${next.object.replace("machine/", "")})` : "";
    const text = `At ${formatClock(fromMs)} somebody ${did}${chosen}.`;
    // What is done again and again, as GitOps tools do, is told once.
    const isRepeated = steps.slice(0, index + 1).some((one) => one.label === label);
    return { atMs: fromMs, event, weight: isRepeated ? 25 : 85, text };
  });
}

/** Each wave in which Machines came and went after their owner had been complete. */
export function waves({ lanes, capacity }: Model): readonly Sentence[] {
  return capacity.flatMap((owner) => wavesOf(owner, lanes));
}

interface Wave {
  readonly fromMs: number;
  readonly toMs: number;
  readonly event: number;
  readonly before: number;
  readonly desired: number;
  readonly least: number;
  readonly most: number;
}

function wavesOf(owner: Capacity, lanes: readonly Lane[]): readonly Sentence[] {
  const own = lanes.filter(({ group }) =>
    owner.kind === "KubeadmControlPlane"
      ? group === `KubeadmControlPlane ${owner.name}`
      : group.startsWith(`MachineSet ${owner.name}-`),
  );
  return calmToCalm(owner).flatMap((wave) => {
    const within = (ms: number | undefined) =>
      ms !== undefined && ms >= wave.fromMs && ms <= wave.toMs;
    const made = own.filter(({ phases }) => within(phases[0]?.fromMs));
    const gone = own.filter(({ phases }) =>
      within(phases.find(({ state }) => state === "Deleting")?.fromMs),
    );
    const what = describeWave({ made, gone, wave });
    if (what === undefined) return [];
    const isReplacement = made.length > 0 && gone.length > 0;
    const band = isReplacement ? `; ${describeBand(wave)}` : "";
    const took = formatSpan(wave.toMs - wave.fromMs);
    const text = `By ${formatClock(wave.toMs)} ${owner.kind} ${owner.name} ${what} within ${took}${band}.`;
    return [{ atMs: wave.toMs, event: wave.event, weight: 75, text }];
  });
}

function describeBand({ least, desired, most }: Wave): string {
  const available =
    least === 0
      ? "for a while none was available"
      : `at least ${least} of ${desired} ${least === 1 ? "was" : "were"} available throughout`;
  return `${available}, and never more than ${most} were there`;
}

function describeWave(changes: {
  readonly made: readonly Lane[];
  readonly gone: readonly Lane[];
  readonly wave: Wave;
}): string | undefined {
  const { made, gone, wave } = changes;
  const versions = (which: readonly Lane[]) =>
    [...new Set(which.map(({ version }) => version))].join("/");
  if (made.length > 0 && gone.length > 0) {
    const [from, to] = [versions(gone), versions(made)];
    const change = from === to ? "" : ` (${from} to ${to})`;
    return `had replaced ${plural(gone.length, "Machine")}${change}`;
  }
  if (made.length > 0) return `had grown from ${wave.before} to ${wave.desired}`;
  return gone.length > 0 ? `had shrunk to ${wave.desired}` : undefined;
}

/** From the moment at which an owner was complete no more until it was again. */
function calmToCalm({ points }: Capacity): readonly Wave[] {
  const found: Wave[] = [];
  let open: { fromMs: number; before: number; least: number; most: number } | undefined;
  let wasComplete = false;
  let before = 0;
  for (const point of points) {
    const { atMs, desired, total, available, upToDate } = point;
    const isComplete =
      desired > 0 && [total, available, upToDate].every((count) => count === desired);
    if (isComplete) {
      if (open !== undefined) found.push({ ...open, toMs: atMs, event: point.event, desired });
      open = undefined;
      wasComplete = true;
      before = desired;
      continue;
    }
    if (!wasComplete) continue;
    open ??= { fromMs: atMs, before, least: before, most: before };
    open.least = Math.min(open.least, available);
    open.most = Math.max(open.most, total);
  }
  return found;
}
